"""Points for the till: members, earning, spending, taking back; the scheme and its proof."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.fields import CustomerField, I18nField
from cxportal.core.api.serializers import PortalSerializer
from cxportal.core.api.views import PortalViewSet, etag
from cxportal.core.views.base import get_or_404
from loyalty.models.points import PointsAccount, PointsEntry, PointsProof, PointsScheme
from loyalty.queries.points import accounts_ranked, points_summary
from loyalty.services.points import member_enrol, points_earn, points_reverse, points_spend
from loyalty.services.points_scheme import scheme_save
from loyalty.services.points_tiers import points_prove


class PointsMemberSerializer(PortalSerializer):
    """A member's points."""

    id = serializers.IntegerField(read_only=True)
    customer = CustomerField()
    tier = serializers.CharField(source="tier.code", read_only=True, allow_null=True, default=None)
    available = serializers.IntegerField(read_only=True)
    pending = serializers.IntegerField(read_only=True)
    enrolled_at = serializers.DateTimeField(read_only=True)


class PointsMovedSerializer(PortalSerializer):
    """How many points, and the caller's own key that makes it happen once."""

    points = serializers.IntegerField(min_value=1, max_value=10**12)
    key = serializers.CharField(max_length=120)
    note = serializers.CharField(max_length=200, allow_blank=True, required=False)


class ReversedSerializer(PortalSerializer):
    """The key of the entry to take back, and the key of doing so."""

    entry = serializers.CharField(max_length=120)
    key = serializers.CharField(max_length=120)
    note = serializers.CharField(max_length=200, allow_blank=True, required=False)


class EntrySerializer(PortalSerializer):
    """One entry of the ledger, with the balance after it."""

    id = serializers.IntegerField(read_only=True)
    key = serializers.CharField(read_only=True)
    kind = serializers.CharField(read_only=True)
    points = serializers.IntegerField(read_only=True)
    note = serializers.CharField(read_only=True)
    at = serializers.DateTimeField(read_only=True)
    available = serializers.IntegerField(source="account.available", read_only=True)
    pending = serializers.IntegerField(source="account.pending", read_only=True)


class MemberFilter(django_filters.FilterSet):  # type: ignore[misc]
    """By customer."""

    customer = django_filters.CharFilter(field_name="customer__external_id", label=_("Customer"))

    class Meta:
        model = PointsAccount
        fields: list[str] = []


class MemberViewSet(PortalViewSet):
    """Members and what happens to their points."""

    model = PointsAccount
    serializer_class = PointsMemberSerializer
    filterset_class = MemberFilter
    permissions = {
        "list": "loyalty.view_points",
        "retrieve": "loyalty.view_points",
        "create": "loyalty.change_points",
        "earn": "loyalty.change_points",
        "spend": "loyalty.change_points",
        "reverse": "loyalty.change_points",
        "entries": "loyalty.view_points",
    }

    def scoped(self) -> QuerySet[Any]:
        return accounts_ranked(self.actor)

    def create(self, request: Request) -> Response:
        """Enrol a customer; one who is a member stays one."""
        account = member_enrol(actor=self.actor, **self.data())
        return self.created(self.scoped().get(pk=account.pk))

    @extend_schema(request=PointsMovedSerializer, responses={201: EntrySerializer})
    @action(detail=True, methods=["post"])
    def earn(self, request: Request, pk: int) -> Response:
        """Give points; the same key again answers the first entry."""
        account, values = self.get_object(), self.data(PointsMovedSerializer)
        return self._entry(points_earn(actor=self.actor, account=account, **values))

    @extend_schema(request=PointsMovedSerializer, responses={201: EntrySerializer})
    @action(detail=True, methods=["post"])
    def spend(self, request: Request, pk: int) -> Response:
        """Spend points; 409 `not_enough` beyond the balance, whoever asks at the same time."""
        account, values = self.get_object(), self.data(PointsMovedSerializer)
        return self._entry(points_spend(actor=self.actor, account=account, **values))

    @extend_schema(request=ReversedSerializer, responses={201: EntrySerializer})
    @action(detail=True, methods=["post"])
    def reverse(self, request: Request, pk: int) -> Response:
        """Take an earning or a spending back, once, as far as it goes."""
        account, values = self.get_object(), self.data(ReversedSerializer)
        entries = PointsEntry.objects.for_actor(self.actor).filter(account=account)
        entry = get_or_404(entries.select_related("account"), key=values.pop("entry"))
        return self._entry(points_reverse(actor=self.actor, entry=entry, **values))

    @extend_schema(responses=EntrySerializer(many=True), operation_id="points_entries")
    @action(detail=True, methods=["get"], filter_backends=[])
    def entries(self, request: Request, pk: int) -> Response:
        """The member's entries."""
        rows = PointsEntry.objects.for_actor(self.actor).filter(account=self.get_object())
        page = self.paginate_queryset(rows.select_related("account"))
        return self.get_paginated_response(EntrySerializer(page, many=True).data)

    def _entry(self, entry: PointsEntry) -> Response:
        entry.account.refresh_from_db()
        return self.created(entry, EntrySerializer)


