"""Boards: made on first use, renamed, limited, deleted only when empty."""

from collections.abc import Callable

import pytest

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError, StaleEdit
from cxportal.core.models import AuditEntry
from journeys.models import Board, Column, State
from journeys.services.actions import action_create, action_delete
from journeys.services.boards import (
    board_create,
    board_default,
    board_delete,
    board_update,
    column_update,
)
from journeys.services.columns import MOST_COLUMNS, column_add, column_delete, column_move
from journeys.standard_board import ColumnPlan

ActorFor = Callable[[str], Actor]


def test_the_default_board_is_made_once_with_bilingual_columns(actor_for: ActorFor) -> None:
    board = board_default(actor_for("staff"))
    assert board_default(actor_for("owner")) == board
    columns = list(board.columns.all())
    assert [c.state for c in columns] == ["idea", "ready", "doing", "watching", "done", "declined"]
    assert columns[2].name == {"en": "In progress", "ko": "진행 중"}
    assert Board.objects.for_actor(actor_for("owner")).count() == 1


def test_each_program_has_a_default_board_of_its_own(system: Actor, stranger: object) -> None:
    other = Actor.member(stranger)  # type: ignore[arg-type]
    assert board_default(system).pk != board_default(other).pk


@pytest.mark.parametrize("role", ["staff", "viewer"])
def test_only_leads_make_and_change_boards(actor_for: ActorFor, role: str) -> None:
    board = board_default(actor_for("owner"))
    column = board.columns.get(state=State.DOING)
    with pytest.raises(Denied):
        board_create(actor=actor_for(role), name="Branches")
    with pytest.raises(Denied):
        board_update(actor=actor_for(role), board=board, name="Mine")
    with pytest.raises(Denied):
        column_update(actor=actor_for(role), column=column, name="Mine")
    with pytest.raises(Denied):
        board_delete(actor=actor_for(role), board=board)
    column.refresh_from_db()
    assert (Board.objects.for_actor(actor_for("owner")).count(), column.limit) == (1, 8)


def test_a_board_has_the_columns_it_is_given(actor_for: ActorFor) -> None:
    plans = [ColumnPlan({"en": "New"}, State.IDEA), ColumnPlan({"en": "Over"}, State.DONE, 3)]
    board = board_create(actor=actor_for("manager"), name="Branches", columns=plans)
    assert board.name == {"en": "Branches"}
    assert [(str(c), c.state, c.limit) for c in board.columns.all()] == [
        ("New", "idea", None),
        ("Over", "done", 3),
    ]


@pytest.mark.parametrize("columns", [[], [ColumnPlan({"en": "X"}, "somewhere")]])
def test_columns_without_a_known_state_are_refused(
    actor_for: ActorFor, columns: list[ColumnPlan]
) -> None:
    with pytest.raises(DomainError, match="known state"):
        board_create(actor=actor_for("owner"), name="Odd", columns=columns)
    assert not Column.objects.for_actor(actor_for("owner")).exists()


def test_a_stale_rename_changes_nothing(actor_for: ActorFor) -> None:
    board = board_create(actor=actor_for("owner"), name="Branches")
    board_update(actor=actor_for("owner"), board=board, name="Stores", version=1)
    with pytest.raises(StaleEdit) as stale:
        board_update(actor=actor_for("owner"), board=board, name="Shops", version=1)
    board.refresh_from_db()
    assert board.name == {"en": "Stores"}
    assert stale.value.details["current"]["name"] == {"en": "Stores"}


def test_a_limit_is_set_and_taken_away(actor_for: ActorFor) -> None:
    column = board_default(actor_for("owner")).columns.get(state=State.READY)
    changed = column_update(actor=actor_for("owner"), column=column, name=column.name, limit=5)
    assert changed.limit == 5
    assert column_update(actor=actor_for("owner"), column=column, name="Next").limit is None
    audits = AuditEntry.objects.for_actor(actor_for("owner")).filter(action="column.update")
    assert audits.count() == 2


def test_a_board_in_use_and_the_default_one_stay(actor_for: ActorFor) -> None:
    owner = actor_for("owner")
    default, used = board_default(owner), board_create(actor=owner, name="Used")
    action_create(actor=owner, title="Call back", board=used)
    for board in (default, used):
        with pytest.raises(DomainError) as refused:
            board_delete(actor=owner, board=board)
        assert (refused.value.code, refused.value.status) == ("in_use", 409)
    board_delete(actor=owner, board=board_create(actor=owner, name="Empty"))
    assert set(Board.objects.for_actor(owner)) == {default, used}


def names(board: Board) -> list[str]:
    return [str(column) for column in board.columns.order_by("position", "pk")]


def test_columns_are_added_behind_their_state_moved_and_taken_off(actor_for: ActorFor) -> None:
    lead = actor_for("manager")
    board = board_default(lead)
    review = column_add(actor=lead, board=board, name="In review", state="doing", limit=3)
    assert names(board)[2:5] == ["In progress", "In review", "Watching"]
    assert column_move(actor=lead, column=review, step=-1).position == 2
    assert names(board)[2:4] == ["In review", "In progress"]
    first = board.columns.order_by("position")[0]
    column_move(actor=lead, column=first, step=-1)
    assert names(board)[0] == "Idea"
    action = action_create(actor=lead, title="Check it", board=board, column=review)
    with pytest.raises(DomainError) as full:
        column_delete(actor=lead, column=review)
    assert full.value.code == "in_use"
    action_delete(actor=lead, action=action)
    column_delete(actor=lead, column=review)
    action.refresh_from_db()
    assert (names(board)[2], str(action.column)) == ("In progress", "Idea")
    assert [c.position for c in board.columns.all()] == list(range(6))


def test_columns_are_refused_without_name_state_or_room(actor_for: ActorFor) -> None:
    lead = actor_for("manager")
    board = board_create(actor=lead, name="x", columns=[ColumnPlan({"en": "A"}, State.IDEA)])
    for name, state in ((" ", "doing"), ("B", "never")):
        with pytest.raises(DomainError) as refused:
            column_add(actor=lead, board=board, name=name, state=state)
        assert refused.value.code == "invalid"
    with pytest.raises(DomainError) as last:
        column_delete(actor=lead, column=board.columns.get())
    assert last.value.code == "last"
    for number in range(MOST_COLUMNS - 1):
        column_add(actor=lead, board=board, name=f"C{number}", state="doing")
    with pytest.raises(DomainError) as crowded:
        column_add(actor=lead, board=board, name="one more", state="doing")
    assert crowded.value.code == "too_many"
    with pytest.raises(Denied):
        column_add(actor=actor_for("staff"), board=board, name="mine", state="doing")
    assert board.columns.count() == MOST_COLUMNS
