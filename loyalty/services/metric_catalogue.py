"""Connecting a metric of the field in one step: a record to fill, or a KPI that fills itself."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from cxportal.core.registry import figure_feeds
from loyalty.metric_catalogue import BY_CODE, FieldMetric
from loyalty.models import Kpi
from loyalty.queries.kpi_sources import SOURCES
from loyalty.services.scorecard import kpi_create
from surveys.models import Metric, OperationalMetric
from surveys.services.metrics import metric_create
from surveys.services.operational_metrics import operational_metric_create

WAYS = ("asked", "counted", "fed", "computed", "kpi")
_VIEWS = {
    "first_contact": Kpi.View.CAPABILITY,
    "repeat_orders": Kpi.View.EQUITY,
    "churn": Kpi.View.EQUITY,
    "participation": Kpi.View.EQUITY,
    "lifetime_value": Kpi.View.EQUITY,
}


@transaction.atomic
def metric_connect(*, actor: Actor, code: str, way: str) -> Metric | OperationalMetric | Kpi:
    """Connect a metric of the catalogue and return what was made.

    `way`: "asked" makes a metric that a survey's question feeds, "counted" one whose values come
    by hand, file or API, "fed" one the portal counts from its own records, "computed" a KPI the
    portal fills itself, "kpi" puts the program's own metric of this kind on the scorecard. Raises
    DomainError "not_found", "invalid".
    """
    entry = BY_CODE.get(code)
    if entry is None:
        raise DomainError("not_found", _("There is no such metric in the catalogue."), status=404)
    if way == "asked" and entry.kind:
        return metric_create(actor=actor, code=_free(actor, code), name=_names(entry.label),
                             kind=entry.kind)  # fmt: skip
    if way in {"counted", "fed"} and entry.subject:
        return _counted(actor, entry, fed=way == "fed")
    if way == "computed" and entry.computed:
        source = SOURCES[entry.computed]
        return kpi_create(
            actor=actor,
            name=_names(entry.label),
            view=source.view,
            source=Kpi.Source.COMPUTED,
            computed=source.name,
        )
    if way == "kpi":
        return _kpi_of_own(actor, entry)
    message = _("This metric is not connected that way.")
    raise DomainError("invalid", message, details={"way": message})


def _counted(actor: Actor, entry: FieldMetric, *, fed: bool) -> OperationalMetric:
    """A counted metric: its values are brought, or counted by the portal with a usual setting."""
    values: dict[str, Any] = {
        "subject": entry.subject,
        "unit": entry.unit,
        "high_is_good": entry.high_is_good,
    }
    if fed:
        feed = figure_feeds.get(entry.feed)
        if feed is None:
            raise DomainError("invalid", _("This metric is not connected that way."))
        settings_known = feed.settings(actor) if feed.settings else ()
        setting = settings_known[0][0] if settings_known else ""
        values = {"feed": entry.feed, "feed_setting": setting}
    return operational_metric_create(
        actor=actor, code=_free(actor, entry.code), name=_names(entry.label), **values
    )


def _kpi_of_own(actor: Actor, entry: FieldMetric) -> Kpi:
    """The program's first metric of the kind becomes a KPI."""
    view = _VIEWS.get(entry.code, Kpi.View.EXPERIENCE)
    asked: Any = Metric.objects.for_actor(actor).order_by("-is_headline", "pk")
    metric = asked.filter(kind=entry.kind).first() if entry.kind else None
    if metric is not None:
        return kpi_create(
            actor=actor, name=metric.name, view=view, source=Kpi.Source.METRIC, metric=metric,
            target=metric.target, owner=metric.owner,
        )  # fmt: skip
    records: Any = OperationalMetric.objects.for_actor(actor)
    counted = records.filter(subject=entry.subject).first() if entry.subject else None
    if counted is None:
        raise DomainError("invalid", _("Connect the metric first."))
    return kpi_create(
        actor=actor, name=counted.name, view=view, source=Kpi.Source.COUNTED, counted=counted,
        target=counted.target, owner=counted.owner,
    )  # fmt: skip


def _names(label: Any) -> dict[str, str]:
    """The catalogue's name in every language of the portal."""
    found = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            found[language] = str(label)
    return found


def _free(actor: Actor, code: str) -> str:
    """The code, with a number where the program has it already."""
    taken = set(Metric.objects.for_actor(actor).values_list("code", flat=True))
    taken |= set(OperationalMetric.objects.for_actor(actor).values_list("code", flat=True))
    name, number = code, 2
    while name in taken:
        name, number = f"{code}-{number}", number + 1
    return name