class TierSerializer(PortalSerializer):
    """A tier: reached by points earned in 365 days."""

    code = serializers.CharField(max_length=40)
    name = I18nField(max_length=60)
    threshold = serializers.IntegerField(min_value=0, max_value=10**12)
    multiplier = serializers.DecimalField(max_digits=5, decimal_places=2, min_value=0)


class SchemeSerializer(PortalSerializer):
    """The program's rules of points, and what is outstanding."""

    version = serializers.IntegerField(read_only=True)
    name = I18nField(max_length=80, required=False)
    is_active = serializers.BooleanField(required=False)
    earn_rate = serializers.DecimalField(
        max_digits=9, decimal_places=4, min_value=0, required=False
    )
    pending_days = serializers.IntegerField(min_value=0, max_value=365, required=False)
    expiry_days = serializers.IntegerField(min_value=0, max_value=3650, required=False)
    point_value = serializers.DecimalField(
        max_digits=9, decimal_places=4, min_value=0, required=False
    )
    tiers = TierSerializer(many=True, required=False)
    members = serializers.IntegerField(read_only=True)
    available = serializers.IntegerField(read_only=True)
    pending = serializers.IntegerField(read_only=True)
    liability = serializers.DecimalField(max_digits=20, decimal_places=4, read_only=True)


class ProofSerializer(PortalSerializer):
    """Whether every sum of the ledger is equal."""

    at = serializers.DateTimeField(read_only=True)
    is_right = serializers.BooleanField(read_only=True)
    accounts = serializers.IntegerField(read_only=True)
    entries = serializers.IntegerField(read_only=True)
    available = serializers.IntegerField(read_only=True)
    pending = serializers.IntegerField(read_only=True)
    wrong = serializers.ListField(read_only=True)


class SchemeViewSet(PortalViewSet):
    """`/points/scheme/`: one record; `/points/proof/` proves the ledger now."""

    model = PointsScheme
    serializer_class = SchemeSerializer
    permissions = {
        "own": "loyalty.view_points",
        "change": "loyalty.change_points",
        "prove": "loyalty.change_points",
    }
    filter_backends = []
    pagination_class = None

    @extend_schema(operation_id="points_scheme_retrieve")
    def own(self, request: Request) -> Response:
        """The rules and what is outstanding."""
        return self._shown()

    @extend_schema(operation_id="points_scheme_update")
    def change(self, request: Request) -> Response:
        """Make or change the rules; entries made before keep what they were given."""
        values, version = self.data(partial=True), self.expected_version()
        scheme_save(actor=self.actor, version=version, **values)
        return self._shown()

    @extend_schema(request=None, responses={201: ProofSerializer}, operation_id="points_prove")
    def prove(self, request: Request) -> Response:
        """Hold entries, postings, lots and balances against each other."""
        proof: PointsProof = points_prove(self.actor)
        return Response(ProofSerializer(proof).data, status=201)

    def _shown(self) -> Response:
        summary = points_summary(self.actor)
        scheme = summary.scheme or PointsScheme(program=self.actor.program, is_active=False)
        for name in ("members", "available", "pending", "liability"):
            setattr(scheme, name, getattr(summary, name))
        scheme.tiers = [tier for tier, _members in summary.tiers]  # type: ignore[attr-defined]
        return Response(SchemeSerializer(scheme).data, headers=etag(scheme))
