"""Reads of money: what customers bring, by segment and one by one, and how values were made."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import get_language

from cxportal.core.actors import Actor
from cxportal.core.models import text_in
from loyalty.models import (
    CustomerValue,
    Transaction,
    ValueModel,
    ValueMove,
    ValueRules,
    ValueSegment,
)

YEAR = timedelta(days=365)
MONEY_KINDS = (Transaction.Kind.PURCHASE, Transaction.Kind.REFUND)


@dataclass(frozen=True)
class Revenue:
    """Money of one year and of the year before, in the program's currency."""

    amount: Decimal
    before: Decimal
    transactions: int
    buyers: int
    buyers_before: int


def revenue_of_last_year(actor: Actor) -> Revenue:
    """Revenue, transactions and buying customers of the last 365 days beside those before."""
    now = timezone.now()
    last = Q(occurred_at__gte=now - YEAR)
    rows = Transaction.objects.for_actor(actor).filter(
        occurred_at__gte=now - 2 * YEAR, customer__is_test=False, kind__in=MONEY_KINDS
    )
    sums = rows.aggregate(
        revenue=Sum("amount", filter=last),
        before=Sum("amount", filter=~last),
        number=Count("pk", filter=last),
        buyers=Count("customer", filter=last, distinct=True),
        buyers_before=Count("customer", filter=~last, distinct=True),
    )
    zero = Decimal()
    return Revenue(
        amount=sums["revenue"] or zero,
        before=sums["before"] or zero,
        transactions=sums["number"],
        buyers=sums["buyers"],
        buyers_before=sums["buyers_before"],
    )


def values_ranked(actor: Actor) -> QuerySet[CustomerValue]:
    """Customers' values with their customers; order and page them by key."""
    rows: QuerySet[CustomerValue] = CustomerValue.objects.for_actor(actor)
    return rows.filter(transactions__gt=0, customer__is_test=False).select_related("customer")


def value_of(actor: Actor, customer_id: int) -> CustomerValue | None:
    """One customer's value, if anything was bought."""
    value: Any = CustomerValue.objects.for_actor(actor).filter(customer_id=customer_id).first()
    return value if value is None or value.transactions else None


def rules_for(actor: Actor) -> ValueRules:
    """How the actor's program counts value; the defaults where nothing was set."""
    stored = ValueRules.objects.for_actor(actor).first()
    return stored or ValueRules(program=actor.program)


def segment_name(rules: ValueRules, code: str) -> str:
    """The program's own name of a value segment, or the usual one."""
    own = text_in(rules.segment_names.get(code), get_language() or "")
    return own or (str(ValueSegment(code).label) if code in ValueSegment.values else code)


def segment_names(actor: Actor) -> dict[str, str]:
    """Every value segment's name in the program."""
    rules = rules_for(actor)
    return {code: segment_name(rules, code) for code in ValueSegment.values}


@dataclass(frozen=True)
class SegmentRow:
    """What one value segment holds; `share` of all customers with a value, 0..1."""

    code: str
    name: str
    strategy: str
    customers: int
    share: float
    present: Decimal
    future: Decimal
    potential: Decimal
    lifetime: Decimal


def value_segments(actor: Actor) -> list[SegmentRow]:
    """The four segments with their sums; test customers left out."""
    rules = rules_for(actor)
    rows = CustomerValue.objects.for_actor(actor).filter(customer__is_test=False)
    sums: dict[str, Any] = {
        row["segment"]: row
        for row in rows.values("segment").annotate(
            customers=Count("pk"), present=Sum("present_value"), future=Sum("future_value"),
            held=Sum("potential"), lifetime=Sum("lifetime_value"),
        )
    }  # fmt: skip
    whole = sum(row["customers"] for row in sums.values())
    return [_segment_row(rules, code, sums.get(code, {}), whole) for code in ValueSegment.values]


def _segment_row(rules: ValueRules, code: str, row: dict[str, Any], whole: int) -> SegmentRow:
    zero = Decimal()
    customers = row.get("customers", 0)
    return SegmentRow(
        code=code,
        name=segment_name(rules, code),
        strategy=text_in(rules.segment_strategies.get(code), get_language() or ""),
        customers=customers,
        share=customers / whole if whole else 0.0,
        present=row.get("present") or zero,
        future=row.get("future") or zero,
        potential=row.get("held") or zero,
        lifetime=row.get("lifetime") or zero,
    )


@dataclass(frozen=True)
class MoveRow:
    """How many customers went from one segment to another; empty = had no value before."""

    came_from: str
    went_to: str
    customers: int


def moves_since(actor: Actor, day: date) -> list[MoveRow]:
    """Moves between segments since a day, most frequent first."""
    rules = rules_for(actor)
    rows = ValueMove.objects.for_actor(actor).filter(on__gte=day).exclude(came_from="")
    counted = rows.values("came_from", "went_to").annotate(n=Count("pk")).order_by("-n")
    return [
        MoveRow(
            segment_name(rules, row["came_from"]), segment_name(rules, row["went_to"]), row["n"]
        )
        for row in counted
    ]


def moves_of(actor: Actor, customer_id: int, limit: int) -> QuerySet[ValueMove]:
    """A customer's own moves, newest first."""
    rows: QuerySet[ValueMove] = ValueMove.objects.for_actor(actor)
    return rows.filter(customer_id=customer_id).order_by("-on", "-pk")[:limit]


def value_model_current(actor: Actor) -> ValueModel | None:
    """The fit that the shown values are from."""
    models: QuerySet[ValueModel] = ValueModel.objects.for_actor(actor)
    return models.filter(is_current=True).first()
