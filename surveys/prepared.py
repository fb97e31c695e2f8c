"""Statements the database plans once per connection: respondents' few, run all day long."""

from typing import Any, cast

import psycopg
from django.db import connection
from django.db.backends.utils import CursorWrapper

#: A statement is prepared the first time it runs on a connection.
_AT_ONCE = 0


def prepared_cursor() -> CursorWrapper:
    """A cursor that sends values apart from the statement and lets the server keep its plan.

    Behind a pooler that shares server connections between transactions, the operator sets
    OPTIONS["prepare_threshold"] to None, and nothing is kept.
    """
    connection.ensure_connection()
    raw = cast("psycopg.Connection[Any]", connection.connection)
    raw.prepare_threshold = connection.settings_dict["OPTIONS"].get("prepare_threshold", _AT_ONCE)
    cursor: Any = psycopg.Cursor(raw)
    logged = connection.queries_logged
    made = connection.make_debug_cursor(cursor) if logged else connection.make_cursor(cursor)
    return made
