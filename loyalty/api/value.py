"""What customers are worth: values, segments, the models behind them and the rules."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.fields import JsonField
from cxportal.core.api.serializers import PortalSerializer
from cxportal.core.api.views import PortalViewSet, etag
from loyalty.filters import ValueFilter
from loyalty.models import CustomerValue, ValueModel, ValueRules
from loyalty.queries.value import rules_for, value_segments, values_ranked
from loyalty.services.value import (
    value_model_fit,
    value_rules_update,
    values_rebuild,
)

MONEY: dict[str, Any] = {"max_digits": 18, "decimal_places": 2, "read_only": True}
SHARE: dict[str, Any] = {"max_digits": 4, "decimal_places": 3, "required": False}


class CustomerValueSerializer(PortalSerializer):
    """What one customer brought and will bring, in the program's currency."""

    id = serializers.IntegerField(read_only=True)
    customer = serializers.CharField(source="customer.external_id", read_only=True)
    segment = serializers.CharField(read_only=True)
    transactions = serializers.IntegerField(read_only=True)
    revenue = serializers.DecimalField(**MONEY)
    past_value = serializers.DecimalField(**MONEY)
    present_value = serializers.DecimalField(**MONEY)
    future_value = serializers.DecimalField(**MONEY)
    future_low = serializers.DecimalField(**MONEY)
    future_high = serializers.DecimalField(**MONEY)
    potential = serializers.DecimalField(**MONEY)
    lifetime_value = serializers.DecimalField(**MONEY)
    alive = serializers.FloatField(read_only=True)
    expected_purchases = serializers.FloatField(read_only=True)
    recency_cell = serializers.IntegerField(read_only=True)
    frequency_cell = serializers.IntegerField(read_only=True)
    money_cell = serializers.IntegerField(read_only=True)
    first_on = serializers.DateField(read_only=True)
    last_on = serializers.DateField(read_only=True)
    as_of = serializers.DateField(read_only=True)


class CustomerValueFilter(ValueFilter):
    """The page's filter, and by customer."""

    customer = django_filters.CharFilter(field_name="customer__external_id", label=_("Customer"))

    class Meta(ValueFilter.Meta):
        fields: list[str] = []


class SegmentSumsSerializer(PortalSerializer):
    """One of the four value segments and what it holds."""

    code = serializers.CharField(read_only=True)
    name = serializers.CharField(read_only=True)
    strategy = serializers.CharField(read_only=True)
    customers = serializers.IntegerField(read_only=True)
    share = serializers.FloatField(read_only=True)
    present = serializers.DecimalField(**MONEY)
    future = serializers.DecimalField(**MONEY)
    potential = serializers.DecimalField(**MONEY)
    lifetime = serializers.DecimalField(**MONEY)


class CustomerValueViewSet(PortalViewSet):
    """Customers' values."""

    model = CustomerValue
    serializer_class = CustomerValueSerializer
    filterset_class = CustomerValueFilter
    permissions = {
        "list": "loyalty.view_value",
        "retrieve": "loyalty.view_value",
        "segments": "loyalty.view_value",
    }
    orderings = {"id": "id", "lifetime_value": "lifetime_value"}

    def scoped(self) -> QuerySet[Any]:
        return values_ranked(self.actor)

    @extend_schema(
        responses=SegmentSumsSerializer(many=True), filters=False, operation_id="value_segments"
    )
    @action(detail=False, methods=["get"], filter_backends=[], pagination_class=None)
    def segments(self, request: Request) -> Response:
        """The four value segments with their sums."""
        return Response(SegmentSumsSerializer(value_segments(self.actor), many=True).data)


class ValueModelSerializer(PortalSerializer):
    """One fit of the models: parameters, log-likelihoods and the check on held-out time."""

    id = serializers.IntegerField(read_only=True)
    until = serializers.DateField()
    made_at = serializers.DateTimeField(read_only=True)
    is_current = serializers.BooleanField(read_only=True)
    method = serializers.CharField(read_only=True)
    why_simple = serializers.CharField(read_only=True)
    customers = serializers.IntegerField(read_only=True)
    repeaters = serializers.IntegerField(read_only=True)
    r = serializers.FloatField(read_only=True)
    alpha = serializers.FloatField(read_only=True)
    a = serializers.FloatField(read_only=True)
    b = serializers.FloatField(read_only=True)
    log_likelihood = serializers.FloatField(read_only=True)
    p = serializers.FloatField(read_only=True)
    q = serializers.FloatField(read_only=True)
    gamma = serializers.FloatField(read_only=True)
    spending_log_likelihood = serializers.FloatField(read_only=True)
    margin_share = serializers.FloatField(read_only=True)
    retention = serializers.FloatField(read_only=True)
    holdout = JsonField(read_only=True)
    concentration = JsonField(read_only=True)


class ValueModelViewSet(PortalViewSet):
    """Fits of BG/NBD and Gamma-Gamma; weeks, purchases of one day counted once."""

    model = ValueModel
    serializer_class = ValueModelSerializer
    permissions = {
        "list": "loyalty.view_value",
        "retrieve": "loyalty.view_value",
        "create": "loyalty.change_value",
        "rebuild": "loyalty.change_value",
    }

    def create(self, request: Request) -> Response:
        """Fit on transactions up to `until`, check on what came after; no value changes."""
        return self.created(value_model_fit(actor=self.actor, **self.data()))

    @extend_schema(request=None, responses={201: ValueModelSerializer})
    @action(detail=False, methods=["post"])
    def rebuild(self, request: Request) -> Response:
        """Fit on everything and recompute every customer's value now."""
        return self.created(values_rebuild(actor=self.actor))


class ValueRulesSerializer(PortalSerializer):
    """How value is counted; shares from 0 to 1."""

    version = serializers.IntegerField(read_only=True)
    yearly_rate = serializers.DecimalField(**SHARE)
    horizon_years = serializers.IntegerField(min_value=1, max_value=10, required=False)
    present_cut = serializers.DecimalField(**SHARE)
    future_cut = serializers.DecimalField(**SHARE)
    wallet_attribute = serializers.CharField(max_length=60, allow_blank=True, required=False)
    winnable_share = serializers.DecimalField(**SHARE)
    segment_names = JsonField(required=False, max_bytes=4_000)
    segment_strategies = JsonField(required=False, max_bytes=8_000)


class ValueRulesViewSet(PortalViewSet):
    """`/value-rules/`: one record, the program's own rules."""

    model = ValueRules
    serializer_class = ValueRulesSerializer
    permissions = {"own": "loyalty.view_value", "change": "loyalty.change_value"}
    filter_backends = []
    pagination_class = None

    @extend_schema(operation_id="value_rules_retrieve")
    def own(self, request: Request) -> Response:
        """How value is counted."""
        return self.shown(rules_for(self.actor))

    @extend_schema(operation_id="value_rules_update")
    def change(self, request: Request) -> Response:
        """Change rules; every value follows in the background."""
        values, version = self.data(partial=True), self.expected_version()
        rules = value_rules_update(actor=self.actor, version=version, **values)
        return Response(self.serializer_class(rules).data, headers=etag(rules))
