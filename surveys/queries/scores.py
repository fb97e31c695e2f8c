"""Scores as pages and upper floors read them: from tallies, never from answers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db import connection
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.models import OutboxEvent
from surveys.calc.change import Change, compare
from surveys.calc.definitions import Definition, Unit, standard_definition
from surveys.calc.histogram import BINS, Histogram
from surveys.calc.metrics import Score, evaluate
from surveys.models import Metric
from surveys.queries.guards import Guard, guards

EVERYONE = 0
DAYS = 30
_BINS = ", ".join(f"sum(n{v})" for v in range(BINS))
# Whole months from the month tier, the days before and after them from the day tier.
_SUMS = f"""
SELECT metric_id, {_BINS} FROM (
  SELECT metric_id, {", ".join(f"n{v}" for v in range(BINS))} FROM surveys_tally
  WHERE program_id = %(program)s AND metric_id = ANY(%(metrics)s) AND dimension = %(dimension)s
    AND (day BETWEEN %(first)s AND %(head)s OR day BETWEEN %(tail)s AND %(last)s)
  UNION ALL
  SELECT metric_id, {", ".join(f"n{v}" for v in range(BINS))} FROM surveys_tallymonth
  WHERE program_id = %(program)s AND metric_id = ANY(%(metrics)s) AND dimension = %(dimension)s
    AND month >= %(from)s AND month < %(until)s
) t GROUP BY metric_id
"""  # noqa: S608  # names of our own columns


@dataclass(frozen=True)
class Period:
    """Days of the program's time zone, both ends included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "Period":
        """As many days just before."""
        return Period(self.first - timedelta(self.days), self.first - timedelta(1))


def today_of(actor: Actor) -> date:
    """The day it is now in the program's time zone."""
    return timezone.now().astimezone(actor.program.zone).date()


def last_days(actor: Actor, days: int = DAYS) -> Period:
    """The last `days` days, today included."""
    today = today_of(actor)
    return Period(today - timedelta(days - 1), today)


def definition_of(metric: Metric) -> Definition:
    """The metric's definition; its own minimum of answers, else the program's."""
    return standard_definition(
        metric.kind,
        minimum=metric.minimum,
        maximum=metric.maximum,
        direction="high" if metric.high_is_good else "low",
        min_n=metric.min_n or metric.program.min_n,
        **metric.cutoffs,
    )


def metric_histograms(
    *,
    actor: Actor,
    metrics: Iterable[Metric],
    first_day: date,
    last_day: date,
    dimension: int = EVERYONE,
) -> dict[int, Histogram]:
    """Sum of tallies by metric id, in two queries; every metric asked for has an entry.

    Guarded metrics (queries/guards.py) count in whole blocks of months, and for everybody only.
    """
    ids = []
    for metric in metrics:
        metric.program = actor.program  # its minimum of answers, without another query
        ids.append(metric.pk)
    if first_day > last_day:
        return {pk: Histogram() for pk in ids}
    guarded = guards(actor, ids)
    found = _tallied(actor, ids, Period(first_day, last_day), dimension)
    return found | {
        pk: guard.sums(guard.within(first_day, last_day)) if dimension == EVERYONE else Histogram()
        for pk, guard in guarded.items()
    }


def _tallied(actor: Actor, ids: list[int], period: Period, dimension: int) -> dict[int, Histogram]:
    found = {pk: Histogram() for pk in ids}
    if not ids:
        return found
    params: dict[str, Any] = {"program": actor.program_id, "metrics": ids, "dimension": dimension}
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, {**params, **_tiers(period.first, period.last)})
        for metric_id, *counts in cursor.fetchall():
            found[metric_id] = _histogram(counts)
    return found


def metric_months(
    *, actor: Actor, metrics: Iterable[Metric], first: date, until: date
) -> dict[date, dict[int, Histogram]]:
    """Everyone's sums of whole months from `first` before `until`, by month and metric id.

    One query and the guards'; months without an answer are missing. A block of several months of
    a guarded metric stands at its last.
    """
    ids = []
    for metric in metrics:
        metric.program = actor.program  # its minimum of answers, without another query
        ids.append(metric.pk)
    found: dict[date, dict[int, Histogram]] = {}
    columns = ", ".join(f"n{v}" for v in range(BINS))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT month, metric_id, {columns} FROM surveys_tallymonth"  # noqa: S608  # our own
            " WHERE program_id = %s AND metric_id = ANY(%s) AND dimension = %s"
            " AND month >= %s AND month < %s",
            [actor.program_id, ids, EVERYONE, first, until],
        )
        for month, metric_id, *counts in cursor.fetchall():
            found.setdefault(month, {})[metric_id] = _histogram(counts)
    for pk, guard in guards(actor, ids).items():
        for sums in found.values():
            sums.pop(pk, None)
        for span in guard.within(first, until - timedelta(1)):
            found.setdefault(span[1].replace(day=1), {})[pk] = guard.sums([span])
    return found


