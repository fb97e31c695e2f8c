"""What the widgets of a dashboard show."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cxportal.core import charts
from cxportal.core.actors import Actor
from surveys.models import Dashboard, Metric, OperationalMetric
from surveys.queries.comparisons import Comparison
from surveys.queries.crosstables import kind_words
from surveys.queries.metric_reports import (
    ProgramReport,
    guest_period,
    metric_chart,
    metric_comparison,
    metric_review,
    program_report,
)
from surveys.queries.operational_metrics import (
    OperationalReview,
    operational_chart,
    operational_reviews,
)
from surveys.queries.scores import MetricReview, Period, last_days


@dataclass(frozen=True)
class ShownWidget:
    """One widget with what it shows; what does not belong to its kind is empty."""

    place: int
    kind: str
    size: str
    days: int
    title: str
    text: str = ""
    review: MetricReview | None = None
    trend: charts.Trend | None = None
    comparison: Comparison | None = None
    operational: OperationalReview | None = None
    program: ProgramReport | None = None
    gone: bool = False
    object_id: int | None = None
    places: list[tuple[int, str]] = field(default_factory=list)


def shown_widgets(actor: Actor, dashboard: Dashboard) -> list[ShownWidget]:
    """Every widget in order. A guest sees whole blocks of months and no groups."""
    wanted = [w for w in dashboard.widgets if w["kind"] in ("metric", "groups")]
    metrics = {
        m.pk: m
        for m in Metric.objects.for_actor(actor)
        .filter(pk__in={w["id"] for w in wanted})
        .select_related("program")
    }
    counted = [w["id"] for w in dashboard.widgets if w["kind"] == "operational"]
    records = {r.pk: r for r in OperationalMetric.objects.for_actor(actor).filter(pk__in=counted)}
    return [
        _shown(actor, place, widget, metrics, records)
        for place, widget in enumerate(dashboard.widgets)
    ]


def _shown(
    actor: Actor,
    place: int,
    widget: Mapping[str, Any],
    metrics: Mapping[int, Metric],
    records: Mapping[int, OperationalMetric],
) -> ShownWidget:
    kind, days = widget["kind"], widget["days"]
    about: dict[str, Any] = {"place": place, "kind": kind, "size": widget["size"], "days": days}
    period = last_days(actor, days)
    if kind == "note":
        return ShownWidget(**about, title="", text=widget["text"])
    if kind == "program":
        return ShownWidget(**about, title="", program=_program(actor, period))
    if kind == "operational":
        record = records.get(widget["id"])
        if record is None:
            return ShownWidget(**about, title="", gone=True)
        [review] = operational_reviews(actor, [record], period)
        about |= {"title": str(record), "object_id": record.pk}
        return ShownWidget(**about, operational=review, trend=operational_chart(review))
    metric = metrics.get(widget["id"])
    if metric is None:
        return ShownWidget(**about, title="", gone=True)
    return _metric(actor, metric, widget, period, about)


def _metric(
    actor: Actor, metric: Metric, widget: Mapping[str, Any], period: Period, about: dict[str, Any]
) -> ShownWidget:
    about |= {"title": str(metric), "object_id": metric.pk}
    is_guest = actor.role == "guest"
    shown = guest_period(actor, metric, period) if is_guest else period
    if shown is None:
        return ShownWidget(**about, gone=True)
    if widget["kind"] == "groups":
        by = widget["by"]
        about["title"] += f" · {kind_words().get(by, by)}"
        comparison = None if is_guest else metric_comparison(actor, metric, shown, by)
        return ShownWidget(**about, comparison=comparison, gone=comparison is None)
    step = "month" if is_guest else ""
    return ShownWidget(
        **about,
        review=metric_review(actor, metric, shown, {}),
        trend=metric_chart(actor, metric, shown, {}, step),
    )


def _program(actor: Actor, period: Period) -> ProgramReport:
    """All metrics over one period."""
    metrics = list(Metric.objects.for_actor(actor).select_related("program").order_by("pk"))
    if actor.role == "guest":
        return guest_program_report(actor, period)
    return program_report(actor, metrics, period, {})


def guest_program_report(actor: Actor, period: Period) -> ProgramReport:
    """All metrics as a guest sees them, each over the whole blocks of its months."""
    metrics = list(Metric.objects.for_actor(actor).select_related("program").order_by("pk"))
    spans = [(m, guest_period(actor, m, period)) for m in metrics]
    lines = [
        line
        for metric, span in spans
        if span is not None
        for line in program_report(actor, [metric], span, {}).lines
    ]
    return ProgramReport(period, lines, 0)
