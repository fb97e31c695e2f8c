"""The goals above the scorecard's KPIs: made, changed, moved, removed."""

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, expect_version, lock, refuse_foreign, save_version
from cxportal.core.errors import DomainError
from cxportal.core.policies import authorise
from loyalty.calc.goal_tree import MOST_LEVELS, fits_under
from loyalty.models import Goal, Kpi

SHOWN = ("name", "about", "weight")
EDITABLE = frozenset({"name", "about", "weight", "owner", "parent", "position"})


@transaction.atomic
def goal_create(*, actor: Actor, name: dict[str, str], **values: Any) -> Goal:
    """Add a goal below `parent` (None: at the top), after its siblings.

    Raises DomainError "invalid" for a missing name, a negative weight or a tree too deep.
    """
    authorise(actor, "loyalty.change_scorecard")
    _known(values)
    parent, position = values.pop("parent", None), values.pop("position", None)
    refuse_foreign(actor, {"parent": parent})
    parents = _parents_locked(actor)
    _check({"name": name, **values})
    _check_place(None, parent, parents)
    last = _siblings(actor, parent).aggregate(most=Max("position"))["most"]
    goal = Goal.unscoped.create(  # unscoped: the actor's own program
        program=actor.program,
        name=name,
        parent=parent,
        position=0 if last is None else last + 1,
        **values,
    )
    if position is not None:
        _place(actor, goal, parent, position)
    audit(actor=actor, action="goal.create", obj=goal)
    return goal


@transaction.atomic
def goal_update(*, actor: Actor, goal: Goal, version: int | None = None, **values: Any) -> Goal:
    """Change a goal; `parent` and `position` (0…, among its siblings) move it.

    Raises DomainError "invalid", StaleEdit for an older version.
    """
    authorise(actor, "loyalty.change_scorecard", goal)
    _known(values)
    refuse_foreign(actor, {"parent": values.get("parent")})
    parents = _parents_locked(actor)
    stored = lock(goal)
    expect_version(stored, version, SHOWN)
    _check(values)
    position = values.pop("position", None)
    parent = values.get("parent", stored.parent)
    _check_place(stored.pk, parent, parents)
    moved = "parent" in values and values["parent"] != stored.parent
    changes = save_version(stored, values)
    if moved and position is None:
        position = len(parents)
    if position is not None and _place(actor, stored, parent, position):
        changes["position"] = [goal.position, stored.position]
    if changes:
        audit(actor=actor, action="goal.update", obj=stored, changes=changes)
    return stored


@transaction.atomic
def goal_step(*, actor: Actor, goal: Goal, to: str) -> Goal:
    """Move a goal one step: up or down among its siblings, in (under the one before), out.

    A step that leads nowhere changes nothing. Raises DomainError "invalid" for another word.
    """
    authorise(actor, "loyalty.change_scorecard", goal)
    siblings = list(_siblings(actor, goal.parent))
    at = [row.pk for row in siblings].index(goal.pk)
    if to in {"up", "down"}:
        there = at - 1 if to == "up" else at + 1
        inside = 0 <= there < len(siblings)
        return goal_update(actor=actor, goal=goal, position=there) if inside else goal
    if to == "in":
        return goal_update(actor=actor, goal=goal, parent=siblings[at - 1]) if at else goal
    if to == "out":
        if goal.parent is None:
            return goal
        above = goal.parent
        rows = [row.pk for row in _siblings(actor, above.parent)]
        place = rows.index(above.pk) + 1
        return goal_update(actor=actor, goal=goal, parent=above.parent, position=place)
    raise DomainError("invalid", _("There is no such step."))


@transaction.atomic
def goal_delete(*, actor: Actor, goal: Goal) -> None:
    """Remove a goal; what stands under it moves up to the goal above. Closed months keep it."""
    authorise(actor, "loyalty.change_scorecard", goal)
    _parents_locked(actor)
    above = goal.parent
    after = goal.position + 1
    room = Goal.objects.for_actor(actor).filter(parent=goal).count()
    for sibling in _siblings(actor, above).filter(position__gte=after):
        Goal.objects.for_actor(actor).filter(pk=sibling.pk).update(position=sibling.position + room)
    for at, child in enumerate(Goal.objects.for_actor(actor).filter(parent=goal)):
        Goal.objects.for_actor(actor).filter(pk=child.pk).update(parent=above, position=after + at)
    Kpi.objects.for_actor(actor).filter(part_of=goal).update(part_of=above)
    audit(actor=actor, action="goal.delete", obj=goal)
    goal.delete()


def _known(values: dict[str, Any]) -> None:
    unknown = set(values) - EDITABLE
    if unknown:
        raise TypeError(f"a goal has no {sorted(unknown)}")


def _parents_locked(actor: Actor) -> dict[int, int | None]:
    """The goal above each goal; the tree stands still until the transaction ends."""
    goals = Goal.objects.for_actor(actor).order_by("pk").select_for_update(of=("self",))
    return dict(goals.values_list("pk", "parent_id"))


def _check(values: dict[str, Any]) -> None:
    faults: dict[str, str] = {}
    if "name" in values and not any((values["name"] or {}).values()):
        faults["name"] = _("Write it in at least one language.")
    if values.get("weight") is not None and values["weight"] < 0:
        faults["weight"] = _("A weight is zero or more.")
    if faults:
        raise DomainError("invalid", _("Some fields need mending."), details=faults)


def _check_place(key: int | None, parent: Goal | None, parents: dict[int, int | None]) -> None:
    if not fits_under(key, None if parent is None else parent.pk, parents):
        message = _("A goal cannot stand under itself, and at most %(levels)d levels are kept.")
        message %= {"levels": MOST_LEVELS}
        raise DomainError("invalid", message, details={"parent": message})


def _siblings(actor: Actor, parent: Goal | None) -> Any:
    return Goal.objects.for_actor(actor).filter(parent=parent)


def _place(actor: Actor, goal: Goal, parent: Goal | None, position: int) -> bool:
    """Number the siblings anew with the goal at `position`; True when the order changed."""
    before = list(_siblings(actor, parent))
    others = [row for row in before if row.pk != goal.pk]
    after = list(others)
    after.insert(max(0, position), goal)
    for at, row in enumerate(after):
        if row.position != at or row.pk == goal.pk:
            Goal.objects.for_actor(actor).filter(pk=row.pk).update(position=at)
            row.position = at
    return [row.pk for row in before] != [row.pk for row in after]
