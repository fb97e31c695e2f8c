"""Campaigns: written, started, watched, paused, stopped; and the personal links of the invited."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.fields import I18nField, ScopedPrimaryKeyRelatedField
from cxportal.core.api.serializers import PortalSerializer, RecordSerializer
from cxportal.core.api.views import NestedViewSet
from cxportal.core.models import Segment
from surveys.api.campaign_messages import CampaignMessages
from surveys.calc.embedding import MODES, MOST_ORIGINS, MOST_PAGES, POSITIONS
from surveys.calc.triggers import OPERATORS
from surveys.models import Campaign, Invitation, SenderIdentity, SkipReason, Survey
from surveys.queries.audience import Audience, audience_preview
from surveys.queries.campaigns import Progress, campaign_progress, invitations_left_out
from surveys.services.campaign_values import (
    MAX_BODY,
    MAX_DELAY_MINUTES,
    MAX_GAP_DAYS,
    MAX_REMINDER_DAYS,
    MAX_SUBJECT,
    MOST_REMINDERS,
)
from surveys.services.campaigns import (
    campaign_create,
    campaign_delete,
    campaign_pause,
    campaign_resume,
    campaign_start,
    campaign_stop,
    campaign_update,
)
from surveys.services.links import invitation_url, open_link_url
from surveys.services.retries import campaign_retry


class ConditionSerializer(PortalSerializer):
    """What must hold of an event: `field` is `place` or `data.` and a name."""

    field = serializers.CharField(max_length=60)
    operator = serializers.ChoiceField(choices=OPERATORS)
    value = serializers.CharField(max_length=200)


class EmbedSerializer(PortalSerializer):
    """How a survey appears on a website; missing settings take their defaults."""

    mode = serializers.ChoiceField(choices=MODES, required=False)
    position = serializers.ChoiceField(choices=POSITIONS, required=False)
    origins = serializers.ListField(
        child=serializers.CharField(max_length=200), max_length=MOST_ORIGINS, required=False
    )
    pages = serializers.ListField(
        child=serializers.CharField(max_length=200), max_length=MOST_PAGES, required=False
    )
    delay = serializers.IntegerField(min_value=0, max_value=3600, required=False)
    scroll = serializers.IntegerField(min_value=0, max_value=100, required=False)
    share = serializers.IntegerField(min_value=1, max_value=100, required=False)
    again_days = serializers.IntegerField(min_value=0, max_value=3650, required=False)


class CampaignSerializer(RecordSerializer):
    """A survey on its way to people; `link` is the open link once it was started."""

    external_id = serializers.CharField(max_length=120, required=False, allow_null=True)
    survey = ScopedPrimaryKeyRelatedField(model=Survey)
    name = serializers.CharField(max_length=200)
    channel = serializers.ChoiceField(choices=Campaign.Channel.choices, required=False)
    state = serializers.ChoiceField(choices=Campaign.State.choices, read_only=True)
    segment = ScopedPrimaryKeyRelatedField(model=Segment, required=False, allow_null=True)
    subject = I18nField(max_length=MAX_SUBJECT, required=False)
    body = I18nField(max_length=MAX_BODY, required=False)
    sender_name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    contact_gap_days = serializers.IntegerField(
        min_value=0, max_value=MAX_GAP_DAYS, required=False, allow_null=True
    )
    excluded_segment = ScopedPrimaryKeyRelatedField(model=Segment, required=False, allow_null=True)
    sample_size = serializers.IntegerField(
        min_value=1, max_value=100_000_000, required=False, allow_null=True
    )
    holdout_percent = serializers.IntegerField(min_value=0, max_value=50, required=False)
    priority = serializers.ChoiceField(choices=Campaign.Priority.choices, required=False)
    timing = serializers.ChoiceField(choices=Campaign.Timing.choices, required=False)
    send_on = serializers.DateField(required=False, allow_null=True)
    send_time = serializers.TimeField(required=False, allow_null=True)
    in_recipient_zone = serializers.BooleanField(required=False)
    every = serializers.IntegerField(min_value=1, max_value=365, required=False)
    unit = serializers.ChoiceField(choices=Campaign.Unit.choices, required=False)
    parts = serializers.IntegerField(min_value=1, max_value=52, required=False)
    event_kind = serializers.CharField(max_length=60, required=False, allow_blank=True)
    event_conditions = ConditionSerializer(many=True, required=False)
    delay_minutes = serializers.IntegerField(
        min_value=0, max_value=MAX_DELAY_MINUTES, required=False
    )
    ends_on = serializers.DateField(required=False, allow_null=True)
    reminder_days = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=MAX_REMINDER_DAYS),
        max_length=MOST_REMINDERS,
        required=False,
    )
    reminder_subject = I18nField(max_length=MAX_SUBJECT, required=False)
    reminder_body = I18nField(max_length=MAX_BODY, required=False)
    sender = ScopedPrimaryKeyRelatedField(model=SenderIdentity, required=False, allow_null=True)
    is_advertising = serializers.BooleanField(required=False)
    embed = EmbedSerializer(required=False)
    link = serializers.SerializerMethodField()
    started_at = serializers.DateTimeField(read_only=True)
    stopped_at = serializers.DateTimeField(read_only=True)

    def get_link(self, campaign: Campaign) -> str:
        return open_link_url(campaign)


class CampaignUpdateSerializer(CampaignSerializer):
    """The client's own id is given once."""

    external_id = serializers.CharField(read_only=True)