def _histogram(counts: Sequence[int]) -> Histogram:
    # A correction may be added up before what it corrects; it is put right within seconds.
    return Histogram.from_counts([max(0, int(count)) for count in counts])


def _tiers(first: date, last: date) -> dict[str, date]:
    """Split a period: days up to `head`, whole months from `from` before `until`, days on."""
    after = last + timedelta(1)
    start = first if first.day == 1 else _next_month(first)
    until = after.replace(day=1)
    if start >= until:
        return {
            "first": first,
            "head": last,
            "tail": after,
            "last": last,
            "from": after,
            "until": after,
        }
    return {
        "first": first,
        "head": start - timedelta(1),
        "tail": until,
        "last": last,
        "from": start,
        "until": until,
    }


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(4)).replace(day=1)


def metric_score(
    *, actor: Actor, metric: Metric, first_day: date, last_day: date, dimension: int = EVERYONE
) -> Score:
    """The metric's score over a period, hidden below its minimum of answers."""
    sums = metric_histograms(
        actor=actor, metrics=[metric], first_day=first_day, last_day=last_day, dimension=dimension
    )
    return score_of_histogram(metric, sums[metric.pk])


def score_of_histogram(metric: Metric, histogram: Histogram) -> Score:
    """Evaluate a sum of tallies; what is left of an earlier, wider scale is not counted."""
    return evaluate(definition_of(metric), on_scale(metric, histogram))


def on_scale(metric: Metric, histogram: Histogram) -> Histogram:
    """The part of a histogram within the metric's scale."""
    counts = [
        count if metric.minimum <= value <= metric.maximum else 0
        for value, count in enumerate(histogram.counts)
    ]
    return Histogram.from_counts(counts)


@dataclass(frozen=True)
class TrendStep:
    """One period of a trend."""

    period: Period
    histogram: Histogram
    score: Score


def metric_trend(
    *,
    actor: Actor,
    metric: Metric,
    first_day: date,
    last_day: date,
    step: str = "week",
    dimension: int = EVERYONE,
    guarding: bool = True,
) -> list[TrendStep]:
    """The score per day, week or month, oldest first, empty ones included. Two queries.

    A guarded metric has a step for each whole block of months, for everybody only.
    """
    metric.program = actor.program  # its minimum of answers, without another query
    guard = guards(actor, [metric.pk]).get(metric.pk) if guarding else None
    if guard is not None:
        return guarded_steps(metric, guard, Period(first_day, last_day), dimension)
    days = _days(actor, metric, Period(first_day, last_day), dimension)
    steps = []
    for period in periods(first_day, last_day, step):
        inside = [h for day, h in days.items() if period.first <= day <= period.last]
        histogram = Histogram.sum(inside)
        steps.append(TrendStep(period, histogram, score_of_histogram(metric, histogram)))
    return steps


def guarded_steps(
    metric: Metric, guard: Guard, period: Period, dimension: int = EVERYONE
) -> list[TrendStep]:
    """The whole blocks of a period as steps; none for a group."""
    steps = []
    for span in guard.within(period.first, period.last) if dimension == EVERYONE else ():
        sums = on_scale(metric, guard.sums([span]))
        steps.append(TrendStep(Period(*span), sums, score_of_histogram(metric, sums)))
    return steps


def _days(actor: Actor, metric: Metric, period: Period, dimension: int) -> dict[date, Histogram]:
    columns = ", ".join(f"n{v}" for v in range(BINS))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT day, {columns} FROM surveys_tally"  # noqa: S608  # names of our own columns
            " WHERE program_id = %s AND metric_id = %s AND dimension = %s"
            " AND day BETWEEN %s AND %s ORDER BY day",
            [actor.program_id, metric.pk, dimension, period.first, period.last],
        )
        return {day: _histogram(counts) for day, *counts in cursor.fetchall()}


def periods(first: date, last: date, step: str) -> list[Period]:
    """Cut a span into days, weeks (from Monday) or months; the ends may be shorter."""
    starts = [first]
    while starts[-1] <= last:
        starts.append(_next_start(starts[-1], step))
    return [Period(a, min(b - timedelta(1), last)) for a, b in pairwise(starts)]


