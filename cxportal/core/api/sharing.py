"""Share links and scheduled reports."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.serializers import PortalSerializer
from cxportal.core.api.views import PortalViewSet
from cxportal.core.models import SavedView, ScheduledReport, ShareLink
from cxportal.core.queries.sharing import (
    scheduled_reports_listed,
    share_links_listed,
    share_state,
    share_url,
)
from cxportal.core.services.saved_views import saved_view_create, saved_view_delete, saved_views
from cxportal.core.services.scheduled_reports import (
    scheduled_report_create,
    scheduled_report_delete,
    scheduled_report_send_now,
    scheduled_report_update,
)
from cxportal.core.services.sharing import MAX_QUERY, share_create, share_revoke

MAX_ID = 2**63 - 1


class SharedSerializer(PortalSerializer):
    """What is shared: a registered kind, its object and the query string of its page."""

    id = serializers.IntegerField(read_only=True)
    kind = serializers.CharField(max_length=40)
    object_id = serializers.IntegerField(
        min_value=1, max_value=MAX_ID, required=False, allow_null=True
    )
    title = serializers.CharField(max_length=200)
    query = serializers.CharField(max_length=MAX_QUERY, required=False, allow_blank=True)
    content = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=20, required=False
    )
    language = serializers.CharField(max_length=8, required=False)
    created_at = serializers.DateTimeField(read_only=True)

    def to_representation(self, instance: Any) -> Any:
        instance.query = instance.params.get("query", "")
        return super().to_representation(instance)


class ShareLinkSerializer(SharedSerializer):
    """A link anybody may open who has it."""

    password = serializers.CharField(max_length=200, required=False, write_only=True)
    has_password = serializers.SerializerMethodField()
    expires_at = serializers.DateTimeField(required=False, allow_null=True)
    state = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()

    def get_has_password(self, link: ShareLink) -> bool:
        return bool(link.password)

    def get_state(self, link: ShareLink) -> str:
        return share_state(link)

    def get_url(self, link: ShareLink) -> str | None:
        return share_url(link) if share_state(link) == "active" else None


class ScheduledReportSerializer(SharedSerializer):
    """A report mailed as PDF."""

    recipients = serializers.ListField(child=serializers.EmailField(max_length=254), max_length=50)
    cadence = serializers.ChoiceField(choices=ScheduledReport.Cadence.choices, required=False)
    day = serializers.IntegerField(min_value=0, max_value=31, required=False)
    hour = serializers.IntegerField(min_value=0, max_value=23, required=False)
    is_active = serializers.BooleanField(read_only=True)
    due_at = serializers.DateTimeField(read_only=True)


class ScheduledReportChangeSerializer(PortalSerializer):
    """What may change later."""

    title = serializers.CharField(max_length=200)
    recipients = serializers.ListField(child=serializers.EmailField(max_length=254), max_length=50)
    cadence = serializers.ChoiceField(choices=ScheduledReport.Cadence.choices)
    day = serializers.IntegerField(min_value=0, max_value=31)
    hour = serializers.IntegerField(min_value=0, max_value=23)
    is_active = serializers.BooleanField()
    language = serializers.CharField(max_length=8)


def _with_params(data: dict[str, Any]) -> dict[str, Any]:
    query = data.pop("query", "")
    return {**data, "params": {"query": query}}


class SharedFilter(django_filters.FilterSet):  # type: ignore[misc]
    """By title and kind."""

    search = django_filters.CharFilter(
        label=_("Search"), field_name="title", lookup_expr="icontains"
    )
    kind = django_filters.CharFilter(label=_("Kind"))


class ShareLinkFilter(SharedFilter):
    class Meta:
        model = ShareLink
        fields: list[str] = []


class ScheduledReportFilter(SharedFilter):
    class Meta:
        model = ScheduledReport
        fields: list[str] = []


class ShareLinkViewSet(PortalViewSet):
    """Links to hand on; `revoke` takes one back."""

    model = ShareLink
    serializer_class = ShareLinkSerializer
    permissions = {
        "list": "core.view_shares",
        "retrieve": "core.view_shares",
        "create": "core.change_shares",
        "revoke": "core.change_shares",
    }
    filterset_class = ShareLinkFilter

    def scoped(self) -> Any:
        return share_links_listed(self.actor)

    def create(self, request: Request) -> Response:
        return self.created(share_create(actor=self.actor, **_with_params(self.data())))

    @extend_schema(request=None, responses=ShareLinkSerializer)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, pk: str) -> Response:
        return self.shown(share_revoke(actor=self.actor, link=self.get_object()))


class ScheduledReportViewSet(PortalViewSet):
    """Reports by mail; `send` mails one now."""

    model = ScheduledReport
    serializer_class = ScheduledReportSerializer
    permissions = {
        "list": "core.view_shares",
        "retrieve": "core.view_shares",
        "create": "core.change_shares",
        "partial_update": "core.change_shares",
        "destroy": "core.change_shares",
        "send": "core.change_shares",
    }
    filterset_class = ScheduledReportFilter

    def scoped(self) -> Any:
        return scheduled_reports_listed(self.actor)

    def create(self, request: Request) -> Response:
        report = scheduled_report_create(actor=self.actor, **_with_params(self.data()))
        return self.created(report)

    @extend_schema(
        request=ScheduledReportChangeSerializer(partial=True), responses=ScheduledReportSerializer
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        values = self.data(ScheduledReportChangeSerializer, partial=True)
        report = self.get_object()
        return self.shown(scheduled_report_update(actor=self.actor, report=report, **values))

    def destroy(self, request: Request, pk: str) -> Response:
        scheduled_report_delete(actor=self.actor, report=self.get_object())
        return self.gone()

    @extend_schema(request=None, responses=ScheduledReportSerializer)
    @action(detail=True, methods=["post"])
    def send(self, request: Request, pk: str) -> Response:
        report = self.get_object()
        scheduled_report_send_now(actor=self.actor, report=report)
        return self.shown(self.get_object())


class SavedViewSerializer(PortalSerializer):
    """A page kept with its filters: `page` is "survey-report:12", `query` its query string."""

    id = serializers.IntegerField(read_only=True)
    page = serializers.CharField(max_length=60)
    name = serializers.CharField(max_length=120)
    query = serializers.CharField(max_length=MAX_QUERY, required=False, allow_blank=True)
    is_shared = serializers.BooleanField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)


class SavedViewFilter(django_filters.FilterSet):  # type: ignore[misc]
    """By name and page."""

    search = django_filters.CharFilter(
        label=_("Search"), field_name="name", lookup_expr="icontains"
    )
    page = django_filters.CharFilter(label=_("Page"))

    class Meta:
        model = SavedView
        fields: list[str] = []


class SavedViewViewSet(PortalViewSet):
    """Views shared with everybody; those a key keeps are."""

    model = SavedView
    serializer_class = SavedViewSerializer
    permissions = {
        "list": "core.view_shares",
        "retrieve": "core.view_shares",
        "create": "core.save_views",
        "destroy": "core.save_views",
    }
    filterset_class = SavedViewFilter

    def scoped(self) -> Any:
        return saved_views(self.actor)

    def create(self, request: Request) -> Response:
        values = {"query": "", **self.data()}
        return self.created(saved_view_create(actor=self.actor, is_shared=True, **values))

    def destroy(self, request: Request, pk: str) -> Response:
        saved_view_delete(actor=self.actor, view=self.get_object())
        return self.gone()
