"""The field's metrics and what the program connects."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.serializers import PortalSerializer
from cxportal.core.api.views import PortalViewSet
from loyalty.metric_catalogue import CATALOGUE, SOURCE
from loyalty.models import Kpi
from loyalty.queries.metric_catalogue import CatalogueRow, catalogue_of
from loyalty.services.metric_catalogue import WAYS, metric_connect
from surveys.models import Metric


class ConnectSerializer(PortalSerializer):
    """Which metric, and how: asked, counted, computed or kpi."""

    code = serializers.ChoiceField(choices=[entry.code for entry in CATALOGUE])
    way = serializers.ChoiceField(choices=WAYS)


class FieldMetricSerializer(PortalSerializer):
    """A metric of the field: `peers` per cent use it; ids of what the program has of it."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    peers = serializers.IntegerField()
    source = serializers.CharField()  # type: ignore[assignment]
    connected = serializers.BooleanField()
    metrics = serializers.ListField(child=serializers.IntegerField())
    counted_metrics = serializers.ListField(child=serializers.IntegerField())
    kpis = serializers.ListField(child=serializers.IntegerField())
    ways = serializers.ListField(child=serializers.CharField())


class ConnectedSerializer(PortalSerializer):
    """What was made: a metric, a counted metric or a KPI."""

    made = serializers.ChoiceField(choices=("metric", "counted_metric", "kpi"))
    id = serializers.IntegerField()


def _body(row: CatalogueRow) -> dict[str, Any]:
    return {
        "code": row.entry.code,
        "label": str(row.entry.label),
        "peers": row.entry.peers,
        "source": SOURCE,
        "connected": row.is_connected,
        "metrics": [metric.pk for metric in row.asked],
        "counted_metrics": [metric.pk for metric in row.counted],
        "kpis": [kpi.pk for kpi in row.kpis],
        "ways": row.ways,
    }


class MetricCatalogueViewSet(PortalViewSet):
    """`/metric-catalogue/`."""

    model = Metric
    serializer_class = ConnectSerializer
    permissions = {"catalogue": "surveys.view_metrics", "connect": "loyalty.change_steering"}
    filter_backends = []
    pagination_class = None

    @extend_schema(
        responses=FieldMetricSerializer(many=True), operation_id="metric_catalogue_retrieve"
    )
    def catalogue(self, request: Request) -> Response:
        """The field's metrics, most used first."""
        return Response([_body(row) for row in catalogue_of(self.actor).rows])

    @extend_schema(responses={201: ConnectedSerializer}, operation_id="metric_catalogue_connect")
    def connect(self, request: Request) -> Response:
        """Connect one in one step."""
        made = metric_connect(actor=self.actor, **self.data())
        kind = "counted_metric"
        if isinstance(made, Kpi):
            kind = "kpi"
        elif isinstance(made, Metric):
            kind = "metric"
        return Response({"made": kind, "id": made.pk}, status=201)
