"""Counted metrics over a period: one figure, its months, its chart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cxportal.core import charts
from cxportal.core.actors import Actor
from cxportal.core.calc.numbers import money_text, score_number
from surveys.calc.formulas import read_formula
from surveys.calc.trend import Signal, xmr
from surveys.models import Metric, MetricValue, OperationalMetric
from surveys.queries.metric_reports import month_histograms
from surveys.queries.scores import EVERYONE, Period, score_of_histogram

Figure = tuple[float | None, int | None]


@dataclass(frozen=True)
class OperationalReview:
    """A counted metric over a period, against as many days before, and its last twelve months.

    `hidden` is set where n is known and below the metric's minimum.
    """

    metric: OperationalMetric
    value: float | None
    before: float | None
    n: int | None
    hidden: bool
    months: list[tuple[date, float | None]]
    language: str = "en"
    currency: str = "KRW"

    @property
    def month_values(self) -> list[float | None]:
        """For a sparkline, oldest first."""
        return [value for _month, value in self.months]

    @property
    def change(self) -> float | None:
        known = self.value is not None and self.before is not None
        return self.value - self.before if known else None  # type: ignore[operator]

    @property
    def better(self) -> bool | None:
        """Whether the change is for the better; None where there is none."""
        if not self.change:
            return None
        return (self.change > 0) == self.metric.high_is_good

    def text(self, value: float | None) -> str:
        """A value in the metric's unit."""
        if value is not None and self.metric.unit == OperationalMetric.Unit.MONEY:
            return money_text(value, self.currency, self.language)
        return score_number(value, self.metric.unit, self.metric.decimals)

    @property
    def value_text(self) -> str:
        return self.text(self.value)

    @property
    def before_text(self) -> str:
        return self.text(self.before)

    @property
    def target_text(self) -> str:
        return self.text(None if self.metric.target is None else float(self.metric.target))


def operational_listed(actor: Actor) -> QuerySet[OperationalMetric]:
    """Records with their owners."""
    return OperationalMetric.objects.for_actor(actor).select_related("owner")


def operational_reviews(
    actor: Actor, metrics: Sequence[OperationalMetric], period: Period
) -> list[OperationalReview]:
    """Each metric over a period. The number of queries does not grow with the metrics."""
    months = months_to(period.last)
    first = min(months[0], period.before.first)
    stored = _values(actor, metrics, first, period.last)
    parts = _computed_parts(actor, metrics, months, stored)
    known = _Known(period, months, stored, parts)
    return [_review(actor, metric, known) for metric in metrics]


def months_to(last: date) -> list[date]:
    """First days of the twelve months up to a day's, oldest first."""
    months = [last.replace(day=1)]
    while len(months) < 12:
        months.append(date.fromordinal(months[-1].toordinal() - 1).replace(day=1))
    return months[::-1]


Stored = Mapping[str, list[tuple[date, float, int | None]]]


def _values(actor: Actor, metrics: Sequence[OperationalMetric], first: date, last: date) -> Stored:
    """Values by code, of the metrics and of those their formulas name."""
    codes = {m.code for m in metrics}
    for metric in metrics:
        if metric.formula:
            codes |= read_formula(metric.formula).codes
    rows = (
        MetricValue.objects.for_actor(actor)
        .filter(metric__code__in=codes, day__gte=first, day__lte=last)
        .order_by("day")
        .values_list("metric__code", "day", "value", "n")
    )
    found: dict[str, list[tuple[date, float, int | None]]] = {code: [] for code in codes}
    for code, day, value, n in rows:
        found[code].append((day, float(value), n))
    return found


def _computed_parts(
    actor: Actor, metrics: Sequence[OperationalMetric], months: Sequence[date], stored: Stored
) -> dict[str, dict[date, float | None]]:
    """What formulas name, by code and month: scores of asked metrics and counted ones."""
    codes = {c for m in metrics if m.formula for c in read_formula(m.formula).codes}
    if not codes:
        return {}
    asked = list(Metric.objects.for_actor(actor).filter(code__in=codes))
    for metric in asked:
        metric.program = actor.program
    last = Period(months[-1], months[-1])
    sums = month_histograms(actor, asked, last, EVERYONE) if asked else {}
    parts: dict[str, dict[date, float | None]] = {
        metric.code: {
            month: score_of_histogram(metric, histogram).value
            for month, histogram in zip(months, sums[metric.pk], strict=True)
        }
        for metric in asked
    }
    counted = OperationalMetric.objects.for_actor(actor).filter(code__in=codes - set(parts))
    for record in counted:
        rows = {month: _within(stored, record.code, month) for month in months}
        parts[record.code] = {month: _together(record, rows[month])[0] for month in months}
    return parts


def _within(stored: Stored, code: str, month: date) -> list[tuple[date, float, int | None]]:
    rows = stored.get(code, [])
    return [row for row in rows if row[0].year == month.year and row[0].month == month.month]


