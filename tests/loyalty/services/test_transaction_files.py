"""Transactions from a file: good rows go in, bad ones keep their line and reason."""

from pathlib import Path
from typing import Any

import pytest

from cxportal.core.actors import Actor
from cxportal.core.models import Program
from cxportal.core.registry import import_targets
from cxportal.core.services.table_imports import (
    columns_guessed,
    table_import_begin,
    table_import_start,
)
from loyalty.models import Transaction
from loyalty.services.transaction_files import transaction_row
from tests.conftest import make_customers


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2026-03-01", "2026-03-01"),
        ("2026.3.1", "2026-03-01"),
        ("2026. 3. 1. 9:05", "2026-03-01T09:05"),
        ("2026년 3월 1일", "2026-03-01"),
        ("2026/03/01 14:05:09", "2026-03-01T14:05:09"),
        ("20260301", "2026-03-01"),
        ("03/01/2026", "03/01/2026"),  # March or January? Nobody guesses
    ],
)
def test_a_date_with_the_year_first_is_read(text: str, read: str) -> None:
    assert transaction_row({"occurred_at": text}) == {"occurred_at": read}


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("12,900", "12900"),
        ("₩1,234,000", "1234000"),
        ("-12,900원", "-12900"),
        ("$ 12.50", "12.50"),
        ("1,29", "1,29"),  # a comma for the point? Nobody guesses
        ("many", "many"),
    ],
)
def test_an_amount_with_its_thousands_is_read(text: str, read: str) -> None:
    assert transaction_row({"amount": text})["amount"] == read


KOREAN = """주문번호,회원번호,결제일시,결제금액,구분,통화
T1,C0,2026.3.1 14:05,"12,900원",구매,원
T2,C0,2026-03-02,-500,구매,KRW
T3,C0,2126-01-01,500,구매,KRW
T4,C0,2026-03-02,500,구매,USD
T5,C0,03/02/2026,500,구매,KRW
T6,nobody,2026-03-02,500,구매,KRW
T1,C0,2026-03-02,500,구매,KRW
T7,C0,2026-03-03,-900,환불,KRW
"""


@pytest.mark.django_db
def test_bad_rows_are_refused_with_reason_and_nothing_comes_twice(
    program: Program, system: Actor, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    make_customers(program, 1)
    columns = KOREAN.split("\n", 1)[0].split(",")
    guessed = list(columns_guessed(import_targets["transactions"], columns).values())
    assert guessed == ["external_id", "customer", "occurred_at", "amount", "kind", "currency"]
    for expected in ((2, 0), (0, 2)):
        found = table_import_start(
            actor=system, kind="transactions", name="t.csv", content=KOREAN.encode("cp949")
        )
        done = table_import_begin(actor=system, table_import=found)
        assert (done.created, done.unchanged, done.failed) == (*expected, 6)
    reasons = {fault.line: next(iter(fault.errors)) for fault in done.faults.all()}
    assert reasons == {
        3: "amount", 4: "occurred_at", 5: "currency", 6: "occurred_at", 7: "customer",
        8: "external_id",
    }  # fmt: skip
    rows = Transaction.objects.for_actor(system).order_by("external_id")
    assert [(t.external_id, int(t.amount), t.kind) for t in rows] == [
        ("T1", 12900, "purchase"),
        ("T7", -900, "refund"),
    ]
