"""Customers arrive in bulk, row by row, and one by one."""

from collections.abc import Callable
from typing import Any

import pytest

from cxportal.core.actors import Actor
from cxportal.core.bulk import BulkResult
from cxportal.core.errors import Denied, DomainError, StaleEdit
from cxportal.core.models import AuditEntry, Customer, Membership, OutboxEvent, Program
from cxportal.core.services.customers import (
    customer_create,
    customer_update,
    customers_bulk_upsert,
)


def upsert(actor: Actor, *rows: Any) -> BulkResult:
    return customers_bulk_upsert(actor=actor, rows=rows)


def one(actor: Actor, external_id: str) -> Customer:
    return Customer.objects.for_actor(actor).get(external_id=external_id)


def test_a_batch_creates_updates_and_leaves_alone(system: Actor) -> None:
    first = upsert(system, {"external_id": "A", "name": "Ann"}, {"external_id": "B"})
    assert (first.created, first.updated, first.unchanged, first.failed) == (2, 0, 0, 0)
    again = upsert(system, {"external_id": "A", "name": "Ann"}, {"external_id": "B", "name": "Bo"})
    assert [row["status"] for row in again.rows] == ["unchanged", "updated"]
    assert one(system, "A").version == 1
    assert one(system, "B").version == 2
    assert one(system, "B").name == "Bo"


def test_fields_that_are_not_sent_stay(system: Actor) -> None:
    upsert(
        system,
        {
            "external_id": "A",
            "kind": "partner",
            "name": "Ann",
            "email": "Ann@Example.com",
            "phone": "+82 10-1234-5678",
            "language": "ko",
            "attributes": {"tier": "gold", "visits": 3},
            "is_test": True,
        },
    )
    upsert(system, {"external_id": "A", "attributes": {"visits": None, "shop": ["a", "b"]}})
    ann = one(system, "A")
    assert (ann.kind, ann.name, ann.email, ann.phone) == (
        "partner",
        "Ann",
        "ann@example.com",
        "+82 10-1234-5678",
    )
    assert (ann.language, ann.is_test) == ("ko", True)
    assert ann.attributes == {"tier": "gold", "shop": ["a", "b"]}


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"name": "no id"}, "external_id"),
        ({"external_id": ""}, "external_id"),
        ({"external_id": "x" * 121}, "external_id"),
        ({"external_id": "A\x00"}, "external_id"),
        ({"external_id": "A", "name": "x" * 201}, "name"),
        ({"external_id": "A", "name": "NUL\x00"}, "name"),
        ({"external_id": "A", "name": 5}, "name"),
        ({"external_id": "A", "email": "not an address"}, "email"),
        ({"external_id": "A", "email": "a@b.c\r\nBcc: x@y.zz"}, "email"),
        ({"external_id": "A", "phone": "call me"}, "phone"),
        ({"external_id": "A", "language": "korean language"}, "language"),
        ({"external_id": "A", "kind": "alien"}, "kind"),
        ({"external_id": "A", "is_test": "yes"}, "is_test"),
        ({"external_id": "A", "attributes": []}, "attributes"),
        ({"external_id": "A", "attributes": {"a": {"b": 1}}}, "attributes"),
        ({"external_id": "A", "attributes": {"a": "\x00"}}, "attributes"),
        ({"external_id": "A", "attributes": {"a": float("nan")}}, "attributes"),
        ({"external_id": "A", "attributes": {"": 1}}, "attributes"),
        ({"external_id": "A", "account_manager": "nobody@example.com"}, "account_manager"),
        ({"external_id": "A", "program": 1}, "program"),
        ({"external_id": "A", "erased_at": None}, "erased_at"),
        ("A", "row"),
        (None, "row"),
    ],
)
def test_a_bad_row_fails_alone_and_says_why(system: Actor, row: Any, field: str) -> None:
    result = upsert(system, row, {"external_id": "good"})
    assert (result.created, result.failed) == (1, 1)
    assert list(result.rows[0]["errors"]) == [field]
    assert [c.external_id for c in Customer.objects.for_actor(system)] == ["good"]


def test_of_the_same_id_twice_in_a_batch_the_first_is_taken(system: Actor) -> None:
    result = upsert(
        system, {"external_id": "A", "name": "first"}, {"external_id": "A", "name": "second"}
    )
    assert [row["status"] for row in result.rows] == ["created", "failed"]
    assert "Row 1" in result.rows[1]["errors"]["external_id"]
    assert one(system, "A").name == "first"


