"""Transactions: listed, and synchronised by external_id one by one or in bulk."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.serializers import BulkSerializer, PortalSerializer
from cxportal.core.api.views import BulkMixin, PortalViewSet
from cxportal.core.errors import DomainError
from loyalty.filters import TransactionFilter
from loyalty.models import Transaction
from loyalty.services.transactions import transactions_bulk_upsert

MONEY: dict[str, Any] = {"max_digits": 16, "decimal_places": 2}


class TransactionSerializer(PortalSerializer):
    """A purchase, or a refund with a negative amount, in the program's currency."""

    id = serializers.IntegerField(read_only=True)
    external_id = serializers.CharField(max_length=120)
    customer = serializers.CharField(source="customer.external_id", max_length=120)
    kind = serializers.ChoiceField(choices=Transaction.Kind.choices, required=False)
    occurred_at = serializers.DateTimeField()
    amount = serializers.DecimalField(**MONEY)
    margin = serializers.DecimalField(**MONEY, required=False, allow_null=True)
    channel = serializers.CharField(max_length=60, allow_blank=True, required=False)
    store = serializers.CharField(max_length=120, allow_blank=True, required=False)
    product = serializers.CharField(max_length=120, allow_blank=True, required=False)
    updated_at = serializers.DateTimeField(read_only=True)


class TransactionApiFilter(TransactionFilter):
    """The page's filter, and the id of the client's own systems."""

    updated_since = None
    external_id = django_filters.CharFilter(label=gettext_lazy("External id"))

    class Meta(TransactionFilter.Meta):
        fields: list[str] = []


class TransactionViewSet(PortalViewSet, BulkMixin):
    """What customers paid."""

    model = Transaction
    serializer_class = TransactionSerializer
    filterset_class = TransactionApiFilter
    permissions = {
        "list": "loyalty.view_transactions",
        "retrieve": "loyalty.view_transactions",
        "create": "loyalty.change_transactions",
        "bulk": "loyalty.change_transactions",
    }
    orderings = {"id": "id", "occurred_at": "occurred_at", "updated_at": "updated_at"}
    updated_field = "updated_at"

    def scoped(self) -> QuerySet[Any]:
        return super().scoped().select_related("customer")

    def create(self, request: Request) -> Response:
        """Make or change one transaction by its external_id: 201 when new, else 200."""
        if not isinstance(request.data, dict):
            raise DomainError("invalid", _("Send one JSON object."), status=400)
        result = transactions_bulk_upsert(actor=self.actor, rows=[request.data])
        row = result.rows[0]
        if result.failed:
            sentence = _("Some fields need mending.")
            raise DomainError("invalid", sentence, details=row["errors"])
        found = self.scoped().get(external_id=row["external_id"])
        return self.shown(found, status=201 if result.created else 200)

    @extend_schema(request=TransactionSerializer(many=True), responses={200: BulkSerializer})
    @action(detail=False, methods=["post"], parser_classes=BulkMixin.bulk_parsers)
    def bulk(self, request: Request) -> Response:
        """Make or change up to 10,000 transactions by external_id; a bad row fails alone."""
        return self.bulk_answer(
            request, lambda rows: transactions_bulk_upsert(actor=self.actor, rows=rows)
        )
