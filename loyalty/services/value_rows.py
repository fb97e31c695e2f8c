"""Transactions out of the database as arrays, values back in: PostgreSQL's binary COPY.

Two million rows take a second each way; row by row it would be minutes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray
from psycopg import sql

from cxportal.core.models import Program
from loyalty.calc.buying import Floats
from loyalty.calc.valuing import EPOCH, Money

_HEAD = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_TAIL = b"\xff\xff"
_OUT = sql.SQL(
    "COPY (SELECT t.customer_id::int8,"
    " ((t.occurred_at AT TIME ZONE {zone})::date - {epoch}::date)::int8,"
    " (CASE t.kind WHEN 'purchase' THEN 0 WHEN 'refund' THEN 1 ELSE 2 END)::int8,"
    " (t.amount * 100)::int8, (coalesce(t.margin, t.amount) * 100)::int8"
    " FROM loyalty_transaction t WHERE t.program_id = {program}{some}) TO STDOUT (FORMAT binary)"
)
_SOME = sql.SQL(" AND t.customer_id = ANY({customers})")
_WALLETS = """
SELECT c.id, (c.attributes->>%(key)s)::float8 / 100 FROM core_customer c
WHERE c.program_id = %(program)s AND jsonb_typeof(c.attributes->%(key)s) = 'number'
"""


def money_of(program: Program, customers: Sequence[int] | None = None) -> Money:
    """Every transaction of the program, or of some customers, as columns."""
    some = sql.SQL("") if customers is None else _SOME.format(customers=sql.Literal([*customers]))
    statement = _OUT.format(
        zone=sql.Literal(program.timezone),
        epoch=sql.Literal(EPOCH),
        program=sql.Literal(program.pk),
        some=some,
    )
    with connection.cursor() as cursor, cursor.cursor.copy(statement) as copy:
        raw = b"".join(copy)
    return Money(*_columns(raw, 5))


def _columns(raw: bytes, number: int) -> list[NDArray[np.int64]]:
    """Columns of eight-byte whole numbers, none of them null."""
    kinds: list[tuple[str, str]] = [("n", ">i2")]
    for place in range(number):
        kinds += [(f"l{place}", ">i4"), (f"c{place}", ">i8")]
    row = np.dtype(kinds)
    count = (len(raw) - len(_HEAD) - len(_TAIL)) // row.itemsize
    rows = np.frombuffer(raw, dtype=row, count=count, offset=len(_HEAD))
    return [rows[f"c{place}"].astype(np.int64) for place in range(number)]


def wallets_of(program: Program, key: str, customers: NDArray[np.int64]) -> Floats:
    """Our share (0..1) of what each customer spends; NaN where no such attribute is a number."""
    shares = np.full(len(customers), np.nan)
    if not key or not len(customers):
        return shares
    with connection.cursor() as cursor:
        cursor.execute(_WALLETS, {"key": key, "program": program.pk})
        known = dict(cursor.fetchall())
    if known:
        ids = np.fromiter(known.keys(), dtype=np.int64)
        there = np.isin(ids, customers)
        places = np.searchsorted(customers, ids[there])
        shares[places] = np.fromiter(known.values(), dtype=float)[there]
    return shares


@dataclass(frozen=True, slots=True)
class Sheet:
    """Values to store, as columns: money in hundredths, NaN where unknown."""

    columns: dict[str, NDArray[Any]]

    def __len__(self) -> int:
        return len(self.columns["customer"])


_WHOLE = (
    "customer", "transactions", "revenue", "past", "present", "lifetime", "repeats",
    "recency", "frequency", "money", "segment", "first", "last",
)  # fmt: skip
_REAL = ("future", "low", "high", "potential", "alive", "expected")
VALUE_COLUMNS = ", ".join([f"{n} int8" for n in _WHOLE] + [f"{n} float8" for n in _REAL])
_STAGE = (
    f"CREATE TEMPORARY TABLE IF NOT EXISTS value_rows ({VALUE_COLUMNS}) ON COMMIT DROP;"
    " TRUNCATE value_rows"
)
VALUES_IN = f"COPY {{table}} ({', '.join(_WHOLE + _REAL)}) FROM STDIN (FORMAT binary)"
_SEGMENT = "(ARRAY['most_valuable', 'at_risk_earner', 'growable', 'below_cost'])[v.segment]"
_MONEY = "round((nullif(v.{0}, 'NaN') / 100)::numeric, 2)"
_SAVE = f"""
INSERT INTO loyalty_customervalue AS o (program_id, customer_id, as_of, transactions, revenue,
  past_value, present_value, lifetime_value, repeats, recency_cell, frequency_cell, money_cell,
  segment, first_on, last_on, future_value, future_low, future_high, potential, alive,
  expected_purchases)
