"""Statements the database plans once per connection: the few that run all day long."""

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
    wished = connection.settings_dict["OPTIONS"].get("prepare_threshold", _AT_ONCE)
    return _cursor(psycopg.Cursor, wished)


def bound_cursor() -> CursorWrapper:
    """A cursor that sends values apart from the statement, which is planned for these values."""
    connection.ensure_connection()
    return _cursor(_Unprepared, None)


class _Unprepared(psycopg.Cursor[Any]):
    """Whatever was prepared on the connection before, its statements are not."""

    def execute(self, *args: Any, **named: Any) -> Any:
        return super().execute(*args, **{**named, "prepare": False})


def _cursor(kind: type[psycopg.Cursor[Any]], threshold: int | None) -> CursorWrapper:
    raw = cast("psycopg.Connection[Any]", connection.connection)
    raw.prepare_threshold = threshold
    cursor: Any = kind(raw)
    logged = connection.queries_logged
    made = connection.make_debug_cursor(cursor) if logged else connection.make_cursor(cursor)
    return made
