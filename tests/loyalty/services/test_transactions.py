"""What API clients and importers rely on when they send transactions."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError
from cxportal.core.models import OutboxEvent, Program
from cxportal.core.services.outbox import outbox_drain_all
from loyalty.models import CustomerValue, Transaction
from loyalty.services.transactions import transactions_bulk_upsert
from loyalty.services.value import values_recompute
from tests.conftest import make_customers


def row(number: int, **values: Any) -> dict[str, Any]:
    return {
        "external_id": f"T{number}",
        "customer": "C0",
        "occurred_at": "2026-03-01T10:00:00+09:00",
        "amount": 1000 + number,
        **values,
    }


def test_a_batch_sent_twice_doubles_nothing(program: Program, system: Actor) -> None:
    make_customers(program, 1)
    rows = [row(i) for i in range(20)]
    first = transactions_bulk_upsert(actor=system, rows=rows)
    again = transactions_bulk_upsert(actor=system, rows=rows)
    assert (first.created, first.failed) == (20, 0)
    assert (again.created, again.updated, again.unchanged, again.failed) == (0, 0, 20, 0)
    assert Transaction.objects.for_actor(system).count() == 20


def test_a_changed_row_changes_its_transaction_alone(program: Program, system: Actor) -> None:
    make_customers(program, 2)
    transactions_bulk_upsert(actor=system, rows=[row(1), row(2)])
    result = transactions_bulk_upsert(actor=system, rows=[row(1, amount="9.50"), row(2)])
    assert [r["status"] for r in result.rows] == ["updated", "unchanged"]
    amounts = dict(Transaction.objects.for_actor(system).values_list("external_id", "amount"))
    assert amounts == {"T1": Decimal("9.50"), "T2": Decimal("1002.00")}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"amount": "much"}, "amount"),
        ({"amount": -5}, "amount"),
        ({"amount": 5, "kind": "refund"}, "amount"),
        ({"amount": 1.005}, "amount"),
        ({"amount": True}, "amount"),
        ({"customer": "nobody"}, "customer"),
        ({"occurred_at": "yesterday"}, "occurred_at"),
        ({"occurred_at": "2026-02-30"}, "occurred_at"),
        ({"occurred_at": "2999-01-01"}, "occurred_at"),
        ({"kind": "gift"}, "kind"),
        ({"store": "x" * 121}, "store"),
        ({"product": "a\x00b"}, "product"),
        ({"program": 1}, "program"),
        ({"external_id": None}, "external_id"),
    ],
)
def test_a_bad_row_fails_alone_and_names_the_field(
    program: Program, system: Actor, values: dict[str, Any], field: str
) -> None:
    make_customers(program, 1)
    result = transactions_bulk_upsert(actor=system, rows=[row(1, **values), row(2)])
    assert [r["status"] for r in result.rows] == ["failed", "created"]
    assert list(result.rows[0]["errors"]) == [field]
    assert Transaction.objects.for_actor(system).count() == 1


def test_the_second_row_of_an_id_in_one_batch_is_refused(program: Program, system: Actor) -> None:
    make_customers(program, 1)
    result = transactions_bulk_upsert(actor=system, rows=[row(1), row(1, amount=5)])
    assert [r["status"] for r in result.rows] == ["created", "failed"]
    assert Transaction.objects.for_actor(system).get().amount == Decimal("1001.00")


def test_the_same_id_in_another_program_is_another_transaction(
    program: Program, other_program: Program, system: Actor
) -> None:
    make_customers(program, 1)
    make_customers(other_program, 1)
    transactions_bulk_upsert(actor=system, rows=[row(1)])
    stranger = Actor.system(other_program)
    assert transactions_bulk_upsert(actor=stranger, rows=[row(1)]).created == 1
    assert Transaction.objects.for_actor(system).count() == 1


def test_a_customer_of_another_program_is_unknown(
    program: Program, other_program: Program, system: Actor
) -> None:
    make_customers(other_program, 1, prefix="X")
    result = transactions_bulk_upsert(actor=system, rows=[row(1, customer="X0")])
    assert (result.created, result.failed) == (0, 1)


def test_a_day_is_taken_in_the_program_s_zone(program: Program, system: Actor) -> None:
    make_customers(program, 1)
    transactions_bulk_upsert(actor=system, rows=[row(1, occurred_at="2026-03-01")])
    stored = Transaction.objects.for_actor(system).get().occurred_at
    assert stored == datetime(2026, 2, 28, 15, tzinfo=UTC)


def test_too_many_rows_are_refused_before_any_is_written(program: Program, system: Actor) -> None:
    with pytest.raises(DomainError) as refused:
        transactions_bulk_upsert(actor=system, rows=[row(i) for i in range(10_001)])
    assert refused.value.status == 413
    assert not Transaction.objects.for_actor(system).exists()


def test_staff_may_not_send_transactions(program: Program, actor_for: Any) -> None:
    make_customers(program, 1)
    with pytest.raises(Denied):
        transactions_bulk_upsert(actor=actor_for("staff"), rows=[row(1)])
    assert not OutboxEvent.unscoped.exists()  # unscoped: the whole test database


def test_past_value_follows_the_formula_and_moves_with_transactions(
    program: Program, system: Actor
) -> None:
    (customer,) = make_customers(program, 1)
    today = timezone.now().astimezone(program.zone).date()
    flows = [(10_000, 4_000, 400), (20_000, None, 30), (-5_000, -2_000, 10)]
    rows = [
        row(
            i,
            amount=amount,
            margin=margin,
            kind="refund" if amount < 0 else "purchase",
            occurred_at=(today - timedelta(days=age)).isoformat(),
        )
        for i, (amount, margin, age) in enumerate(flows)
    ]
    transactions_bulk_upsert(actor=system, rows=rows)
    outbox_drain_all()
    value = CustomerValue.objects.for_actor(system).get(customer=customer)
    expected = sum((m or a) * 1.08 ** (age / 365.25) for a, m, age in flows[:])
    newest = 1.08 ** (10 / 365.25)  # money grows until the newest transaction
    assert float(value.past_value) == pytest.approx(expected / newest, abs=0.02)
    assert (value.transactions, value.revenue) == (3, Decimal("25000.00"))


def test_values_of_other_customers_are_not_touched(program: Program, system: Actor) -> None:
    first, second = make_customers(program, 2)
    transactions_bulk_upsert(actor=system, rows=[row(1), row(2, customer="C1")])
    outbox_drain_all()
    CustomerValue.unscoped.update(transactions=9)  # unscoped: the whole test database
    count = values_recompute(program=program, customer_ids=[second.pk], today=date(2026, 6, 1))
    assert count == 1
    assert CustomerValue.objects.for_actor(system).get(customer=first).transactions == 9
    assert CustomerValue.objects.for_actor(system).get(customer=second).transactions == 1


def test_another_currency_is_refused_with_the_reason(program: Program, system: Actor) -> None:
    make_customers(program, 1)
    rows = [row(1, currency="KRW"), row(2, currency="USD"), row(3, kind="cost", amount=-500)]
    result = transactions_bulk_upsert(actor=system, rows=rows)
    assert (result.created, result.failed) == (2, 1)
    assert "KRW" in result.rows[1]["errors"]["currency"]
