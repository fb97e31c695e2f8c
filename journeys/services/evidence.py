"""Evidence of a period: summed from the facts, kept, and marked stale when answers move."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from journeys.calc.evidence import Evidence, Products, Sums
from journeys.models import Journey, PeriodEvidence
from surveys.calc.metrics import normal_points
from surveys.models import Metric
from surveys.queries.scores import definition_of

# Pairs of metrics are formed within each cluster's own row: a join of clusters with themselves is
# planned badly while the planner does not know yet what a bulk load has brought.
# One lock per program: who marks periods stale holds it shared, who computes holds it alone.
_LOCK_SPACE = 0x5C04
#: Evidence not asked for in so many days is dropped; it is computed anew when it is.
KEPT_DAYS = 8
# One statement, so that all sums are of one moment. `points` are the answers of the period on the
# common scale 0–100, those of guarded metrics from whole blocks of months. A cluster is a customer,
# or the response itself (as a negative number) where nobody is known.
_EVIDENCE = """
WITH worth AS (
  SELECT * FROM unnest(%(metrics)s::bigint[], %(values)s::int[], %(points)s::float8[])
    AS p(metric, value, points)
), facts AS (
  SELECT s.customer_id, s.response_id, s.metric_id, s.value FROM surveys_score s
  WHERE s.program_id = %(program)s AND s.metric_id = ANY(%(wanted)s)
    AND s.day BETWEEN %(first)s AND %(last)s
    AND (%(dimension)s = 0 OR s.dimensions @> ARRAY[%(dimension)s]::bigint[])
  UNION ALL
  SELECT s.customer_id, s.response_id, s.metric_id, s.value FROM surveys_score s
  JOIN unnest(%(guarded)s::bigint[], %(begins)s::date[], %(ends)s::date[])
    AS b(metric, first, last) ON b.metric = s.metric_id AND s.day BETWEEN b.first AND b.last
  WHERE s.program_id = %(program)s AND s.metric_id = ANY(%(guarded)s)
), points AS MATERIALIZED (
  SELECT coalesce(s.customer_id, -s.response_id) AS cluster, s.response_id AS response,
    s.metric_id AS metric, p.points
  FROM facts s JOIN worth p ON p.metric = s.metric_id AND p.value = s.value
), clusters AS MATERIALIZED (
  SELECT cluster, metric, sum(points) AS s, count(*) AS n FROM points GROUP BY 1, 2
), sums AS (
  SELECT metric, sum(n) AS n, sum(s) AS s FROM clusters GROUP BY 1
), pairs AS (
  SELECT a.metric AS a, b.metric AS b, sum(a.s * b.s) AS ss, sum(a.s * b.n) AS sn,
    sum(a.n * b.s) AS ns, sum(a.n * b.n) AS nn
  FROM clusters a JOIN clusters b USING (cluster) WHERE a.metric <= b.metric GROUP BY 1, 2
), answered AS (
  SELECT metrics, count(*) AS size FROM
    (SELECT array_agg(DISTINCT metric) AS metrics FROM points GROUP BY response) r GROUP BY 1
), met AS (
  SELECT metrics, count(*) AS size FROM
    (SELECT array_agg(metric ORDER BY metric) AS metrics FROM clusters GROUP BY cluster) c
  GROUP BY 1
)
SELECT
  (SELECT jsonb_agg(jsonb_build_array(metric, n, s)) FROM sums),
  (SELECT jsonb_agg(jsonb_build_array(a, b, ss, sn, ns, nn)) FROM pairs),
  (SELECT jsonb_agg(jsonb_build_array(to_jsonb(metrics), size)) FROM answered),
  (SELECT jsonb_agg(jsonb_build_array(to_jsonb(metrics), size)) FROM met)
