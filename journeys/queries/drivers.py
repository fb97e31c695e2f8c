"""Derived importance: what touchpoints explain of an outcome, customer by customer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import QuerySet

from cxportal.core.actors import Actor
from journeys.calc.weights import MOST_FOR_SHAPLEY, ROWS_PER_DRIVER, Analysis, analyse
from journeys.models import Journey, Touchpoint
from journeys.queries.stage_scores import stages_with_metrics
from journeys.services.evidence import metric_points
from surveys.models import Metric
from surveys.queries.scores import Period, last_days

DAYS = 365
_MEANS = """
SELECT s.customer_id, s.metric_id, avg(p.points)
FROM surveys_score s
JOIN unnest(%(metrics)s::bigint[], %(values)s::int[], %(points)s::float8[])
  AS p(metric, value, points) ON p.metric = s.metric_id AND p.value = s.value
WHERE s.program_id = %(program)s AND s.metric_id = ANY(%(wanted)s) AND s.customer_id IS NOT NULL
  AND s.day BETWEEN %(first)s AND %(last)s
GROUP BY 1, 2
"""


@dataclass(frozen=True)
class Driver:
    """A touchpoint in the analysis: `share` of what is explained, correlation, inflation."""

    touchpoint: Touchpoint
    share: float
    correlation: float
    inflation: float


@dataclass(frozen=True)
class Drivers:
    """The analysis of a journey; `left_out` answered too seldom together with the outcome."""

    outcome: Metric | None
    analysis: Analysis | None
    rows: Sequence[Driver]
    left_out: Sequence[tuple[Touchpoint, int]]
    period: Period


def outcomes_of(actor: Actor, journey: Journey) -> list[Metric]:
    """Metrics that may be the outcome: those that measure no touchpoint of the journey."""
    rows: QuerySet[Any] = Metric.objects.for_actor(actor)
    inside = rows.filter(touchpoint_links__touchpoint__steps__stage__journey=journey)
    return list(
        rows.exclude(pk__in=inside.values("pk"))
        .select_related("program")
        .order_by("-is_headline", "pk")[:50]
    )


def drivers_of(
    actor: Actor, journey: Journey, outcome: Metric | None, *, days: int = DAYS
) -> Drivers:
    """Rank the touchpoints of a journey by what they explain of the outcome; four queries.

    Touchpoints join from the one most often answered together with the outcome, while ten
    complete rows per driver are left: surveys ask different people different things.
    """
    period = last_days(actor, days)
    if outcome is None:
        return Drivers(None, None, (), (), period)
    touchpoints = _touchpoints(actor, journey)
    means = _means(actor, [outcome, *_metrics(touchpoints)], period)
    customers = sorted(customer for customer, metric in means if metric == outcome.pk)
    table = np.full((len(customers), len(touchpoints)), np.nan)
    for column, touchpoint in enumerate(touchpoints):
        links = touchpoint.metric_links.all()
        for line, customer in enumerate(customers):
            table[line, column] = _mean(means, customer, links)
    y = np.array([means[customer, outcome.pk] for customer in customers])
    chosen = _chosen(table)
    analysis = analyse(table[:, chosen], y)
    joint = (~np.isnan(table)).sum(axis=0)
    rows = _rows(touchpoints, chosen, analysis)
    left_out = [
        (touchpoint, int(joint[place]))
        for place, touchpoint in enumerate(touchpoints)
        if place not in chosen
    ]
    return Drivers(outcome, analysis, rows, left_out, period)


def _touchpoints(actor: Actor, journey: Journey) -> list[Any]:
    found = {
        step.touchpoint_id: step.place
        for stage in stages_with_metrics(actor, [journey])
        for step in stage.steps.all()
        if step.place.metric_links.all()
    }
    return list(found.values())


def _metrics(touchpoints: Sequence[Any]) -> list[Metric]:
    found = {x.metric_id: x.metric for row in touchpoints for x in row.metric_links.all()}
    return list(found.values())


def _means(actor: Actor, metrics: Sequence[Metric], period: Period) -> dict[tuple[int, int], float]:
    owners, values, points = metric_points(metrics)
    params: dict[str, Any] = {
        "program": actor.program_id,
        "wanted": [metric.pk for metric in metrics],
        "metrics": owners,
        "values": values,
        "points": points,
        "first": period.first,
        "last": period.last,
    }
    with connection.cursor() as cursor:
        cursor.execute(_MEANS, params)
        return {(customer, metric): mean for customer, metric, mean in cursor.fetchall()}


def _mean(means: dict[tuple[int, int], float], customer: int, links: Any) -> float:
    known = [
        (means[customer, link.metric_id], float(link.weight))
        for link in links
        if (customer, link.metric_id) in means
    ]
    weight = sum(part for _value, part in known)
    return sum(value * part for value, part in known) / weight if weight else float("nan")


def _chosen(table: Any) -> list[int]:
    """Columns that may go together with ten complete rows each, the fullest first."""
    full = (~np.isnan(table)).sum(axis=0)
    chosen: list[int] = []
    complete = np.ones(len(table), dtype=bool)
    for column in np.argsort(-full, kind="stable"):
        rows = complete & ~np.isnan(table[:, column])
        if len(chosen) < MOST_FOR_SHAPLEY and rows.sum() >= ROWS_PER_DRIVER * (len(chosen) + 1):
            chosen.append(int(column))
            complete = rows
    return sorted(chosen)


def _rows(touchpoints: Sequence[Any], chosen: list[int], analysis: Analysis) -> list[Driver]:
    if analysis.weights is None:
        return []
    rows = [
        Driver(touchpoints[column], share, correlation, inflation)
        for column, share, correlation, inflation in zip(
            chosen,
            analysis.weights.shares,
            analysis.correlations,
            analysis.inflation,
            strict=True,
        )
    ]
    return sorted(rows, key=lambda row: -row.share)
