"""Turns: work that only so many processes may do at the same time, over all machines.

A killed process frees its turn with its connection; nobody waits for a key to expire.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

from django.db import connection


class Turn(IntEnum):
    """The kinds of work that take turns; the number is the lock's family in PostgreSQL."""

    SENDING = 0x5E4D
    READING = 0x5E4E


@contextmanager
def turn_of(turn: Turn, *, places: int = 1) -> Iterator[bool]:
    """Hold one of the turn's places while inside; False, at once, where all are taken."""
    for place in range(places):
        if _ask("SELECT pg_try_advisory_lock(%s, %s)", turn, place):
            try:
                yield True
            finally:
                _ask("SELECT pg_advisory_unlock(%s, %s)", turn, place)
            return
    yield False


def _ask(statement: str, turn: Turn, place: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, [int(turn), place])
        row = cursor.fetchone()
    return bool(row and row[0])
