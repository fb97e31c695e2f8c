"""Goal 4: a dashboard of fifty touchpoints over two years; goal 10: lists at any depth."""

import time
from collections.abc import Callable
from datetime import date, timedelta
from statistics import median
from typing import Any

from django.db import connection
from django.test import Client

from benchmarks.line import Line, ratio
from benchmarks.world import World, make_world
from cxportal.core.models import Customer, Membership, User
from cxportal.core.queries.paging import keyset_page
from surveys.models import Metric
from surveys.queries.scores import metric_histograms
from surveys.services.scores import scores_rebuild

SCORES = {"ci": 300_000, "small": 1_000_000, "full": 5_000_000}
FEW = 50_000
LIST_ROWS = {"ci": 100_000, "small": 300_000, "full": 2_500_000}
METRICS = 50
DAYS = 730
ROUNDS = 5
PAGES = 40
# Facts straight into the table: the goal is about reading them. Every metric has every day.
_FILL = """
INSERT INTO surveys_score (program_id, metric_id, response_id, customer_id, day, value, dimensions)
SELECT %(program)s, (%(metrics)s::bigint[])[1 + i %% %(count)s], i + %(offset)s, NULL,
  %(first)s::date + (i / %(count)s * 7919 %% %(days)s)::int, (i * 104729 %% 11)::int, '{}'
FROM generate_series(0::bigint, %(scores)s::bigint - 1) AS i
"""
_GROUP = """
SELECT metric_id, count(*), sum(value), count(*) FILTER (WHERE value >= 9),
  count(*) FILTER (WHERE value <= 6)
FROM surveys_score WHERE program_id = %(program)s AND day BETWEEN %(first)s AND %(last)s
GROUP BY metric_id
"""
_PEOPLE = """
INSERT INTO core_customer (program_id, version, created_at, updated_at, external_id, kind, name,
  email, phone, language, attributes, is_test, value_segment)
SELECT %(program)s, 1, now(), now() - make_interval(secs => i), 'L' || i, 'customer',
  'Person ' || i, '', '', 'en', '{}', false, ''
FROM generate_series(1, %(rows)s) AS i
"""


def measure_dashboard(size: str) -> list[Line]:
    """Fifty histograms over two years, from tallies, beside GROUP BY, DuckDB and few answers."""
    few, many = filled("bench-few", FEW), filled("bench-many", SCORES[size])
    first, last = _span()
    times: dict[str, list[float]] = {"few": [], "many": [], "group": [], "duck": []}
    duck = _duckdb(many)
    for _round in range(ROUNDS):
        times["few"].append(_seconds(lambda: _read(few)))
        times["many"].append(_seconds(lambda: _read(many)))
        params = {"program": many.actor.program_id, "first": first, "last": last}
        times["group"].append(_seconds(lambda p=params: _execute(_GROUP, p)))  # type: ignore[misc]
        times["duck"].append(_seconds(duck))
    ms = median(times["many"]) * 1000
    behind = f"{SCORES[size]} scores"
    return [
        Line("4", "dashboard-ms", ms, 50.0, behind, at_most=True, spread=_spread(times["many"])),
        ratio("4", "many/few", times["many"], times["few"], 1.5, unit="s", at_most=True),
        ratio("4", "group-by/tallies", times["group"], times["many"], 40.0, unit="s"),
        ratio("4", "tallies/duckdb", times["many"], times["duck"], 0.25, unit="s", at_most=True),
        _page_line(many),
    ]


def _page_line(world: World) -> Line:
    """The report of the program, all metrics over two years, as a signed-in owner gets it."""
    first, last = _span()
    owner = User.objects.create_user("dashboard@bench.example", name="Owner", language="en")
    Membership.unscoped.create(program=world.actor.program, user=owner, role="owner")
    client = Client(HTTP_HOST="localhost")
    client.force_login(owner, backend="cxportal.core.auth.ActiveUserBackend")
    page = f"/p/{world.actor.program.slug}/reports/?from={first}&to={last}"
    assert client.get(page).content.count(b"<tr") > METRICS
    begun = time.process_time()
    took = sorted(_seconds(lambda: client.get(page)) for _view in range(PAGES))
    own = (time.process_time() - begun) / PAGES * 1000
    ms = took[int(PAGES * 0.95)] * 1000
    behind = f"{METRICS} metrics, median {median(took) * 1000:.0f} ms, Python's part {own:.0f} ms"
    return Line("4", "page-p95-ms", ms, 200.0, behind, at_most=True)


