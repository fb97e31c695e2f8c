"""Metrics that are counted, their values, and dashboards."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.actors import Actor
from cxportal.core.api.fields import I18nField
from cxportal.core.api.serializers import BulkSerializer, PortalSerializer, RecordSerializer
from cxportal.core.api.views import BulkMixin, NestedViewSet, PortalViewSet
from cxportal.core.registry import figure_feeds
from surveys.calc.widgets import DAYS, KINDS, SIZES
from surveys.models import Dashboard, MetricValue, OperationalMetric
from surveys.services.dashboards import (
    dashboard_create,
    dashboard_delete,
    dashboard_update,
    dashboards_visible,
)
from surveys.services.figure_feeds import feed_recount
from surveys.services.operational_metrics import (
    metric_values_set,
    operational_metric_create,
    operational_metric_delete,
    operational_metric_update,
)


class OperationalMetricSerializer(RecordSerializer):
    """A counted metric; with a `formula` it is computed from others and takes no values."""

    code = serializers.CharField(max_length=60)
    name = I18nField(max_length=200)
    subject = serializers.ChoiceField(choices=OperationalMetric.Subject.choices, required=False)
    unit = serializers.ChoiceField(
        choices=OperationalMetric.Unit.choices, required=False, allow_blank=True
    )
    decimals = serializers.IntegerField(min_value=0, max_value=4, required=False)
    high_is_good = serializers.BooleanField(required=False)
    target = serializers.DecimalField(
        max_digits=18, decimal_places=4, required=False, allow_null=True
    )
    together = serializers.ChoiceField(choices=OperationalMetric.Together.choices, required=False)
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=300, required=False, allow_blank=True
    )
    formula = serializers.CharField(max_length=500, required=False, allow_blank=True)
    feed = serializers.CharField(max_length=40, required=False, allow_blank=True)
    feed_setting = serializers.CharField(max_length=60, required=False, allow_blank=True)
    fed_at = serializers.DateTimeField(read_only=True)
    min_n = serializers.IntegerField(
        min_value=1, max_value=1_000_000, required=False, allow_null=True
    )


class OperationalMetricUpdateSerializer(OperationalMetricSerializer):
    """The code stays."""

    code = serializers.CharField(read_only=True)


class FeedSettingSerializer(PortalSerializer):
    """One way to count a feed's figure."""

    value = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]


class FeedSerializer(PortalSerializer):
    """A figure the portal can count itself."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    how = serializers.CharField()
    subject = serializers.CharField()
    unit = serializers.CharField(allow_blank=True)
    high_is_good = serializers.BooleanField()
    settings = FeedSettingSerializer(many=True)


class OperationalMetricFilter(django_filters.FilterSet):  # type: ignore[misc]
    """By name, code and subject."""

    search = django_filters.CharFilter(
        label=_("Search"), field_name="name", lookup_expr="icontains"
    )
    code = django_filters.CharFilter(label=_("Code"))
    subject = django_filters.ChoiceFilter(
        label=_("Kind"), choices=OperationalMetric.Subject.choices
    )
    feed = django_filters.CharFilter(label=_("Counted from"))

    class Meta:
        model = OperationalMetric
        fields: list[str] = []


class OperationalMetricViewSet(PortalViewSet):
    """Counted metrics."""

    model = OperationalMetric
    serializer_class = OperationalMetricSerializer
    filterset_class = OperationalMetricFilter
    permissions = {
        "list": "surveys.view_metrics",
        "retrieve": "surveys.view_metrics",
        "create": "surveys.change_metrics",
        "partial_update": "surveys.change_metrics",
        "destroy": "surveys.change_metrics",
        "feeds": "surveys.view_metrics",
        "recount": "surveys.change_metrics",
    }
    orderings = {"id": "id", "code": "code", "updated_at": "updated_at"}
    updated_field = "updated_at"

    def create(self, request: Request) -> Response:
        return self.created(operational_metric_create(actor=self.actor, **self.data()))

    @extend_schema(request=OperationalMetricUpdateSerializer)
    def partial_update(self, request: Request, pk: int) -> Response:
        metric, version = self.get_object(), self.expected_version()
        values = self.data(OperationalMetricUpdateSerializer, partial=True)
        return self.shown(
            operational_metric_update(actor=self.actor, metric=metric, version=version, **values)
        )

    def destroy(self, request: Request, pk: int) -> Response:
        operational_metric_delete(actor=self.actor, metric=self.get_object())
        return self.gone()

    @extend_schema(responses=FeedSerializer(many=True), filters=False)
    @action(detail=False, pagination_class=None)
    def feeds(self, request: Request) -> Response:
        """What a metric can be fed by from the portal's own records."""
        return Response([feed_shown(self.actor, code) for code in figure_feeds])

    @extend_schema(request=None, responses=OperationalMetricSerializer)
    @action(detail=True, methods=["post"])
    def recount(self, request: Request, pk: int) -> Response:
        """Count a fed metric anew now; by itself it is counted every night."""
        metric = self.get_object()
        feed_recount(actor=self.actor, metric=metric)
        return self.shown(metric)


