"""One turn of the sending worker: fill what is due, send for some seconds, say whether to go on."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

from surveys.services.deliveries import deliveries_send
from surveys.services.invitations import occurrence_fill, occurrences_due
from surveys.services.schedules import schedules_plan

# Short enough that other work of the same worker process never waits long.
SLICE_SECONDS = 5.0
_LOCK_FAMILY = 0x5E4D


def campaigns_sweep_once(*, seconds: float = SLICE_SECONDS) -> bool:
    """True when there is more to do at once. Does nothing while enough others are at it.

    The claim of each row keeps senders apart; the places only keep a worker's other tasks from
    waiting behind ten sweeps.
    """
    with _sender_place() as free:
        if not free:
            return False
        schedules_plan()
        for occurrence_id in occurrences_due():
            occurrence_fill(occurrence_id)
        sent = deliveries_send(seconds=seconds)
    return bool(sent.claimed) and not sent.server_problem


@contextmanager
def _sender_place() -> Iterator[bool]:
    """One of settings.MAIL_SENDERS places; a killed process frees its place with its connection."""
    for place in range(settings.MAIL_SENDERS):
        if _ask("SELECT pg_try_advisory_lock(%s, %s)", place):
            try:
                yield True
            finally:
                _ask("SELECT pg_advisory_unlock(%s, %s)", place)
            return
    yield False


def _ask(statement: str, place: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, [_LOCK_FAMILY, place])
        row = cursor.fetchone()
    return bool(row and row[0])
