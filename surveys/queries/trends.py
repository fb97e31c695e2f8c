"""A score over time with its interval, its target, the usual noise and what was redefined."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from django.utils.translation import gettext as _

from cxportal.core import charts
from cxportal.core.actors import Actor
from cxportal.core.models import AuditEntry
from surveys.calc.definitions import Statistic
from surveys.calc.metrics import favourable
from surveys.calc.trend import Chart, Signal, p_chart, xmr
from surveys.models import Metric
from surveys.queries.scores import (
    EVERYONE,
    Period,
    TrendStep,
    definition_of,
    metric_trend,
    step_for,
)

REDEFINED = ("metric.update", "metric.add_source", "metric.remove_source")
#: What is set while a metric is being made is no change of it.
_BEING_MADE = timedelta(minutes=10)
#: What changes what a metric says; a new name or owner does not.
DEFINING = frozenset({"kind", "minimum", "maximum", "cutoffs", "high_is_good", "source", "mapping"})


def trend_chart(
    actor: Actor,
    metric: Metric,
    period: Period,
    dimension: int = EVERYONE,
    *,
    step: str = "",
    guarding: bool = True,
) -> charts.Trend:
    """The score over the period by day, week or month, from tallies."""
    size = step or step_for(period.days)
    steps = metric_trend(
        actor=actor,
        metric=metric,
        first_day=period.first,
        last_day=period.last,
        step=size,
        dimension=dimension,
        guarding=guarding,
    )
    return chart_of(metric, steps, size, redefinitions(actor, metric, period))


def chart_of(
    metric: Metric,
    steps: Sequence[TrendStep],
    size: str,
    changes: Sequence[tuple[date, str]] = (),
) -> charts.Trend:
    """Draw steps; `changes` are days on which the metric was redefined, with the words."""
    definition = definition_of(metric)
    points = [trend_point(step, size) for step in steps]
    return charts.trend(
        with_limits(metric, steps, points),
        scale=(definition.lowest, definition.highest),
        target=None if metric.target is None else float(metric.target),
        zoom=True,
        events=[
            (index, f"{day:%Y-%m-%d} {words}")
            for day, words in changes
            for index, step in enumerate(steps)
            if step.period.first <= day <= step.period.last
        ],
    )


def trend_point(step: TrendStep, size: str) -> charts.TrendPoint:
    """One step as the chart draws it."""
    note = ""
    if step.score.n and not step.score.shown:
        counts = {"n": step.score.n, "minimum": step.score.min_n}
        note = _("too few (%(n)d of %(minimum)d)") % counts
    return charts.TrendPoint(
        label=period_label(step.period, size),
        value=step.score.value,
        low=step.score.low,
        high=step.score.high,
        n=step.score.n,
        note=note,
    )


def period_label(period: Period, size: str) -> str:
    """2026-05 for a month, 05-18 for a day or for the week that begins then: short for an axis."""
    return f"{period.first:%Y-%m}" if size == "month" else f"{period.first:%m-%d}"


def with_limits(
    metric: Metric, steps: Sequence[TrendStep], points: Sequence[charts.TrendPoint]
) -> list[charts.TrendPoint]:
    """Points with the limits of a control chart: p chart for shares, XmR for all else."""
    known = [place for place, step in enumerate(steps) if step.score.shown]
    definition = definition_of(metric)
    if definition.statistic is Statistic.SHARE:
        counts = [(favourable(definition, steps[p].histogram), steps[p].histogram.n) for p in known]
        chart, scale = p_chart(counts), 100.0
    else:
        values = [steps[place].score.value or 0.0 for place in known]
        chart = xmr(values, floor=definition.lowest, ceiling=definition.highest)
        scale = 1.0
    return _limited(points, known, chart, scale)


def _limited(
    points: Sequence[charts.TrendPoint], known: Sequence[int], chart: Chart, scale: float
) -> list[charts.TrendPoint]:
    drawn = list(points)
    run = _("eight in a row on one side")
    words = {Signal.BEYOND: _("beyond the usual noise"), Signal.RUN: run}
    for place, point in zip(known, chart.points, strict=True):
        if point.low is None or point.high is None:
            continue
        said = [words[signal] for signal in sorted(point.signals)]
        limits = (point.low * scale, point.high * scale)
        drawn[place] = replace(drawn[place], limits=limits, signal=", ".join(said))
    return drawn


def redefinitions(actor: Actor, metric: Metric, period: Period) -> list[tuple[date, str]]:
    """Days on which what the metric says was changed, oldest first, with the words."""
    entries = AuditEntry.objects.for_actor(actor).filter(
        object_type="surveys.metric", object_id=metric.pk, action__in=REDEFINED
    )
    words = {
        "metric.update": _("definition changed"),
        "metric.add_source": _("a question was added"),
        "metric.remove_source": _("a question was removed"),
    }
    zone = actor.program.zone
    return [
        (entry.at.astimezone(zone).date(), words[entry.action])
        for entry in entries.order_by("pk")[:100]
        if DEFINING & set(entry.changes)
        and entry.at > metric.created_at + _BEING_MADE
        and period.first <= entry.at.astimezone(zone).date() <= period.last
    ]
