"""Value propositions: written, agreed, linked to what makes them true."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, expect_version, lock, save_version
from cxportal.core.errors import DomainError
from cxportal.core.policies import authorise
from journeys.models import Action, Touchpoint
from journeys.services.actions import action_create
from loyalty.models import Competitor, Driver, PropositionDifference, ValueProposition

TEXTS = (
    "name", "promise", "functional_value", "emotional_value", "proof", "jobs", "pains", "gains",
    "behaviours", "roadmap",
)  # fmt: skip
LINKS = ("touchpoints", "actions", "drivers")


@transaction.atomic
def proposition_create(
    *,
    actor: Actor,
    name: dict[str, str],
    promise: dict[str, str],
    touchpoints: Iterable[Touchpoint] = (),
    actions: Iterable[Action] = (),
    drivers: Iterable[Driver] = (),
    **values: Any,
) -> ValueProposition:
    """Make a value proposition. Raises DomainError when name or promise is empty."""
    authorise(actor, "loyalty.change_propositions")
    _refuse_empty(name, promise)
    proposition = ValueProposition.unscoped.create(  # unscoped: the actor's own program
        program=actor.program, name=name, promise=promise, **values
    )
    links = {"touchpoints": touchpoints, "actions": actions, "drivers": drivers}
    _link(actor, proposition, links)
    audit(actor=actor, action="proposition.create", obj=proposition)
    return proposition


@transaction.atomic
def proposition_update(
    *, actor: Actor, proposition: ValueProposition, version: int | None = None, **values: Any
) -> ValueProposition:
    """Change fields and links. Raises StaleEdit for an older version."""
    authorise(actor, "loyalty.change_propositions", proposition)
    stored = lock(proposition)
    expect_version(stored, version, TEXTS)
    _refuse_empty(values.get("name", stored.name), values.get("promise", stored.promise))
    links = {name: values.pop(name) for name in LINKS if name in values}
    changes = save_version(stored, values)
    changes |= _link(actor, stored, links)
    if changes:
        audit(actor=actor, action="proposition.update", obj=stored, changes=changes)
    return stored


@transaction.atomic
def proposition_act(
    *,
    actor: Actor,
    proposition: ValueProposition,
    title: str,
    touchpoint: Touchpoint | None = None,
    due: date | None = None,
) -> Action:
    """Log an action that makes the promise true, tied to it. Raises DomainError "invalid"."""
    authorise(actor, "loyalty.change_propositions", proposition)
    action = action_create(actor=actor, title=title, touchpoint=touchpoint, due=due)
    stored = lock(proposition)
    before = sorted(stored.actions.values_list("pk", flat=True))
    stored.actions.add(action)
    changes = {"actions": [before, sorted([*before, action.pk])]}
    audit(actor=actor, action="proposition.update", obj=stored, changes=changes)
    return action


@transaction.atomic
def proposition_delete(*, actor: Actor, proposition: ValueProposition) -> None:
    """Delete a value proposition; touchpoints and actions stay."""
    authorise(actor, "loyalty.change_propositions", proposition)
    audit(actor=actor, action="proposition.delete", obj=proposition)
    proposition.delete()


@transaction.atomic
def difference_set(
    *, actor: Actor, proposition: ValueProposition, driver: Driver, competitor: Competitor,
    text: dict[str, str],
) -> PropositionDifference | None:  # fmt: skip
    """Say how the promise differs from a named competitor's on a driver; empty takes it away."""
    authorise(actor, "loyalty.change_propositions", proposition)
    keys: dict[str, Any] = {"proposition": proposition, "driver": driver, "competitor": competitor}
    if not any(text.values()):
        PropositionDifference.objects.for_actor(actor).filter(**keys).delete()
        return None
    row, _new = PropositionDifference.unscoped.update_or_create(  # unscoped: the actor's own
        program=actor.program, **keys, defaults={"text": text}
    )
    audit(actor=actor, action="proposition.update", obj=proposition, changes={"difference": row.pk})
    return row


def _refuse_empty(name: dict[str, str], promise: dict[str, str]) -> None:
    missing = {
        field: _("Write it in at least one language.")
        for field, texts in (("name", name), ("promise", promise))
        if not any(texts.values())
    }
    if missing:
        raise DomainError("invalid", _("Some fields need mending."), details=missing)


def _link(
    actor: Actor, proposition: ValueProposition, links: dict[str, Iterable[Any]]
) -> dict[str, list[Any]]:
    changes = {}
    for name, wanted in links.items():
        manager = getattr(proposition, name)
        before = sorted(manager.values_list("pk", flat=True))
        after = sorted(obj.pk for obj in wanted if obj.program_id == actor.program_id)
        if before != after:
            manager.set(after)
            changes[name] = [before, after]
    return changes
