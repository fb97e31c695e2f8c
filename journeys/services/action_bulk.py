"""Several actions at once, and a move taken back."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from cxportal.core.policies import authorise
from journeys.models import Action, ActionMove
from journeys.services.actions import action_move, action_update

MOST = 200
#: A move may be taken back this long.
UNDO = timedelta(hours=24)


@dataclass
class BulkChange:
    """What became of several actions: how many changed, and why others did not."""

    changed: int = 0
    refused: list[tuple[Action, str]] = field(default_factory=list)


@transaction.atomic
def actions_bulk_change(
    *, actor: Actor, actions: Iterable[Action], state: str = "", **values: Any
) -> BulkChange:
    """Change fields of EDITABLE and perhaps the state of several actions; one refused stops none.

    Raises DomainError "too_many" (413).
    """
    authorise(actor, "journeys.create_actions")
    rows = sorted(actions, key=lambda action: action.pk)
    if len(rows) > MOST:
        message = _("Change at most %(max)d actions at once.") % {"max": MOST}
        raise DomainError("too_many", message, status=413)
    result = BulkChange()
    for action in rows:
        try:
            with transaction.atomic():
                _change(actor, action, state, values)
        except DomainError as error:
            result.refused.append((action, error.message))
        else:
            result.changed += 1
    return result


def _change(actor: Actor, action: Action, state: str, values: dict[str, Any]) -> None:
    if values:
        action_update(actor=actor, action=action, **values)
    if state and state != action.column.state:
        column = action.board.columns.filter(state=state).first()
        if column is None:
            raise DomainError("invalid", _("Its board has no column for this state."))
        action_move(actor=actor, action=action, column=column)


@transaction.atomic
def action_move_undo(*, actor: Actor, action: Action) -> Action:
    """Put an action back into the column it came from last.

    Raises DomainError "nothing_to_undo" (409) when there was no move in the last day.
    """
    authorise(actor, "journeys.change_actions", action)
    moves: list[ActionMove] = list(
        action.moves.select_related("to_column").order_by("-at", "-pk")[:2]
    )
    recent = moves and moves[0].from_state and moves[0].at >= timezone.now() - UNDO
    if len(moves) < 2 or not recent or moves[1].to_column is None:
        raise DomainError("nothing_to_undo", _("There is no move to take back."), status=409)
    return action_move(actor=actor, action=action, column=moves[1].to_column)
