"""Facts: one value of one metric from one response; and the tallies rebuilt from them.

Every change of facts writes an outbox row that holds the same change, in the same transaction:
tallies + waiting rows = facts, at any moment. What must not interleave is ordered by the
program's lock: the consumer and whoever changes an answer hold it shared, a change of sources
and a rebuild hold it alone. New answers take no lock: the consumer writes what they missed.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from cxportal.core.models import Program
from surveys.services.dimensions import segment_dimensions_ensure

logger = logging.getLogger(__name__)
_LOCK_SPACE = 0x5C03

# What the completed, real responses `r` add to the metrics of their survey. %(zone)s is the
# program's time zone: its midnight ends a day. A metric with two questions of one survey counts
# the one that was named first. A source may map answers onto the metric's scale and count only
# one wave.
FACTS = """
SELECT DISTINCT ON (m.id, r.id) r.program_id, m.id AS metric_id, r.id AS response_id,
       r.customer_id, (r.completed_at AT TIME ZONE %(zone)s::text)::date AS day,
       x.value, r.dimensions
FROM {responses} r
JOIN surveys_metricsource s ON s.survey_id = r.survey_id
JOIN surveys_metric m ON m.id = s.metric_id
CROSS JOIN LATERAL (SELECT CASE
    WHEN s.mapping <> '{{}}'::jsonb THEN (s.mapping ->> (r.answers ->> s.question_code))::smallint
    WHEN jsonb_typeof(r.answers -> s.question_code) = 'number'
     AND (r.answers -> s.question_code)::numeric BETWEEN m.minimum AND m.maximum
    THEN (r.answers -> s.question_code)::smallint END AS value) x
WHERE r.status = 'complete' AND NOT r.is_test AND x.value BETWEEN m.minimum AND m.maximum
  AND (s.first_day IS NULL
       OR (r.completed_at AT TIME ZONE %(zone)s::text)::date >= s.first_day)
  AND (s.last_day IS NULL
       OR (r.completed_at AT TIME ZONE %(zone)s::text)::date <= s.last_day)
ORDER BY m.id, r.id, s.id
"""
INSERT_FACTS = f"""
INSERT INTO surveys_score (program_id, metric_id, response_id, customer_id, day, value, dimensions)
{FACTS}
ON CONFLICT (metric_id, response_id) DO NOTHING
RETURNING response_id, metric_id, day, value, dimensions
"""  # constant text; only the name of a CTE or table is filled in
# [[metric, day, value, [dimensions], count], …] of the rows of a CTE `facts`.
DELTAS = """
(SELECT COALESCE(jsonb_agg(jsonb_build_array(
   g.metric_id, g.day, g.value, to_jsonb(g.dimensions), g.size)), '[]'::jsonb)
 FROM (SELECT metric_id, day, value, dimensions, count(*) AS size
       FROM facts GROUP BY metric_id, day, value, dimensions) g)
"""
_OWED = f"""
SELECT DISTINCT o.response_id
FROM ({FACTS.format(responses="(SELECT * FROM surveys_response WHERE id = ANY(%(ids)s))")}) o
WHERE NOT EXISTS (SELECT 1 FROM surveys_score f
                  WHERE f.metric_id = o.metric_id AND f.response_id = o.response_id)
"""  # noqa: S608  # constant texts of this module
_OUTBOX = "INSERT INTO core_outboxevent (program_id, topic, payload, created_at)"


def lock_program(program_id: int, *, alone: bool = False) -> None:
    """Hold the program's lock of scores until the transaction ends."""
    name = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {name}(%s, %s)", [_LOCK_SPACE, program_id % 2**31])


def scores_add(program: Program, response_ids: Sequence[int], *, announce: bool = True) -> int:
    """Write the facts that responses are owed but lack; returns how many were written.

    `announce` puts the change into the outbox; the consumer itself takes the rows instead
    (`facts_missing`).
    """
    rows = facts_missing(program, response_ids)
    if announce and rows:
        _announce(program.pk, 1, rows)
    return len(rows)


