"""Case pages: found, read without names where they must not be read, worked on by button."""

from collections.abc import Callable
from typing import Any

from django.test import Client
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.models import Membership
from journeys.models import Case, CaseRules, RootCause
from journeys.services.cases import case_open
from tests.conftest import make_customers

ClientFor = Callable[[str], Client]
BASE = "/p/acme/cases/"


def test_a_case_is_opened_called_and_closed_by_hand(
    client_for: ClientFor, system: Actor, people: dict[str, Membership]
) -> None:
    make_customers(system.program, 1)
    staff = client_for("staff")
    form = {"title": "Broken", "customer": "C0", "reason": "complaint", "severity": "high"}
    made = staff.post(f"{BASE}new/", form)
    case = Case.unscoped.get()
    assert (made.status_code, made.headers["Location"]) == (302, f"{BASE}{case.pk}/")
    assert staff.post(f"{BASE}{case.pk}/take/").status_code == 302
    call = {"channel": "phone", "reached": "no", "note": ""}
    assert staff.post(f"{BASE}{case.pk}/contact/", call).status_code == 302
    wrong = staff.post(f"{BASE}{case.pk}/close/", {"resolution": "solved", "recovery": "refund"})
    assert wrong.status_code == 422
    assert "choose a root cause" in wrong.text
    cause = RootCause.unscoped.get(code="delivery")
    end = {"resolution": "solved", "recovery": "refund", "root_cause": cause.pk, "outcome": "New"}
    assert staff.post(f"{BASE}{case.pk}/close/", end).status_code == 302
    case.refresh_from_db()
    assert (case.state, case.owner, case.root_cause) == ("closed", people["staff"], cause)
    page = staff.get(f"{BASE}{case.pk}/").text
    assert "did not reach the customer" in page
    assert "Delivery late or damaged" in page
    assert staff.post(f"{BASE}{case.pk}/reopen/", {"reason": "again"}).status_code == 302


def test_a_stale_close_shows_what_is_stored(client_for: ClientFor, system: Actor) -> None:
    case = case_open(actor=system, title="x")
    client_for("manager").post(f"{BASE}{case.pk}/move/", {"state": "waiting"})
    end = {"resolution": "no_need", "recovery": "none", "version": 1}
    answer = client_for("manager").post(f"{BASE}{case.pk}/close/", end)
    assert answer.status_code == 409
    assert "Waiting for the customer" in answer.text
    case.refresh_from_db()
    assert case.state == "waiting"


def test_names_and_words_are_for_those_who_may_see_them(
    client_for: ClientFor, system: Actor
) -> None:
    (customer,) = make_customers(system.program, 1)
    case = case_open(
        actor=system, title="Call", description="She cried", customer=customer, severity="high"
    )
    seen, hidden = (client_for(role).get(f"{BASE}{case.pk}/").text for role in ("staff", "viewer"))
    assert "Customer 0" in seen
    assert "She cried" in seen
    assert "c0@example.com" in seen
    for word in ("Customer 0", "She cried", "c0@example.com"):
        assert word not in hidden
    assert f"#{customer.pk}" in hidden
    assert "Customer 0" not in client_for("viewer").get(BASE).text
    assert "Customer 0" in client_for("staff").get(BASE).text


def test_the_list_is_narrowed(client_for: ClientFor, system: Actor) -> None:
    case_open(actor=system, title="Lost parcel", severity="critical")
    case_open(actor=system, title="Rude call")
    client = client_for("staff")
    for query, title in (
        ("q=parcel", "Lost parcel"),
        ("severity=normal", "Rude call"),
        (f"q=%23{Case.unscoped.get(title='Rude call').pk}", "Rude call"),
    ):
        page = client.get(f"{BASE}?{query}").text
        shown = [one for one in ("Lost parcel", "Rude call") if f">{one}<" in page]
        assert shown == [title], query
    assert "Lost parcel" not in client.get(f"{BASE}?due=late").text
    Case.unscoped.filter(title="Lost parcel").update(contact_due_at=timezone.now())
    assert "first call overdue" in client.get(f"{BASE}?due=late&state=open").text


def test_mine_are_the_open_ones_i_own(
    client_for: ClientFor, system: Actor, people: dict[str, Membership]
) -> None:
    case_open(actor=system, title="Mine", owner=people["staff"])
    case_open(actor=system, title="Free")
    page = client_for("staff").get(f"{BASE}mine/").text
    assert "Mine" in page
    assert "Free" not in page


def test_rules_are_set_on_their_page(client_for: ClientFor, system: Actor) -> None:
    manager = client_for("manager")
    assert "Open a case for every low score" in manager.get(BASE).text
    form: dict[str, Any] = {
        "opens_on_low_score": "on",
        "assignment": "nobody",
        "working_days": ["0", "1"],
        "opens_at": "10:00",
        "closes_at": "16:00",
        "country": "KR",
        "follow_up_days": "3",
    }
    for severity in ("low", "normal", "high", "critical"):
        form |= {f"contact_{severity}": "2", f"close_{severity}": "8"}
    assert manager.post(f"{BASE}rules/", form).status_code == 302
    rules = CaseRules.unscoped.get()
    assert (rules.opens_on_low_score, rules.working_days, rules.contact_hours["low"]) == (
        True,
        [0, 1],
        2,
    )
    assert client_for("staff").get(f"{BASE}rules/").status_code == 403
    assert "Delivery late or damaged" in manager.get(f"{BASE}rules/").text


def test_a_page_costs_the_same_with_many_cases(
    client_for: ClientFor, system: Actor, assert_same_queries: Any, people: dict[str, Membership]
) -> None:
    client = client_for("staff")
    (customer,) = make_customers(system.program, 1)

    def grow() -> None:
        for number in range(25):
            case_open(actor=system, title=f"x{number}", customer=customer, owner=people["staff"])

    grow()
    assert assert_same_queries(lambda: client.get(BASE), grow) < 20
    first = Case.unscoped.order_by("pk").first()
    assert first is not None
    page = f"{BASE}{first.pk}/"
    assert assert_same_queries(lambda: client.get(page), grow) < 30
