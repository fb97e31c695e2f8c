"""Derived importance: what touchpoints explain of an outcome, customer by customer."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.core.cache import cache
from django.db import connection
from django.db.models import QuerySet

from cxportal.core.actors import Actor
from journeys.calc.weights import MOST_FOR_SHAPLEY, ROWS_PER_DRIVER, Analysis, analyse
from journeys.models import Journey, Stage, Touchpoint, TouchpointMetric
from journeys.queries.stage_scores import stages_with_metrics
from journeys.services.evidence import metric_points
from surveys.models import Metric
from surveys.queries.scores import Period, last_days

DAYS = 365
KEPT_SECONDS = 600
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

    @property
    def most_together(self) -> int:
        """Customers who answered about the outcome and one touchpoint, where they are most."""
        return max((n for _touchpoint, n in self.left_out), default=0)

    @property
    def shares(self) -> dict[int, float]:
        """Share of what is explained by touchpoint id."""
        return {row.touchpoint.pk: row.share for row in self.rows}


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
    touchpoints = _touchpoints(stages_with_metrics(actor, [journey]))
    if outcome is None:
        return Drivers(None, None, (), (), period)
    means = _means(actor, [outcome, *_metrics(touchpoints)], period)
    return _ranked(touchpoints, outcome, means, period)


def drivers_of_reviews(
    actor: Actor, journeys: Mapping[int, Sequence[Stage]], *, days: int = DAYS
) -> dict[int, Drivers]:
    """The same for several journeys, {id: its stages with metrics}; three queries for all.

    Each has its first outcome. What was computed is kept for minutes: it rests on a year.
    """
    period = last_days(actor, days)
    rows: QuerySet[Any] = Metric.objects.for_actor(actor).select_related("program")
    metrics = list(rows.order_by("-is_headline", "pk"))
    links: QuerySet[Any] = TouchpointMetric.objects.for_actor(actor)
    inside: dict[int, set[int]] = defaultdict(set)
    for touchpoint, metric in links.values_list("touchpoint_id", "metric_id"):
        inside[touchpoint].add(metric)
    asked: dict[int, tuple[list[Any], Metric | None]] = {}
    for pk, stages in journeys.items():
        touchpoints = _touchpoints(stages)
        own = set().union(*(inside[row.pk] for row in touchpoints))
        asked[pk] = touchpoints, next((m for m in metrics if m.pk not in own), None)
    key = _key(actor, asked, period)
    known = cache.get(key)
    if known is None:
        known = _computed(actor, asked, period)
        cache.set(key, known, KEPT_SECONDS)
    return {
        pk: _restored(touchpoints, outcome, known[pk], period)
        for pk, (touchpoints, outcome) in asked.items()
    }


def _key(actor: Actor, asked: Mapping[int, tuple[list[Any], Metric | None]], period: Period) -> str:
    """Another day, touchpoint, metric, weight or outcome is another analysis."""
    shape = [
        (
            pk,
            outcome.pk if outcome else 0,
            [
                (row.pk, [(link.metric_id, str(link.weight)) for link in row.metric_links.all()])
                for row in touchpoints
            ],
        )
        for pk, (touchpoints, outcome) in asked.items()
    ]
    whole = hashlib.sha256(repr((period.first, period.last, shape)).encode()).hexdigest()
    return f"journeys.drivers.1.{actor.program_id}.{whole}"


def _computed(
    actor: Actor, asked: Mapping[int, tuple[list[Any], Metric | None]], period: Period
) -> dict[int, Any]:
    """journey → (analysis, [(touchpoint, share, correlation, inflation)], [(touchpoint, n)])."""
    wanted = {
        metric.pk: metric
        for touchpoints, outcome in asked.values()
        if outcome is not None
        for metric in (outcome, *_metrics(touchpoints))
    }
    means = _means(actor, list(wanted.values()), period) if wanted else {}
    found: dict[int, Any] = {}
    for pk, (touchpoints, outcome) in asked.items():
        if outcome is None:
            found[pk] = (None, [], [])
            continue
        ranked = _ranked(touchpoints, outcome, means, period)
        rows = [(d.touchpoint.pk, d.share, d.correlation, d.inflation) for d in ranked.rows]
        found[pk] = (ranked.analysis, rows, [(row.pk, n) for row, n in ranked.left_out])
    return found


def _restored(
    touchpoints: Sequence[Any], outcome: Metric | None, known: Any, period: Period
) -> Drivers:
    analysis, rows, left_out = known
    by_pk = {row.pk: row for row in touchpoints}
    drivers = [Driver(by_pk[pk], *figures) for pk, *figures in rows]
    return Drivers(outcome, analysis, drivers, [(by_pk[pk], n) for pk, n in left_out], period)


def _ranked(
    touchpoints: Sequence[Any],
    outcome: Metric,
    means: Mapping[tuple[int, int], float],
    period: Period,
) -> Drivers:
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


def _touchpoints(stages: Iterable[Stage]) -> list[Any]:
    found = {
        step.touchpoint_id: step.place
        for stage in stages
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


def _mean(means: Mapping[tuple[int, int], float], customer: int, links: Any) -> float:
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
