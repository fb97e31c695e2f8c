"""Reads of money: what customers bring, newest first or greatest first."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from cxportal.core.actors import Actor
from loyalty.models import CustomerValue, Transaction

YEAR = timedelta(days=365)


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
        occurred_at__gte=now - 2 * YEAR, customer__is_test=False
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
