"""Boards and their columns: free names on states that the portal understands."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, changed_fields, expect_version, lock, save_version
from cxportal.core.errors import DomainError
from cxportal.core.models import Team, as_texts
from cxportal.core.policies import authorise
from journeys.models import Action, Board, Column, State
from journeys.standard_board import (
    BOARD_NAME,
    RELATIONSHIP_COLUMNS,
    STANDARD_COLUMNS,
    ColumnPlan,
)


@transaction.atomic
def board_create(
    *,
    actor: Actor,
    name: Mapping[str, str] | str,
    team: Team | None = None,
    kind: str = Board.Kind.IMPROVEMENT,
    columns: Sequence[ColumnPlan] | None = None,
) -> Board:
    """Make a board with the given columns, else those of its kind. Raises DomainError "invalid"."""
    authorise(actor, "journeys.change_boards")
    if team is not None and team.program_id != actor.program_id:
        raise DomainError("not_found", _("This team is not of this program."), status=404)
    if kind not in Board.Kind.values:
        message = _("Choose what the board is for.")
        raise DomainError("invalid", message, details={"kind": message})
    usual = RELATIONSHIP_COLUMNS if kind == Board.Kind.RELATIONSHIP else STANDARD_COLUMNS
    return _make(actor, name, usual if columns is None else columns, team=team, kind=kind)


def board_default(actor: Actor) -> Board:
    """The board of actions that name none; made when the first action is logged.

    Asks no right of its own: whoever may log an action may thereby need a board.
    """
    found = _default_of(actor)
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return _make(actor, BOARD_NAME, STANDARD_COLUMNS, is_default=True)
    except IntegrityError:
        # Somebody else logged the first action in the same moment.
        return Board.objects.for_actor(actor).get(is_default=True)


def _default_of(actor: Actor) -> Board | None:
    boards: Any = Board.objects.for_actor(actor)
    found: Board | None = boards.filter(is_default=True).first()
    return found


def _make(
    actor: Actor, name: Mapping[str, str] | str, columns: Sequence[ColumnPlan], **values: Any
) -> Board:
    board = Board(program=actor.program, name=_named(actor, name), **values)
    board.save()
    Column.unscoped.bulk_create(  # unscoped: written for the actor's own program
        _column(board, plan, place) for place, plan in enumerate(_checked(columns))
    )
    audit(actor=actor, action="board.create", obj=board)
    return board


def _column(board: Board, plan: ColumnPlan, place: int) -> Column:
    return Column(
        program_id=board.program_id,
        board=board,
        name=dict(plan.name),
        state=plan.state,
        limit=plan.limit,
        position=place,
    )


def _checked(columns: Sequence[ColumnPlan]) -> Sequence[ColumnPlan]:
    if not columns or any(plan.state not in State.values for plan in columns):
        raise DomainError("invalid", _("A board needs columns, each with a known state."))
    return columns


def _named(actor: Actor, name: Mapping[str, str] | str) -> dict[str, str]:
    texts = as_texts(name, actor.program.default_language)
    if not texts:
        message = _("Give it a name.")
        raise DomainError("invalid", message, details={"name": message})
    return texts


@transaction.atomic
def board_update(
    *, actor: Actor, board: Board, name: Mapping[str, str] | str, version: int | None = None
) -> Board:
    """Rename a board. Raises DomainError: "invalid"; StaleEdit."""
    authorise(actor, "journeys.change_boards", board)
    stored = lock(board)
    expect_version(stored, version, shown=("name",))
    changes = save_version(stored, {"name": _named(actor, name)})
    if changes:
        audit(actor=actor, action="board.update", obj=stored, changes=changes)
    return stored


@transaction.atomic
def column_update(
    *,
    actor: Actor,
    column: Column,
    name: Mapping[str, str] | str,
    limit: int | None = None,
) -> Column:
    """Rename a column or set how many cards it should hold (None: any number).

    Raises DomainError: "invalid".
    """
    authorise(actor, "journeys.change_boards", column)
    stored = lock(column)
    changes = changed_fields(stored, {"name": _named(actor, name), "limit": limit or None})
    if changes:
        for field, (_before, after) in changes.items():
            setattr(stored, field, after)
        stored.save(update_fields=list(changes))
        audit(actor=actor, action="column.update", obj=stored, changes=changes)
    return stored


@transaction.atomic
def board_delete(*, actor: Actor, board: Board) -> None:
    """Delete an empty board that is not the default one. Raises DomainError: "in_use" (409)."""
    authorise(actor, "journeys.change_boards", board)
    stored = lock(board)
    if stored.is_default or _has_actions(actor, stored):
        message = _("This board is still needed: move its actions first.")
        raise DomainError("in_use", message, status=409)
    audit(actor=actor, action="board.delete", obj=stored)
    stored.delete()


def _has_actions(actor: Actor, board: Board) -> bool:
    rows: Any = Action.objects.for_actor(actor)
    return bool(rows.filter(board=board).exists())
