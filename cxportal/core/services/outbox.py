"""The outbox: claimed in batches, consumed and deleted in one transaction."""

import time
from collections import defaultdict

from django.db import transaction

from cxportal.core.models import OutboxEvent
from cxportal.core.registry import outbox_batches, outbox_consumers, outbox_urgent

BATCH = 1000
#: Seconds until an urgent topic is looked at again: sooner, its batches would be small and many.
URGENT_AFTER = 0.5


def outbox_drain_all(*, max_rounds: int = 500) -> int:
    """Drain every topic that has a consumer; returns how many rows were consumed.

    Topics take turns, a batch each, so that a long one holds up no other; urgent ones are
    emptied first, and again in between as soon as URGENT_AFTER has passed.
    """
    others = [topic for topic in outbox_consumers if topic not in outbox_urgent]
    drained, urgent_at = 0, time.monotonic()
    for _ in range(max_rounds):
        full = False
        for topic in others:
            if time.monotonic() >= urgent_at:
                drained += sum(_empty(urgent, max_rounds) for urgent in outbox_urgent)
                urgent_at = time.monotonic() + URGENT_AFTER
            claimed = outbox_drain_batch(topic=topic)
            drained += claimed
            full = full or claimed == _size(topic)
        if not full:
            break
    return drained


def _empty(topic: str, max_batches: int) -> int:
    drained = 0
    for _ in range(max_batches):
        claimed = outbox_drain_batch(topic=topic)
        drained += claimed
        if claimed < _size(topic):
            break
    return drained


def _size(topic: str) -> int:
    return outbox_batches.get(topic, BATCH)


@transaction.atomic
def outbox_drain_batch(*, topic: str) -> int:
    """Claim a batch of the topic's rows, hand them over program by program, delete them.

    Claimed rows are locked, so two drains never take the same row; a crash rolls both the
    effect and the deletion back.
    """
    rows = list(
        OutboxEvent.unscoped.select_for_update(skip_locked=True)  # unscoped: works for all programs
        .filter(topic=topic)
        .order_by("id")[: _size(topic)]
    )
    by_program: dict[int, list[OutboxEvent]] = defaultdict(list)
    for row in rows:
        by_program[row.program_id].append(row)
    for program_id in sorted(by_program):
        outbox_consumers[topic](program_id, by_program[program_id])
    OutboxEvent.unscoped.filter(  # unscoped: the rows claimed above
        pk__in=[r.pk for r in rows]
    ).delete()
    return len(rows)