def _next_start(day: date, step: str) -> date:
    if step == "day":
        return day + timedelta(1)
    if step == "week":
        return day + timedelta(7 - day.weekday())
    if step == "month":
        return _next_month(day)
    raise ValueError(f"unknown step {step!r}")


def step_for(days: int) -> str:
    """The step that gives a readable number of points."""
    if days <= 31:
        return "day"
    return "week" if days <= 190 else "month"


@dataclass(frozen=True)
class Freshness:
    """Everything answered before `up_to` is in the scores; `waiting` changes are not yet."""

    up_to: datetime
    waiting: int


def scores_freshness(actor: Actor) -> Freshness:
    """How current the program's scores are."""
    waiting = OutboxEvent.objects.for_actor(actor).filter(topic="scores").order_by("id")
    oldest = waiting.values_list("created_at", flat=True).first()
    if oldest is None:
        return Freshness(timezone.now(), 0)
    return Freshness(oldest, waiting.count())


@dataclass(frozen=True)
class ShownChange:
    """A change as templates print it; verdict is real, none or early."""

    value: float
    verdict: str


@dataclass(frozen=True)
class ShownScore:
    """A score as {% score %} prints it."""

    value: float | None
    margin: float | None
    n: int
    hidden: bool
    minimum: int
    unit: str
    digits: int
    lower_is_better: bool = False
    change: ShownChange | None = None


#: The units of the formulas as the score component names them.
UNITS = {Unit.POINTS: "nps", Unit.PERCENT: "percent", Unit.MEAN: ""}


def digits_of(definition: Definition) -> int:
    """Decimals a score is printed with."""
    return 1 if definition.unit is Unit.MEAN else 0


def shown(metric: Metric, score: Score, change: Change | None = None) -> ShownScore:
    """Bring a score and its change into the shape of the score component."""
    definition = definition_of(metric)
    return ShownScore(
        value=score.value,
        margin=score.margin,
        n=score.n,
        hidden=not score.shown,
        minimum=score.min_n,
        unit=UNITS[definition.unit],
        digits=digits_of(definition),
        lower_is_better=not definition.high_is_good,
        change=_shown_change(change) if change else None,
    )


def _shown_change(change: Change) -> ShownChange:
    verdict = {"real": "real", "none": "none"}.get(change.verdict, "early")
    return ShownChange(change.difference or 0.0, verdict)


@dataclass(frozen=True)
class MetricReview:
    """A metric with its score over a period and the change against the period before."""

    metric: Metric
    period: Period
    score: Score
    change: Change
    shown: ShownScore
    histogram: Histogram

    @property
    def to_target(self) -> float | None:
        """Score less target in the metric's unit, None without either."""
        if self.metric.target is None or self.score.value is None:
            return None
        return self.score.value - float(self.metric.target)


def metric_reviews(
    *,
    actor: Actor,
    metrics: Sequence[Metric],
    period: Period,
    dimension: int = EVERYONE,
    guarding: bool = True,
) -> list[MetricReview]:
    """Score and change of each metric, in three queries however many there are.

    A guarded metric is shown for the whole blocks of the period's months and compared with those
    of as many months before; its own period says which days these are. Without `guarding` the
    dimension is a survey's own, whose answers bear names.
    """
    for metric in metrics:
        metric.program = actor.program  # its minimum of answers, without another query
    ids = [metric.pk for metric in metrics]
    guarded = guards(actor, ids) if guarding else {}
    now, before = (_tallied(actor, ids, span, dimension) for span in (period, period.before))
    return [
        _guarded_review(m, guarded[m.pk], period, dimension)
        if m.pk in guarded
        else _review(m, period, before[m.pk], now[m.pk])
        for m in metrics
    ]


def _guarded_review(metric: Metric, guard: Guard, period: Period, dimension: int) -> MetricReview:
    spans = guard.within(period.first, period.last) if dimension == EVERYONE else []
    earlier = guard.before(period.first, period.last) if dimension == EVERYONE else []
    shown_days = Period(spans[0][0], spans[-1][1]) if spans else period
    return _review(metric, shown_days, guard.sums(earlier), guard.sums(spans))


def _review(metric: Metric, period: Period, before: Histogram, now: Histogram) -> MetricReview:
    now, before = on_scale(metric, now), on_scale(metric, before)
    score = score_of_histogram(metric, now)
    change = compare(definition_of(metric), before, now)
    return MetricReview(metric, period, score, change, shown(metric, score, change), now)
