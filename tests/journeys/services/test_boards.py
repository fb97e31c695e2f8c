"""Boards: made on first use, renamed, limited, deleted only when empty."""

from collections.abc import Callable

import pytest

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError, StaleEdit
from cxportal.core.models import AuditEntry
from journeys.models import Board, Column, State
from journeys.services.actions import action_create
from journeys.services.boards import (
    board_create,
    board_default,
    board_delete,
    board_update,
    column_update,
)
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
