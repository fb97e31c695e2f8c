"""Touchpoints: the library, their places in stages, and the metrics that measure them."""

from typing import Any

import django_filters
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.fields import I18nField, ScopedPrimaryKeyRelatedField
from cxportal.core.api.serializers import PortalSerializer, RecordSerializer
from cxportal.core.api.views import NestedViewSet, PortalViewSet
from journeys.api.journeys import CODE, EDITED, MAX_PLACE
from journeys.models import Stage, Step, Touchpoint, TouchpointMetric
from journeys.services.steps import (
    step_add,
    step_move,
    step_remove,
    step_update,
)
from journeys.services.touchpoints import (
    MAX_IMPORTANCE,
    MAX_WEIGHT,
    touchpoint_create,
    touchpoint_delete,
    touchpoint_metric_attach,
    touchpoint_metric_detach,
    touchpoint_update,
)
from surveys.models import Metric


class TouchpointMetricSerializer(PortalSerializer):
    """A metric that measures the touchpoint, and what it weighs there."""

    id = serializers.IntegerField(read_only=True)
    metric = ScopedPrimaryKeyRelatedField(model=Metric)
    aspect = serializers.ChoiceField(choices=TouchpointMetric.Aspect.choices, required=False)
    weight = serializers.DecimalField(
        max_digits=5, decimal_places=2, min_value=0, max_value=MAX_WEIGHT, required=False
    )
    competitor = serializers.CharField(max_length=120, required=False, allow_blank=True)


class TouchpointSerializer(RecordSerializer):
    """Where customers meet the company; `importance` is 0–10, its weight in a stage."""

    code = serializers.RegexField(CODE, max_length=60, required=False)
    name = I18nField(max_length=200)
    description = I18nField(required=False)
    area = serializers.ChoiceField(choices=Touchpoint.Area.choices, required=False)
    is_active_contact = serializers.BooleanField(required=False)
    is_manageable = serializers.BooleanField(required=False)
    is_moment_of_truth = serializers.BooleanField(required=False)
    is_perceived = serializers.BooleanField(required=False)
    expectation = serializers.DecimalField(
        max_digits=4,
        decimal_places=2,
        min_value=0,
        max_value=MAX_IMPORTANCE,
        required=False,
        allow_null=True,
    )
    event_kinds = serializers.ListField(
        child=serializers.CharField(max_length=60), max_length=50, required=False
    )
    channel = serializers.CharField(max_length=60, allow_blank=True, required=False)
    importance = serializers.DecimalField(
        max_digits=4, decimal_places=2, min_value=0, max_value=MAX_IMPORTANCE, required=False
    )
    metrics = TouchpointMetricSerializer(source="metric_links", many=True, read_only=True)


class TouchpointUpdateSerializer(TouchpointSerializer):
    """The code stays."""

    code = serializers.CharField(read_only=True)  # type: ignore[assignment]


class StepSerializer(PortalSerializer):
    """A step of a stage: a touchpoint's place, or by a name what the customer does alone."""

    id = serializers.IntegerField(read_only=True)
    uid = serializers.UUIDField(read_only=True)
    touchpoint = ScopedPrimaryKeyRelatedField(model=Touchpoint, required=False, allow_null=True)
    name = I18nField(max_length=300, required=False)
    position = serializers.IntegerField(min_value=0, max_value=MAX_PLACE, required=False)


class StepUpdateSerializer(PortalSerializer):
    """A name, a touchpoint, or another place, of its stage or of another one."""

    name = I18nField(max_length=300, required=False)
    touchpoint = ScopedPrimaryKeyRelatedField(model=Touchpoint, required=False, allow_null=True)
    stage = ScopedPrimaryKeyRelatedField(model=Stage, required=False)
    position = serializers.IntegerField(min_value=0, max_value=MAX_PLACE, required=False)


