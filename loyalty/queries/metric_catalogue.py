"""The field's metrics beside what this program connects. Three queries."""

from collections import defaultdict
from dataclasses import dataclass, field

from cxportal.core.actors import Actor
from loyalty.metric_catalogue import CATALOGUE, FieldMetric
from loyalty.models import Kpi
from surveys.models import Metric, OperationalMetric


@dataclass(frozen=True)
class CatalogueRow:
    """One metric of the field: the program's records of it and the KPIs they feed.

    `ways` are the steps that would connect it further: fed, computed, asked, counted, kpi.
    """

    entry: FieldMetric
    asked: list[Metric]
    counted: list[OperationalMetric]
    kpis: list[Kpi]
    ways: list[str] = field(default_factory=list)

    @property
    def is_connected(self) -> bool:
        return bool(self.asked or self.counted or self.kpis)


@dataclass(frozen=True)
class Catalogue:
    """The catalogue, most used first."""

    rows: list[CatalogueRow]

    @property
    def connected(self) -> int:
        return sum(row.is_connected for row in self.rows)


def catalogue_of(actor: Actor) -> Catalogue:
    """Every metric of the field and what the program has of it."""
    asked: dict[str, list[Metric]] = defaultdict(list)
    for metric in Metric.objects.for_actor(actor).order_by("-is_headline", "pk"):
        asked[metric.kind].append(metric)
    counted: dict[str, list[OperationalMetric]] = defaultdict(list)
    for record in OperationalMetric.objects.for_actor(actor):
        counted[record.subject].append(record)
    kpis = list(Kpi.objects.for_actor(actor).select_related("metric", "counted"))
    return Catalogue([_row(entry, asked, counted, kpis) for entry in CATALOGUE])


def _row(
    entry: FieldMetric,
    asked: dict[str, list[Metric]],
    counted: dict[str, list[OperationalMetric]],
    kpis: list[Kpi],
) -> CatalogueRow:
    metrics = asked.get(entry.kind, []) if entry.kind else []
    records = counted.get(entry.subject, []) if entry.subject else []
    own = [kpi for kpi in kpis if _shows(kpi, entry)]
    ways = []
    if entry.feed and not any(record.feed for record in records):
        ways.append("fed")
    elif entry.computed and not own:
        ways.append("computed")
    if entry.kind and not metrics:
        ways.append("asked")
    if entry.subject and not records:
        ways.append("counted")
    if (metrics or records) and not own:
        ways.append("kpi")
    return CatalogueRow(entry, metrics, records, own, ways)


def _shows(kpi: Kpi, entry: FieldMetric) -> bool:
    if kpi.metric is not None:
        return bool(entry.kind) and kpi.metric.kind == entry.kind
    if kpi.counted is not None:
        return bool(entry.subject) and kpi.counted.subject == entry.subject
    return bool(entry.computed) and kpi.computed == entry.computed
