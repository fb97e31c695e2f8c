"""Goal 9: an export beside COPY of the same rows; goal 11: a rebuild beside one GROUP BY."""

import resource
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection

from benchmarks.goal_dashboard import METRICS, filled
from benchmarks.line import Line, ratio
from benchmarks.world import World, make_world
from surveys.queries.exports import export_table
from surveys.queries.scores import Period
from surveys.queries.selections import ReportFilter, Selection
from surveys.services.exports import table_write
from surveys.services.scores import scores_rebuild

ROWS = {"ci": 20_000, "small": 100_000, "full": 100_000}
FACTS = {"ci": 300_000, "small": 1_000_000, "full": 5_000_000}
ROUNDS = {"ci": 3, "small": 5, "full": 3}
_FILL = """
INSERT INTO surveys_response (program_id, survey_id, version_id, submission_id, channel, language,
  status, is_test, answers, dimensions, started_at, completed_at)
SELECT %(program)s, %(survey)s, %(version)s, gen_random_uuid(), 'email', 'ko', 'complete', false,
  jsonb_build_object('nps', i %% 11, 'csat', 1 + i %% 5, 'why', 'The staff were kind ' || i),
  '{}', now() - make_interval(secs => i), now() - make_interval(secs => i - 40)
FROM generate_series(1, %(rows)s) AS i
"""
_COPY = """
COPY (SELECT id, channel, language, status, answers, started_at, completed_at
      FROM surveys_response WHERE survey_id = {survey} ORDER BY id) TO STDOUT WITH (FORMAT csv)
"""
_GROUP = """
SELECT metric_id, day, count(*), sum(value) FROM surveys_score
WHERE program_id = %(program)s GROUP BY metric_id, day
"""


def measure_exports(size: str) -> list[Line]:
    """Answers as CSV, by the service's own writer, beside COPY TO of the stored rows."""
    world = make_world("bench-exports")
    survey = world.survey
    params = {
        "program": world.actor.program_id,
        "survey": survey.pk,
        "version": survey.current_version_id,
        "rows": ROWS[size],
    }
    with connection.cursor() as cursor:
        cursor.execute(_FILL, params)
        cursor.execute("VACUUM ANALYZE surveys_response")
    ours, limits = [], []
    before = _memory()
    with tempfile.TemporaryDirectory() as folder:
        for _round in range(ROUNDS[size]):
            limits.append(_rate(ROWS[size], lambda: _copy(survey.pk, Path(folder) / "copy.csv")))
            ours.append(_rate(ROWS[size], lambda: _export(world, Path(folder) / "ours.csv")))
    grown = _memory() - before
    return [
        ratio("9", "export/copy", ours, limits, 0.35, unit="rows/s"),
        Line("9", "export-memory-MB", grown, 50.0, f"{ROWS[size]} responses", at_most=True),
    ]


def _copy(survey: int, path: Path) -> None:
    with (
        path.open("wb") as file,
        connection.cursor() as cursor,
        cursor.copy(_COPY.format(survey=survey)) as source,
    ):
        for block in source:
            file.write(block)


def _export(world: World, path: Path) -> None:
    table = export_table(world.actor, world.survey)
    period = Period(date(2017, 1, 1), date(2100, 1, 1))
    selection = Selection(world.actor, world.survey, period, ReportFilter())
    table_write(path, table, selection, params={})


def measure_rebuild(size: str) -> list[Line]:
    """All tallies of both tiers computed anew beside one GROUP BY of the same facts.

    The facts belong to no group, as the limit reads none.
    """
    # As many facts to a day's tally as at full size: so the row behind them weighs the same.
    world = filled("bench-rebuild", FACTS[size], metrics=METRICS * FACTS[size] // FACTS["full"])
    program = world.actor.program_id
    ours, limits = [], []
    for _round in range(ROUNDS[size]):
        limits.append(_seconds(lambda: _group(program)))
        ours.append(_seconds(lambda: scores_rebuild(program)))
    return [ratio("11", "rebuild/group-by", ours, limits, 1.5, unit="s", at_most=True)]


def _group(program: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_GROUP, {"program": program})
        cursor.fetchall()


def _seconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _rate(rows: int, work: Callable[[], Any]) -> float:
    return rows / _seconds(work)


def _memory() -> float:
    """Most memory this process held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
