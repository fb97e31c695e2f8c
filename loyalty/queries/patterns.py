"""Patterns of purchases and value that automations may wait for."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.models import Customer
from cxportal.core.registry import CustomerPattern, PatternHit
from loyalty.models import Transaction, ValueSegment

# Purchases of a program in each customer's order, with the gap to the next one.
_ORDERED = """
    SELECT t.id, t.customer_id, t.occurred_at,
           row_number() OVER w AS number, lead(t.occurred_at) OVER w AS next_at
    FROM loyalty_transaction t
    WHERE t.program_id = %(program)s AND t.kind = 'purchase'
    WINDOW w AS (PARTITION BY t.customer_id ORDER BY t.occurred_at, t.id)
"""


def _bounds(actor: Actor, since: date, until: date) -> tuple[datetime, datetime]:
    zone = actor.program.zone
    first = datetime.combine(since, time(), zone)
    return first, datetime.combine(until + timedelta(days=1), time(), zone)


def _transactions(actor: Actor, since: date, until: date, **wanted: Any) -> Iterable[PatternHit]:
    first, end = _bounds(actor, since, until)
    rows: QuerySet[Any] = Transaction.objects.for_actor(actor)
    found = rows.filter(occurred_at__gte=first, occurred_at__lt=end, **wanted)
    for row in found.order_by("occurred_at", "pk").iterator():
        facts = {"amount": float(row.amount), "store": row.store, "product": row.product}
        yield PatternHit(row.customer_id, f"transaction:{row.pk}", row.occurred_at, facts)


def large_purchases(actor: Actor, value: Any, since: date, until: date) -> Iterable[PatternHit]:
    """Purchases of at least an amount."""
    return _transactions(actor, since, until, kind="purchase", amount__gte=value)


def refunds(actor: Actor, value: Any, since: date, until: date) -> Iterable[PatternHit]:
    """Money given back."""
    return _transactions(actor, since, until, kind="refund")


def nth_purchases(actor: Actor, value: Any, since: date, until: date) -> Iterable[PatternHit]:
    """A customer's purchase of this number."""
    first, end = _bounds(actor, since, until)
    sql = f"""
        SELECT customer_id, occurred_at FROM ({_ORDERED}) o
        WHERE o.number = %(number)s AND o.occurred_at >= %(first)s AND o.occurred_at < %(end)s
        ORDER BY occurred_at, id
    """  # noqa: S608 - a constant of this module
    params = {"program": actor.program_id, "number": int(value), "first": first, "end": end}
    for customer, at in _fetched(sql, params):
        yield PatternHit(customer, f"{customer}:{int(value)}", at, {"number": int(value)})


def lapses(actor: Actor, value: Any, since: date, until: date) -> Iterable[PatternHit]:
    """Customers whose last purchase became so many days old on one of the days."""
    first, end = _bounds(actor, since, until)
    gap = timedelta(days=float(value))
    sql = f"""
        SELECT customer_id, occurred_at FROM ({_ORDERED}) o
        WHERE o.occurred_at + %(gap)s >= %(first)s AND o.occurred_at + %(gap)s < %(end)s
          AND o.occurred_at + %(gap)s <= %(now)s
          AND (o.next_at IS NULL OR o.next_at > o.occurred_at + %(gap)s)
        ORDER BY occurred_at, id
    """  # noqa: S608 - a constant of this module
    params = {
        "program": actor.program_id,
        "gap": gap,
        "first": first,
        "end": end,
        "now": timezone.now(),
    }
    for customer, at in _fetched(sql, params):
        key = f"{customer}:{int(value)}:{at:%Y-%m-%d}"
        yield PatternHit(customer, key, at + gap, {"days": int(value)})


def _fetched(sql: str, params: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def in_value_segment(actor: Actor, value: Any, since: date, until: date) -> Iterable[PatternHit]:
    """Whoever is in a value segment now; a lasting state."""
    rows = Customer.objects.for_actor(actor).filter(value_segment=value, erased_at=None)
    for pk in rows.order_by("pk").values_list("pk", flat=True):
        yield PatternHit(pk, f"{pk}:{value}", timezone.now(), {"segment": value})


PATTERNS = {
    "large_purchase": CustomerPattern(
        _("A purchase of at least an amount"), _("Amount"), large_purchases
    ),
    "nth_purchase": CustomerPattern(
        _("The customer's first, second, tenth … purchase"), _("Number"), nth_purchases
    ),
    "no_purchase": CustomerPattern(_("No purchase for some days"), _("Days"), lapses),
    "refund": CustomerPattern(_("Money is given back"), "", refunds),
    "value_segment": CustomerPattern(
        _("The customer enters a value segment"),
        _("Value segment"),
        in_value_segment,
        choices=tuple(ValueSegment.choices),
        lasting=True,
    ),
}
