"""A card put into another lane: its stage, owner, horizon or relationship activity changes too."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import lock, refuse_foreign
from cxportal.core.errors import DomainError
from cxportal.core.models import Membership
from cxportal.core.policies import authorise
from journeys.models import Action, Column, Relationship, Stage
from journeys.services.actions import action_move, action_update


@transaction.atomic
def action_place(
    *,
    actor: Actor,
    action: Action,
    column: Column,
    lane: tuple[str, str],
    before: Action | None = None,
    after: Action | None = None,
    version: int | None = None,
) -> Action:
    """Move an action into a column and a lane: ("owner", "12"), ("horizon", "mid"), ("stage", "").

    One step: either both change or neither does. Raises DomainError: "invalid", "not_found" (404);
    StaleEdit.
    """
    authorise(actor, "journeys.change_actions", action)
    refuse_foreign(actor, {"column": column})
    name, key = lane
    value = _value(actor, name, key)
    # Always the column first, then the action: two moves cannot wait for each other.
    lock(column)
    changed = action_update(actor=actor, action=action, version=version, **{name: value})
    return action_move(
        actor=actor,
        action=changed,
        column=column,
        before=before,
        after=after,
        version=changed.version,
    )


def _value(actor: Actor, name: str, key: str) -> Any:
    """What the lane stands for. Raises DomainError for a lane that is none."""
    if name == "horizon" and key in Action.Horizon.values:
        return key
    if name == "relationship" and key in ("", *Relationship.values):
        return key
    models: dict[str, Any] = {"owner": Membership, "stage": Stage}
    if name in models and not key:
        return None
    if name in models and key.isascii() and key.isdigit():
        found = models[name].objects.for_actor(actor).filter(pk=int(key)).first()
        if found is not None:
            return found
    message = _("This board has no such lane.")
    raise DomainError("not_found", message, status=404)