def test_ten_thousand_rows_are_taken_and_not_one_more(system: Actor) -> None:
    rows = [{"external_id": str(i), "attributes": {"n": i}} for i in range(10_000)]
    assert customers_bulk_upsert(actor=system, rows=rows).created == 10_000
    assert customers_bulk_upsert(actor=system, rows=rows).unchanged == 10_000
    with pytest.raises(DomainError) as refused:
        customers_bulk_upsert(actor=system, rows=[*rows, {"external_id": "more"}])
    assert refused.value.status == 413


def test_programs_do_not_meet(system: Actor, other_program: Program) -> None:
    upsert(system, {"external_id": "A", "name": "ours"})
    theirs = Actor.system(other_program)
    assert upsert(theirs, {"external_id": "A", "name": "theirs"}).created == 1
    assert one(system, "A").name == "ours"


def test_the_account_manager_is_named_by_address(
    system: Actor, people: dict[str, Membership], stranger: Membership
) -> None:
    upsert(system, {"external_id": "A", "account_manager": "Staff@acme.example"})
    assert one(system, "A").account_manager == people["staff"]
    upsert(system, {"external_id": "A", "name": "Ann"})
    assert one(system, "A").account_manager == people["staff"]
    upsert(system, {"external_id": "A", "account_manager": None})
    assert one(system, "A").account_manager is None
    refused = upsert(system, {"external_id": "A", "account_manager": "stranger@other.example"})
    assert refused.failed == 1


def test_a_batch_leaves_its_sums_in_the_trail_and_for_webhooks(system: Actor) -> None:
    upsert(system, {"external_id": "A"}, {"external_id": "B"})
    upsert(system, {"external_id": "A"})
    entry = AuditEntry.objects.for_actor(system).get()
    assert (entry.action, entry.changes) == ("customers.sync", {"created": 2, "updated": 0})
    assert OutboxEvent.objects.for_actor(system).get().payload["event"] == "customers.synced"


def test_viewers_and_staff_do_not_change_customers(actor_for: Callable[[str], Actor]) -> None:
    for role in ("staff", "viewer"):
        with pytest.raises(Denied):
            upsert(actor_for(role), {"external_id": "A"})
    assert not Customer.objects.for_actor(actor_for("owner")).exists()


def test_making_one_customer_refuses_a_taken_id(system: Actor) -> None:
    ann = customer_create(actor=system, external_id="A", name="Ann")
    assert (ann.name, ann.version) == ("Ann", 1)
    with pytest.raises(DomainError) as refused:
        customer_create(actor=system, external_id="A", name="Other")
    assert (refused.value.code, refused.value.status) == ("external_id_taken", 409)
    assert one(system, "A").name == "Ann"


def test_changing_one_customer_hides_personal_values_in_the_trail(system: Actor) -> None:
    ann = customer_create(actor=system, external_id="A", name="Ann", attributes={"tier": "gold"})
    changed = customer_update(
        actor=system, customer=ann, name="Anna", language="ko", attributes={"tier": None}
    )
    assert (changed.name, changed.language, changed.attributes) == ("Anna", "ko", {})
    entry = AuditEntry.objects.for_actor(system).get(action="customer.update")
    assert entry.changes == {
        "name": ["•", "•"],
        "language": ["", "ko"],
        "attributes": ["•", "•"],
    }


def test_a_stale_edit_changes_nothing(system: Actor) -> None:
    ann = customer_create(actor=system, external_id="A", name="Ann")
    customer_update(actor=system, customer=ann, version=1, name="Anna")
    with pytest.raises(StaleEdit) as stale:
        customer_update(actor=system, customer=ann, version=1, name="Annie")
    assert stale.value.details["current"]["name"] == "Anna"
    assert one(system, "A").name == "Anna"


def test_a_change_does_not_take_another_customers_id(system: Actor) -> None:
    ann = customer_create(actor=system, external_id="A")
    customer_create(actor=system, external_id="B")
    with pytest.raises(DomainError) as refused:
        customer_update(actor=system, customer=ann, external_id="B")
    assert refused.value.code == "external_id_taken"
    assert one(system, "A").pk == ann.pk
