"""One metric, or all of them, over a period and for some groups: score, change, trend, groups."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from cxportal.core import charts
from cxportal.core.actors import Actor
from surveys.calc.change import compare
from surveys.calc.histogram import Histogram
from surveys.models import Dimension, Metric, TallyMonth
from surveys.queries.comparisons import Comparison, corrected_p, group_comparison, verdict_of
from surveys.queries.group_words import group_words
from surveys.queries.guards import guards
from surveys.queries.scores import (
    EVERYONE,
    MetricReview,
    Period,
    ShownChange,
    ShownScore,
    TrendStep,
    definition_of,
    metric_reviews,
    metric_trend,
    on_scale,
    periods,
    score_of_histogram,
    shown,
    step_for,
)
from surveys.queries.selections import ReportFilter
from surveys.queries.trends import chart_of, redefinitions

Groups = Mapping[str, Sequence[int]]


def group_numbers(actor: Actor, wanted: ReportFilter) -> Groups:
    """Numbers of the groups a filter names, by kind."""
    found: dict[str, list[int]] = {kind: [] for kind in wanted.groups}
    rows = Dimension.objects.for_actor(actor).filter(kind__in=list(found))
    for pk, kind, key in rows.values_list("pk", "kind", "key"):
        if key in wanted.groups[kind]:
            found[kind].append(pk)
    return found


def guest_period(actor: Actor, metric: Metric, period: Period) -> Period | None:
    """The months of a period a guest sees: whole blocks of at least the anonymity threshold."""
    guard = guards(actor, [metric.pk]).get(metric.pk)
    spans = guard.within(period.first, period.last) if guard else []
    return Period(spans[0][0], spans[-1][1]) if spans else None


def metric_review(actor: Actor, metric: Metric, period: Period, groups: Groups) -> MetricReview:
    """Score and change against as many days before. Two queries."""
    alone = _alone(groups)
    if alone is not None:
        return metric_reviews(actor=actor, metrics=[metric], period=period, dimension=alone)[0]
    metric.program = actor.program  # its minimum of answers, without another query
    now, before = (
        on_scale(metric, Histogram.sum(fact_days(actor, metric, span, groups).values()))
        for span in (period, period.before)
    )
    score = score_of_histogram(metric, now)
    change = compare(definition_of(metric), before, now)
    return MetricReview(metric, period, score, change, shown(metric, score, change), now)


def metric_steps(
    actor: Actor, metric: Metric, period: Period, groups: Groups, step: str
) -> list[TrendStep]:
    """The score per day, week or month, oldest first. One query."""
    alone = _alone(groups)
    if alone is not None:
        return metric_trend(
            actor=actor,
            metric=metric,
            first_day=period.first,
            last_day=period.last,
            step=step,
            dimension=alone,
        )
    days = fact_days(actor, metric, period, groups)
    steps = []
    for part in periods(period.first, period.last, step):
        inside = [sums for day, sums in days.items() if part.first <= day <= part.last]
        sums = on_scale(metric, Histogram.sum(inside))
        steps.append(TrendStep(part, sums, score_of_histogram(metric, sums)))
    return steps


def metric_chart(
    actor: Actor, metric: Metric, period: Period, groups: Groups, step: str = ""
) -> charts.Trend:
    """The trend with its limits and what was redefined."""
    size = step or step_for(period.days)
    steps = metric_steps(actor, metric, period, groups, size)
    return chart_of(metric, steps, size, redefinitions(actor, metric, period))


def _alone(groups: Groups) -> int | None:
    """The one tally that answers: everyone's, or a single group's; None where facts must."""
    numbers = list(groups.values())
    if not numbers:
        return EVERYONE
    return numbers[0][0] if len(numbers) == 1 and len(numbers[0]) == 1 else None


def fact_days(
    actor: Actor, metric: Metric, period: Period, groups: Groups
) -> dict[date, Histogram]:
    """Facts of the groups by day: within a kind either, over kinds all; none where guarded."""
    if guards(actor, [metric.pk]):
        return {}
    params: dict[str, Any] = {
        "program": actor.program_id,
        "metric": metric.pk,
        "first": period.first,
        "last": period.last,
    }
    parts = []
    for place, ids in enumerate(groups.values()):
        params[f"group{place}"] = list(ids)
        parts.append(f" AND dimensions && %(group{place})s::bigint[]")
    sql = (
        "SELECT day, value, count(*) FROM surveys_score WHERE program_id = %(program)s"  # noqa: S608
        " AND metric_id = %(metric)s AND day BETWEEN %(first)s AND %(last)s"
        f"{''.join(parts)} GROUP BY 1, 2"
    )
    counts: dict[date, list[int]] = defaultdict(lambda: [0] * 11)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        for day, value, size in cursor.fetchall():
            counts[day][value] = size
    return {day: Histogram.from_counts(row) for day, row in counts.items()}


def metric_comparison(actor: Actor, metric: Metric, period: Period, kind: str) -> Comparison | None:
    """All groups of a kind beside each other, from tallies. Two queries, three for segments."""
    labels = dict(Dimension.objects.for_actor(actor).filter(kind=kind).values_list("pk", "key"))
    if not labels:
        return None
    sums = group_histograms(actor, metric, period, list(labels))
    words = group_words(actor, [kind])[kind]
    found = {labels[pk]: histogram for pk, histogram in sums.items() if pk in labels}
    return group_comparison(metric, sums.get(EVERYONE, Histogram()), found, words)


def group_histograms(
    actor: Actor, metric: Metric, period: Period, dimensions: Sequence[int]
) -> dict[int, Histogram]:
    """Sums of one metric over a period for many groups and everyone; none where guarded."""
    if guards(actor, [metric.pk]):
        return {}
    columns = ", ".join(f"sum(n{v})" for v in range(11))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT dimension, {columns} FROM surveys_tally"  # noqa: S608
            " WHERE program_id = %s AND metric_id = %s AND dimension = ANY(%s)"
            " AND day BETWEEN %s AND %s GROUP BY 1",
            [actor.program_id, metric.pk, [EVERYONE, *dimensions], period.first, period.last],
        )
        return {
            dimension: Histogram.from_counts([max(0, int(c)) for c in counts])
            for dimension, *counts in cursor.fetchall()
        }


@dataclass(frozen=True)
class ProgramLine:
    """A metric in the report of the program; `p` is corrected over all metrics of the report."""

    review: MetricReview
    shown: ShownScore
    p: float | None
    sparkline: list[float | None]


@dataclass(frozen=True)
class ProgramReport:
    """All metrics over one period; `family` changes were corrected together."""

    period: Period
    lines: list[ProgramLine]
    family: int


def program_report(
    actor: Actor, metrics: Sequence[Metric], period: Period, groups: Groups
) -> ProgramReport:
    """Every metric with its change, corrected by Benjamini and Hochberg, and a year of months."""
    alone = _alone(groups)
    if alone is not None:
        reviews = metric_reviews(actor=actor, metrics=metrics, period=period, dimension=alone)
    else:
        reviews = [metric_review(actor, metric, period, groups) for metric in metrics]
    corrected = corrected_p([review.change for review in reviews], by="bh")
    months = month_histograms(actor, metrics, period, EVERYONE if alone is None else alone)
    lines = []
    for review, p in zip(reviews, corrected, strict=True):
        change = ShownChange(review.change.difference or 0.0, verdict_of(p))
        told = ShownScore(**{**review.shown.__dict__, "change": change})
        values = [
            score_of_histogram(review.metric, sums).value for sums in months[review.metric.pk]
        ]
        lines.append(ProgramLine(review, told, p, values))
    return ProgramReport(period, lines, sum(p is not None for p in corrected))


def month_histograms(
    actor: Actor, metrics: Sequence[Metric], period: Period, dimension: int
) -> dict[int, list[Histogram]]:
    """Sums per month over the twelve months up to the period's last, oldest first.

    Two queries; guarded metrics show whole blocks of months.
    """
    last = period.last.replace(day=1)
    months = [last]
    for _month in range(11):
        before = months[-1].toordinal() - 1
        months.append(date.fromordinal(before).replace(day=1))
    months.reverse()
    rows = TallyMonth.objects.for_actor(actor).filter(
        metric__in=[m.pk for m in metrics], dimension=dimension, month__gte=months[0]
    )
    columns = [f"n{v}" for v in range(11)]
    found: dict[tuple[int, date], Histogram] = {}
    for metric, month, *counts in rows.values_list("metric_id", "month", *columns):
        found[metric, month] = Histogram.from_counts([max(0, c) for c in counts])
    for pk, guard in guards(actor, [m.pk for m in metrics]).items():
        for month in months:
            # A block stands at its last month; a group of a guarded metric nowhere.
            spans = [s for s in guard.blocks if s[1].replace(day=1) == month and s[0] >= months[0]]
            found[pk, month] = guard.sums(spans) if dimension == EVERYONE else Histogram()
    return {
        metric.pk: [
            on_scale(metric, found.get((metric.pk, month), Histogram())) for month in months
        ]
        for metric in metrics
    }
