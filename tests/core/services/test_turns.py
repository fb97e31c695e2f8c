"""Turns: so many processes at a time, and a killed one keeps nobody waiting."""

import time

import pytest
from django.db import connection

from cxportal.core.services.turns import Turn, turn_of

pytestmark = pytest.mark.django_db


def test_a_turn_is_one_process_and_ends_with_its_connection() -> None:
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, 0)", [int(Turn.READING)])
        with turn_of(Turn.READING) as free:
            assert not free
        with turn_of(Turn.READING, places=2) as free:
            assert free
        other.close()
        _until_nobody_holds_it()
        with turn_of(Turn.READING) as free:
            assert free
    finally:
        other.close()


def _until_nobody_holds_it() -> None:
    """A server process ends a moment after its client, later on a busy machine."""
    held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s"
    for _look in range(200):
        with connection.cursor() as cursor:
            cursor.execute(held, [int(Turn.READING)])
            if cursor.fetchone() == (0,):
                return
        time.sleep(0.05)
