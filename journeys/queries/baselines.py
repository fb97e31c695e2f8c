"""The scores a touchpoint had when work on it began, and the groups an action is tried in."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.models import Segment
from journeys.calc.effect import LONGEST
from journeys.models import UNSCORED, Action, TouchpointMetric
from surveys.calc.metrics import evaluate
from surveys.models import Dimension
from surveys.queries.scores import definition_of, metric_histograms

#: Kinds of dimensions an action may be tried in.
PILOT_KINDS = ("store", "segment")


def baseline_of(actor: Actor, action: Action) -> dict[str, Any]:
    """{"from", "to", "metrics": [{"metric", "code", "value", "margin", "n"}]}: the 90 days before
    the work started, heaviest metric first; {} where nothing is measured. Two queries.
    """
    if action.started_at is None:
        return {}
    links: QuerySet[Any] = TouchpointMetric.objects.for_actor(actor)
    found = links.filter(touchpoint=action.touchpoint_id).exclude(aspect__in=UNSCORED)
    found = found.select_related("metric__program")
    metrics = [link.metric for link in found.order_by("-weight", "pk")]
    if not metrics:
        return {}
    last = action.started_at.astimezone(actor.program.zone).date() - timedelta(days=1)
    first = last - timedelta(days=LONGEST - 1)
    histograms = metric_histograms(actor=actor, metrics=metrics, first_day=first, last_day=last)
    return {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "metrics": [_measured(metric, histograms[metric.pk]) for metric in metrics],
    }


def _measured(metric: Any, histogram: Any) -> dict[str, Any]:
    score = evaluate(definition_of(metric), histogram)
    hidden = score.hidden is not None
    return {
        "metric": metric.pk,
        "code": metric.code,
        "value": None if hidden else score.value,
        "margin": None if hidden else score.margin,
        "n": score.n,
    }


def pilot_groups(actor: Actor) -> list[tuple[int, str]]:
    """Stores and segments an action may be tried in: (dimension id, name)."""
    rows: QuerySet[Any] = Dimension.objects.for_actor(actor).filter(kind__in=PILOT_KINDS)
    names = {s.code: str(s) for s in Segment.objects.for_actor(actor)}
    words = {"store": _("Store"), "segment": _("Segment")}
    return [
        (row.pk, f"{words[row.kind]}: {names.get(row.key, row.key)}")
        for row in rows.order_by("kind", "key")[:300]
    ]