SELECT %(program)s, v.customer, %(as_of)s::date, v.transactions, v.revenue::numeric / 100,
  v.past::numeric / 100, v.present::numeric / 100, v.lifetime::numeric / 100, v.repeats,
  v.recency, v.frequency, v.money, {_SEGMENT}, %(epoch)s::date + v.first::int,
  %(epoch)s::date + v.last::int, {_MONEY.format("future")}, {_MONEY.format("low")},
  {_MONEY.format("high")}, {_MONEY.format("potential")}, nullif(v.alive, 'NaN'),
  nullif(v.expected, 'NaN')
FROM value_rows v ORDER BY v.customer
ON CONFLICT (customer_id) DO UPDATE SET as_of = EXCLUDED.as_of,
  transactions = EXCLUDED.transactions, revenue = EXCLUDED.revenue,
  past_value = EXCLUDED.past_value, present_value = EXCLUDED.present_value,
  lifetime_value = EXCLUDED.lifetime_value, repeats = EXCLUDED.repeats,
  recency_cell = EXCLUDED.recency_cell, frequency_cell = EXCLUDED.frequency_cell,
  money_cell = EXCLUDED.money_cell, segment = EXCLUDED.segment, first_on = EXCLUDED.first_on,
  last_on = EXCLUDED.last_on, future_value = EXCLUDED.future_value,
  future_low = EXCLUDED.future_low, future_high = EXCLUDED.future_high,
  potential = EXCLUDED.potential, alive = EXCLUDED.alive,
  expected_purchases = EXCLUDED.expected_purchases
"""  # noqa: S608 # names of ours
_MOVES = f"""
INSERT INTO loyalty_valuemove (program_id, customer_id, "on", came_from, went_to)
SELECT %(program)s, v.customer, %(as_of)s::date, c.value_segment, {_SEGMENT}
FROM value_rows v JOIN core_customer c ON c.id = v.customer
WHERE c.value_segment <> {_SEGMENT}
"""  # noqa: S608 # names of ours
# A day's interest alone rewrites nobody: the published figure is renewed when it moved by 1 %.
_PUBLISH = f"""
UPDATE core_customer c SET value_segment = {_SEGMENT}, lifetime_value = v.lifetime::numeric / 100
FROM value_rows v
WHERE c.id = v.customer AND c.program_id = %(program)s AND c.erased_at IS NULL AND (
  c.value_segment <> {_SEGMENT} OR c.lifetime_value IS NULL
  OR abs(c.lifetime_value * 100 - v.lifetime) > abs(v.lifetime) * 0.01)
"""  # noqa: S608 # names of ours
_GONE = """
DELETE FROM loyalty_customervalue WHERE program_id = %(program)s AND customer_id = ANY(%(gone)s)
"""
_UNPUBLISH = """
UPDATE core_customer SET value_segment = '', lifetime_value = NULL
WHERE program_id = %(program)s AND id = ANY(%(gone)s)
"""


def values_write(program: Program, sheet: Sheet, as_of: date) -> None:
    """Store values, note who moved between segments, publish both to the customers."""
    named: dict[str, Any] = {"program": program.pk, "as_of": as_of, "epoch": EPOCH}
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        with cursor.cursor.copy(VALUES_IN.format(table="value_rows")) as copy:
            copy.write(values_binary(sheet))
        cursor.execute("ANALYZE value_rows")
        for statement in (_SAVE, _MOVES, _PUBLISH):
            cursor.execute(statement, named)


def values_binary(sheet: Sheet) -> bytes:
    """The sheet in the form that COPY reads."""
    kinds: list[tuple[str, str]] = [("n", ">i2")]
    for name in _WHOLE + _REAL:
        kinds += [(f"l_{name}", ">i4"), (name, ">i8" if name in _WHOLE else ">f8")]
    rows = np.zeros(len(sheet), dtype=np.dtype(kinds))
    rows["n"] = len(_WHOLE + _REAL)
    for name in _WHOLE + _REAL:
        rows[f"l_{name}"] = 8
        rows[name] = sheet.columns[name]
    return _HEAD + rows.tobytes() + _TAIL


def values_remove(program: Program, customers: Sequence[int]) -> None:
    """Take away the values of customers who have no transactions any more."""
    named: dict[str, Any] = {"program": program.pk, "gone": [*customers]}
    with connection.cursor() as cursor:
        cursor.execute(_GONE, named)
        cursor.execute(_UNPUBLISH, named)


_STALE = """
SELECT v.customer_id FROM loyalty_customervalue v WHERE v.program_id = %(program)s AND NOT EXISTS (
  SELECT 1 FROM loyalty_transaction t WHERE t.customer_id = v.customer_id)
"""


def values_without_money(program: Program) -> list[int]:
    """Customers with a stored value whose transactions are all gone."""
    with connection.cursor() as cursor:
        cursor.execute(_STALE, {"program": program.pk})
        return [customer for (customer,) in cursor.fetchall()]
