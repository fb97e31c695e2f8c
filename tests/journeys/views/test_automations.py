"""Automation pages: taken over, edited, tried and switched by hand."""

from collections.abc import Callable
from typing import Any

from django.test import Client

from cxportal.core.actors import Actor
from cxportal.core.services.events import event_record
from cxportal.core.services.outbox import outbox_drain_all
from journeys.models import Automation, Case
from journeys.services.automations import automation_from_catalogue, automation_switch
from tests.conftest import make_customers

ClientFor = Callable[[str], Client]
BASE = "/p/acme/automations/"


def test_an_entry_is_taken_over_tried_and_switched_on(client_for: ClientFor, system: Actor) -> None:
    (customer,) = make_customers(system.program, 1)
    event_record(actor=system, customer=customer, kind="delivery_late")
    outbox_drain_all()
    designer = client_for("designer")
    assert "Delivery comes late" in designer.get(f"{BASE}?industry=retail").text
    assert designer.post(f"{BASE}take/", {"code": "delivery_late"}).status_code == 302
    automation = Automation.unscoped.get()
    page = designer.get(f"{BASE}{automation.pk}/?try=1").text
    assert "Customer 0" in page
    assert "it would have done something, of 1 occasions" in page
    assert designer.post(f"{BASE}{automation.pk}/switch/", {"on": "1"}).status_code == 302
    event_record(actor=system, customer=customer, kind="delivery_late")
    outbox_drain_all()
    case = Case.unscoped.get()
    assert f"/p/acme/cases/{case.pk}/" in designer.get(f"{BASE}{automation.pk}/").text


FORM: dict[str, Any] = {
    "name_en": "Slow parcel",
    "name_ko": "느린 배송",
    "activity_en": "Call",
    "trigger": "event",
    "kinds": "delivery_late, complaint",
    "once_days": "7",
    "hourly_limit": "50",
    "do_case": "on",
    "case_severity": "high",
    "do_tag": "on",
    "tag_key": "late",
    "tag_value": "yes",
    "match": "any",
    "source-0": "event.days",
    "operator-0": "gte",
    "value-0": "2",
    "source-1": "event.place",
    "operator-1": "any_of",
    "value-1": "Seoul, Busan",
}


def test_an_automation_is_written_in_the_form(client_for: ClientFor) -> None:
    designer = client_for("designer")
    assert designer.post(f"{BASE}new/", FORM).status_code == 302
    automation = Automation.unscoped.get()
    assert automation.settings == {"kinds": ["delivery_late", "complaint"]}
    assert automation.condition == {
        "any": [
            {"source": "event.days", "operator": "gte", "value": 2},
            {"source": "event.place", "operator": "any_of", "value": ["Seoul", "Busan"]},
        ]
    }
    assert automation.effects == [
        {"kind": "case", "severity": "high"},
        {"kind": "tag", "key": "late", "value": "yes"},
    ]
    page = designer.get(f"{BASE}{automation.pk}/edit/").text
    assert 'value="Seoul, Busan"' in page
    stale = designer.post(f"{BASE}{automation.pk}/edit/", {**FORM, "version": "0"})
    assert stale.status_code == 409


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(client_for: ClientFor) -> None:
    wrong = {**FORM, "kinds": "", "source-0": "moon.phase"}
    answer = client_for("designer").post(f"{BASE}new/", wrong)
    assert answer.status_code == 422
    assert 'value="moon.phase"' in answer.text
    assert 'value="느린 배송"' in answer.text
    assert Automation.unscoped.count() == 0


def test_a_nested_condition_is_kept_by_the_form(client_for: ClientFor, system: Actor) -> None:
    automation = automation_from_catalogue(actor=system, code="complaint")
    nested = {"not": {"all": [{"source": "event.days", "operator": "lt", "value": 1}]}}
    Automation.unscoped.filter(pk=automation.pk).update(condition=nested)
    form = {**FORM, "version": "1"}
    answer = client_for("owner").post(f"{BASE}{automation.pk}/edit/", form)
    assert answer.status_code == 302
    automation.refresh_from_db()
    assert (automation.condition, automation.once_days) == (nested, 7)


def test_pages_cost_the_same_with_many(
    client_for: ClientFor, system: Actor, assert_same_queries: Any
) -> None:
    client = client_for("designer")
    customers = make_customers(system.program, 1)
    automation = automation_from_catalogue(actor=system, code="delivery_late")
    automation_switch(actor=system, automation=automation, on=True)

    def grow() -> None:
        for _ in range(5):
            event_record(actor=system, customer=customers[0], kind="delivery_late")
        outbox_drain_all()

    grow()
    page = f"{BASE}{automation.pk}/?try=1"
    assert assert_same_queries(lambda: client.get(page), grow) < 30
