"""Two records become one and two again; whatever hangs on them is never lost."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError
from cxportal.core.models import Customer, CustomerEvent, CustomerMerge, Program, Segment
from cxportal.core.queries.customers import customers_listed, customers_matching
from cxportal.core.queries.duplicates import duplicates_open, suspicions
from cxportal.core.services.consent import consent_record
from cxportal.core.services.customers import customer_create, customers_bulk_upsert
from cxportal.core.services.duplicates import duplicate_dismiss, duplicates_find
from cxportal.core.services.events import event_record
from cxportal.core.services.merges import (
    customer_merge,
    customer_unmerge,
    merge_preview,
    merged_rows_follow,
    pointers,
)
from cxportal.core.services.outbox import outbox_drain_all
from cxportal.core.services.segments import segment_add_customers, segment_create
from loyalty.models import CustomerValue, Transaction
from loyalty.services.transactions import transactions_bulk_upsert
from tests.conftest import make_customers

pytestmark = pytest.mark.django_db


def person(actor: Actor, number: int, **values: Any) -> Customer:
    """A customer with an event, a consent and a purchase."""
    made = customer_create(actor=actor, external_id=f"P-{number}", **values)
    event_record(actor=actor, customer=made, kind="visit", external_id=f"e{number}")
    consent_record(actor=actor, customer=made, channel="email", granted=True)
    rows = [{"external_id": f"t{number}", "customer": f"P-{number}", "amount": 1000 * number,
             "occurred_at": "2026-03-01"}]  # fmt: skip
    assert transactions_bulk_upsert(actor=actor, rows=rows).failed == 0
    return made


def hanging(program: Program) -> dict[str, list[tuple[int, int]]]:
    """Every row that points to a customer: {"app.model.field": [(row, customer)]}."""
    return {
        p.key: sorted(p.model.unscoped.filter(program=program).values_list("pk", f"{p.field}_id"))
        for p in pointers()
        if not p.key.startswith("loyalty.customervalue") and "valuemove" not in p.key
    }


def people(actor: Actor) -> list[tuple[Any, ...]]:
    names = ("pk", "external_id", "name", "email", "phone", "attributes", "merged_into")
    return list(Customer.objects.for_actor(actor).order_by("pk").values_list(*names))


def test_everything_of_one_goes_to_the_other_and_comes_back(
    program: Program, system: Actor
) -> None:
    kept = person(system, 1, name="Kim Sora", phone="010-1111-2222", attributes={"a": 1})
    other = person(system, 2, name="Kim So-ra", email="sora@x.example", attributes={"a": 2, "b": 3})
    vip = segment_create(actor=system, code="vip", name="VIP", kind=Segment.Kind.MANUAL)
    segment_add_customers(actor=system, segment=vip, customers=[kept, other])
    before, hung = people(system), hanging(program)
    assert merge_preview(kept, other)["loyalty.transaction.customer"] == 1
    merge = customer_merge(actor=system, kept=kept, merged=other)
    outbox_drain_all()
    stored = Customer.objects.for_actor(system).get(pk=kept.pk)
    assert (stored.name, stored.email) == ("Kim Sora", "sora@x.example")
    assert stored.attributes == {"a": 1, "b": 3}
    assert Transaction.objects.for_actor(system).filter(customer=kept).count() == 2
    assert CustomerValue.objects.for_actor(system).get(customer=kept).revenue == 3000
    assert [c.pk for c in customers_listed(system)] == [kept.pk]
    # Both stood in the segment: one place is enough, the other waits with its record.
    assert [len(rows) for rows in hanging(program).values()] == [len(r) for r in hung.values()]
    customer_unmerge(actor=system, merge=merge)
    outbox_drain_all()
    assert people(system) == before
    assert hanging(program) == hung
    assert CustomerValue.objects.for_actor(system).get(customer=other).revenue == 2000


def test_what_came_since_stays_and_a_newer_word_is_not_taken_back(
    program: Program, system: Actor
) -> None:
    kept, other = person(system, 1), person(system, 2, name="Old", email="o@x.example")
    merge = customer_merge(actor=system, kept=kept, merged=other)
    event_record(actor=system, customer=kept, kind="call", external_id="since")
    Customer.objects.for_actor(system).filter(pk=kept.pk).update(email="new@x.example")
    customer_unmerge(actor=system, merge=merge)
    stored = Customer.objects.for_actor(system).get(pk=kept.pk)
    assert (stored.name, stored.email) == ("", "new@x.example")
    assert CustomerEvent.objects.for_actor(system).get(external_id="since").customer_id == kept.pk


def test_rows_sent_by_the_old_id_follow_and_the_record_stays_empty(
    program: Program, system: Actor
) -> None:
    kept, other = person(system, 1), person(system, 2, name="Old")
    merge = customer_merge(actor=system, kept=kept, merged=other)
    rows = [{"external_id": "late", "customer": "P-2", "amount": 5, "occurred_at": "2026-04-01"}]
    assert transactions_bulk_upsert(actor=system, rows=rows).created == 1
    result = customers_bulk_upsert(actor=system, rows=[{"external_id": "P-2", "name": "Again"}])
    assert (result.unchanged, result.failed) == (1, 0)
    assert merged_rows_follow(system) >= 1
    assert Transaction.objects.for_actor(system).get(external_id="late").customer_id == kept.pk
    customer_unmerge(actor=system, merge=CustomerMerge.objects.for_actor(system).get(pk=merge.pk))
    assert Transaction.objects.for_actor(system).get(external_id="late").customer_id == other.pk


def test_merges_are_refused_that_make_no_sense(program: Program, system: Actor) -> None:
    one, two, three = (person(system, n) for n in (1, 2, 3))
    first = customer_merge(actor=system, kept=one, merged=two)
    for kept, merged in ((one, one), (one, two), (two, three)):
        with pytest.raises(DomainError):
            customer_merge(actor=system, kept=kept, merged=merged)
    second = customer_merge(actor=system, kept=three, merged=one)
    with pytest.raises(DomainError) as refused:
        customer_unmerge(actor=system, merge=first)
    assert refused.value.code == "merged_further"
    customer_unmerge(actor=system, merge=second)
    customer_unmerge(actor=system, merge=first)
    with pytest.raises(DomainError):
        customer_unmerge(actor=system, merge=first)


def test_merging_is_a_right_of_its_own(
    program: Program, system: Actor, actor_for: Callable[[str], Actor]
) -> None:
    one, two = person(system, 1), person(system, 2)
    for role in ("designer", "manager", "staff", "viewer"):
        with pytest.raises(Denied):
            customer_merge(actor=actor_for(role), kept=one, merged=two)
    customer_merge(actor=actor_for("owner"), kept=one, merged=two)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=6))
def test_any_merges_taken_apart_in_turn_leave_everything_as_it_was(
    steps: list[tuple[int, int]], program: Program, system: Actor
) -> None:
    Customer.objects.for_actor(system).all().delete()
    everybody = [person(system, n, name=f"N{n}", email=f"{n}@x.example") for n in range(1, 5)]
    before, hung = people(system), hanging(program)
    counts = {key: len(rows) for key, rows in hung.items()}
    done = []
    for kept, merged in steps:
        try:
            done.append(
                customer_merge(actor=system, kept=everybody[kept], merged=everybody[merged])
            )
        except DomainError:
            continue
        assert {key: len(rows) for key, rows in hanging(program).items()} == counts
    for merge in reversed(done):
        customer_unmerge(actor=system, merge=merge)
    assert people(system) == before
    assert hanging(program) == hung


def test_duplicates_are_people_with_a_shared_mark_and_a_like_name() -> None:
    found = suspicions([
        (1, "김소라", "sora@x.example", "010-1111-2222"),
        (2, "김 소라", "", "+82 10 1111 2222"),
        (3, "박민수", "sora@x.example", "010-9999-0000"),
        (4, "Jon Smith", "j@x.example", ""),
        (5, "John Smith", "j@x.example", ""),
        (6, "Jon Smith", "other@x.example", ""),
    ])  # fmt: skip
    assert set(found) == {(1, 2), (4, 5)}
    assert found[1, 2].reasons == {"phone", "name"}
    assert found[4, 5].likeness == 95


def test_a_switchboard_makes_nobody_a_duplicate() -> None:
    crowd = [(n, "Lee", "", "02-555-00000") for n in range(40)]
    assert suspicions(crowd) == {}


def test_a_pair_that_was_decided_on_is_not_shown_again(program: Program, system: Actor) -> None:
    for number in (1, 2):
        customer_create(
            actor=system, external_id=f"D{number}", name="Kim Sora", phone="010-1111-2222"
        )
    assert duplicates_find(actor=system) == 1
    pair = duplicates_open(system).get()
    duplicate_dismiss(actor=system, pair=pair)
    duplicates_find(actor=system)
    assert not duplicates_open(system).exists()


@pytest.mark.parametrize(
    ("text", "found"),
    [("소라", {"A"}), ("김소", {"A"}), ("kim", {"B"}), ("sora@x", {"A"}), ("1111-2222", {"A"}),
     ("010 1111", {"A"}), ("B-77", {"B"}), ("kim min", {"B"}), ("라", {"A"}), ("100%", set()),
     ("소라 kim", set())],
)  # fmt: skip
def test_search_finds_by_anything_two_korean_syllables_included(
    program: Program, system: Actor, text: str, found: set[str]
) -> None:
    customer_create(
        actor=system, external_id="A-1", name="김소라", email="sora@x.example",
        phone="010-1111-2222",
    )  # fmt: skip
    customer_create(actor=system, external_id="B-77", name="Kim Minsu", email="m@y.example")
    make_customers(program, 3)
    matching = customers_matching(system, customers_listed(system), text)
    names = {c.external_id[0] for c in matching if c.external_id[0] in "AB"}
    assert names == found