class ProgressSerializer(PortalSerializer):
    """How far a campaign has come; `left_out` maps reasons to people."""

    state = serializers.CharField()
    invited = serializers.IntegerField()
    queued = serializers.IntegerField()
    sending = serializers.IntegerField()
    sent = serializers.IntegerField()
    soft = serializers.IntegerField()
    hard = serializers.IntegerField()
    unknown = serializers.IntegerField()
    skipped = serializers.IntegerField()
    reminded = serializers.IntegerField()
    left_out = serializers.DictField(child=serializers.IntegerField())
    started = serializers.IntegerField()
    answered = serializers.IntegerField()
    finished = serializers.BooleanField()


class AudienceSerializer(PortalSerializer):
    """Who a campaign would reach now; `skipped` maps reasons to people."""

    total = serializers.IntegerField()
    will_receive = serializers.IntegerField()
    skipped = serializers.DictField(child=serializers.IntegerField())


class LinkSerializer(PortalSerializer):
    """The personal link of one invitation."""

    id = serializers.IntegerField()
    external_id = serializers.CharField(source="customer.external_id")
    url = serializers.SerializerMethodField()
    answered_at = serializers.SerializerMethodField()

    def get_answered_at(self, invitation: Invitation) -> datetime | None:
        """Never told of an anonymous survey: with few answers it would name their authors."""
        return None if invitation.campaign.survey.anonymous else invitation.answered_at

    def get_url(self, invitation: Invitation) -> str:
        return invitation_url(invitation)


class CampaignFilter(django_filters.FilterSet):  # type: ignore[misc]
    """By name, state, channel, survey and the client's own id."""

    search = django_filters.CharFilter(
        label=_("Search"), field_name="name", lookup_expr="icontains"
    )
    state = django_filters.ChoiceFilter(label=_("State"), choices=Campaign.State.choices)
    channel = django_filters.ChoiceFilter(label=_("Channel"), choices=Campaign.Channel.choices)
    survey = django_filters.NumberFilter(label=_("Survey"), field_name="survey_id", min_value=1)
    external_id = django_filters.CharFilter(label=_("External id"))

    class Meta:
        model = Campaign
        fields: list[str] = []


class RetrySerializer(PortalSerializer):
    """Which messages to try again."""

    unknown = serializers.BooleanField(required=False)


class RetriedSerializer(PortalSerializer):
    """How many messages wait again."""

    queued = serializers.IntegerField()