"""
_PARTS = ("sums", "pairs", "responses", "clusters")
#: First and last days of the blocks in which a guarded metric counts, by its id.
Blocks = Mapping[int, Sequence[tuple[date, date]]]


def blocks_stored(blocks: Blocks) -> list[list[Any]]:
    """The blocks as kept beside the evidence: [metric, [[first, last], …]] by metric."""
    return [
        [metric, [[a.isoformat(), b.isoformat()] for a, b in blocks[metric]]]
        for metric in sorted(blocks)
    ]


def evidence_compute(
    *,
    program_id: int,
    metrics: Sequence[Metric],
    first_day: date,
    last_day: date,
    dimension: int,
    blocks: Blocks,
) -> dict[str, Any]:
    """Sum up the facts of a period, days inclusive; the answer is what PeriodEvidence keeps.

    Metrics of `blocks` count there and nowhere else, whatever the period and the group.
    """
    owners, values, points = metric_points(metrics)
    spans = [(metric, *span) for metric, found in blocks.items() for span in found]
    params: dict[str, Any] = {
        "program": program_id,
        "wanted": [metric.pk for metric in metrics if metric.pk not in blocks],
        "guarded": [metric for metric, _first, _last in spans],
        "begins": [first for _metric, first, _last in spans],
        "ends": [last for _metric, _first, last in spans],
        "metrics": owners,
        "values": values,
        "points": points,
        "first": first_day,
        "last": last_day,
        "dimension": dimension,
    }
    with connection.cursor() as cursor:
        cursor.execute(_EVIDENCE, params)
        found = cursor.fetchone()
    kept = {name: _decoded(part) for name, part in zip(_PARTS, found, strict=True)}
    return kept | ({"blocks": blocks_stored(blocks)} if blocks else {})


def _decoded(part: Any) -> list[Any]:
    # The driver hands jsonb over as text when no adapter is set on the connection.
    return json.loads(part) if isinstance(part, str) else part or []


def metric_points(metrics: Sequence[Metric]) -> tuple[list[int], list[int], list[float]]:
    """Metric, answer and what it is worth on 0–100, for every answer on a metric's scale."""
    rows = [
        (metric.pk, value, point)
        for metric in metrics
        for value, point in enumerate(normal_points(definition_of(metric)))
        if metric.minimum <= value <= metric.maximum
    ]
    return [r[0] for r in rows], [r[1] for r in rows], [r[2] for r in rows]


def evidence_from(stored: Mapping[str, Any]) -> Evidence:
    """The stored sums as the formulas take them."""
    return Evidence(
        sums={metric: Sums(n, total) for metric, n, total in stored.get("sums", [])},
        products={(a, b): Products(*p) for a, b, *p in stored.get("pairs", [])},
        responses={frozenset(keys): n for keys, n in stored.get("responses", [])},
        clusters={frozenset(keys): n for keys, n in stored.get("clusters", [])},
    )


@transaction.atomic
def evidence_store(
    *,
    journey: Journey,
    metrics: Sequence[Metric],
    first_day: date,
    last_day: date,
    dimension: int = 0,
    blocks: Blocks,
) -> PeriodEvidence:
    """Compute a period's evidence and keep it.

    Nobody marks a period stale meanwhile: an answer committed too late for this computation
    marks the row right after it, so that nothing is ever missed.
    """
    _lock(journey.program_id, alone=True)
    evidence = evidence_compute(
        program_id=journey.program_id,
        metrics=metrics,
        first_day=first_day,
        last_day=last_day,
        dimension=dimension,
        blocks=blocks,
    )
    row, _is_new = PeriodEvidence.unscoped.update_or_create(  # unscoped: the journey's own
        journey=journey,
        dimension=dimension,
        first_day=first_day,
        last_day=last_day,
        defaults={
            "program_id": journey.program_id,
            "is_stale": False,
            "metric_ids": sorted(metric.pk for metric in metrics),
            "evidence": evidence,
        },
    )
    return row


def _lock(program_id: int, *, alone: bool = False) -> None:
    """Hold the program's lock of evidence until the transaction ends."""
    name = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {name}(%s, %s)", [_LOCK_SPACE, program_id % 2**31])


def evidence_mark_stale(
    sender: Any, *, program_id: int, touched: Mapping[int, Iterable[date]], **_more: Any
) -> None:
    """Receiver of `tallies_changed`: mark the periods that hold a day that moved.

    Blocks of months reach beyond their period's days: what holds any is marked whatever the day.
    Runs inside the transaction that moves the tallies.
    """
    days = sorted({day for moved in touched.values() for day in moved})
    if not days:
        return
    _lock(program_id)
    PeriodEvidence.unscoped.filter(  # unscoped: narrowed to the program the signal names
        Q(first_day__lte=days[-1], last_day__gte=days[0]) | Q(evidence__has_key="blocks"),
        program_id=program_id,
        is_stale=False,
        metric_ids__overlap=sorted(touched),
    ).update(is_stale=True)


def evidence_drop_old() -> None:
    """Daily: drop what nobody has asked for lately; kept evidence grows with use alone."""
    oldest = timezone.now() - timedelta(days=KEPT_DAYS)
    PeriodEvidence.unscoped.filter(  # unscoped: a cache of every program, nothing is read from it
        computed_at__lt=oldest
    ).delete()
