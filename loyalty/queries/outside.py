"""Outside values at the places of the stage review: what named competitors reach."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from math import sqrt
from typing import Any

from django.db.models import QuerySet

from cxportal.core.actors import Actor
from cxportal.core.policies import may
from cxportal.core.registry import OutsideSource, OutsideValue
from journeys.calc.outside import largest_se
from journeys.models import TouchpointMetric
from loyalty.models import Benchmark, Competitor
from surveys.models import Metric
from surveys.queries.scores import definition_of, metric_histograms

_HIGHEST = 100.0


def outside_parties(actor: Actor) -> Iterable[str]:
    """Named competitors with an outside value."""
    if not may(actor, "loyalty.view_propositions"):
        return []
    rows: QuerySet[Any] = Competitor.objects.for_actor(actor).filter(benchmarks__isnull=False)
    return rows.order_by("name").values_list("name", flat=True).distinct()


def outside_values(
    actor: Actor, party: str, places: Mapping[str, Sequence[int]], first: date, last: date
) -> Iterator[OutsideValue]:
    """The newest value up to `last` at each place, best tied first: a driver's touchpoint or
    stage, then the touchpoints a metric measures. At most three queries.

    How the answers behind a published value spread is not told: its error is the largest that
    its n allows.
    """
    if not may(actor, "loyalty.view_propositions"):
        return
    rows: QuerySet[Any] = Benchmark.objects.for_actor(actor).filter(
        competitor__name=party, measured_on__lte=last
    )
    listed = rows.select_related("driver__metric__program", "metric")
    values = list(listed.order_by("-measured_on", "-pk"))
    ours = _ours(actor, [row.driver for row in values if row.driver], first, last)
    measured = _measured(actor, [row.metric_id for row in values if row.metric_id])
    for row in sorted(values, key=lambda row: row.driver_id is None):
        for place in _places(row, measured):
            if place in places:
                yield _value(row, place, ours)


def _places(row: Benchmark, measured: Mapping[int, list[str]]) -> list[str]:
    if row.driver is not None and row.driver.touchpoint_id:
        return [f"t{row.driver.touchpoint_id}"]
    if row.driver is not None and row.driver.stage_id:
        return [f"s{row.driver.stage_id}"]
    return measured.get(row.metric_id or 0, [])


def _value(
    row: Benchmark, place: str, ours: Mapping[int, tuple[float, float, int]]
) -> OutsideValue:
    value = float(row.value)
    if row.driver is None and row.metric is not None and row.metric.kind == "nps":
        value = (value + _HIGHEST) / 2
    value = min(max(value, 0.0), _HIGHEST)
    return OutsideValue(
        place=place,
        value=value,
        n=row.n or None,
        se=largest_se(value, row.n) if row.n else None,
        source=row.source,
        measured_on=row.measured_on,
        is_bound=True,
        metric=None if row.driver else row.metric_id,
        ours=ours.get(row.driver.metric_id or 0) if row.driver else None,
    )


def _measured(actor: Actor, metrics: Sequence[int]) -> dict[int, list[str]]:
    """metric → touchpoints it measures, as places."""
    found: dict[int, list[str]] = defaultdict(list)
    if metrics:
        links: QuerySet[Any] = TouchpointMetric.objects.for_actor(actor)
        own = links.filter(metric__in=metrics).exclude(aspect=TouchpointMetric.Aspect.COMPETITOR)
        for metric, touchpoint in own.values_list("metric_id", "touchpoint_id"):
            found[metric].append(f"t{touchpoint}")
    return found


def _ours(
    actor: Actor, drivers: Sequence[Any], first: date, last: date
) -> dict[int, tuple[float, float, int]]:
    """Our own mean of each driver's metric on 0–100, its error and n, as drivers are ranked."""
    metrics: dict[int, Metric] = {d.metric_id: d.metric for d in drivers if d.metric_id}
    if not metrics:
        return {}
    sums = metric_histograms(actor=actor, metrics=metrics.values(), first_day=first, last_day=last)
    found = {}
    for pk, metric in metrics.items():
        definition, histogram = definition_of(metric), sums[pk]
        if histogram.n < max(definition.min_n, 2):
            continue
        span = definition.maximum - definition.minimum
        mean = _HIGHEST * (histogram.mean - definition.minimum) / span
        spread = histogram.total_sq / histogram.n - histogram.mean**2
        error = _HIGHEST / span * sqrt(max(spread, 0.0) / (histogram.n - 1))
        found[pk] = (mean if metric.high_is_good else _HIGHEST - mean, error, histogram.n)
    return found


BENCHMARKS = OutsideSource(outside_parties, outside_values)
