"""What happened to customers: recorded one by one or in bulk, listed by customer and kind."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.fields import CustomerField, JsonField, actor_of
from cxportal.core.api.serializers import BulkSerializer, PortalSerializer
from cxportal.core.api.views import BulkMixin, PortalViewSet
from cxportal.core.models import CustomerEvent
from cxportal.core.services.events import event_record, events_record


class EventSerializer(PortalSerializer):
    """One event; its free data only for keys that may see persons."""

    id = serializers.IntegerField(read_only=True)
    external_id = serializers.CharField(max_length=120, required=False, allow_null=True)
    customer = CustomerField()
    kind = serializers.CharField(max_length=60)
    occurred_at = serializers.DateTimeField(required=False)
    place = serializers.CharField(max_length=120, required=False, allow_blank=True)
    data = JsonField(required=False)  # type: ignore[assignment]
    created_at = serializers.DateTimeField(read_only=True)

    def to_representation(self, instance: CustomerEvent) -> dict[str, Any]:
        shown = super().to_representation(instance)
        if not actor_of(self).sees_personal_data:
            shown["data"] = None
        return shown


class EventFilter(django_filters.FilterSet):  # type: ignore[misc]
    """By customer, kind and moment."""

    search = django_filters.CharFilter(
        label=_("Search"), field_name="kind", lookup_expr="istartswith"
    )
    customer = django_filters.CharFilter(label=_("Customer"), field_name="customer__external_id")
    kind = django_filters.CharFilter(label=_("Kind"))
    external_id = django_filters.CharFilter(label=_("External id"))
    since = django_filters.IsoDateTimeFilter(
        label=_("From"), field_name="occurred_at", lookup_expr="gte"
    )
    until = django_filters.IsoDateTimeFilter(
        label=_("To"), field_name="occurred_at", lookup_expr="lt"
    )

    class Meta:
        model = CustomerEvent
        fields: list[str] = []


class EventViewSet(PortalViewSet, BulkMixin):
    """Customer events; one that was recorded is never changed."""

    model = CustomerEvent
    serializer_class = EventSerializer
    filterset_class = EventFilter
    permissions = {
        "list": "core.view_events",
        "retrieve": "core.view_events",
        "create": "core.record_events",
        "bulk": "core.record_events",
    }
    orderings = {"id": "id", "occurred_at": "occurred_at", "created_at": "created_at"}
    updated_field = "created_at"

    def scoped(self) -> QuerySet[Any]:
        return super().scoped().select_related("customer")

    def create(self, request: Request) -> Response:
        """Record one event; the same external_id again answers the first."""
        return self.created(event_record(actor=self.actor, **self.data()))

    @extend_schema(request=EventSerializer(many=True), responses={200: BulkSerializer})
    @action(detail=False, methods=["post"], parser_classes=BulkMixin.bulk_parsers)
    def bulk(self, request: Request) -> Response:
        """Record up to 10,000 events; a known external_id is “unchanged”."""
        return self.bulk_answer(request, lambda rows: events_record(actor=self.actor, rows=rows))
