"""Columns of a board: added, put in another order, taken off when they are empty."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, lock
from cxportal.core.errors import DomainError
from cxportal.core.models import as_texts
from cxportal.core.policies import authorise
from journeys.models import Action, Board, Column, State

MOST_COLUMNS = 20


@transaction.atomic
def column_add(
    *,
    actor: Actor,
    board: Board,
    name: Mapping[str, str] | str,
    state: str,
    limit: int | None = None,
) -> Column:
    """Add a column behind the last one of its state, else at the end.

    Raises DomainError "invalid" (details name the field), "too_many" (409).
    """
    authorise(actor, "journeys.change_boards", board)
    columns = _columns(lock(board))
    given = as_texts(name, actor.program.default_language)
    texts = {language: text.strip() for language, text in given.items() if text.strip()}
    if not texts:
        raise _invalid("name", _("Give it a name."))
    if state not in State.values:
        raise _invalid("state", _("Choose what the column means."))
    if len(columns) >= MOST_COLUMNS:
        message = _("A board has at most %(most)d columns.") % {"most": MOST_COLUMNS}
        raise DomainError("too_many", message, status=409)
    made = Column(program=actor.program, board=board, name=texts, state=state, limit=limit or None)
    same = [place for place, column in enumerate(columns) if column.state == state]
    columns.insert(same[-1] + 1 if same else len(columns), made)
    made.position = len(columns)
    made.save()
    _number(columns)
    audit(actor=actor, action="column.create", obj=made)
    return made


@transaction.atomic
def column_move(*, actor: Actor, column: Column, step: int) -> Column:
    """Put a column one place to the left (−1) or right (1); at the edge it stays."""
    authorise(actor, "journeys.change_boards", column)
    columns = _columns(lock(column.board))
    at = columns.index(column)
    to = min(max(at + (1 if step > 0 else -1), 0), len(columns) - 1)
    if to != at:
        columns.insert(to, columns.pop(at))
        _number(columns)
        audit(actor=actor, action="column.move", obj=column, changes={"position": [at, to]})
    return columns[to]


@transaction.atomic
def column_delete(*, actor: Actor, column: Column) -> None:
    """Take an empty column off. Raises DomainError "in_use", "last" (409).

    Deleted actions that stood there come back, if they do, in the first column.
    """
    authorise(actor, "journeys.change_boards", column)
    columns = _columns(lock(column.board))
    others = [other for other in columns if other != column]
    actions: Any = Action.objects.for_actor(actor).filter(column=lock(column))
    if not others:
        raise DomainError("last", _("A board needs a column."), status=409)
    if actions.filter(deleted_at=None).exists():
        message = _("Move its cards to another column first.")
        raise DomainError("in_use", message, status=409)
    actions.update(column=others[0])
    audit(actor=actor, action="column.delete", obj=column)
    column.delete()
    _number(others)


def _columns(board: Board) -> list[Column]:
    return list(board.columns.order_by("position", "pk"))


def _number(columns: list[Column]) -> None:
    for place, column in enumerate(columns):
        column.position = place
    Column.unscoped.bulk_update(columns, ["position"])  # unscoped: of one board, authorised above


def _invalid(field: str, message: str) -> DomainError:
    return DomainError("invalid", message, details={field: message})
