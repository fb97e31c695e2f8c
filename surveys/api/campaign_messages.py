"""The messages of campaigns: as they read, tried on somebody, and those that did not arrive."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.serializers import PortalSerializer
from cxportal.core.api.views import NestedViewSet, PortalViewSet
from surveys.models import Campaign, Delivery
from surveys.queries.campaigns import deliveries_failed
from surveys.services.campaign_tests import campaign_send_test, language_of_test, message_sample


class MessageSerializer(PortalSerializer):
    """A message as a sample person reads it; a text message has no subject and no HTML."""

    language = serializers.CharField()
    subject = serializers.CharField()
    text = serializers.CharField()
    html = serializers.CharField()


class TestMessageSerializer(PortalSerializer):
    """Whom to try a message on: a member's address, or a number for a text message."""

    address = serializers.CharField(max_length=254)
    language = serializers.CharField(max_length=10, required=False, allow_blank=True)
    reminder = serializers.BooleanField(required=False)


class TestedSerializer(PortalSerializer):
    """What went out to whom."""

    address = serializers.CharField()
    language = serializers.CharField()


class FailureSerializer(PortalSerializer):
    """A message that was refused, waits for another try, or may or may not have arrived."""

    id = serializers.IntegerField()
    external_id = serializers.CharField(source="invitation.customer.external_id")
    step = serializers.IntegerField()
    state = serializers.CharField()
    reason = serializers.CharField()
    due_at = serializers.SerializerMethodField()

    def get_due_at(self, delivery: Delivery) -> Any:
        """The next try of what was put off."""
        return delivery.due_at if delivery.state == Delivery.State.SOFT else None


class CampaignMessages(PortalViewSet):
    """The addresses under a campaign that show and try its messages."""

    @extend_schema(
        parameters=[OpenApiParameter("language", str), OpenApiParameter("reminder", bool)],
        responses=MessageSerializer,
    )
    @action(detail=True)
    def message(self, request: Request, pk: int) -> Response:
        """The message as it will read, `?language=` and `?reminder=true` on wish."""
        asked = request.query_params
        sample = message_sample(
            actor=self.actor,
            campaign=self.get_object(),
            language=asked.get("language", ""),
            reminder=asked.get("reminder", "") in {"true", "1"},
        )
        return Response(MessageSerializer(sample).data)

    @extend_schema(request=TestMessageSerializer, responses=TestedSerializer)
    @action(detail=True, methods=["post"])
    def test(self, request: Request, pk: int) -> Response:
        """Send it now to one member, or as a text message to one number; it counts nowhere."""
        campaign, values = self.get_object(), self.data(TestMessageSerializer)
        campaign_send_test(actor=self.actor, campaign=campaign, **values)
        language = language_of_test(self.actor, campaign, values.get("language", ""))
        return Response({"address": values["address"], "language": language})


class CampaignFailureViewSet(NestedViewSet):
    """Messages that did not arrive, each with its state and what the server said."""

    model = Delivery
    serializer_class = FailureSerializer
    parent_model = Campaign
    parent_name = "campaign"
    permissions = {"list": "surveys.view_campaigns"}

    def scoped(self) -> QuerySet[Any]:
        return deliveries_failed(actor=self.actor, campaign=self.parent())
