"""Segments: by rule or by hand, with a preview of who is in and the members themselves."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.customers import CustomerSerializer
from cxportal.core.api.fields import I18nField, JsonField, owner_email
from cxportal.core.api.serializers import PortalSerializer, RecordSerializer
from cxportal.core.api.views import NestedViewSet, PortalViewSet
from cxportal.core.bulk import MAX_ROWS
from cxportal.core.models import Customer, Segment
from cxportal.core.policies import authorise
from cxportal.core.queries.customers import customers_listed
from cxportal.core.queries.segments import segment_preview, segment_q
from cxportal.core.services.segments import (
    segment_add_customers,
    segment_create,
    segment_delete,
    segment_refresh,
    segment_remove_customers,
    segment_update,
)

HAND_MADE = [(k.value, k.label) for k in (Segment.Kind.RULE, Segment.Kind.MANUAL)]


class SegmentSerializer(RecordSerializer):
    """A group of customers."""

    code = serializers.CharField(max_length=60)
    name = I18nField(max_length=200)
    description = serializers.CharField(max_length=2000, allow_blank=True, required=False)
    kind = serializers.ChoiceField(choices=Segment.Kind.choices, read_only=True)
    rule = JsonField(required=False)
    is_reported = serializers.BooleanField(required=False)
    owner_email = owner_email()
    member_count = serializers.IntegerField(read_only=True)
    members_counted_at = serializers.DateTimeField(read_only=True)


class SegmentCreateSerializer(SegmentSerializer):
    """The kind is chosen once."""

    kind = serializers.ChoiceField(choices=HAND_MADE, required=False)


class MembersSerializer(PortalSerializer):
    """Customers by external_id."""

    customers = serializers.ListField(
        child=serializers.CharField(max_length=120), min_length=1, max_length=MAX_ROWS
    )
    reason = serializers.CharField(max_length=200, allow_blank=True, required=False)


class RuleSerializer(PortalSerializer):
    """A rule that need not be saved."""

    rule = JsonField()


MEMBERS_CHANGED = inline_serializer(
    "MembersChanged",
    {
        "changed": serializers.IntegerField(),
        "unknown": serializers.ListField(child=serializers.CharField()),
        "member_count": serializers.IntegerField(),
    },
)
PREVIEW = inline_serializer(
    "SegmentPreview",
    {"count": serializers.IntegerField(), "total": serializers.IntegerField()},
)


class SegmentFilter(django_filters.FilterSet):  # type: ignore[misc]
    """By code or name, and kind."""

    search = django_filters.CharFilter(label=_("Search"), field_name="name", method="find")
    code = django_filters.CharFilter(label=_("Code"))
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Segment.Kind.choices)

    class Meta:
        model = Segment
        fields: list[str] = []

    def find(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """In the name of any language."""
        return queryset.filter(name__icontains=value)


class SegmentViewSet(PortalViewSet):
    """Groups of customers."""

    model = Segment
    serializer_class = SegmentSerializer
    filterset_class = SegmentFilter
    permissions = {
        "list": "core.view_segments",
        "retrieve": "core.view_segments",
        "create": "core.change_segments",
        "partial_update": "core.change_segments",
        "destroy": "core.change_segments",
        "preview": "core.view_segments",
        "refresh": "core.change_segments",
        "add": "core.change_segments",
        "remove": "core.change_segments",
    }
    orderings = {"id": "id", "code": "code", "updated_at": "updated_at"}
    updated_field = "updated_at"

    def scoped(self) -> QuerySet[Any]:
        return super().scoped().select_related("owner")

    @extend_schema(request=SegmentCreateSerializer, responses={201: SegmentSerializer})
    def create(self, request: Request) -> Response:
        """Make a segment by rule or by hand."""
        values = self.data(SegmentCreateSerializer)
        return self.created(segment_create(actor=self.actor, **values))

    def partial_update(self, request: Request, pk: int) -> Response:
        """Change code, name, description, rule or reporting."""
        segment, version = self.get_object(), self.expected_version()
        values = self.data(partial=True)
        return self.shown(
            segment_update(actor=self.actor, segment=segment, version=version, **values)
        )

    def destroy(self, request: Request, pk: int) -> Response:
        """Remove a segment nothing refers to."""
        segment_delete(actor=self.actor, segment=self.get_object())
        return self.gone()

    @extend_schema(request=RuleSerializer, responses={200: PREVIEW})
    @action(detail=False, methods=["post"])
    def preview(self, request: Request) -> Response:
        """How many customers a rule picks, of how many."""
        seen = segment_preview(self.actor, self.data(RuleSerializer)["rule"])
        return Response({"count": seen.count, "total": seen.total})

    @extend_schema(request=None, responses={200: SegmentSerializer})
    @action(detail=True, methods=["post"])
    def refresh(self, request: Request, pk: int) -> Response:
        """Bring the stored members of a rule up to date and count them."""
        return self.shown(segment_refresh(self.get_object()))

    @extend_schema(request=MembersSerializer, responses={200: MEMBERS_CHANGED})
    @action(detail=True, methods=["post"])
    def add(self, request: Request, pk: int) -> Response:
        """Put customers into a segment made by hand."""
        segment, values = self.get_object(), self.data(MembersSerializer)
        found, unknown = self._customers(values["customers"])
        changed = segment_add_customers(
            actor=self.actor,
            segment=segment,
            customers=found,
            reason=values.get("reason", ""),
        )
        return _changed(segment, changed, unknown)

    @extend_schema(request=MembersSerializer, responses={200: MEMBERS_CHANGED})
    @action(detail=True, methods=["post"])
    def remove(self, request: Request, pk: int) -> Response:
        """Take customers out of a segment made by hand."""
        segment, values = self.get_object(), self.data(MembersSerializer)
        found, unknown = self._customers(values["customers"])
        changed = segment_remove_customers(actor=self.actor, segment=segment, customers=found)
        return _changed(segment, changed, unknown)

    def _customers(self, external_ids: list[str]) -> tuple[list[Customer], list[str]]:
        wanted = list(dict.fromkeys(external_ids))
        rows = Customer.objects.for_actor(self.actor).filter(external_id__in=wanted, erased_at=None)
        found = list(rows)
        known = {customer.external_id for customer in found}
        return found, [external_id for external_id in wanted if external_id not in known]


def _changed(segment: Segment, changed: int, unknown: list[str]) -> Response:
    return Response({"changed": changed, "unknown": unknown, "member_count": segment.member_count})


class SegmentCustomerViewSet(NestedViewSet):
    """Who is in a segment now; a rule is evaluated live."""

    model = Customer
    serializer_class = CustomerSerializer
    parent_model = Segment
    parent_name = "segment"
    permissions = {"list": "core.view_customers"}
    orderings = {"id": "id", "external_id": "external_id"}

    def scoped(self) -> QuerySet[Any]:
        segment = self.parent()
        authorise(self.actor, "core.view_segments", segment)
        members = customers_listed(self.actor).filter(segment_q(self.actor, segment))
        # By key: a rule may join other tables and repeat a person.
        return customers_listed(self.actor).filter(pk__in=members.order_by().values("pk"))
