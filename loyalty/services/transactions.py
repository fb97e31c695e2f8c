"""Transactions: synchronised in bulk by external_id, by API and by file."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.bulk import MAX_ROWS, BulkResult
from cxportal.core.commands import audit, emit
from cxportal.core.errors import DomainError
from cxportal.core.models import OutboxEvent
from cxportal.core.policies import authorise
from loyalty.models import PointsScheme
from loyalty.services.transaction_events import purchases_announce
from loyalty.services.transaction_rows import CheckedRow, row_checked

TOPIC = "value"
POINTS_TOPIC = "points"
_COLUMNS = ("external_id", "customer", "kind", "occurred_at", "amount")
_TEXTS = ("channel", "store", "product")
_STAGE = """
CREATE TEMPORARY TABLE IF NOT EXISTS transaction_rows (
  external_id text, customer text, kind text, occurred_at timestamptz, amount numeric,
  margin numeric, sets_margin boolean, channel text, store text, product text
) ON COMMIT DROP;
TRUNCATE transaction_rows
"""
_COPY = """
COPY transaction_rows (external_id, customer, kind, occurred_at, amount, margin, sets_margin,
  channel, store, product) FROM STDIN
"""
_STRANGERS = """
SELECT DISTINCT r.customer FROM transaction_rows r WHERE NOT EXISTS (
  SELECT 1 FROM core_customer c WHERE c.program_id = %(program)s AND c.external_id = r.customer)
"""
# Known rows are locked in one order, so that two clients sending the same rows never deadlock.
_LOCK = """
SELECT t.id FROM loyalty_transaction t JOIN transaction_rows r ON r.external_id = t.external_id
WHERE t.program_id = %(program)s ORDER BY t.external_id FOR UPDATE OF t
"""
_INSERT = """
INSERT INTO loyalty_transaction (program_id, customer_id, external_id, kind, occurred_at, amount,
  margin, channel, store, product, updated_at)
SELECT %(program)s, c.id, r.external_id, coalesce(r.kind, 'purchase'), r.occurred_at, r.amount,
  r.margin, coalesce(r.channel, ''), coalesce(r.store, ''), coalesce(r.product, ''), now()
FROM transaction_rows r
JOIN core_customer c ON c.program_id = %(program)s AND c.external_id = r.customer
ORDER BY r.external_id
ON CONFLICT (program_id, external_id) DO NOTHING
RETURNING external_id, customer_id
"""
_UPDATE = """
UPDATE loyalty_transaction t SET customer_id = n.customer_id, kind = n.kind,
  occurred_at = n.occurred_at, amount = n.amount, margin = n.margin, channel = n.channel,
  store = n.store, product = n.product, updated_at = now()
FROM (
  SELECT o.id, o.customer_id AS was, c.id AS customer_id, coalesce(r.kind, o.kind) AS kind,
    r.occurred_at, r.amount, CASE WHEN r.sets_margin THEN r.margin ELSE o.margin END AS margin,
    coalesce(r.channel, o.channel) AS channel, coalesce(r.store, o.store) AS store,
    coalesce(r.product, o.product) AS product
  FROM transaction_rows r
  JOIN loyalty_transaction o ON o.program_id = %(program)s AND o.external_id = r.external_id
  JOIN core_customer c ON c.program_id = %(program)s AND c.external_id = r.customer
) n
WHERE t.id = n.id AND (t.customer_id, t.kind, t.occurred_at, t.amount, t.margin, t.channel,
    t.store, t.product)
  IS DISTINCT FROM (n.customer_id, n.kind, n.occurred_at, n.amount, n.margin, n.channel,
    n.store, n.product)
