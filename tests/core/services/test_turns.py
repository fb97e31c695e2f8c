"""Turns: so many processes at a time, and a killed one keeps nobody waiting."""

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
        with turn_of(Turn.READING) as free:
            assert free
    finally:
        other.close()
