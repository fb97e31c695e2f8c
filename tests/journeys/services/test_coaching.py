"""Relationship boards in standard steps, and the coaching view for who leads."""

from collections.abc import Callable

import pytest
from django.test import Client

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from cxportal.core.models import Customer, Membership
from journeys.models import Action, Board
from journeys.queries.coaching import coaching_of
from journeys.services.actions import action_create, action_move
from journeys.services.boards import board_create
from tests.conftest import make_customers

ActorFor = Callable[[str], Actor]
ClientFor = Callable[[str], Client]


def make_board(actor: Actor) -> Board:
    return board_create(actor=actor, name="Relationships", kind="relationship")


def walk(actor: Actor, board: Board, owner: Membership, steps: int, *, lost: bool = False) -> None:
    """One relationship that came so far."""
    columns = list(board.columns.all())
    action = action_create(actor=actor, title="Call", board=board, owner=owner)
    for column in columns[1 : steps + 1]:
        action_move(actor=actor, action=action, column=column)
    if lost:
        action_move(actor=actor, action=action, column=columns[-1])


def test_a_relationship_board_begins_with_the_standard_steps(actor_for: ActorFor) -> None:
    board = make_board(actor_for("manager"))
    names = [column.name["en"] for column in board.columns.all()]
    assert names[:8] == [
        "Prospect", "Opportunity", "Approach", "Information", "Needs", "Design", "Contract", "Care",
    ]  # fmt: skip
    with pytest.raises(DomainError):
        board_create(actor=actor_for("manager"), name="x", kind="sales")


def test_the_manager_sees_where_somebody_stops_more_often_than_others(
    actor_for: ActorFor, people: dict[str, Membership], system: Actor
) -> None:
    board = make_board(actor_for("manager"))
    for _number in range(12):
        walk(system, board, people["staff"], 1, lost=True)
        walk(system, board, people["manager"], 7)
        walk(system, board, people["manager"], 7)
    seen = coaching_of(actor_for("manager"), board)
    second = seen.steps[1]
    assert second.rate is not None
    assert (second.rate.onward, second.rate.left, second.is_known) == (24, 36, True)
    by_name = {person.name: person for person in seen.people}
    staff, manager = by_name[str(people["staff"].user)], by_name[str(people["manager"].user)]
    assert (staff.lost, manager.won) == (12, 24)
    assert staff.hints == ["Fewer go on from “Opportunity” than with others: 0%, all 67%."]
    assert manager.hints == ["More go on from “Opportunity” than with others: 100%, all 67%."]


def test_activities_are_planned_by_value_segment_and_seen_on_pages(
    client_for: ClientFor, system: Actor, assert_same_queries: Callable[..., int]
) -> None:
    client = client_for("manager")
    assert "no board of customer relationships yet" in client.get("/p/acme/cases/coaching/").text
    form = {"name_en": "Relations", "kind": "relationship"}
    assert client.post("/p/acme/actions/boards/new/", form).status_code == 302
    board = Board.objects.for_actor(system).get(kind="relationship")
    (customer,) = make_customers(system.program, 1)
    Customer.unscoped.filter(pk=customer.pk).update(value_segment="growable")
    values = {
        "title": "Second product", "customer": "C0", "relationship": "extend", "board": board.pk,
        "horizon": "short", "importance": 3, "urgency": 3, "effect": 3, "cost": 3,
    }  # fmt: skip
    assert client.post("/p/acme/actions/new/", values).status_code == 302
    action = Action.objects.for_actor(system).get()
    assert (action.board, action.customer, action.relationship) == (board, customer, "extend")
    page = client.get("/p/acme/cases/coaching/").text
    assert "1 open, 0 done" in page
    assert client_for("staff").get("/p/acme/cases/coaching/").status_code == 403
    edited = {**values, "title": "Another"} | {"version": action.version}
    assert client.post(f"/p/acme/actions/{action.pk}/edit/", edited).status_code == 302

    def grow() -> None:
        for number in range(5):
            action_create(actor=system, title=f"More {number}", board=board)

    assert_same_queries(lambda: client.get("/p/acme/cases/coaching/"), grow)
