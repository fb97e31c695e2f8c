"""The outbox: claimed in batches, consumed and deleted in one transaction."""

from collections import defaultdict

from django.db import transaction

from cxportal.core.models import OutboxEvent
from cxportal.core.registry import outbox_consumers

BATCH = 1000


def outbox_drain_all(*, max_batches: int = 500) -> int:
    """Drain every topic that has a consumer; returns how many rows were consumed."""
    return sum(_drain_topic(topic, max_batches) for topic in list(outbox_consumers))


def _drain_topic(topic: str, max_batches: int) -> int:
    drained = 0
    for _ in range(max_batches):
        claimed = outbox_drain_batch(topic=topic)
        drained += claimed
        if claimed < BATCH:
            break
    return drained


@transaction.atomic
def outbox_drain_batch(*, topic: str, size: int = BATCH) -> int:
    """Claim up to `size` rows, hand them over program by program, delete them.

    Claimed rows are locked, so two drains never take the same row; a crash rolls both the
    effect and the deletion back.
    """
    rows = list(
        OutboxEvent.unscoped.select_for_update(skip_locked=True)  # unscoped: works for all programs
        .filter(topic=topic)
        .order_by("id")[:size]
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