def feed_shown(actor: Actor, code: str) -> dict[str, Any]:
    """A feed as the list says it."""
    feed = figure_feeds[code]
    settings = feed.settings(actor) if feed.settings else []
    names = ("label", "how", "subject", "unit", "high_is_good")
    return {
        "code": code,
        **{name: _plain(getattr(feed, name)) for name in names},
        "settings": [{"value": value, "label": label} for value, label in settings],
    }


def _plain(value: Any) -> Any:
    return value if isinstance(value, bool) else str(value)


class MetricValueSerializer(PortalSerializer):
    """What was counted on a day."""

    id = serializers.IntegerField(read_only=True)
    day = serializers.DateField()
    value = serializers.DecimalField(max_digits=18, decimal_places=4)
    n = serializers.IntegerField(min_value=0, required=False, allow_null=True)


class MetricValueFilter(django_filters.FilterSet):  # type: ignore[misc]
    """By day."""

    since = django_filters.DateFilter(label=_("From"), field_name="day", lookup_expr="gte")
    until = django_filters.DateFilter(label=_("To"), field_name="day", lookup_expr="lte")

    class Meta:
        model = MetricValue
        fields: list[str] = []


class MetricValueViewSet(BulkMixin, NestedViewSet):
    """Values of a counted metric, one per day; a day sent again gets the new value."""

    model = MetricValue
    serializer_class = MetricValueSerializer
    filterset_class = MetricValueFilter
    parent_model = OperationalMetric
    parent_name = "metric"
    orderings = {"id": "id", "day": "day"}
    permissions = {
        "list": "surveys.view_metrics",
        "bulk": "surveys.change_metrics",
    }

    @extend_schema(request=MetricValueSerializer(many=True), responses=BulkSerializer)
    @action(detail=False, methods=["post"], parser_classes=BulkMixin.bulk_parsers)
    def bulk(self, request: Request, metric: int) -> Response:
        """Set many values; each row's `external_id` in the answer is its day."""
        parent = self.parent()
        return self.bulk_answer(
            request, lambda rows: metric_values_set(actor=self.actor, metric=parent, rows=rows)
        )


class WidgetSerializer(PortalSerializer):
    """What a widget shows: `id` names its metric, `by` the kind of group, `text` a note's words."""

    kind = serializers.ChoiceField(choices=KINDS)
    days = serializers.ChoiceField(choices=DAYS, required=False)
    size = serializers.ChoiceField(choices=SIZES, required=False)
    id = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    by = serializers.CharField(max_length=20, required=False)
    text = serializers.CharField(max_length=1000, required=False)


class DashboardSerializer(RecordSerializer):
    """Widgets in order."""

    name = serializers.CharField(max_length=120)
    widgets = WidgetSerializer(many=True, required=False)
    is_shared = serializers.BooleanField(required=False)

    def to_representation(self, instance: Dashboard) -> dict[str, Any]:
        shown: dict[str, Any] = super().to_representation(instance)
        shown["widgets"] = instance.widgets
        return shown


class DashboardFilter(django_filters.FilterSet):  # type: ignore[misc]
    """By name."""

    search = django_filters.CharFilter(
        label=_("Search"), field_name="name", lookup_expr="icontains"
    )

    class Meta:
        model = Dashboard
        fields: list[str] = []


class DashboardViewSet(PortalViewSet):
    """Dashboards; those of a key are shared with everybody."""

    model = Dashboard
    serializer_class = DashboardSerializer
    filterset_class = DashboardFilter
    permissions = {
        "list": "surveys.view_reports",
        "retrieve": "surveys.view_reports",
        "create": "surveys.make_dashboards",
        "partial_update": "surveys.make_dashboards",
        "destroy": "surveys.make_dashboards",
    }
    orderings = {"id": "id", "updated_at": "updated_at"}
    updated_field = "updated_at"

    def scoped(self) -> Any:
        return dashboards_visible(self.actor)

    def create(self, request: Request) -> Response:
        return self.created(dashboard_create(actor=self.actor, **self.data()))

    def partial_update(self, request: Request, pk: int) -> Response:
        dashboard, version = self.get_object(), self.expected_version()
        values = self.data(partial=True)
        return self.shown(
            dashboard_update(actor=self.actor, dashboard=dashboard, version=version, **values)
        )

    def destroy(self, request: Request, pk: int) -> Response:
        dashboard_delete(actor=self.actor, dashboard=self.get_object())
        return self.gone()
