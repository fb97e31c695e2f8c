"""What customers have brought so far, kept current by the outbox worker."""

from collections.abc import Iterable
from datetime import date

from django.db import connection, transaction

from cxportal.core.models import OutboxEvent, Program

# What money earned in the past is worth today grows by this share a year.
YEARLY_RATE = 0.08
# The source of the formula is loyalty.calc.value.past_value; a test holds the two together.
_RECOMPUTE = """
INSERT INTO loyalty_customervalue (program_id, customer_id, transactions, revenue, past_value,
  first_at, last_at, as_of)
SELECT %(program)s, c.id, count(t.id), coalesce(sum(t.amount), 0),
  round(coalesce(sum(coalesce(t.margin, t.amount) * power(1 + %(rate)s::numeric,
    greatest(0, %(today)s::date - (t.occurred_at AT TIME ZONE %(zone)s)::date) / 365.25)), 0), 2),
  min(t.occurred_at), max(t.occurred_at), %(today)s
FROM core_customer c LEFT JOIN loyalty_transaction t ON t.customer_id = c.id
WHERE c.program_id = %(program)s AND c.id = ANY(%(customers)s)
GROUP BY c.id
ORDER BY c.id
ON CONFLICT (customer_id) DO UPDATE SET transactions = EXCLUDED.transactions,
  revenue = EXCLUDED.revenue, past_value = EXCLUDED.past_value, first_at = EXCLUDED.first_at,
  last_at = EXCLUDED.last_at, as_of = EXCLUDED.as_of
"""


@transaction.atomic
def values_recompute(*, program: Program, customer_ids: Iterable[int], today: date) -> int:
    """Recompute the past value of some customers as of `today`; returns how many."""
    ids = sorted(set(customer_ids))
    if not ids:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            _RECOMPUTE,
            {
                "program": program.pk,
                "customers": ids,
                "rate": str(YEARLY_RATE),
                "today": today,
                "zone": program.timezone,
            },
        )
        return int(cursor.rowcount)


def value_consume(program_id: int, rows: list[OutboxEvent]) -> None:
    """Outbox consumer: recompute everybody whose transactions moved."""
    from django.utils import timezone

    program = Program.objects.get(pk=program_id)
    customers = {customer for row in rows for customer in row.payload["customers"]}
    today = timezone.now().astimezone(program.zone).date()
    values_recompute(program=program, customer_ids=customers, today=today)
