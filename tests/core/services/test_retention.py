"""What has had its time goes, by the program's own rules; the proof of what was done stays."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.commands import audit
from cxportal.core.errors import Denied, DomainError
from cxportal.core.models import (
    AuditEntry,
    Customer,
    CustomerEvent,
    Job,
    Membership,
    Notification,
    Program,
    RetentionRule,
    Webhook,
    WebhookDelivery,
)
from cxportal.core.queries.retention import retention_rows
from cxportal.core.services import retention
from cxportal.core.services.events import event_record
from cxportal.core.services.outbox import outbox_drain_all
from cxportal.core.services.retention import retention_apply, retention_set
from journeys.models import Case
from journeys.services.cases import case_close, case_open
from loyalty.services.transactions import transactions_bulk_upsert
from surveys.models import Comment, Response, Score
from surveys.services.recording import responses_record
from surveys.services.surveys import survey_create, survey_publish
from tests.conftest import make_customers

pytestmark = pytest.mark.django_db


def test_old_traffic_and_notices_go(system: Actor, people: dict[str, Membership]) -> None:
    program, now = system.program, timezone.now()
    hook = Webhook.unscoped.create(program=program, url="https://x.example", secret="s")
    for days in (29, 31):
        WebhookDelivery.unscoped.create(
            program=program, webhook=hook, event_id=str(days), event="x", payload={},
            due_at=now, delivered_at=now - timedelta(days=days),
        )  # fmt: skip
        Job.unscoped.create(
            program=program, kind=str(days), finished_at=now - timedelta(days=days * 6)
        )
    for read in (None, now, now - timedelta(days=91)):
        Notification.unscoped.create(
            program=program, membership=people["staff"], kind="x", read_at=read
        )
    audit(actor=system, action="x.y", obj=None)
    AuditEntry.objects.for_actor(system).update(at=now - timedelta(days=3000))
    retention_apply()
    assert [d.event_id for d in WebhookDelivery.objects.for_actor(system)] == ["29"]
    assert [j.kind for j in Job.objects.for_actor(system)] == ["29"]
    assert Notification.objects.for_actor(system).count() == 2
    told = AuditEntry.objects.for_actor(system).filter(action="retention.apply")
    assert {e.changes["subject"] for e in told} == {"deliveries_done", "jobs", "notices_read"}
    assert AuditEntry.objects.for_actor(system).filter(action="x.y").count() == 1


def test_other_floors_add_their_own_rules(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    monkeypatch.setattr(retention, "retention", [lambda: ran.append("surveys")])
    retention_apply()
    assert ran == ["surveys"]


def due(actor: Actor, subject: str) -> int | None:
    return next(row.due for row in retention_rows(actor) if row.code == subject)


def answered(actor: Actor, rows: list[dict[str, object]]) -> None:
    survey = survey_create(actor=actor, title="Visit", template="nps")
    survey_publish(actor=actor, survey=survey)
    survey.refresh_from_db()
    assert responses_record(actor=actor, survey=survey, rows=rows).failed == 0
    outbox_drain_all()


def aged(actor: Actor, days: int) -> None:
    """Everything that happened, so many days ago."""
    then = timezone.now() - timedelta(days=days)
    Response.objects.for_actor(actor).update(started_at=then, completed_at=then)
    Comment.objects.for_actor(actor).update(at=then)
    Case.objects.for_actor(actor).update(opened_at=then)
    Case.objects.for_actor(actor).exclude(closed_at=None).update(closed_at=then)
    CustomerEvent.objects.for_actor(actor).update(occurred_at=then)
    Customer.objects.for_actor(actor).update(created_at=then)


def test_old_answers_lose_the_person_and_the_words_once_and_keep_their_scores(
    program: Program, system: Actor
) -> None:
    make_customers(program, 2)
    answered(
        system,
        [
            {"external_id": "C0", "answers": {"nps": 3, "why": "I waited in the rain"}},
            {"answers": {"nps": 9, "why": "Nobody knows me"}},
            {"external_id": "C1", "answers": {"nps": 9}},
        ],
    )
    before = list(Score.objects.for_actor(system).values_list("value", "day"))
    assert due(system, "answers") is None
    retention_set(actor=system, rules={"answers": (365, "anonymise")})
    assert due(system, "answers") == 0
    aged(system, 366)
    assert due(system, "answers") == 3
    retention_apply()
    assert due(system, "answers") == 0
    rows = Response.objects.for_actor(system)
    assert [r.answers for r in rows.order_by("pk")] == [{"nps": 3}, {"nps": 9}, {"nps": 9}]
    assert not rows.exclude(customer=None).exists()
    assert not Comment.objects.for_actor(system).exists()
    assert list(Score.objects.for_actor(system).values_list("value", "day")) == before
    rule = RetentionRule.objects.for_actor(system).get()
    assert rule.last_count == 3 and rule.ran_at is not None
    retention_set(actor=system, rules={"answers": (365, "erase")})
    assert due(system, "answers") == 0  # nobody is in them any more
    assert rows.count() == 3


def test_inactive_customers_go_and_whoever_gave_a_sign_stays(
    program: Program, system: Actor
) -> None:
    silent, buyer, caller, in_case, employee = make_customers(program, 5)
    Customer.objects.for_actor(system).filter(pk=employee.pk).update(kind="employee")
    event_record(actor=system, customer=silent, kind="visit")
    case_open(actor=system, title="Broken", customer=in_case)
    aged(system, 800)
    event_record(actor=system, customer=caller, kind="call")
    today = timezone.now().isoformat()
    row = {"external_id": "T", "customer": buyer.external_id, "amount": 5, "occurred_at": today}
    assert transactions_bulk_upsert(actor=system, rows=[row]).failed == 0
    retention_set(actor=system, rules={"customers": (730, "anonymise")})
    assert due(system, "customers") == 1
    retention_apply()
    erased = Customer.objects.for_actor(system).exclude(erased_at=None)
    assert [c.pk for c in erased] == [silent.pk]


def test_closed_cases_and_events_keep_times_only(program: Program, system: Actor) -> None:
    (customer,) = make_customers(program, 1)
    event_record(actor=system, customer=customer, kind="call", data={"who": "Lee"}, place="Jeju")
    case = case_open(actor=system, title="Lee fell", customer=customer, description="Slippery")
    case_close(actor=system, case=case, resolution="no_need", outcome="Flowers for Lee")
    aged(system, 40)
    retention_set(actor=system, rules={"cases": (30, "anonymise"), "events": (30, "anonymise")})
    retention_apply()
    stored = Case.objects.for_actor(system).get()
    assert (stored.customer, stored.outcome, stored.description) == (None, "", "")
    assert stored.resolution == "no_need" and "Lee" not in stored.title
    event = CustomerEvent.objects.for_actor(system).get()
    assert (event.kind, event.data, event.place) == ("call", {}, "")
    assert (due(system, "cases"), due(system, "events")) == (0, 0)


def test_only_the_owner_sets_rules_and_bad_ones_change_nothing(
    actor_for: Callable[[str], Actor],
) -> None:
    with pytest.raises(Denied):
        retention_set(actor=actor_for("manager"), rules={"jobs": (5, "erase")})
    for bad in ({"jobs": (0, "erase")}, {"jobs": (5, "anonymise")}, {"x": (5, "erase")}):
        with pytest.raises(DomainError):
            retention_set(actor=actor_for("owner"), rules=bad)
    assert retention_set(actor=actor_for("owner"), rules={"jobs": (180, "erase")}) == 0
    assert not RetentionRule.objects.for_actor(actor_for("owner")).exists()


def test_the_page_counts_first_and_saves_then(
    client_for: Callable[[str], Client], system: Actor
) -> None:
    Job.unscoped.create(
        program=system.program, kind="x", finished_at=timezone.now() - timedelta(days=20)
    )
    client, page = client_for("owner"), "/p/acme/settings/retention/"
    looked = client.post(page, {"days_jobs": "10", "wish": "look"}).content.decode()
    assert "take away 1 record" in looked
    assert not RetentionRule.objects.for_actor(system).exists()
    wrong = client.post(page, {"days_jobs": "soon", "wish": "save"})
    assert wrong.status_code == 422 and 'value="soon"' in wrong.content.decode()
    saved = client.post(page, {"days_jobs": "10", "days_notices": "", "wish": "save"})
    assert saved.status_code == 302
    rules = RetentionRule.objects.for_actor(system)
    assert rules.get(subject="jobs").days == 10 and rules.get(subject="notices").days is None
    told = AuditEntry.objects.for_actor(system).filter(action="retention.update")
    assert told.get(changes__subject="jobs").changes["days"] == [180, 10]
    assert client_for("designer").get(page).status_code == 403
