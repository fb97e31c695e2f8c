"""What an answer is about, what a history says, and where else actions are found."""

from datetime import UTC, datetime

from django.utils import translation

from cxportal.core.actors import Actor
from cxportal.core.models import Membership
from cxportal.core.registry import search, timeline
from journeys.models import Stage, Touchpoint, TouchpointMetric
from journeys.queries.actions import action_history, action_places, actions_overdue
from journeys.registrations import action_entries, action_hits
from journeys.services.actions import action_create, action_delete, action_move, action_update
from journeys.services.boards import board_default
from surveys.models import Metric, Response
from tests.conftest import make_customers
from tests.journeys.services.test_actions import make_touchpoint
from tests.journeys.views.test_actions import make_response, score


def measured(actor: Actor, place: Touchpoint) -> Response:
    metric = Metric(program=actor.program, code=place.code, name={"en": "M"}, kind="nps")
    metric.save()
    TouchpointMetric(program=actor.program, touchpoint=place, metric=metric).save()
    response = make_response(actor)
    score(response, metric)
    return response


def test_an_answer_is_about_the_most_important_touchpoint_it_scores(system: Actor) -> None:
    place = make_touchpoint(system)
    response = measured(system, place)
    weighty = Touchpoint(program=system.program, code="w", name={"en": "W"}, importance=9)
    weighty.save()
    TouchpointMetric(
        program=system.program, touchpoint=weighty, metric=Metric.unscoped.get()
    ).save()
    # A touchpoint in a stage comes first: the action is then found from the stage too.
    assert action_places(system, response) == (place, Stage.objects.for_actor(system).get())
    place.steps.all().delete()
    assert action_places(system, response) == (weighty, None)


def test_an_answer_without_a_touchpoint_leaves_both_open(system: Actor) -> None:
    assert action_places(system, make_response(system)) == (None, None)


def test_the_history_says_how_long_it_stayed_where(system: Actor, people: object) -> None:
    columns = {c.state: c for c in board_default(system).columns.all()}
    days = [datetime(2026, 3, day, tzinfo=UTC) for day in (1, 4, 9)]
    action = action_create(actor=system, title="x", at=days[0])
    action = action_move(actor=system, action=action, column=columns["doing"], at=days[1])
    action = action_move(actor=system, action=action, column=columns["done"], at=days[2])
    action_update(actor=system, action=action, title="y")
    newest, done, doing, logged = action_history(system, action)
    assert (newest.text, newest.detail) == ("changed", "Title: x → y")
    assert (logged.text, logged.detail) == ("logged in Idea", "stayed there for 3 days")
    assert (doing.text, doing.detail) == ("moved to In progress", "stayed there for 5 days")
    assert (done.text, done.tone) == ("moved to Done", "good")
    with translation.override("ko"):
        texts = [entry.text for entry in action_history(system, action)]
    assert texts[1:] == ["“완료” 열로 이동", "“진행 중” 열로 이동", "아이디어에 등록"]


def test_the_customers_timeline_and_the_search_find_actions(
    system: Actor, stranger: Membership
) -> None:
    customer = make_customers(system.program, 1)[0]
    response = make_response(system)
    response.customer = customer
    response.save()
    action = action_create(actor=system, title="Call back", response=response)
    gone = action_create(actor=system, title="Call never", response=response)
    action_delete(actor=system, action=gone)
    entries = list(action_entries(system, customer, 5))
    assert [(e.kind, e.text, e.url) for e in entries] == [
        ("action", "Action logged: Call back", f"/p/acme/actions/{action.pk}/")
    ]
    assert [hit.label for hit in action_hits(system, "call", 5)] == ["Call back"]
    assert list(action_hits(Actor.member(stranger), "call", 5)) == []
    assert action_entries in timeline
    assert action_hits in search


def test_only_open_actions_are_overdue(system: Actor) -> None:
    columns = {c.state: c for c in board_default(system).columns.all()}
    day = datetime(2020, 1, 1, tzinfo=UTC).date()
    late = action_create(actor=system, title="late", due=day)
    action_create(actor=system, title="done", due=day, column=columns["done"])
    action_create(actor=system, title="declined", due=day, column=columns["declined"])
    assert list(actions_overdue(system)) == [late]
