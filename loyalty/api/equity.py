"""Customer equity, NPS and money: read, and days kept."""

from dataclasses import asdict
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.fields import ScopedPrimaryKeyRelatedField
from cxportal.core.api.serializers import PortalSerializer
from cxportal.core.api.views import PortalViewSet
from loyalty.models import ValueSnapshot
from loyalty.queries.equity import equity_flows, snapshot_days
from loyalty.queries.nps_money import nps_metrics, nps_money
from loyalty.services.equity import equity_keep
from surveys.models import Metric

MONEY: dict[str, Any] = {"max_digits": 20, "decimal_places": 2, "read_only": True}


class EquityFlowSerializer(PortalSerializer):
    """start + acquired + grown - lost = end, exact."""

    code = serializers.CharField(read_only=True)
    start = serializers.DecimalField(**MONEY)
    acquired = serializers.DecimalField(**MONEY)
    grown = serializers.DecimalField(**MONEY)
    lost = serializers.DecimalField(**MONEY)
    retained = serializers.DecimalField(**MONEY)
    end = serializers.DecimalField(**MONEY)
    newcomers = serializers.IntegerField(read_only=True)
    leavers = serializers.IntegerField(read_only=True)
    customers = serializers.IntegerField(read_only=True)


class EquitySerializer(PortalSerializer):
    """Flows between two kept days; `days` are those to choose from."""

    days = serializers.ListField(child=serializers.DateField(), read_only=True)
    whole = EquityFlowSerializer(read_only=True, allow_null=True)
    segments = EquityFlowSerializer(many=True, read_only=True)


class PeriodSerializer(PortalSerializer):
    """Two kept days; the newest two when left out."""

    start = serializers.DateField(required=False)
    end = serializers.DateField(required=False)


class KeepSerializer(PortalSerializer):
    """The day to keep; today when left out."""

    on = serializers.DateField(required=False)


class KeptSerializer(PortalSerializer):
    """How many customers' values were kept."""

    customers = serializers.IntegerField(read_only=True)


class MoneyQuestion(PortalSerializer):
    """Which NPS metric; the headline when left out."""

    metric = ScopedPrimaryKeyRelatedField(model=Metric, required=False)


class EquityViewSet(PortalViewSet):
    """`/equity/` and `/nps-money/`."""

    model = ValueSnapshot
    serializer_class = EquitySerializer
    permissions = {
        "flows": "loyalty.view_value",
        "keep": "loyalty.change_value",
        "money": "loyalty.view_value",
    }
    filter_backends = []
    pagination_class = None

    @extend_schema(parameters=[PeriodSerializer], operation_id="equity_retrieve")
    def flows(self, request: Request) -> Response:
        """What was acquired, grown and lost between two kept days."""
        asked = PeriodSerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        days = snapshot_days(self.actor)
        defaults = days[-2:] if len(days) >= 2 else [None, None]
        start = asked.validated_data.get("start", defaults[0])
        end = asked.validated_data.get("end", defaults[1])
        if start is None or end is None:
            return Response({"days": days, "whole": None, "segments": []})
        whole, parts = equity_flows(self.actor, start, end)
        return Response(EquitySerializer({"days": days, "whole": whole, "segments": parts}).data)

    @extend_schema(
        request=KeepSerializer, responses={201: KeptSerializer}, operation_id="equity_keep"
    )
    def keep(self, request: Request) -> Response:
        """Keep every customer's value of a day."""
        count = equity_keep(actor=self.actor, on=self.data(KeepSerializer).get("on"))
        return Response({"customers": count}, status=201)

    @extend_schema(
        parameters=[MoneyQuestion], responses={200: OpenApiTypes.OBJECT},
        operation_id="nps_money_retrieve",
    )  # fmt: skip
    def money(self, request: Request) -> Response:
        """What promoters, passives and detractors bring, and what one point is worth."""
        asked = MoneyQuestion(
            data=request.query_params.dict(), context=self.get_serializer_context()
        )
        asked.is_valid(raise_exception=True)
        metric = asked.validated_data.get("metric") or next(iter(nps_metrics(self.actor)), None)
        if metric is None:
            return Response({"metric": None, "groups": [], "point": None})
        found = nps_money(self.actor, metric)
        point = asdict(found.worth)
        groups = [asdict(group) for group in found.groups]
        return Response({"metric": metric.pk, "groups": groups, "point": point})
