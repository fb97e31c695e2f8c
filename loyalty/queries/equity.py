"""Customer equity between two days: what was acquired, grown and lost, exact to the last unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Sum

from cxportal.core.actors import Actor
from loyalty.models import CustomerValue, ValueSegment
from loyalty.models.equity import Allocation, ValueSnapshot
from loyalty.queries.value import rules_for, segment_name

# A customer belongs to the segment of the end, or, when gone by then, of the start.
_FLOWS = """
SELECT coalesce(nullif(b.segment, ''), a.segment) AS segment,
  coalesce(sum(a.lifetime_value), 0), coalesce(sum(b.lifetime_value), 0),
  coalesce(sum(b.lifetime_value) FILTER (WHERE a.id IS NULL), 0),
  coalesce(sum(greatest(b.lifetime_value - a.lifetime_value, 0))
    FILTER (WHERE a.id IS NOT NULL AND b.id IS NOT NULL), 0),
  coalesce(sum(greatest(a.lifetime_value - b.lifetime_value, 0))
    FILTER (WHERE a.id IS NOT NULL AND b.id IS NOT NULL), 0),
  coalesce(sum(a.lifetime_value) FILTER (WHERE b.id IS NULL), 0),
  count(*) FILTER (WHERE a.id IS NULL), count(*) FILTER (WHERE b.id IS NULL), count(b.id)
FROM (SELECT * FROM loyalty_valuesnapshot WHERE program_id = %(program)s AND "on" = %(start)s) a
FULL JOIN (SELECT * FROM loyalty_valuesnapshot WHERE program_id = %(program)s AND "on" = %(end)s) b
  ON a.customer_id = b.customer_id
GROUP BY 1
"""


@dataclass(frozen=True)
class Flow:
    """start + acquired + grown - shrunk - gone = end, for one segment or all."""

    code: str
    name: str
    start: Decimal
    end: Decimal
    acquired: Decimal
    grown: Decimal
    shrunk: Decimal
    gone: Decimal
    newcomers: int = 0
    leavers: int = 0
    customers: int = 0

    @property
    def lost(self) -> Decimal:
        """Value that went: of customers who are gone, and of those who are worth less."""
        return self.shrunk + self.gone

    @property
    def retained(self) -> Decimal:
        """The retention asset: what was there at the start and still is."""
        return self.start - self.lost

    @property
    def holds(self) -> bool:
        """The identity."""
        return self.start + self.acquired + self.grown - self.lost == self.end


def snapshot_days(actor: Actor) -> list[date]:
    """Days whose values were kept, oldest first."""
    rows = ValueSnapshot.objects.for_actor(actor).order_by("on")
    return list(rows.values_list("on", flat=True).distinct())


def equity_flows(actor: Actor, start: date, end: date) -> tuple[Flow, list[Flow]]:
    """All customers together, and each value segment."""
    rules = rules_for(actor)
    named: dict[str, Any] = {"program": actor.program_id, "start": start, "end": end}
    with connection.cursor() as cursor:
        cursor.execute(_FLOWS, named)
        rows = {row[0] or "": row[1:] for row in cursor.fetchall()}
    parts = [
        Flow(code, segment_name(rules, code), *_exact(rows[code]))
        for code in ValueSegment.values
        if code in rows
    ]
    return Flow("", "", *_exact(_summed(rows.values()))), parts


def _summed(rows: Any) -> Sequence[Any]:
    return [sum(column) for column in zip(*rows, strict=True)] or [Decimal()] * 6 + [0] * 3


def _exact(row: Sequence[Any]) -> list[Any]:
    return [Decimal(value) for value in row[:6]] + [int(value) for value in row[6:]]


@dataclass(frozen=True)
class Gap:
    """How far a segment is from what it could be; known for `known` of `customers`."""

    code: str
    name: str
    customers: int
    known: int
    actual: Decimal
    held: Decimal

    @property
    def estimate(self) -> Decimal | None:
        """What competitors hold of the whole segment, by the mean of those who are known."""
        return self.held * self.customers / self.known if self.known else None


def equity_gaps(actor: Actor) -> list[Gap]:
    """Gap to potential per value segment."""
    rules = rules_for(actor)
    rows = CustomerValue.objects.for_actor(actor).filter(customer__is_test=False)
    sums = rows.values("segment").annotate(
        n=Count("pk"), known=Count("potential"), actual=Sum("lifetime_value"),
        held=Sum("potential"),
    )  # fmt: skip
    found = {row["segment"]: row for row in sums}
    return [
        Gap(
            code, segment_name(rules, code), found[code]["n"], found[code]["known"],
            found[code]["actual"] or Decimal(), found[code]["held"] or Decimal(),
        )
        for code in ValueSegment.values if code in found
    ]  # fmt: skip


@dataclass(frozen=True)
class Worksheet:
    """Means per segment and activity, beside what the segment is worth."""

    segments: list[tuple[str, str, Decimal, list[Allocation]]]
    people: Decimal
    money: Decimal
    hours: Decimal


def worksheet(actor: Actor) -> Worksheet:
    """Every cell of segment × activity; empty ones are zero and not stored."""
    rules = rules_for(actor)
    stored = {(a.segment, a.activity): a for a in Allocation.objects.for_actor(actor)}
    worth = {gap.code: gap.actual for gap in equity_gaps(actor)}
    rows = [
        (
            code, segment_name(rules, code), worth.get(code, Decimal()),
            [
                stored.get((code, activity)) or Allocation(segment=code, activity=activity)
                for activity in Allocation.Activity.values
            ],
        )
        for code in ValueSegment.values
    ]  # fmt: skip
    cells = stored.values()
    return Worksheet(
        rows, sum((c.people for c in cells), Decimal()), sum((c.money for c in cells), Decimal()),
        sum((c.hours for c in cells), Decimal()),
    )  # fmt: skip
