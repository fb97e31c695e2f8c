"""What follows from a customer's event: each listener hears of it once, from the worker.

An event and the row that announces it are written in one transaction. The worker hands batches to
every listener; what a listener writes and the deletion of the row are one transaction again. A
listener that fails is tried again later by itself, so that it neither holds up the others nor
makes them hear an event twice.
"""

import logging
from collections.abc import Callable, Sequence

from django.db import transaction

from cxportal.core.actors import Actor
from cxportal.core.models import CustomerEvent, OutboxEvent
from cxportal.core.registry import event_listeners, event_waiters

TOPIC = "customer_events"
MOST_TRIES = 8
_CHUNK = 500
Listener = Callable[[int, list[CustomerEvent]], None]

logger = logging.getLogger(__name__)


def events_announce(*, actor: Actor, ids: Sequence[int]) -> None:
    """Tell the listeners of new events, once the caller's transaction is committed."""
    if not event_listeners or not ids:
        return
    OutboxEvent.unscoped.bulk_create(  # unscoped: written for the actor's own program
        OutboxEvent(
            program=actor.program, topic=TOPIC, payload={"ids": list(ids[start : start + _CHUNK])}
        )
        for start in range(0, len(ids), _CHUNK)
    )
    transaction.on_commit(_ring, robust=True)


def event_is_awaited(program_id: int, kind: str) -> bool:
    """Whether somebody waits for such events: records that could tell of one need not always."""
    return any(waits(program_id, kind) for waits in event_waiters)


def _ring() -> None:
    """Wake a worker; without a broker the next tick finds the rows all the same."""
    from cxportal.core.tasks import outbox_drain

    outbox_drain.delay()


def events_consume(program_id: int, rows: list[OutboxEvent]) -> None:
    """Hand waiting events to the listeners; consumer of the outbox topic "customer_events"."""
    for row in rows:
        events = _events(program_id, row.payload["ids"])
        for listener in event_listeners:
            if events and row.payload.get("listener", name_of(listener)) == name_of(listener):
                _hand_over(program_id, listener, events, tries=row.payload.get("tries", 0))


def _events(program_id: int, ids: list[int]) -> list[CustomerEvent]:
    found = CustomerEvent.unscoped.filter(  # unscoped: the consumer works for one program by id
        program_id=program_id, pk__in=ids, customer__erased_at=None
    )
    return list(found.select_related("customer", "program").order_by("occurred_at", "pk"))


def name_of(listener: Listener) -> str:
    """How a waiting row names the one listener it is for."""
    return f"{listener.__module__}.{listener.__qualname__}"


def _hand_over(
    program_id: int, listener: Listener, events: list[CustomerEvent], *, tries: int
) -> None:
    try:
        with transaction.atomic():
            listener(program_id, events)
    except Exception:
        logger.exception("%s failed on %d events", name_of(listener), len(events))
        _try_again(program_id, listener, events, tries + 1)


def _try_again(
    program_id: int, listener: Listener, events: list[CustomerEvent], tries: int
) -> None:
    """Each event by itself from now on: one that cannot be handled stops no other."""
    if tries > MOST_TRIES:
        logger.error("%s gave up on events %s", name_of(listener), [e.pk for e in events])
        return
    OutboxEvent.unscoped.bulk_create(  # unscoped: the consumer's own program
        OutboxEvent(
            program_id=program_id,
            topic=TOPIC,
            payload={"ids": [event.pk], "listener": name_of(listener), "tries": tries},
        )
        for event in events
    )
