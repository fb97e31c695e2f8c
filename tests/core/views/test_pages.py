"""Every page of this floor opens for whom it should, and for nobody else."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.commands import audit
from cxportal.core.models import (
    AuditEntry,
    Customer,
    CustomerEvent,
    Job,
    Membership,
    Notification,
    Program,
    Segment,
    Suppression,
    Team,
    Webhook,
    WebhookDelivery,
)
from cxportal.core.services.api_keys import api_key_create
from cxportal.core.services.consent import suppression_add
from cxportal.core.services.segments import segment_create
from tests.conftest import count_queries, make_customers

PAGES = {
    "customers/": "owner designer manager staff viewer",
    "customers/new/": "owner designer manager",
    "customers/import/": "owner designer manager",
    "customers/{customer}/": "owner designer manager staff viewer",
    "customers/{customer}/edit/": "owner designer manager",
    "segments/": "owner designer manager staff viewer",
    "segments/new/": "owner designer",
    "segments/{segment}/": "owner designer manager staff viewer",
    "segments/{segment}/edit/": "owner designer",
    "suppressions/": "owner designer manager",
    "suppressions/new/": "owner designer manager",
    "settings/": "owner designer manager staff viewer",
    "settings/program/": "owner",
    "settings/members/": "owner",
    "settings/members/invite/": "owner",
    "settings/members/{member}/": "owner",
    "settings/teams/new/": "owner",
    "settings/teams/{team}/": "owner",
    "settings/keys/": "owner",
    "settings/keys/new/": "owner",
    "settings/webhooks/": "owner",
    "settings/webhooks/new/": "owner",
    "settings/webhooks/{webhook}/": "owner",
    "settings/webhooks/{webhook}/edit/": "owner",
    "jobs/": "owner designer manager staff viewer",
    "jobs/{job}/": "owner designer manager",
    "audit/": "owner manager",
    "notifications/": "owner designer manager staff viewer",
}
ROLES = ("owner", "designer", "manager", "staff", "viewer")


@pytest.fixture
def things(program: Program, people: dict[str, Membership], system: Actor) -> dict[str, Any]:
    """One of everything a page is about."""
    customer = make_customers(program, 1)[0]
    CustomerEvent.unscoped.create(
        program=program, customer=customer, kind="purchase", occurred_at=timezone.now()
    )
    webhook = Webhook.unscoped.create(
        program=program, url="https://example.com/", events=["*"], secret="whsec_c2VjcmV0"
    )
    WebhookDelivery.unscoped.create(
        program=program, webhook=webhook, event_id="evt_1", event="customer.created",
        payload={}, due_at=timezone.now(),
    )  # fmt: skip
    Notification.unscoped.create(
        program=program, membership=people["owner"], kind="job_done", params={"job": "Import"}
    )
    suppression_add(actor=system, address="a@example.com")
    api_key_create(actor=system, name="Shop", scopes=["customers:read"])
    return {
        "customer": customer.pk,
        "segment": segment_create(actor=system, code="all", name="All").pk,
        "member": people["staff"].pk,
        "team": Team.unscoped.create(program=program, name="Seoul").pk,
        "webhook": webhook.pk,
        "job": Job.unscoped.create(program=program, kind="table_import").pk,
    }


@pytest.mark.parametrize("address", PAGES)
def test_a_page_opens_for_its_roles_only(
    address: str,
    things: dict[str, Any],
    client_for: Callable[[str], Client],
    stranger_client: Client,
) -> None:
    path = "/p/acme/" + address.format(**things)
    for role in ROLES:
        expected = 200 if role in PAGES[address].split() else 403
        if address == "jobs/{job}/" and role in ("staff", "viewer"):
            expected = 404
        assert client_for(role).get(path).status_code == expected, role
    assert stranger_client.get(path).status_code == 404
    signed_out = Client().get(path)
    assert signed_out.status_code == 302
    assert signed_out.headers["Location"].startswith("/accounts/login/?next=/p/acme/")


def test_pages_of_things_that_are_not_there_answer_404(
    things: dict[str, Any], client_for: Callable[[str], Client], other_program: Program
) -> None:
    foreign = make_customers(other_program, 1)[0]
    client = client_for("owner")
    for page in PAGES:
        if "{" in page:
            path = "/p/acme/" + page.format(**dict.fromkeys(things, 999_999))
            assert client.get(path).status_code == 404, path
    assert client.get(f"/p/acme/customers/{foreign.pk}/").status_code == 404


@pytest.mark.parametrize(
    "address",
    ["customers/", "segments/", "suppressions/", "audit/", "notifications/", "jobs/"],
)
def test_a_list_asks_as_much_for_thirty_rows_as_for_one(  # noqa: PLR0917 - fixtures
    address: str,
    things: dict[str, Any],
    program: Program,
    people: dict[str, Membership],
    system: Actor,
    client_for: Callable[[str], Client],
    assert_same_queries: Callable[[Callable[[], Any], Callable[[], Any]], int],
) -> None:
    client = client_for("owner")
    owner = people["owner"]

    def grow() -> None:
        for i, customer in enumerate(make_customers(program, 29, "G")):
            customer.account_manager = owner
            customer.save()
            audit(actor=system, action="customer.create", obj=customer)
            Suppression.unscoped.create(program=program, address=f"{i}@x.example", reason="manual")
            Segment.unscoped.create(program=program, code=f"s{i}", name={"en": f"S{i}"})
            Notification.unscoped.create(program=program, membership=owner, kind="job_done")
            Job.unscoped.create(program=program, kind="x", started_by=owner.user)

    Customer.unscoped.update(account_manager=owner)
    assert_same_queries(lambda: client.get(f"/p/acme/{address}"), grow)


def test_names_are_hidden_from_those_without_the_right(
    things: dict[str, Any], client_for: Callable[[str], Client], people: dict[str, Membership]
) -> None:
    viewer, pk = client_for("viewer"), things["customer"]
    for page in ("customers/", f"customers/{pk}/", f"segments/{things['segment']}/"):
        shown = viewer.get(f"/p/acme/{page}").content.decode()
        assert "Customer 0" not in shown and "c0@example.com" not in shown
        assert f"#{pk}" in shown
    assert f"#{pk}" not in viewer.get("/p/acme/customers/?search=Customer").content.decode()
    Customer.unscoped.update(account_manager=people["viewer"])
    assert "c0@example.com" in viewer.get(f"/p/acme/customers/{pk}/").content.decode()


def test_each_look_at_a_person_is_written_down_once_a_day(
    things: dict[str, Any], client_for: Callable[[str], Client], system: Actor
) -> None:
    path = f"/p/acme/customers/{things['customer']}/"
    for _ in range(2):
        client_for("manager").get(path)
    client_for("viewer").get(path)
    looks = AuditEntry.objects.for_actor(system).filter(action="customer.look")
    assert [entry.actor_label for entry in looks] == ["Manager"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("search=customer 1", ["Customer 1"]),
        ("search=C2", ["Customer 2"]),
        ("search=c3@example.com", ["Customer 3"]),
        ("search=C3@EXAMPLE.COM", ["Customer 3"]),
        ("search=%25", []),
        ("search=%00", ["Customer 0", "Customer 1", "Customer 2", "Customer 3"]),
        ("search=999999999999999999999999", []),
        ("language=ko", ["Customer 1", "Customer 3"]),
        ("kind=partner", []),
        ("is_test=true", []),
        ("sort=name", ["Customer 0", "Customer 1", "Customer 2", "Customer 3"]),
        ("sort=email&cursor=nonsense", ["Customer 0", "Customer 1", "Customer 2", "Customer 3"]),
    ],
)
def test_the_list_is_searched_and_filtered(
    query: str, found: list[str], program: Program, client_for: Callable[[str], Client]
) -> None:
    make_customers(program, 4)
    shown = client_for("owner").get(f"/p/acme/customers/?{query}").content.decode()
    assert [name for name in (f"Customer {i}" for i in range(4)) if name in shown] == found


def test_a_segment_filters_the_list(
    things: dict[str, Any], program: Program, client_for: Callable[[str], Client], system: Actor
) -> None:
    make_customers(program, 2, "X")
    rule = {"conditions": [{"field": "language", "operator": "is", "value": "ko"}]}
    korean = segment_create(actor=system, code="ko", name="Korean", rule=rule)
    shown = client_for("owner").get(f"/p/acme/customers/?segment={korean.pk}").content.decode()
    assert "x1@example.com" in shown and "x0@example.com" not in shown


def test_the_frame_counts_unread_notices_once(client_for: Callable[[str], Client]) -> None:
    """Said in words, as a dot and as a number on every page, asked of the database once."""
    client = client_for("owner")
    with count_queries() as queries:
        client.get("/p/acme/settings/")
    asked = [query for query in queries if 'FROM "core_notification"' in query["sql"]]
    assert len(asked) == 1
