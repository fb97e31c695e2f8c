"""Evidence of a period: summed from the facts, kept, and marked stale when answers move."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection, transaction

from journeys.calc.evidence import Evidence, Products, Sums
from journeys.models import Journey, PeriodEvidence
from surveys.calc.metrics import normal_points
from surveys.models import Metric
from surveys.queries.scores import definition_of

# Pairs of metrics are formed within each cluster's own row: a join of clusters with themselves is
# planned badly while the planner does not know yet what a bulk load has brought.
# Answers of the period on the common scale 0–100. A cluster is a customer, or the response
# itself (as a negative number) where nobody is known.
_POINTS = """
WITH points AS (
  SELECT coalesce(s.customer_id, -s.response_id) AS cluster, s.response_id AS response,
    s.metric_id AS metric, p.points
  FROM surveys_score s
  JOIN unnest(%(metrics)s::bigint[], %(values)s::int[], %(points)s::float8[])
    AS p(metric, value, points) ON p.metric = s.metric_id AND p.value = s.value
  WHERE s.program_id = %(program)s AND s.metric_id = ANY(%(wanted)s)
    AND s.day BETWEEN %(first)s AND %(last)s
    AND (%(dimension)s = 0 OR s.dimensions @> ARRAY[%(dimension)s]::bigint[])
), clusters AS (
  SELECT cluster, metric, sum(points) AS s, count(*) AS n FROM points GROUP BY 1, 2
)
"""
_PRODUCTS = (
    _POINTS
    + """
SELECT m[i], m[j], sum(s[i] * s[j]), sum(s[i] * n[j]), sum(n[i] * s[j]), sum(n[i] * n[j]),
  sum(s[i]) FILTER (WHERE i = j), sum(n[i]) FILTER (WHERE i = j)
FROM (
  SELECT array_agg(metric ORDER BY metric) AS m, array_agg(s ORDER BY metric) AS s,
    array_agg(n ORDER BY metric) AS n
  FROM clusters GROUP BY cluster
) packed, generate_subscripts(m, 1) i, generate_subscripts(m, 1) j
WHERE i <= j GROUP BY 1, 2
"""
)
_TOGETHER = (
    _POINTS  # noqa: S608  # our own text, joined
    + """
SELECT 'r', metrics, count(*) FROM
  (SELECT array_agg(DISTINCT metric) AS metrics FROM points GROUP BY response) r GROUP BY 2
UNION ALL
SELECT 'c', metrics, count(*) FROM
  (SELECT array_agg(DISTINCT metric) AS metrics FROM points GROUP BY cluster) c GROUP BY 2
"""
)


def evidence_compute(
    *, program_id: int, metrics: Sequence[Metric], first_day: date, last_day: date, dimension: int
) -> dict[str, Any]:
    """Sum up the facts of a period, days inclusive; the answer is what PeriodEvidence keeps."""
    values, points, owners = [], [], []
    for metric in metrics:
        for value, point in enumerate(normal_points(definition_of(metric))):
            owners.append(metric.pk)
            values.append(value)
            points.append(point)
    params = {
        "program": program_id,
        "wanted": [metric.pk for metric in metrics],
        "metrics": owners,
        "values": values,
        "points": points,
        "first": first_day,
        "last": last_day,
        "dimension": dimension,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PRODUCTS, params)
        pairs = cursor.fetchall()
        cursor.execute(_TOGETHER, params)
        together = cursor.fetchall()
    return {
        "pairs": [[a, b, *map(float, products)] for a, b, *products, _s, _n in pairs],
        "sums": [[a, int(n), float(s)] for a, _b, *_products, s, n in pairs if s is not None],
        "responses": [[sorted(keys), count] for kind, keys, count in together if kind == "r"],
        "clusters": [[sorted(keys), count] for kind, keys, count in together if kind == "c"],
    }


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
) -> PeriodEvidence:
    """Compute a period's evidence and keep it.

    The row is marked fresh before the facts are read: an answer that arrives in between marks
    it stale again, so that nothing is ever missed.
    """
    row, _is_new = PeriodEvidence.unscoped.update_or_create(  # unscoped: the journey's own
        journey=journey,
        dimension=dimension,
        first_day=first_day,
        last_day=last_day,
        defaults={"program_id": journey.program_id, "is_stale": False},
    )
    row.metric_ids = sorted(metric.pk for metric in metrics)
    row.evidence = evidence_compute(
        program_id=journey.program_id,
        metrics=metrics,
        first_day=first_day,
        last_day=last_day,
        dimension=dimension,
    )
    row.save(update_fields=["metric_ids", "evidence", "computed_at"])
    return row


def evidence_mark_stale(
    sender: Any, *, program_id: int, touched: Mapping[int, Iterable[date]], **_more: Any
) -> None:
    """Receiver of `tallies_changed`: mark the periods that hold a day that moved."""
    days = sorted({day for moved in touched.values() for day in moved})
    if not days:
        return
    PeriodEvidence.unscoped.filter(  # unscoped: narrowed to the program the signal names
        program_id=program_id,
        is_stale=False,
        first_day__lte=days[-1],
        last_day__gte=days[0],
        metric_ids__overlap=sorted(touched),
    ).update(is_stale=True)