def filled(slug: str, scores: int, *, metrics: int = METRICS) -> World:
    """A program with so many facts of its metrics over two years, tallied."""
    world = make_world(slug)
    program = world.actor.program
    made = Metric.unscoped.bulk_create(
        Metric(program=program, code=f"m{i}", name={"en": f"M{i}"}, kind="nps")
        for i in range(metrics)
    )
    first, _last = _span()
    with connection.cursor() as cursor:
        # The facts belong to no stored response: foreign keys are looked away from.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            _FILL,
            {
                "program": program.pk,
                "metrics": [metric.pk for metric in made],
                "count": metrics,
                "offset": program.pk * 100_000_000,
                "first": first,
                "days": DAYS,
                "scores": scores,
            },
        )
        cursor.execute("SET session_replication_role = origin")
    scores_rebuild(program.pk)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE surveys_score, surveys_tally, surveys_tallymonth")
    return world


def _span() -> tuple[date, date]:
    last = date(2026, 6, 30)
    return last - timedelta(days=DAYS - 1), last


def _read(world: World) -> None:
    first, last = _span()
    # A day short of whole months at both ends, so that both tiers are read.
    metrics = Metric.unscoped.filter(program=world.actor.program, code__startswith="m")
    metric_histograms(
        actor=world.actor,
        metrics=list(metrics.select_related("program")),
        first_day=first + timedelta(days=3),
        last_day=last - timedelta(days=3),
    )


def _duckdb(world: World) -> Callable[[], Any]:
    """The same grouping over the same facts, in memory, without a server."""
    import duckdb

    rows = _execute(
        "SELECT metric_id, day, value FROM surveys_score WHERE program_id = %(program)s",
        {"program": world.actor.program_id},
    )
    import numpy as np

    memory = duckdb.connect()
    columns = {
        "metric_id": np.array([r[0] for r in rows]),
        "day": np.array([r[1].toordinal() for r in rows], dtype="int32"),
        "value": np.array([r[2] for r in rows], dtype="int8"),
    }
    memory.register("facts", columns)
    memory.execute("CREATE TABLE score AS SELECT * FROM facts")
    first, last = _span()
    sql = _GROUP.replace("surveys_score", "score").replace("program_id = %(program)s AND ", "")
    sql = sql.replace("%(first)s", str(first.toordinal()))
    sql = sql.replace("%(last)s", str(last.toordinal()))
    return lambda: memory.execute(sql).fetchall()


def measure_lists(size: str) -> list[Line]:
    """A page of customers deep in the list beside the first page."""
    world = make_world("bench-lists")
    rows = LIST_ROWS[size]
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, {"program": world.actor.program_id, "rows": rows})
        cursor.execute("VACUUM ANALYZE core_customer")
    deep = _deep_cursor(world, rows)
    first_times, deep_times = [], []
    for _round in range(ROUNDS * 3):
        first_times.append(_seconds(lambda: _page(world, "")))
        deep_times.append(_seconds(lambda: _page(world, deep)))
    name = f"row-{rows - 100}/first"
    return [ratio("10", name, deep_times, first_times, 2.0, unit="s", at_most=True)]


def _page(world: World, cursor: str) -> Any:
    customers = Customer.objects.for_actor(world.actor)
    return keyset_page(customers, ordering="-updated_at", cursor=cursor, size=30)


def _deep_cursor(world: World, rows: int) -> str:
    from cxportal.core.queries.paging import _encode

    customers = Customer.objects.for_actor(world.actor)
    row = customers.get(external_id=f"L{rows - 100}")
    return _encode("n", row, "updated_at")


def _seconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _spread(seconds: list[float]) -> float:
    return (max(seconds) - min(seconds)) / 2 * 1000


def _execute(sql: str, params: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
