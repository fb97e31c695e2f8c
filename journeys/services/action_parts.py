"""What hangs on an action: watchers, roles, checklist, what blocks it, where it is tried."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import (
    audit,
    expect_version,
    lock,
    refuse_foreign,
    save_version,
    tidy,
)
from cxportal.core.errors import DomainError
from cxportal.core.models import Membership
from cxportal.core.policies import authorise
from journeys.models import Action, ActionRole, ChecklistItem
from journeys.queries.baselines import PILOT_KINDS
from surveys.models import Dimension

MOST_ITEMS = 100
MOST_GROUPS = 100
_TEXT = 300


@transaction.atomic
def action_watch(*, actor: Actor, action: Action, on: bool) -> None:
    """Be told of moves and comments, or no longer. Raises DomainError for who is no member."""
    authorise(actor, "journeys.view_boards", action)
    if actor.membership is None:
        raise DomainError("invalid", _("Only a member can watch an action."))
    if on:
        action.watchers.add(actor.membership)
    else:
        action.watchers.remove(actor.membership)


@transaction.atomic
def action_roles_set(
    *, actor: Actor, action: Action, roles: Mapping[str, Iterable[Membership]]
) -> list[ActionRole]:
    """Set who has which role (RACI); exactly the people named have them afterwards.

    Raises DomainError "invalid": at most one is accountable.
    """
    authorise(actor, "journeys.change_actions", action)
    stored = lock(action)
    named = {role: list(people) for role, people in roles.items()}
    refuse_foreign(actor, {str(m.pk): m for people in named.values() for m in people})
    if set(named) - set(ActionRole.Role.values) or len(named.get("accountable", [])) > 1:
        message = _("One person is accountable.")
        raise DomainError("invalid", message, details={"accountable": message})
    before = _roles_words(stored)
    stored.roles.all().delete()
    rows = [
        ActionRole(program=actor.program, action=stored, membership=member, role=role)
        for role, people in named.items()
        for member in dict.fromkeys(people)
    ]
    made = ActionRole.unscoped.bulk_create(rows)  # unscoped: written for the actor's own program
    after = _roles_words(stored)
    if before != after:
        audit(actor=actor, action="action.roles", obj=stored, changes={"roles": [before, after]})
    return made


def _roles_words(action: Action) -> str:
    rows = action.roles.select_related("membership__user").order_by("role", "pk")
    return ", ".join(f"{row.role}: {row.membership}" for row in rows)


@transaction.atomic
def checklist_add(*, actor: Actor, action: Action, text: str) -> ChecklistItem:
    """Add a step at the end. Raises DomainError "invalid"."""
    authorise(actor, "journeys.change_actions", action)
    stored = lock(action)
    words = tidy({"text": text})["text"]
    if not words or len(words) > _TEXT or stored.checklist.count() >= MOST_ITEMS:
        message = _("Write the step in at most 300 characters; a list holds at most 100.")
        raise DomainError("invalid", message, details={"text": message})
    last = stored.checklist.aggregate(last=Max("position"))["last"] or 0
    item = ChecklistItem(program=actor.program, action=stored, text=words, position=last + 1)
    item.save()
    audit(actor=actor, action="action.checklist", obj=stored, changes={"step": [None, words]})
    return item


@transaction.atomic
def checklist_tick(*, actor: Actor, item: ChecklistItem, done: bool) -> ChecklistItem:
    """Tick a step off, or open it again."""
    authorise(actor, "journeys.change_actions", item.action)
    stored = lock(item)
    stored.done_at = timezone.now() if done else None
    stored.done_by = actor.label[:200] if done else ""
    stored.save(update_fields=["done_at", "done_by"])
    return stored


@transaction.atomic
def checklist_remove(*, actor: Actor, item: ChecklistItem) -> None:
    """Take a step off the list."""
    authorise(actor, "journeys.change_actions", item.action)
    audit(actor=actor, action="action.checklist", obj=item.action,
          changes={"step": [item.text, None]})  # fmt: skip
    item.delete()


@transaction.atomic
def action_block(*, actor: Actor, action: Action, by: Action, on: bool = True) -> None:
    """Say that an action waits for another, or no longer.

    Raises DomainError "circle" (409) when that one waits for this one already.
    """
    authorise(actor, "journeys.change_actions", action)
    refuse_foreign(actor, {"by": by})
    stored = lock(action)
    if not on:
        stored.blocked_by.remove(by)
    elif by.pk == stored.pk or stored.pk in _waits_for(actor, by):
        message = _("They would wait for each other.")
        raise DomainError("circle", message, status=409, details={"by": message})
    else:
        stored.blocked_by.add(by)
    audit(actor=actor, action="action.block", obj=stored, changes={"waits_for": [None, str(by)]})


def _waits_for(actor: Actor, action: Action) -> set[int]:
    """Everything an action waits for, directly or not."""
    rows: Any = Action.objects.for_actor(actor)
    found: set[int] = set()
    front = {action.pk}
    while front:
        front = set(rows.filter(blocks__in=front).values_list("pk", flat=True)) - found
        found |= front
    return found


@transaction.atomic
def action_pilot_set(
    *,
    actor: Actor,
    action: Action,
    pilot: Sequence[int],
    comparison: Sequence[int] = (),
    version: int | None = None,
) -> Action:
    """Say where an action is tried and with whom that is compared (nobody named: all others).

    Groups are ids of stores or segments. A response may be in several segments, so that only
    one segment makes a pilot. Raises DomainError "invalid", "closed" (409) once the work is done:
    groups chosen after the fact prove nothing; StaleEdit.
    """
    authorise(actor, "journeys.change_actions", action)
    stored = lock(action)
    if stored.closed_at is not None:
        message = _("The work is done: groups chosen afterwards would prove nothing.")
        raise DomainError("closed", message, status=409)

    expect_version(stored, version, shown=("pilot", "comparison"))
    _check_groups(actor, pilot, comparison)
    changes = save_version(stored, {"pilot": list(pilot), "comparison": list(comparison)})
    if changes:
        audit(actor=actor, action="action.pilot", obj=stored, changes=changes)
    return stored


def _check_groups(actor: Actor, pilot: Sequence[int], comparison: Sequence[int]) -> None:
    wanted = [*pilot, *comparison]
    rows: Any = Dimension.objects.for_actor(actor).filter(pk__in=wanted, kind__in=PILOT_KINDS)
    kinds = dict(rows.values_list("pk", "kind"))
    if len(kinds) != len(set(wanted)) or len(wanted) > MOST_GROUPS or len(wanted) != len(kinds):
        message = _("Choose stores or segments of this program, each once.")
        raise DomainError("invalid", message, details={"pilot": message})
    if comparison and not pilot:
        message = _("Choose where it is tried first.")
        raise DomainError("invalid", message, details={"pilot": message})
    for name, group in (("pilot", pilot), ("comparison", comparison)):
        segments = sum(kinds[pk] == "segment" for pk in group)
        if segments > 1 or (segments and len(group) > 1):
            message = _("Choose one segment alone, or any number of stores.")
            raise DomainError("invalid", message, details={name: message})
