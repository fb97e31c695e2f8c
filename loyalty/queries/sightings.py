"""Where purchases show that a customer was at a touchpoint."""

from collections.abc import Iterator
from datetime import datetime

from cxportal.core.actors import Actor
from loyalty.models import Transaction


def transaction_sightings(
    actor: Actor, first: datetime, last: datetime
) -> Iterator[tuple[int, datetime, str]]:
    """(customer, moment, "purchase" or "refund") of the transactions of a period."""
    rows = Transaction.objects.for_actor(actor).filter(occurred_at__gte=first, occurred_at__lt=last)
    yield from rows.values_list("customer_id", "occurred_at", "kind")[:MOST]


#: As many as the view of the actual journey reads.
MOST = 200_000
