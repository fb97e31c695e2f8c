"""Cases: opened once, given in turn, due in working hours, closed with a cause, told when late."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError, StaleEdit
from cxportal.core.models import (
    AuditEntry,
    Customer,
    Membership,
    Note,
    Notification,
    OutboxEvent,
    Team,
)
from cxportal.core.services.erasure import customer_erase
from cxportal.core.services.notes import note_add
from cxportal.core.services.outbox import outbox_drain_all
from journeys.models import Case, CaseState, RootCause
from journeys.queries.cases import case_counts, states_by_time
from journeys.services.case_escalation import cases_escalate_due
from journeys.services.case_opening import cases_open_for_responses
from journeys.services.case_rules import case_rules_update, root_cause_save
from journeys.services.cases import (
    case_close,
    case_contact,
    case_move,
    case_open,
    case_reopen,
    case_take,
    case_update,
)
from journeys.services.touchpoints import touchpoint_create, touchpoint_metric_attach
from surveys.models import Metric, Response
from surveys.services.recording import responses_record
from surveys.services.surveys import survey_create, survey_publish
from tests.conftest import make_customers, make_member

ActorFor = Callable[[str], Actor]
SEOUL = ZoneInfo("Asia/Seoul")
WEDNESDAY = datetime(2026, 11, 25, 10, tzinfo=SEOUL)


def cause(actor: Actor) -> RootCause:
    rows: Any = RootCause.objects.for_actor(actor)
    found: RootCause = rows.get(code="delivery")
    return found


def test_a_case_is_due_in_working_hours_by_its_severity(actor_for: ActorFor) -> None:
    with time_machine.travel(WEDNESDAY, tick=False):
        case = case_open(actor=actor_for("staff"), title=" Broken parcel ", severity="high")
    assert (case.title, case.state, case.opened_by) == ("Broken parcel", "new", "Staff")
    assert case.contact_due_at == WEDNESDAY + timedelta(hours=4)
    assert case.due_at == WEDNESDAY + timedelta(days=5)
    moved = case_update(actor=actor_for("manager"), case=case, severity="critical")
    assert moved.contact_due_at == WEDNESDAY + timedelta(hours=1)
    event = OutboxEvent.objects.for_actor(actor_for("staff")).get()
    assert (event.payload["event"], event.payload["data"]["severity"]) == ("case.opened", "high")


def test_the_same_key_opens_one_case(system: Actor) -> None:
    first = case_open(actor=system, title="a", once_key="k")
    assert case_open(actor=system, title="b", once_key="k") == first
    assert case_open(actor=system, title="c", external_id="K-1") != first
    assert case_open(actor=system, title="d", external_id="K-1").title == "c"
    assert Case.objects.for_actor(system).count() == 2


def test_the_account_manager_gets_the_case_else_the_team_in_turn(
    system: Actor, actor_for: ActorFor, people: dict[str, Membership]
) -> None:
    team = Team.unscoped.create(program=system.program, name="Care")
    second = make_member(system.program, "staff", "second@acme.example")
    for member in (people["staff"], second, people["viewer"]):
        member.teams.add(team)
    case_rules_update(actor=actor_for("manager"), team=team)
    mine, other = make_customers(system.program, 2)
    mine.account_manager = people["manager"]
    mine.save()
    assert case_open(actor=system, title="x", customer=mine).owner == people["manager"]
    owners = [case_open(actor=system, title="x", customer=other).owner for _ in range(4)]
    assert owners == [people["staff"], second, people["staff"], second]
    assert Notification.unscoped.filter(membership=second, kind="case_assigned").count() == 2


def test_work_is_noted_and_closed_with_a_cause(actor_for: ActorFor) -> None:
    staff = actor_for("staff")
    case = case_take(actor=staff, case=case_open(actor=staff, title="x"))
    assert (case.owner, case.state) == (staff.membership, CaseState.WORKING)
    case_contact(actor=staff, case=case, channel="phone", reached=False)
    case_contact(actor=staff, case=case, channel="phone", reached=True, note="Sorry said")
    case.refresh_from_db()
    assert case.contacted_at is not None
    assert case.reached_at is not None
    assert case.contacted_at < case.reached_at
    with pytest.raises(DomainError) as refused:
        case_close(actor=staff, case=case, resolution="solved")
    assert "root_cause" in refused.value.details
    closed = case_close(
        actor=staff,
        case=case,
        resolution="solved",
        root_cause=cause(staff),
        recovery="refund",
        customer_told=True,
    )
    assert (closed.state, closed.resolution, closed.customer_told) == ("closed", "solved", True)
    assert closed.closed_at is not None
    with pytest.raises(DomainError) as late:
        case_contact(actor=staff, case=closed, channel="phone", reached=True)
    assert (late.value.code, late.value.status) == ("closed", 409)


def test_nothing_to_do_needs_no_cause(actor_for: ActorFor) -> None:
    case = case_open(actor=actor_for("staff"), title="x")
    assert case_close(actor=actor_for("staff"), case=case, resolution="no_need").root_cause is None


def test_a_case_opens_again_and_is_due_anew(actor_for: ActorFor) -> None:
    staff = actor_for("staff")
    with time_machine.travel(WEDNESDAY, tick=False) as clock:
        case = case_close(
            actor=staff, case=case_open(actor=staff, title="x"), resolution="unreached"
        )
        clock.shift(timedelta(days=14))
        again = case_reopen(actor=staff, case=case, reason="Called us")
        assert again.due_at > WEDNESDAY + timedelta(days=14)
        clock.shift(timedelta(hours=2))
        assert states_by_time(again) == {"new": timedelta(), "working": timedelta(hours=2)}
    assert (again.state, again.reopened, again.closed_at, again.escalated_at) == (
        "working",
        1,
        None,
        None,
    )
    with pytest.raises(DomainError):
        case_reopen(actor=staff, case=again)


def test_an_overdue_case_is_told_once(
    system: Actor, people: dict[str, Membership], actor_for: ActorFor
) -> None:
    with time_machine.travel(WEDNESDAY, tick=False) as clock:
        late = case_open(actor=system, title="late", owner=people["staff"], severity="critical")
        case_close(
            actor=system,
            case=case_open(actor=system, title="done", severity="critical"),
            resolution="no_need",
        )
        assert cases_escalate_due() == 0
        clock.shift(timedelta(days=2))
        assert (cases_escalate_due(), cases_escalate_due()) == (1, 0)
        assert case_counts(actor_for("staff")).late == 1
    late.refresh_from_db()
    assert late.escalated_at is not None
    rows = Notification.unscoped.filter(kind="case_overdue").order_by("membership_id")
    assert {row.membership.role for row in rows} == {"manager", "staff"}


def test_a_stale_or_foreign_change_is_refused(
    actor_for: ActorFor, stranger: Membership, people: dict[str, Membership]
) -> None:
    manager = actor_for("manager")
    case = case_open(actor=manager, title="x", owner=people["manager"])
    case_update(actor=manager, case=case, title="y", version=1)
    with pytest.raises(StaleEdit):
        case_update(actor=manager, case=case, title="z", version=1)
    with pytest.raises(DomainError) as refused:
        case_update(actor=manager, case=case, owner=stranger)
    assert refused.value.status == 404
    for actor in (actor_for("staff"), actor_for("viewer"), Actor.member(stranger)):
        with pytest.raises(Denied):
            case_move(actor=actor, case=case, state="waiting")
    case.refresh_from_db()
    assert (case.title, case.owner, case.state) == ("y", people["manager"], "new")


def answers(actor: Actor, scores: list[int], days_ago: int = 0) -> list[Response]:
    """One answer a customer, with these NPS scores."""
    survey = survey_create(actor=actor, title={"en": "Visit"}, template="nps")
    survey = survey_publish(actor=actor, survey=survey).survey
    make_customers(actor.program, len(scores), prefix=f"N{survey.pk}-")
    when = (datetime.now(SEOUL) - timedelta(days=days_ago)).isoformat()
    rows = [
        {
            "external_id": f"N{survey.pk}-{number}",
            "answers": {"nps": score, "why": "Slow delivery"},
            "completed_at": when,
        }
        for number, score in enumerate(scores)
    ]
    assert responses_record(actor=actor, survey=survey, rows=rows).failed == 0
    return list(Response.objects.for_actor(actor).filter(survey=survey).order_by("pk"))


def test_every_low_score_opens_a_case_once(system: Actor, actor_for: ActorFor) -> None:
    case_rules_update(actor=actor_for("owner"), opens_on_low_score=True)
    found = answers(system, [1, 6, 7, 10])
    outbox_drain_all()
    cases = Case.objects.for_actor(system).order_by("response_id")
    assert [(c.response, c.severity) for c in cases] == [(found[0], "high"), (found[1], "normal")]
    assert cases[0].customer == found[0].customer
    assert cases[0].title.startswith("1 of 10 on")
    cases_open_for_responses(actor=system, response_ids=[r.pk for r in found])
    assert Case.objects.for_actor(system).count() == 2


def test_a_low_score_of_a_competitor_opens_no_case(system: Actor, actor_for: ActorFor) -> None:
    case_rules_update(actor=actor_for("owner"), opens_on_low_score=True)
    (answer,) = answers(system, [0])
    metric = Metric.objects.for_actor(system).get()
    touchpoint_metric_attach(
        actor=system,
        touchpoint=touchpoint_create(actor=system, name={"en": "Till"}),
        metric=metric,
        aspect="competitor",
        competitor="The shop across the street",
    )
    outbox_drain_all()
    assert not Case.objects.for_actor(system).filter(response=answer).exists()


def test_no_case_opens_unasked_or_for_what_is_long_past(system: Actor, actor_for: ActorFor) -> None:
    answers(system, [0])
    outbox_drain_all()
    case_rules_update(actor=actor_for("owner"), opens_on_low_score=True)
    answers(system, [0], days_ago=10)
    outbox_drain_all()
    assert Case.objects.for_actor(system).count() == 0


def test_an_erased_customer_leaves_no_words_in_the_cases(
    system: Actor, actor_for: ActorFor
) -> None:
    (customer,) = make_customers(system.program, 1)
    case = case_open(
        actor=system, title="Ms Kim's parcel", description="Ms Kim called", customer=customer
    )
    case_contact(actor=system, case=case, channel="phone", reached=True, note="Ms Kim cried")
    note_add(actor=system, obj=case, text="Ms Kim is my aunt")
    customer_erase(actor=actor_for("owner"), customer=Customer.unscoped.get(pk=customer.pk))
    case.refresh_from_db()
    kept = [case.title, case.description, case.contacts.get().note]
    kept += [e.object_label for e in AuditEntry.unscoped.filter(object_type="journeys.case")]
    assert not [text for text in kept if "Kim" in text]
    assert (case.customer, Note.unscoped.count()) == (None, 0)


def test_rules_are_checked(actor_for: ActorFor, stranger: Membership) -> None:
    owner = actor_for("owner")
    bad: list[dict[str, Any]] = [
        {"working_days": []},
        {"working_days": [7]},
        {"country": "XX"},
        {"contact_hours": {"high": 0}},
        {"close_hours": {"urgent": 1}},
        {"escalate_to": stranger},
    ]
    for values in bad:
        with pytest.raises(DomainError) as refused:
            case_rules_update(actor=owner, **values)
        assert list(refused.value.details) == list(values)
    with pytest.raises(Denied):
        case_rules_update(actor=actor_for("staff"), country="")


def test_the_catalogue_of_causes_is_the_program_s_own(actor_for: ActorFor) -> None:
    owner = actor_for("owner")
    case_open(actor=owner, title="x")
    rows: Any = RootCause.objects.for_actor(owner)
    assert rows.count() == 12
    root_cause_save(actor=owner, code="parking", name={"en": "Parking", "ko": "주차"})
    root_cause_save(actor=owner, code="parking", name={"en": "Car park"}, is_active=False)
    assert (rows.count(), rows.get(code="parking").name) == (13, {"en": "Car park"})
