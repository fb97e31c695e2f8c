"""What the review says beside the scores: control signals, open cases, opportunity, others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.policies import may
from journeys.calc.control import Chart, Signal, xmr
from journeys.calc.importance import opportunity, peak_end
from journeys.queries.actions import today_of
from journeys.queries.cases import cases_open, is_late
from journeys.queries.compared import (
    Compared,
    Comparison,
    compared_by_place,
    whole_compared,
)
from journeys.queries.review import Review, ReviewStage, Work
from surveys.calc.metrics import normalise
from surveys.queries.scores import (
    Period,
    definition_of,
    metric_months,
    score_of_histogram,
)

#: Whole months the control chart looks at.
MONTHS = 12
NEUTRAL = 50.0


@dataclass(frozen=True)
class Beside:
    """What stands beside a stage or touchpoint in the review."""

    chart: Chart | None = None
    cases: Work | None = None
    opportunity: float | None = None
    compared: Compared | None = None

    @property
    def signal_words(self) -> str:
        """What the control chart says, "" where there is nothing to say."""
        return signal_words().get(self.chart.signal, "") if self.chart else ""

    @property
    def signal_tone(self) -> str:
        """Good above, bad below."""
        if self.chart is None:
            return "neutral"
        up = {Signal.ABOVE, Signal.RUN_ABOVE}
        return "good" if self.chart.signal in up else "bad"


def signal_words() -> dict[str, str]:
    """Signals of the control chart; the usual up and down says nothing."""
    return {
        Signal.ABOVE: _("above its limits"),
        Signal.BELOW: _("below its limits"),
        Signal.RUN_ABOVE: _("8 months above its mean"),
        Signal.RUN_BELOW: _("8 months below its mean"),
    }


@dataclass(frozen=True)
class ShownStage:
    """A stage with what stands beside it and beside its touchpoints."""

    entry: ReviewStage
    beside: Beside
    touchpoints: Sequence[tuple[Any, Beside]]


@dataclass(frozen=True)
class ShownReview:
    """A journey of the review with all that stands beside it."""

    review: Review
    stages: Sequence[ShownStage]
    peak_end: float | None
    compared: Compared | None = None


def reviews_shown(
    actor: Actor,
    reviews: Sequence[Review],
    *,
    period: Period,
    comparison: Comparison | None = None,
) -> list[ShownReview]:
    """Add control signals, cases, opportunity and what one compares with to the reviews.

    The number of queries stays the same however many stages there are.
    """
    series = _series(actor, reviews)
    cases = _cases(actor)
    others = compared_by_place(actor, reviews, comparison, period)
    return [_shown(review, series, cases, others) for review in reviews]


_Key = tuple[str, int]


def months_before(today: date, count: int = MONTHS) -> list[Period]:
    """Whole months before this one, oldest first."""
    found, first = [], today.replace(day=1)
    for _number in range(count):
        last = first - timedelta(days=1)
        first = last.replace(day=1)
        found.append(Period(first, last))
    return found[::-1]


def _series(actor: Actor, reviews: Sequence[Review]) -> dict[_Key, list[float]]:
    """Monthly means on 0–100 by stage and touchpoint, of months with enough answers."""
    points = [point.row for review in reviews for s in review.stages for point in s.touchpoints]
    metrics = {m.pk: m for point in points for m in point.metrics}
    series: dict[_Key, list[float]] = {}
    if not metrics:
        return series
    months = months_before(today_of(actor))
    sums = metric_months(
        actor=actor,
        metrics=metrics.values(),
        first=months[0].first,
        until=months[-1].last + timedelta(days=1),
    )
    for period in months:
        values = {}
        for pk, histogram in sums.get(period.first, {}).items():
            metric = metrics[pk]
            common = normalise(definition_of(metric), score_of_histogram(metric, histogram))
            if common is not None:
                values[pk] = common.value
        for review in reviews:
            for stage in review.stages:
                _add_month(series, stage, values)
    return series


def _add_month(
    series: dict[_Key, list[float]], stage: ReviewStage, values: Mapping[int, float]
) -> None:
    weighted = []
    for point in stage.touchpoints:
        touchpoint = point.row.touchpoint
        links = [x for x in touchpoint.metric_links.all() if x.metric_id in values]
        total = sum(float(link.weight) for link in links)
        if not total:
            continue
        value = sum(values[x.metric_id] * float(x.weight) for x in links) / total
        series.setdefault(("touchpoint", touchpoint.pk), []).append(value)
        weighted.append((value, float(touchpoint.importance)))
    weight = sum(part for _value, part in weighted)
    if weight:
        value = sum(value * part for value, part in weighted) / weight
        series.setdefault(("stage", stage.row.stage.pk), []).append(value)


def _cases(actor: Actor) -> dict[_Key, Work] | None:
    """Open and late cases by touchpoint and stage; None for who may not see cases."""
    if not may(actor, "journeys.view_cases"):
        return None
    late = Count("pk", filter=is_late(timezone.now()))
    rows = (
        cases_open(actor)
        .filter(Q(stage__isnull=False) | Q(touchpoint__isnull=False))
        .order_by()
        .values_list("stage_id", "touchpoint_id")
        .annotate(size=Count("pk"), late=late)
    )
    found: dict[_Key, Work] = {}
    for stage, touchpoint, size, overdue in rows:
        work = Work(size, overdue)
        for name, pk in (("stage", stage), ("touchpoint", touchpoint)):
            if pk is not None:
                found[name, pk] = found.get((name, pk), Work()).plus(work)
    return found


def _shown(
    review: Review,
    series: Mapping[_Key, list[float]],
    cases: Mapping[_Key, Work] | None,
    others: Mapping[_Key, Compared],
) -> ShownReview:
    def beside(key: _Key, row: Any, importance: float | None) -> Beside:
        value = row.roll_up.value
        found = Beside(
            chart=xmr(series[key]) if key in series else None,
            cases=None if cases is None else cases.get(key, Work()),
            compared=others.get(key),
        )
        if value is not None and importance is not None:
            score = opportunity(importance * 10, min(max(value, 0), 100))
            found = replace(found, opportunity=score)
        return found

    stages = [
        ShownStage(
            entry,
            beside(("stage", entry.row.stage.pk), entry.row, _stated(entry)),
            [
                (
                    point,
                    beside(
                        ("touchpoint", point.row.touchpoint.pk),
                        point.row,
                        float(point.row.touchpoint.importance),
                    ),
                )
                for point in entry.touchpoints
            ],
        )
        for entry in review.stages
    ]
    values = [s.row.roll_up.value for s in review.stages if s.row.roll_up.value is not None]
    end = peak_end(values, NEUTRAL) if len(values) > 1 else None
    return ShownReview(review, stages, end, whole_compared(review))


def _stated(entry: ReviewStage) -> float | None:
    """Mean stated importance of a stage's touchpoints: opportunity is defined on it."""
    stated = [float(point.row.touchpoint.importance) for point in entry.touchpoints]
    return sum(stated) / len(stated) if stated else None
