"""Reads of the touchpoint library: the list, and one touchpoint with all that hangs on it."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from cxportal.core.actors import Actor
from journeys.models import Action, Step, Touchpoint, TouchpointMetric
from journeys.queries.actions import actions_live, actions_open
from surveys.models import Metric


def touchpoints_listed(actor: Actor) -> QuerySet[Any]:
    """Touchpoints with the numbers of their stages, metrics and open actions."""
    rows: QuerySet[Any] = Touchpoint.objects.for_actor(actor)
    listed: QuerySet[Any] = rows.select_related("program", "owner").annotate(
        stage_count=_count(Step.objects.for_actor(actor)),
        metric_count=_count(TouchpointMetric.objects.for_actor(actor)),
        action_count=_count(actions_open(actor)),
    )
    return listed


def _count(rows: Any) -> Any:
    """How many rows name the touchpoint, without multiplying one join by another."""
    own = rows.filter(touchpoint=OuterRef("pk")).order_by().values("touchpoint")
    return Coalesce(Subquery(own.annotate(size=Count("pk")).values("size")), 0)


def touchpoint_links(actor: Actor, touchpoint: Touchpoint) -> Sequence[TouchpointMetric]:
    """Metrics attached to a touchpoint, in the order they were attached."""
    rows: QuerySet[Any] = TouchpointMetric.objects.for_actor(actor)
    return list(rows.filter(touchpoint=touchpoint).select_related("metric__program").order_by("pk"))


def metrics_free(actor: Actor, touchpoint: Touchpoint) -> QuerySet[Any]:
    """Metrics that the touchpoint is not yet measured by."""
    rows: QuerySet[Any] = Metric.objects.for_actor(actor)
    return rows.exclude(touchpoint_links__touchpoint=touchpoint).order_by("pk")


def touchpoint_actions(actor: Actor, touchpoint: Touchpoint, limit: int) -> list[Action]:
    """The newest actions at a touchpoint."""
    return list(actions_live(actor).filter(touchpoint=touchpoint).order_by("-pk")[:limit])
