"""What metrics and the portal itself give for the months of a scorecard."""

from collections.abc import Sequence
from datetime import date

from cxportal.core.actors import Actor
from loyalty.models import Kpi
from loyalty.queries.kpi_sources import SOURCES, Months
from surveys.calc.histogram import BINS, Histogram
from surveys.models import Metric, TallyMonth
from surveys.queries.guards import guards
from surveys.queries.operational_metrics import months_of_counted
from surveys.queries.scores import EVERYONE, score_of_histogram

_BINS = [f"n{value}" for value in range(BINS)]


def months_of_kpis(actor: Actor, kpis: Sequence[Kpi], first: date, last: date) -> dict[int, Months]:
    """Months by KPI id: one query for all metrics, four at most for counted ones, one for each
    computed source in use."""
    metrics = {kpi.metric_id: kpi.metric for kpi in kpis if kpi.metric is not None}
    by_metric = _metric_months(actor, list(metrics.values()), first, last)
    counted = {kpi.counted_id: kpi.counted for kpi in kpis if kpi.counted is not None}
    by_counted = months_of_counted(actor, list(counted.values()), first, last)
    computed = {
        name: SOURCES[name].read(actor, first, last)
        for name in {kpi.computed for kpi in kpis if kpi.source == Kpi.Source.COMPUTED}
        if name in SOURCES
    }
    found: dict[int, Months] = {}
    for kpi in kpis:
        if kpi.source == Kpi.Source.METRIC and kpi.metric_id is not None:
            found[kpi.pk] = by_metric.get(kpi.metric_id, {})
        elif kpi.source == Kpi.Source.COUNTED and kpi.counted_id is not None:
            found[kpi.pk] = by_counted.get(kpi.counted_id, {})
        elif kpi.source == Kpi.Source.COMPUTED:
            found[kpi.pk] = computed.get(kpi.computed, {})
    return found


def _metric_months(
    actor: Actor, metrics: Sequence[Metric], first: date, last: date
) -> dict[int, Months]:
    rows = TallyMonth.objects.for_actor(actor).filter(
        metric__in=metrics, dimension=EVERYONE, month__range=(first, last)
    )
    by_id = {metric.pk: metric for metric in metrics}
    found: dict[int, Months] = {metric.pk: {} for metric in metrics}
    sums = {
        (metric_id, month): Histogram.from_counts([max(0, count) for count in counts])
        for metric_id, month, *counts in rows.values_list("metric_id", "month", *_BINS)
    }
    for pk, guard in guards(actor, by_id).items():
        # Anonymous answers count in whole blocks; one of several months stands at its last.
        sums = {key: value for key, value in sums.items() if key[0] != pk}
        for span in guard.within(first, last):
            sums[pk, span[1].replace(day=1)] = guard.sums([span])
    for (metric_id, month), histogram in sums.items():
        metric = by_id[metric_id]
        metric.program = actor.program  # its minimum of answers, without another query
        score = score_of_histogram(metric, histogram)
        found[metric_id][month] = (score.value if score.shown else None, score.n)
    return found