class CampaignViewSet(CampaignMessages):
    """Campaigns."""

    model = Campaign
    serializer_class = CampaignSerializer
    filterset_class = CampaignFilter
    permissions = {
        "list": "surveys.view_campaigns",
        "retrieve": "surveys.view_campaigns",
        "progress": "surveys.view_campaigns",
        "audience": "surveys.view_campaigns",
        "message": "surveys.view_campaigns",
        "create": "surveys.change_campaigns",
        "partial_update": "surveys.change_campaigns",
        "test": "surveys.view_campaigns",  # the service asks for the right to change or start
        "destroy": "surveys.change_campaigns",
        "start": "surveys.start_campaigns",
        "pause": "surveys.start_campaigns",
        "resume": "surveys.start_campaigns",
        "stop": "surveys.start_campaigns",
        "retry": "surveys.start_campaigns",
    }
    orderings = {"id": "id", "created_at": "created_at", "updated_at": "updated_at"}
    updated_field = "updated_at"

    def scoped(self) -> QuerySet[Any]:
        return super().scoped().select_related("survey", "segment", "program", "sender")

    def create(self, request: Request) -> Response:
        """Make a draft for a published survey; texts not given are the portal's own."""
        return self.created(campaign_create(actor=self.actor, **self.data()))

    @extend_schema(request=CampaignUpdateSerializer)
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change a draft; of a paused campaign the texts."""
        campaign, version = self.get_object(), self.expected_version()
        values = self.data(CampaignUpdateSerializer, partial=True)
        return self.shown(
            campaign_update(actor=self.actor, campaign=campaign, version=version, **values)
        )

    def destroy(self, request: Request, pk: int) -> Response:
        """Remove a draft."""
        campaign_delete(actor=self.actor, campaign=self.get_object())
        return self.gone()

    @extend_schema(responses=ProgressSerializer)
    @action(detail=True)
    def progress(self, request: Request, pk: int) -> Response:
        """Messages by state, people left out by reason, answers so far."""
        return Response(_progress(campaign_progress(self.get_object())))

    @extend_schema(responses=AudienceSerializer)
    @action(detail=True)
    def audience(self, request: Request, pk: int) -> Response:
        """Who would get the message if it went out now, and who not and why."""
        seen = audience_preview(actor=self.actor, campaign=self.get_object())
        return Response(_audience(seen))

    @extend_schema(request=None, responses=CampaignSerializer)
    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: int) -> Response:
        """Send it off, or open its link."""
        return self._change(campaign_start)

    @extend_schema(request=None, responses=CampaignSerializer)
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, pk: int) -> Response:
        """Hold everything that has not gone out."""
        return self._change(campaign_pause)

    @extend_schema(request=None, responses=CampaignSerializer)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: int) -> Response:
        """Go on where it was paused."""
        return self._change(campaign_resume)

    @extend_schema(request=None, responses=CampaignSerializer)
    @action(detail=True, methods=["post"])
    def stop(self, request: Request, pk: int) -> Response:
        """End it for good; links in sent mails go on working."""
        return self._change(campaign_stop)

    @extend_schema(request=RetrySerializer, responses=RetriedSerializer)
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: int) -> Response:
        """Try messages again that were refused for now for days, on wish also those in doubt."""
        campaign, values = self.get_object(), self.data(RetrySerializer)
        queued = campaign_retry(actor=self.actor, campaign=campaign, **values)
        return Response({"queued": queued})

    def _change(self, service: Callable[..., Campaign]) -> Response:
        return self.shown(service(actor=self.actor, campaign=self.get_object()))


def _progress(seen: Progress) -> dict[str, Any]:
    counts = ("queued", "sending", "sent", "soft", "hard", "unknown", "skipped", "reminded")
    return {
        "state": seen.state,
        "invited": seen.invited,
        **{name: getattr(seen, name) for name in counts},
        "left_out": seen.left_out,
        "started": seen.started,
        "answered": seen.answered,
        "finished": seen.finished,
    }


def _audience(seen: Audience) -> dict[str, Any]:
    return {
        "total": seen.total,
        "will_receive": seen.will_receive,
        "skipped": {str(reason): people for reason, people in seen.skipped.items()},
    }


class CampaignLinkViewSet(NestedViewSet):
    """The personal links of those a campaign writes to."""

    model = Invitation
    serializer_class = LinkSerializer
    parent_model = Campaign
    parent_name = "campaign"
    permissions = {"list": "surveys.view_links"}

    def scoped(self) -> QuerySet[Any]:
        return (
            super().scoped().filter(skip_reason="").select_related("customer", "campaign__survey")
        )


class LeftOutSerializer(PortalSerializer):
    """A person a campaign does not write to, and why."""

    id = serializers.IntegerField()
    external_id = serializers.CharField(source="customer.external_id")
    reason = serializers.CharField(source="why")


class LeftOutFilter(django_filters.FilterSet):  # type: ignore[misc]
    """By reason."""

    reason = django_filters.ChoiceFilter(
        label=_("Reason"), field_name="why", choices=SkipReason.choices
    )

    class Meta:
        model = Invitation
        fields: list[str] = []


class CampaignLeftOutViewSet(NestedViewSet):
    """Who was left out, from the beginning or just before sending, each with the reason."""

    model = Invitation
    serializer_class = LeftOutSerializer
    filterset_class = LeftOutFilter
    parent_model = Campaign
    parent_name = "campaign"
    permissions = {"list": "surveys.view_campaigns"}

    def scoped(self) -> QuerySet[Any]:
        campaign = self.parent()
        return invitations_left_out(actor=self.actor, campaign=campaign)
