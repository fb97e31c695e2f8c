"""The outer loop: patterns become actions, ideas get votes and answers, key customers get care."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError
from cxportal.core.models import Customer, Membership, Notification
from cxportal.core.services.outbox import outbox_drain_all
from journeys.models import Action, Case, Idea, RootCause, Touchpoint
from journeys.queries.accounts import key_customers, morning_of, portfolios
from journeys.queries.case_overview import case_overview, case_patterns
from journeys.services.accounts import accounts_assign
from journeys.services.case_patterns import pattern_to_action
from journeys.services.cases import case_close, case_contact, case_open
from journeys.services.ideas import idea_decline, idea_propose, idea_take, idea_vote
from tests.conftest import make_customers
from tests.journeys.services.test_cases import answers

ActorFor = Callable[[str], Actor]
ClientFor = Callable[[str], Client]


def make_place(actor: Actor) -> Touchpoint:
    place = Touchpoint(program=actor.program, code="parcel", name={"en": "Parcel"})
    place.save()
    return place


def make_closed(actor: Actor, count: int, place: Touchpoint, code: str = "delivery") -> list[Case]:
    made = []
    for number in range(count):
        case = case_open(actor=actor, title=f"Case {number}", touchpoint=place)
        case_contact(actor=actor, case=case, channel="phone", reached=True)
        cause = RootCause.objects.for_actor(actor).get(code=code)
        case.refresh_from_db()
        made.append(
            case_close(
                actor=actor, case=case, resolution="solved", root_cause=cause, customer_told=True
            )
        )
    return made


def test_what_keeps_coming_back_becomes_an_action_once(system: Actor) -> None:
    place = make_place(system)
    cases = make_closed(system, 5, place)
    make_closed(system, 4, place, "staff")
    (pattern,) = case_patterns(system)
    assert (pattern.cause.code, pattern.touchpoint, pattern.count, pattern.without_action) == (
        "delivery",
        place,
        5,
        5,
    )
    action = pattern_to_action(actor=system, cause=pattern.cause, touchpoint=place)
    assert (action.title, action.touchpoint) == ("Delivery late or damaged – Parcel", place)
    assert {c.action for c in Case.unscoped.filter(pk__in=[c.pk for c in cases])} == {action}
    with pytest.raises(DomainError) as refused:
        pattern_to_action(actor=system, cause=pattern.cause, touchpoint=place)
    assert refused.value.code == "no_cases"


def test_the_overview_counts_what_happened(system: Actor) -> None:
    make_closed(system, 3, make_place(system))
    case_open(actor=system, title="late")
    Case.unscoped.filter(title="late").update(due_at=timezone.now() - timedelta(hours=1))
    seen = case_overview(system)
    assert (seen.opened, seen.closed, seen.open, seen.late) == (4, 3, 1, 1)
    assert (seen.in_time.value, seen.reached.value, seen.told.value) == (1, 1, 1)
    assert seen.recovered.value is None
    assert seen.contact_hours == pytest.approx(0, abs=0.1)


def test_who_answers_better_after_the_case_was_won_back(system: Actor) -> None:
    first, second = answers(system, [1, 2], days_ago=2)
    for response in (first, second):
        case = case_open(actor=system, title="x", response=response)
        ended = timezone.now() - timedelta(days=1)
        case_close(actor=system, case=case, resolution="no_need", at=ended)
    later = {"answers": {"nps": 9}, "completed_at": timezone.now().isoformat()}
    from surveys.services.recording import responses_record

    for response, score in ((first, 9), (second, 3)):
        assert response.customer is not None
        row = {**later, "external_id": response.customer.external_id, "answers": {"nps": score}}
        assert responses_record(actor=system, survey=first.survey, rows=[row]).failed == 0
    outbox_drain_all()
    seen = case_overview(system).recovered
    assert (seen.part, seen.whole) == (1, 2)


def test_an_idea_is_voted_on_and_gets_an_answer(
    actor_for: ActorFor, people: dict[str, Membership]
) -> None:
    idea = idea_propose(actor=actor_for("staff"), title=" Benches ", description="At the door")
    for role in ("staff", "manager", "manager"):
        idea = idea_vote(actor=actor_for(role), idea=idea)
    assert (idea.title, idea.votes) == ("Benches", 2)
    assert idea_vote(actor=actor_for("manager"), idea=idea, on=False).votes == 1
    with pytest.raises(Denied):
        idea_take(actor=actor_for("staff"), idea=idea)
    action = idea_take(actor=actor_for("manager"), idea=idea)
    assert (action.title, action.description) == ("Benches", "At the door")
    other = idea_propose(actor=actor_for("staff"), title="Free tea")
    with pytest.raises(DomainError):
        idea_decline(actor=actor_for("manager"), idea=other, answer=" ")
    idea_decline(actor=actor_for("manager"), idea=other, answer="Too dear for now")
    with pytest.raises(DomainError) as closed:
        idea_vote(actor=actor_for("owner"), idea=other)
    assert closed.value.code == "closed"
    told = Notification.unscoped.filter(membership=people["staff"]).order_by("pk")
    assert [notice.kind for notice in told] == ["idea_taken", "idea_declined"]
    with pytest.raises(Denied):
        idea_propose(actor=actor_for("viewer"), title="x")


def test_key_customers_get_somebody_with_a_plan(
    actor_for: ActorFor, people: dict[str, Membership], stranger: Membership
) -> None:
    manager = actor_for("manager")
    one, two, other = make_customers(manager.program, 3)
    for customer in (one, two):
        customer.value_segment = "most_valuable"
        customer.save()
    assert set(key_customers(manager)) == {one, two}
    given = accounts_assign(actor=manager, customers=[one, two], manager=people["staff"])
    assert (given, list(key_customers(manager))) == (2, [])
    plan: Any = Action.objects.for_actor(manager).filter(customer=one).order_by("due")
    assert [(a.owner, a.relationship) for a in plan] == [(people["staff"], "keep")] * 3
    again = accounts_assign(actor=manager, customers=[one, other], manager=people["owner"])
    assert (again, Customer.unscoped.get(pk=one.pk).account_manager) == (1, people["staff"])
    mine = morning_of(actor_for("staff"))
    assert (mine.customers, len(mine.activities)) == (2, 2)
    loads = {p.member.role: (p.customers, p.activities) for p in portfolios(manager)}
    assert loads == {"staff": (2, 6), "owner": (1, 3)}
    with pytest.raises(Denied):
        accounts_assign(actor=actor_for("staff"), customers=[], manager=people["staff"])
    with pytest.raises(DomainError):
        accounts_assign(actor=manager, customers=[other], manager=stranger)


def test_it_is_done_on_pages(
    client_for: ClientFor, system: Actor, people: dict[str, Membership]
) -> None:
    place = make_place(system)
    make_closed(system, 5, place)
    manager, staff = client_for("manager"), client_for("staff")
    page = manager.get("/p/acme/cases/overview/")
    assert "Make an action of it" in page.text
    cause = RootCause.unscoped.get(code="delivery")
    form = {"pattern": f"{cause.pk}:{place.pk}"}
    assert staff.post("/p/acme/cases/patterns/", form).status_code == 302
    assert Action.unscoped.count() == 1
    assert staff.post("/p/acme/ideas/new/", {"title": "Benches"}).status_code == 302
    idea = Idea.unscoped.get()
    assert staff.post(f"/p/acme/ideas/{idea.pk}/vote/", {"on": "1"}).status_code == 302
    assert "Benches" in client_for("viewer").get("/p/acme/ideas/").text
    assert manager.post(f"/p/acme/ideas/{idea.pk}/decide/", {"act": "take"}).status_code == 302
    (customer,) = make_customers(system.program, 1)
    Customer.unscoped.filter(pk=customer.pk).update(value_segment="most_valuable")
    assert "Customer 0" in manager.get("/p/acme/cases/accounts/").text
    given = {"customer": [customer.pk], "manager": people["staff"].pk}
    assert manager.post("/p/acme/cases/accounts/assign/", given).status_code == 302
    assert "Customer 0" in staff.get("/p/acme/cases/accounts/").text