def _together(metric: OperationalMetric, rows: Sequence[tuple[date, float, int | None]]) -> Figure:
    """Several values as one, by the metric's own rule; n is their sum where all have one."""
    if not rows:
        return None, None
    sizes = [n for _day, _value, n in rows]
    total = sum(n for n in sizes if n is not None) if all(n is not None for n in sizes) else None
    if metric.together == OperationalMetric.Together.SUM:
        return sum(value for _day, value, _n in rows), total
    if metric.together == OperationalMetric.Together.LAST:
        return rows[-1][1], rows[-1][2]
    if total:
        return sum(value * (n or 0) for _day, value, n in rows) / total, total
    return sum(value for _day, value, _n in rows) / len(rows), total


@dataclass(frozen=True)
class _Known:
    """What was read for all metrics together."""

    period: Period
    months: Sequence[date]
    stored: "Stored"
    parts: Mapping[str, Mapping[date, float | None]]


def _review(actor: Actor, metric: OperationalMetric, known: _Known) -> OperationalReview:
    period, months, stored, parts = known.period, known.months, known.stored, known.parts
    if metric.formula:
        run = read_formula(metric.formula).run
        by_month: list[tuple[date, float | None]] = [
            (month, run({code: values.get(month) for code, values in parts.items()}))
            for month in months
        ]
        there = [value for _month, value in by_month if value is not None]
        now, before = (there[-1] if there else None), (there[-2] if len(there) > 1 else None)
        n: int | None = None
    else:
        rows = stored.get(metric.code, [])
        by_month = [(m, _together(metric, _within(stored, metric.code, m))[0]) for m in months]
        now, n = _together(metric, [r for r in rows if period.first <= r[0] <= period.last])
        spans = period.before
        before, _n = _together(metric, [r for r in rows if spans.first <= r[0] <= spans.last])
    hidden = n is not None and n < (metric.min_n or 0)
    return OperationalReview(
        metric=metric,
        value=None if hidden else now,
        before=None if hidden else before,
        n=n,
        hidden=hidden,
        months=by_month,
        language=actor.language,
        currency=actor.program.currency,
    )


def months_of_counted(
    actor: Actor, metrics: Sequence[OperationalMetric], first: date, last: date
) -> dict[int, dict[date, Figure]]:
    """Figures by metric id and month, for the months of `first` to `last`.

    A month below the metric's minimum is (None, n). Queries grow with the years, not the metrics.
    """
    if not metrics:
        return {}
    following = last.replace(day=28).toordinal() + 4
    end = date.fromordinal(following).replace(day=1).toordinal() - 1
    stored = _values(actor, metrics, first, date.fromordinal(end))
    found: dict[int, dict[date, Figure]] = {metric.pk: {} for metric in metrics}
    months = months_to(last)
    while months[-1] >= first.replace(day=1):
        parts = _computed_parts(actor, metrics, months, stored)
        for metric in metrics:
            for month in months:
                value, n = _month_figure(metric, month, stored, parts)
                if month >= first.replace(day=1) and (value is not None or n is not None):
                    hidden = n is not None and n < (metric.min_n or 0)
                    found[metric.pk][month] = (None if hidden else value, n)
        months = months_to(date.fromordinal(months[0].toordinal() - 1))
    return found


def _month_figure(
    metric: OperationalMetric,
    month: date,
    stored: Stored,
    parts: Mapping[str, Mapping[date, float | None]],
) -> Figure:
    if metric.formula:
        run = read_formula(metric.formula).run
        return run({code: values.get(month) for code, values in parts.items()}), None
    return _together(metric, _within(stored, metric.code, month))


def operational_chart(review: OperationalReview) -> charts.Trend:
    """The last twelve months with the limits of an XmR chart."""
    known = [place for place, (_m, value) in enumerate(review.months) if value is not None]
    values = [review.months[place][1] or 0.0 for place in known]
    control = xmr(values)
    run = _("eight in a row on one side")
    words = {Signal.BEYOND: _("beyond the usual noise"), Signal.RUN: run}
    points = [charts.TrendPoint(f"{month:%Y-%m}", value) for month, value in review.months]
    for place, point in zip(known, control.points, strict=True):
        limits = None if point.low is None or point.high is None else (point.low, point.high)
        points[place] = charts.TrendPoint(
            label=points[place].label,
            value=points[place].value,
            limits=limits,
            signal=", ".join(words[signal] for signal in sorted(point.signals)),
        )
    target = None if review.metric.target is None else float(review.metric.target)
    seen = [*values, *(limit for point in points for limit in point.limits or ())]
    seen += [] if target is None else [target]
    low, high = (min(seen), max(seen)) if seen else (0.0, 1.0)
    room = (high - low) / 10 or abs(high) / 10 or 1.0
    return charts.trend(points, scale=(low - room, high + room), target=target)
