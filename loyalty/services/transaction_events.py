"""A new purchase as an event of its customer, for campaigns that ask after it."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.services.event_listening import event_is_awaited
from cxportal.core.services.events import events_record
from loyalty.models import Transaction

KIND = "transaction"
#: Older ones are history that is brought along; nobody is asked about it.
RECENT = timedelta(days=7)


def purchases_announce(*, actor: Actor, rows: Iterable[Mapping[str, Any]]) -> int:
    """Record one event per new purchase of the last days, where somebody waits for it.

    `rows` are checked rows of transactions that were just made. The event's external_id follows
    from the transaction's, so that it is told once. Returns how many were recorded.
    """
    since = timezone.now() - RECENT
    fresh = [row for row in rows if _is_purchase(row) and row["occurred_at"] >= since]
    if not fresh or not event_is_awaited(actor.program_id, KIND):
        return 0
    # The portal itself tells: whoever may bring transactions need not be allowed to send events.
    system = Actor.system(actor.program)
    return events_record(actor=system, rows=[_event(row) for row in fresh]).created


def _is_purchase(row: Mapping[str, Any]) -> bool:
    return bool(row.get("kind", Transaction.Kind.PURCHASE) == Transaction.Kind.PURCHASE)


def _event(row: Mapping[str, Any]) -> dict[str, Any]:
    named = {name: row[name] for name in ("channel", "store", "product") if row.get(name)}
    digest = hashlib.sha256(row["external_id"].encode()).hexdigest()
    return {
        "external_id": f"transaction-{digest}",
        "customer": row["customer"],
        "kind": KIND,
        "occurred_at": row["occurred_at"].isoformat(),
        "place": row.get("store") or "",
        "data": {"amount": float(row["amount"]), "transaction": row["external_id"], **named},
    }