RETURNING t.external_id, t.customer_id, n.was
"""


@transaction.atomic
def transactions_bulk_upsert(*, actor: Actor, rows: Iterable[Any]) -> BulkResult:
    """Make or change transactions by external_id; amounts in the program's currency.

    Of rows with the same external_id in one batch the first is taken, the later ones fail; so
    does a row of an unknown customer. At most 10,000 rows; raises DomainError beyond.
    """
    authorise(actor, "loyalty.change_transactions")
    batch = list(rows)
    if len(batch) > MAX_ROWS:
        message = _("Send at most %(max)s rows at a time.") % {"max": MAX_ROWS}
        raise DomainError("too_many_rows", message, status=413)
    checked = [row_checked(row, actor.program.zone, actor.program.currency) for row in batch]
    _refuse_doubles(checked)
    created, updated, customers = _write(checked, actor)
    result = BulkResult()
    for row in checked:
        result.add(row.external_id, _status_of(row, created, updated), row.errors)
    _tell(actor, result, customers)
    purchases_announce(actor=actor, rows=[row.values for row in checked if _is_new(row, created)])
    return result


def _refuse_doubles(checked: list[CheckedRow]) -> None:
    seen: dict[str, int] = {}
    for number, row in enumerate(checked, start=1):
        key = row.values.get("external_id")
        if key is None or row.errors:
            continue
        first = seen.setdefault(key, number)
        if first != number:
            sentence = _("Row %(row)s of this batch has the same external_id.")
            row.errors["external_id"] = sentence % {"row": first}


def _write(checked: list[CheckedRow], actor: Actor) -> tuple[set[str], set[str], set[int]]:
    """External ids created and changed, and the customers whose value moved."""
    good = [row for row in checked if not row.errors]
    if not good:
        return set(), set(), set()
    program = {"program": actor.program_id}
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        with cursor.cursor.copy(_COPY) as copy:
            for row in good:
                copy.write_row(_copied(row.values))
        cursor.execute(_STRANGERS, program)
        _refuse_strangers(good, {external_id for (external_id,) in cursor.fetchall()})
        cursor.execute(_LOCK, program)
        cursor.execute(_INSERT, program)
        inserted = cursor.fetchall()
        created = {external_id for external_id, _customer in inserted}
        customers = {customer for _external_id, customer in inserted}
        if len(created) == sum(not row.errors for row in good):
            return created, set(), customers
        cursor.execute(_UPDATE, program)
        changed = cursor.fetchall()
    customers |= {customer for _id, *both in changed for customer in both}
    return created, {external_id for external_id, *_both in changed}, customers


def _copied(values: Mapping[str, Any]) -> list[Any]:
    return [
        *(values.get(name) for name in _COLUMNS),
        values.get("margin"),
        "margin" in values,
        *(values.get(name) for name in _TEXTS),
    ]


def _refuse_strangers(rows: list[CheckedRow], strangers: set[str]) -> None:
    for row in rows:
        if row.values["customer"] in strangers:
            row.errors["customer"] = _("No customer of this program has this external_id.")


def _status_of(row: CheckedRow, created: set[str], updated: set[str]) -> str:
    if row.errors:
        return "failed"
    key = row.values["external_id"]
    if key in created:
        return "created"
    return "updated" if key in updated else "unchanged"


def _is_new(row: CheckedRow, created: set[str]) -> bool:
    return not row.errors and row.values["external_id"] in created


def _tell(actor: Actor, result: BulkResult, customers: set[int]) -> None:
    if not customers:
        return
    OutboxEvent.unscoped.create(  # unscoped: written for the actor's own program
        program=actor.program, topic=TOPIC, payload={"customers": sorted(customers)}
    )
    if PointsScheme.objects.for_actor(actor).filter(is_active=True).exists():
        OutboxEvent.unscoped.create(  # unscoped: the same
            program=actor.program, topic=POINTS_TOPIC, payload={"customers": sorted(customers)}
        )
    sums = {"created": result.created, "updated": result.updated}
    audit(actor=actor, action="transactions.sync", obj=None, changes=sums)
    emit(actor=actor, event="transactions.synced", payload=sums)