def facts_missing(program: Program, response_ids: Sequence[int]) -> list[list[Any]]:
    """Write missing facts; returns [metric, day, value, dimensions, 1] of each.

    Looks first without locks, for nearly always nothing is missing; the few that lack something
    are locked, so that nobody changes or erases them meanwhile.
    """
    params: dict[str, Any] = {"zone": program.timezone, "ids": list(response_ids)}
    with connection.cursor() as cursor:
        cursor.execute(_OWED, params)
        owed = [pk for (pk,) in cursor.fetchall()]
    if not owed:
        return []
    source = "(SELECT * FROM surveys_response WHERE id = ANY(%(ids)s) ORDER BY id FOR SHARE)"
    return _run(INSERT_FACTS.format(responses=source), {**params, "ids": owed})


def scores_withdraw(program: Program, response_ids: Sequence[int]) -> int:
    """Take the facts of responses out again; returns how many there were."""
    rows = _run(
        "DELETE FROM surveys_score WHERE response_id = ANY(%(ids)s)"
        " RETURNING response_id, metric_id, day, value, dimensions",
        {"ids": list(response_ids)},
    )
    if rows:
        _announce(program.pk, -1, rows)
    return len(rows)


def _run(sql: str, params: dict[str, Any]) -> list[list[Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [[*row[1:], 1] for row in cursor.fetchall()]


def _announce(program_id: int, sign: int, rows: list[list[Any]]) -> None:
    from cxportal.core.models import OutboxEvent

    scores = [[metric, day.isoformat(), value, dims, n] for metric, day, value, dims, n in rows]
    OutboxEvent.unscoped.create(  # unscoped: the caller's own program
        program_id=program_id, topic="scores", payload={"sign": sign, "scores": scores}
    )


def scores_fill(program: Program, *, metric_id: int) -> int:
    """Write the facts of every earlier response for a metric; returns how many.

    The caller holds the program's lock alone, so that no answer falls between.
    """
    source = (
        "(SELECT * FROM surveys_response WHERE survey_id IN"
        " (SELECT survey_id FROM surveys_metricsource WHERE metric_id = %(metric)s))"
    )
    sql = INSERT_FACTS.format(responses=source).replace(
        "WHERE r.status", "WHERE m.id = %(metric)s AND r.status"
    )
    return _change(program.pk, 1, sql, {"zone": program.timezone, "metric": metric_id})


def scores_clear(program: Program, *, metric_id: int, survey_id: int | None = None) -> int:
    """Take out all facts of a metric, or those from one survey; returns how many.

    The caller holds the program's lock alone.
    """
    sql = """
    DELETE FROM surveys_score f USING surveys_response r
    WHERE f.metric_id = %(metric)s AND r.id = f.response_id
      AND (%(survey)s::bigint IS NULL OR r.survey_id = %(survey)s)
    RETURNING f.response_id, f.metric_id, f.day, f.value, f.dimensions
    """
    return _change(program.pk, -1, sql, {"metric": metric_id, "survey": survey_id})


def _change(program_id: int, sign: int, sql: str, params: dict[str, Any]) -> int:
    """Run a statement that changes facts and put the sums of what it changed into the outbox."""
    statement = f"""
    WITH facts AS ({sql}), sent AS (
      {_OUTBOX}
      SELECT %(program)s, 'scores',
             jsonb_build_object('sign', %(sign)s::int, 'scores', {DELTAS}), now()
      WHERE EXISTS (SELECT 1 FROM facts)
      RETURNING 1)
    SELECT count(*) FROM facts
    """  # noqa: S608  # constant texts of this module
    with connection.cursor() as cursor:
        cursor.execute(statement, {**params, "program": program_id, "sign": sign})
        return int(cursor.fetchone()[0])


BINS = range(11)
COUNTERS = ("n", "total", "total_sq", *(f"n{v}" for v in BINS))
_COLUMNS = ", ".join(COUNTERS)
_KEYS = "metric_id, dimension, day"
_BIN_NAMES = ", ".join(f"n{v}" for v in BINS)
_BINS = ", ".join(f"count(*) FILTER (WHERE value = {v})" for v in BINS)
_SIZED_BINS = ", ".join(f"COALESCE(sum(size) FILTER (WHERE value = {v}), 0)" for v in BINS)
# What the tallies must hold, each part a histogram: everyone's facts, those of each group, less
# what still waits in the outbox. One statement, so one snapshot: new answers take no lock. Each
# part by itself ("MATERIALIZED"): PostgreSQL then reads the facts for it with all its processes.
# Where there is no group at all, the facts are not read a second time.
_PARTS = f"""
everyone ({_KEYS}, {_BIN_NAMES}) AS MATERIALIZED (
SELECT metric_id, 0::bigint, day, {_BINS}
FROM surveys_score WHERE program_id = %(program)s GROUP BY metric_id, day
), grouped ({_KEYS}, {_BIN_NAMES}) AS MATERIALIZED (
SELECT metric_id, dimension, day, {_BINS}
FROM (SELECT metric_id, unnest(dimensions) AS dimension, day, value FROM surveys_score
      WHERE program_id = %(program)s) AS unfolded
GROUP BY metric_id, dimension, day
), waiting ({_KEYS}, {_BIN_NAMES}) AS MATERIALIZED (
SELECT metric_id, dimension, day, {_SIZED_BINS}
FROM (SELECT (e ->> 0)::bigint AS metric_id, dimension, (e ->> 1)::date AS day,
             (e ->> 2)::int AS value, -(o.payload ->> 'sign')::int * (e ->> 4)::int AS size
      FROM core_outboxevent o, LATERAL jsonb_array_elements(o.payload -> 'scores') AS e,
           LATERAL (SELECT 0::bigint UNION ALL
                    SELECT d::bigint FROM jsonb_array_elements_text(e -> 3) AS d) AS x(dimension)
      WHERE o.program_id = %(program)s AND o.topic = 'scores') AS events
GROUP BY metric_id, dimension, day
), parts AS (
SELECT * FROM everyone
UNION ALL SELECT * FROM grouped
  WHERE EXISTS (SELECT 1 FROM surveys_dimension WHERE program_id = %(program)s)
UNION ALL SELECT * FROM waiting)
"""  # noqa: S608  # constant texts of this module
# The tables' other counters follow from the histogram. Sums of 4-byte numbers are far cheaper.
_SUMS = ", ".join(f"sum(n{v}::int) AS n{v}" for v in BINS)
_N = " + ".join(f"n{v}" for v in BINS)
_TOTAL = " + ".join(f"{v} * n{v}" for v in BINS)
_TOTAL_SQ = " + ".join(f"{v * v} * n{v}" for v in BINS)
_COUNTED = f"""
SELECT {_KEYS}, {_N} AS n, {_TOTAL} AS total, {_TOTAL_SQ} AS total_sq, {_BIN_NAMES}
FROM {{histograms}} WHERE {_N} <> 0
"""  # noqa: S608  # constant texts of this module


def _counted(source: str, day: str) -> str:
    """Rows of a tier: the histograms of `source` summed by `day`, with all counters."""
    sums = f"SELECT metric_id, dimension, {day} AS day, {_SUMS} FROM {source} GROUP BY 1, 2, 3"  # noqa: S608
    return _COUNTED.format(histograms=f"({sums}) AS histograms")


_MONTH = "date_trunc('month', day)::date"
EXPECTED = f"WITH {_PARTS} {_counted('parts', 'day')}"
_EXPECTED_MONTHS = f"WITH {_PARTS} {_counted('parts', _MONTH)}"
_IN_MONTHS = _counted("days", _MONTH)


# So that a histogram per group and day stays in memory: some hundred thousand of them.
_WORK_MEMORY = "64MB"


@transaction.atomic
def scores_rebuild(program_id: int) -> int:
    """Compute all tallies of a program anew from its facts; returns how many days were put right.

    What waits in the outbox is left to its consumer: it is taken off here and added there. Rows
    that are right already are not written again.
    """
    lock_program(program_id, alone=True)
    params = {"program": program_id}
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL work_mem = '{_WORK_MEMORY}'")
        # Tables of their own: for an INSERT, PostgreSQL would read with one process.
        cursor.execute(f"CREATE TEMPORARY TABLE days ON COMMIT DROP AS {EXPECTED}", params)
        cursor.execute(f"CREATE TEMPORARY TABLE months ON COMMIT DROP AS {_IN_MONTHS}", params)
        put_right = [_put_right(cursor, tier, program_id) for tier in _TABLES]
        cursor.execute("DROP TABLE days, months")
    return put_right[0]


def _put_right(cursor: Any, tier: str, program_id: int) -> int:
    """Make a tier's table hold what was computed for it; returns the rows changed."""
    table, column = _TABLES[tier]
    same = f"t.metric_id = e.metric_id AND t.dimension = e.dimension AND t.{column} = e.day"
    ours = ", ".join(f"t.{name}" for name in COUNTERS)
    wanted = ", ".join(f"e.{name}" for name in COUNTERS)
    cursor.execute(
        f"DELETE FROM {table} t WHERE t.program_id = %s"  # noqa: S608  # names of our own
        f" AND NOT EXISTS (SELECT 1 FROM {tier}s e WHERE {same})",
        [program_id],
    )
    gone = int(cursor.rowcount)
    cursor.execute(
        f"INSERT INTO {table} (program_id, metric_id, dimension, {column}, {_COLUMNS})"  # noqa: S608
        f" SELECT %s, e.metric_id, e.dimension, e.day, {wanted} FROM {tier}s e"
        f" LEFT JOIN {table} t ON t.program_id = %s AND {same}"
        f" WHERE t.n IS NULL OR ({ours}) <> ({wanted})"
        f" ON CONFLICT (metric_id, dimension, {column})"
        f" DO UPDATE SET {', '.join(f'{name} = EXCLUDED.{name}' for name in COUNTERS)}",
        [program_id, program_id],
    )
    return gone + int(cursor.rowcount)


@dataclass(frozen=True)
class Difference:
    """A row whose tallies are not what the facts give; counters in the order of COUNTERS."""

    tier: str
    metric_id: int
    dimension: int
    day: Any
    expected: tuple[int, ...]
    stored: tuple[int, ...]


def scores_differences(program_id: int, limit: int = 100) -> list[Difference]:
    """Where tallies and facts disagree, in one snapshot; empty when all is well."""
    return [
        *_differing("day", program_id, limit, EXPECTED),
        *_differing("month", program_id, limit, _EXPECTED_MONTHS),
    ]


_TABLES = {"day": ("surveys_tally", "day"), "month": ("surveys_tallymonth", "month")}


def _differing(tier: str, program_id: int, limit: int, expected: str) -> list[Difference]:
    table, column = _TABLES[tier]
    key = "metric_id, dimension, day"
    wanted = ", ".join(f"COALESCE(e.{name}, 0)" for name in COUNTERS)
    stored = ", ".join(f"COALESCE(t.{name}, 0)" for name in COUNTERS)
    sql = f"""
    SELECT {key}, ARRAY[{wanted}]::bigint[], ARRAY[{stored}]::bigint[]
    FROM ({expected}) e
    FULL JOIN (SELECT metric_id, dimension, {column} AS day, {_COLUMNS}
               FROM {table} WHERE program_id = %(program)s) t USING ({key})
    WHERE e.n IS NULL OR t.n IS NULL OR ARRAY[{wanted}]::bigint[] <> ARRAY[{stored}]::bigint[]
    ORDER BY {key} LIMIT %(limit)s
    """  # noqa: S608  # names of our own columns
    with connection.cursor() as cursor:
        cursor.execute(sql, {"program": program_id, "limit": limit})
        return [
            Difference(tier, metric, dimension, day, tuple(expected), tuple(stored))
            for metric, dimension, day, expected, stored in cursor.fetchall()
        ]


def scores_mend() -> dict[str, int]:
    """Check every program and rebuild where something differs; {slug: rows that differed}."""
    mended = {}
    for program in Program.objects.order_by("pk"):
        segment_dimensions_ensure(program.pk)
        differing = scores_differences(program.pk)
        if differing:
            logger.error("tallies of %s differ in %s rows; rebuilt", program.slug, len(differing))
            scores_rebuild(program.pk)
            mended[program.slug] = len(differing)
    return mended
