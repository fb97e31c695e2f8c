"""The worker's half of scores: takes changes of facts from the outbox and adds them up."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import connection

from cxportal.core.models import OutboxEvent, Program
from cxportal.core.signals import tallies_changed
from surveys.services.arrivals import arrivals_put_down
from surveys.services.scores import COUNTERS, facts_missing, lock_program

#: (metric, dimension, day or first day of the month)
Key = tuple[int, int, date]
Sums = dict[Key, list[int]]
_N, _TOTAL, _TOTAL_SQ, _FIRST_BIN = 0, 1, 2, 3


def scores_consume(program_id: int, events: list[OutboxEvent]) -> None:
    """Consumer of the outbox topic "scores": one upsert per key, in key order.

    A row's payload: {"sign": 1 or -1, "scores": [[metric, day, value, [dimensions], count], …],
    "completed": [response ids]}. Runs inside the claiming transaction.
    """
    lock_program(program_id)
    program = Program.objects.get(pk=program_id)
    completed = [pk for event in events for pk in event.payload.get("completed", ())]
    days = _sums(events)
    if completed:
        # A source added while the answer was on its way: its fact is written now.
        _add(days, 1, facts_missing(program, completed))
    touched = tallies_add(program_id, days)
    if completed:
        arrivals_put_down(program_id, completed)
    if touched:
        tallies_changed.send(sender=None, program_id=program_id, touched=touched)


def _sums(events: Iterable[OutboxEvent]) -> Sums:
    days: Sums = defaultdict(lambda: [0] * len(COUNTERS))
    for event in events:
        _add(days, event.payload.get("sign", 1), event.payload.get("scores", ()))
    return days


def _add(days: Sums, sign: int, rows: Iterable[Sequence[Any]]) -> None:
    for metric, day, value, dimensions, count in rows:
        size = sign * count
        when = date.fromisoformat(day) if isinstance(day, str) else day
        for dimension in (0, *dimensions):
            sums = days[metric, dimension, when]
            sums[_N] += size
            sums[_TOTAL] += size * value
            sums[_TOTAL_SQ] += size * value * value
            sums[_FIRST_BIN + value] += size


def tallies_add(program_id: int, days: Sums) -> dict[int, set[date]]:
    """Add sums per day to both tiers; returns {metric: days that moved}."""
    moved = {key: sums for key, sums in days.items() if any(sums)}
    if not moved:
        return {}
    months: Sums = defaultdict(lambda: [0] * len(COUNTERS))
    touched: dict[int, set[date]] = defaultdict(set)
    for (metric, dimension, day), sums in moved.items():
        touched[metric].add(day)
        month = months[metric, dimension, day.replace(day=1)]
        month[:] = [a + b for a, b in zip(month, sums, strict=True)]
    _upsert("surveys_tally", "day", program_id, moved)
    _upsert("surveys_tallymonth", "month", program_id, months)
    return dict(touched)


_COLUMNS = ", ".join(COUNTERS)
# Rows of metrics deleted meanwhile fall out in the join.
_UPSERT = """
INSERT INTO {table} (program_id, metric_id, dimension, {day}, {columns})
SELECT %s, w.metric_id, w.dimension, w.day, {wanted}
FROM unnest(%s::bigint[], %s::bigint[], %s::date[], {arrays})
  AS w(metric_id, dimension, day, {columns})
JOIN surveys_metric m ON m.id = w.metric_id
ORDER BY w.metric_id, w.dimension, w.day
ON CONFLICT (metric_id, dimension, {day}) DO UPDATE SET {grown}
"""


def _upsert(table: str, day: str, program_id: int, sums: Sums) -> None:
    sql = _UPSERT.format(
        table=table,
        day=day,
        columns=_COLUMNS,
        wanted=", ".join(f"w.{name}" for name in COUNTERS),
        arrays=", ".join(["%s::bigint[]"] * len(COUNTERS)),
        grown=", ".join(f"{name} = {table}.{name} + EXCLUDED.{name}" for name in COUNTERS),
    )
    keys = sorted(sums)
    columns = [[sums[key][place] for key in keys] for place in range(len(COUNTERS))]
    metrics, dimensions, days = (list(part) for part in zip(*keys, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(sql, [program_id, metrics, dimensions, days, *columns])
        if any(size < 0 for size in columns[_N]):
            _drop_empty(table, day, keys)


def _drop_empty(table: str, day: str, keys: list[Key]) -> None:
    """A day without answers has no row, as if nobody had ever answered."""
    metrics, dimensions, days = (list(part) for part in zip(*keys, strict=True))
    empty = " AND ".join(f"t.{name} = 0" for name in COUNTERS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table} t"  # noqa: S608  # names of our own tables
            " USING unnest(%s::bigint[], %s::bigint[], %s::date[]) AS w(metric_id, dimension, day)"
            f" WHERE t.metric_id = w.metric_id AND t.dimension = w.dimension AND t.{day} = w.day"
            f" AND {empty}",
            [metrics, dimensions, days],
        )
