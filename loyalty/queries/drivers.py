"""Drivers of loyalty: derived and stated importance, satisfaction, and against competitors."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import QuerySet

from cxportal.core.actors import Actor
from cxportal.core.models import Segment
from journeys.calc.weights import Analysis, Refusal, analyse
from loyalty.models import Benchmark, Driver
from surveys.models import Metric, Score
from surveys.queries.scores import definition_of

_LATEST = """
SELECT DISTINCT ON (s.customer_id, s.metric_id) s.customer_id, s.metric_id, s.value
FROM surveys_score s WHERE s.program_id = %(program)s AND s.metric_id = ANY(%(metrics)s)
  AND s.customer_id IS NOT NULL
  AND (%(segment)s::bigint IS NULL OR EXISTS (
    SELECT 1 FROM core_segmentmember m
    WHERE m.segment_id = %(segment)s AND m.customer_id = s.customer_id))
ORDER BY s.customer_id, s.metric_id, s.day DESC, s.id DESC
"""
# Fewer answers about a driver than this and its mean is not shown.
LEAST = 10


@dataclass(frozen=True)
class RankedDriver:
    """One driver: shares of what is explained (derived), stated, satisfaction 0..100, rivals."""

    driver: Driver
    rank: int | None
    derived: float | None
    correlation: float | None
    inflation: float | None
    satisfaction: float | None
    margin: float | None
    n: int
    rivals: list[tuple[Benchmark, float | None]]


@dataclass(frozen=True)
class Ranking:
    """All drivers, and how far the ranking may be trusted."""

    outcome: Metric | None
    analysis: Analysis | None
    rows: list[RankedDriver]

    @property
    def refusal(self) -> Refusal | None:
        return self.analysis.refusal if self.analysis else None


def drivers_listed(actor: Actor) -> QuerySet[Any]:
    """Candidates and critical ones, the latter first."""
    rows = Driver.objects.for_actor(actor).select_related("stage", "touchpoint", "metric", "owner")
    return rows.order_by("-is_critical", "pk")


def outcomes_offered(actor: Actor) -> list[Metric]:
    """What loyalty may be measured by: NPS metrics first."""
    metrics = Metric.objects.for_actor(actor).filter(kind__in=["nps", "csat", "rating"])
    return sorted(metrics, key=lambda m: (m.kind != "nps", not m.is_headline, m.pk))


def ranking(actor: Actor, outcome: Metric | None, segment: Segment | None = None) -> Ranking:
    """Rank the drivers that have a metric by what they explain of the outcome.

    One row per customer: the latest score of each metric. Complete rows only.
    """
    drivers = list(drivers_listed(actor))
    measured = [d for d in drivers if d.metric_id and outcome and d.metric_id != outcome.pk]
    table, target, columns = _matrix(actor, outcome, measured, segment)
    analysis = analyse(table, target) if outcome and measured else None
    places = {d.pk: place for place, d in enumerate(measured)}
    shares = analysis.weights.shares if analysis and analysis.weights else ()
    order = sorted(range(len(shares)), key=lambda place: -shares[place])
    ranks = {place: rank for rank, place in enumerate(order, start=1)}
    rivals = _rivals(actor)
    rows = []
    for driver in drivers:
        place = places.get(driver.pk)
        known = place is not None and bool(shares)
        mean, margin, n = _satisfaction(driver, columns.get(driver.pk))
        rows.append(
            RankedDriver(
                driver=driver, rank=ranks.get(place) if known and place is not None else None,
                derived=shares[place] if known and place is not None else None,
                correlation=_at(analysis.correlations if analysis else (), place),
                inflation=_at(analysis.inflation if analysis else (), place),
                satisfaction=mean, margin=margin, n=n,
                rivals=[(b, _ahead(mean, b)) for b in rivals.get(driver.pk, [])],
            )
        )  # fmt: skip
    rows.sort(key=lambda row: (row.rank is None, row.rank or 0, row.driver.pk))
    return Ranking(outcome, analysis, rows)


def _at(values: tuple[float, ...], place: int | None) -> float | None:
    return values[place] if place is not None and place < len(values) else None


def _ahead(mean: float | None, rival: Benchmark) -> float | None:
    """How far we are ahead of a named competitor; negative is behind."""
    return None if mean is None else mean - float(rival.value)


def _matrix(
    actor: Actor, outcome: Metric | None, drivers: list[Driver], segment: Segment | None
) -> tuple[Any, Any, dict[int, Any]]:
    """(customers × drivers with NaN, outcome per customer, {driver: its scores})."""
    if outcome is None or not drivers:
        return np.zeros((0, len(drivers))), np.zeros(0), {}
    metrics = sorted({outcome.pk, *(d.metric_id for d in drivers if d.metric_id)})
    named: dict[str, Any] = {
        "program": actor.program_id, "metrics": metrics, "segment": segment.pk if segment else None,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, named)
        rows = cursor.fetchall()
    flat = np.array(rows, dtype=np.int64).reshape(-1, 3)
    people, row_of = np.unique(flat[:, 0], return_inverse=True)
    column_of = np.searchsorted(metrics, flat[:, 1])
    table = np.full((len(people), len(metrics)), np.nan)
    table[row_of, column_of] = flat[:, 2]
    at = {metric: place for place, metric in enumerate(metrics)}
    columns = {d.pk: table[:, at[d.metric_id]] for d in drivers if d.metric_id}
    chosen = (
        np.column_stack([columns[d.pk] for d in drivers]) if drivers else np.zeros((len(people), 0))
    )
    return chosen, table[:, at[outcome.pk]], columns


def _satisfaction(driver: Driver, scores: Any) -> tuple[float | None, float | None, int]:
    """(mean on 0..100 turned so that high is good, 95 % margin, n)."""
    if driver.metric is None or scores is None:
        return None, None, 0
    values = scores[~np.isnan(scores)]
    n = len(values)
    if n < LEAST:
        return None, None, n
    definition = definition_of(driver.metric)
    span = definition.maximum - definition.minimum
    scaled = 100 * (values - definition.minimum) / span
    if definition.direction == "low":
        scaled = 100 - scaled
    return float(scaled.mean()), float(1.96 * scaled.std(ddof=1) / np.sqrt(n)), n


def _rivals(actor: Actor) -> dict[int, list[Benchmark]]:
    """The newest value of each named competitor per driver."""
    rows = Benchmark.objects.for_actor(actor).filter(driver__isnull=False, competitor__isnull=False)
    found: dict[int, dict[int, Benchmark]] = {}
    for row in rows.select_related("competitor").order_by("measured_on", "pk"):
        assert row.driver_id is not None and row.competitor_id is not None
        found.setdefault(row.driver_id, {})[row.competitor_id] = row
    return {driver: list(rivals.values()) for driver, rivals in found.items()}


def benchmarks_listed(actor: Actor) -> QuerySet[Any]:
    """Every outside value with what it is about."""
    rows = Benchmark.objects.for_actor(actor).select_related("competitor", "driver", "metric")
    return rows.order_by("-measured_on", "-pk")


@dataclass(frozen=True)
class Gap:
    """Us against one outside value."""

    benchmark: Benchmark
    ours: float | None
    n: int
    gap: float | None


def benchmark_gaps(actor: Actor, ranked: Ranking) -> list[Gap]:
    """Each outside value of a driver beside our own; others without ours."""
    ours = {row.driver.pk: (row.satisfaction, row.n) for row in ranked.rows}
    found = []
    for row in benchmarks_listed(actor):
        mean, n = ours.get(row.driver_id, (None, 0)) if row.driver_id else (None, 0)
        gap = None if mean is None else mean - float(row.value)
        found.append(Gap(row, mean, n, gap))
    return found


def scored_customers(actor: Actor, metric: Metric) -> int:
    """How many people have a score of the metric."""
    rows = Score.objects.for_actor(actor).filter(metric=metric, customer__isnull=False)
    return rows.values("customer").distinct().count()