class TouchpointFilter(django_filters.FilterSet):  # type: ignore[misc]
    """By name, code, area and stage."""

    search = django_filters.CharFilter(
        label=_("Search"), field_name="name", lookup_expr="icontains"
    )
    code = django_filters.CharFilter(label=_("Code"))
    area = django_filters.ChoiceFilter(label=_("Area"), choices=Touchpoint.Area.choices)
    stage = django_filters.NumberFilter(label=_("Stage"), field_name="steps__stage_id")

    class Meta:
        model = Touchpoint
        fields: list[str] = []


class TouchpointViewSet(PortalViewSet):
    """The library of touchpoints."""

    model = Touchpoint
    serializer_class = TouchpointSerializer
    filterset_class = TouchpointFilter
    permissions = EDITED
    orderings = {"id": "id", "code": "code", "updated_at": "updated_at"}
    updated_field = "updated_at"

    def scoped(self) -> QuerySet[Any]:
        return super().scoped().prefetch_related("metric_links")

    def create(self, request: Request) -> Response:
        """Add a touchpoint to the library."""
        return self.created(touchpoint_create(actor=self.actor, **self.data()))

    @extend_schema(request=TouchpointUpdateSerializer)
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change a touchpoint everywhere it stands."""
        touchpoint, version = self.get_object(), self.expected_version()
        values = self.data(TouchpointUpdateSerializer, partial=True)
        return self.shown(
            touchpoint_update(actor=self.actor, touchpoint=touchpoint, version=version, **values)
        )

    def destroy(self, request: Request, pk: int) -> Response:
        """Delete a touchpoint everywhere; its actions stay without it."""
        touchpoint_delete(actor=self.actor, touchpoint=self.get_object())
        return self.gone()


class TouchpointMetricViewSet(NestedViewSet):
    """What measures a touchpoint."""

    model = TouchpointMetric
    serializer_class = TouchpointMetricSerializer
    parent_model = Touchpoint
    parent_name = "touchpoint"
    permissions = {name: EDITED[name] for name in ("list", "create", "destroy")}

    def create(self, request: Request, touchpoint: int) -> Response:
        """Measure it by a metric; attaching it again changes weight and aspect."""
        found = self.parent()
        return self.created(
            touchpoint_metric_attach(actor=self.actor, touchpoint=found, **self.data())
        )

    def destroy(self, request: Request, touchpoint: int, pk: int) -> Response:
        """Stop measuring it by a metric; the metric stays."""
        touchpoint_metric_detach(actor=self.actor, link=self.get_object())
        return self.gone()


class StepViewSet(NestedViewSet):
    """The touchpoints of a stage, in order."""

    model = Step
    serializer_class = StepSerializer
    parent_model = Stage
    parent_name = "stage"
    permissions = {name: EDITED[name] for name in ("list", "create", "partial_update", "destroy")}
    default_ordering = "position"
    orderings = {"position": "position", "id": "id"}

    def scoped(self) -> QuerySet[Any]:
        return super().scoped().select_related("stage")

    def create(self, request: Request, stage: int) -> Response:
        """Place a touchpoint, or name a step; placing a touchpoint again answers its step."""
        found = self.parent()
        return self.created(step_add(actor=self.actor, stage=found, **self.data()))

    @extend_schema(request=StepUpdateSerializer)
    @transaction.atomic
    def partial_update(self, request: Request, stage: int, pk: int) -> Response:
        """Change it, or move it to another place, also of another stage of the journey."""
        step, values = self.get_object(), self.data(StepUpdateSerializer, partial=True)
        place = {name: values.pop(name) for name in ("stage", "position") if name in values}
        if values:
            step = step_update(actor=self.actor, step=step, **values)
        if place:
            step = step_move(actor=self.actor, step=step, **{"position": step.position, **place})
        return self.shown(step)

    def destroy(self, request: Request, stage: int, pk: int) -> Response:
        """Take the touchpoint out of the stage; it stays in the library."""
        step_remove(actor=self.actor, step=self.get_object())
        return self.gone()
