"""The committee's meetings by API: planned, decided in, their minutes sent."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.fields import MemberField, ScopedPrimaryKeyRelatedField
from cxportal.core.api.serializers import PortalSerializer, RecordSerializer
from cxportal.core.api.views import PortalViewSet
from journeys.api.outer_loop import ProposedActionSerializer
from journeys.models import AgendaItem, Board, Meeting
from journeys.queries.meetings import meetings_listed
from journeys.services.meetings import meeting_create, meeting_decide, minutes_send


class AgendaItemSerializer(PortalSerializer):
    """A point of the agenda."""

    id = serializers.IntegerField(read_only=True)
    kind = serializers.ChoiceField(choices=AgendaItem.Kind.choices, read_only=True)
    text = serializers.CharField(read_only=True)
    action = serializers.IntegerField(source="action_id", read_only=True, allow_null=True)
    stage = serializers.IntegerField(source="stage_id", read_only=True, allow_null=True)
    note = serializers.CharField(read_only=True)


class MembersField(serializers.ListField):
    """Members by e-mail address, read from a relation."""

    def to_representation(self, data: Any) -> list[Any]:
        return super().to_representation(list(data.all()))


class MeetingSerializer(RecordSerializer):
    """A meeting; its agenda is filled when it is planned."""

    external_id = serializers.CharField(max_length=120, required=False, allow_null=True)
    title = serializers.CharField(max_length=200)
    held_on = serializers.DateField()
    place = serializers.CharField(max_length=200, allow_blank=True, required=False)
    board = ScopedPrimaryKeyRelatedField(model=Board, required=False, allow_null=True)
    members = MembersField(child=MemberField(), max_length=100, required=False)
    state = serializers.ChoiceField(choices=Meeting.State.choices, read_only=True)
    notes = serializers.CharField(read_only=True)
    minutes_sent_at = serializers.DateTimeField(read_only=True)
    items = AgendaItemSerializer(many=True, read_only=True)
    decisions = serializers.SerializerMethodField()

    def get_decisions(self, meeting: Meeting) -> list[int]:
        """Ids of the actions that were decided."""
        return [decision.action_id for decision in meeting.decisions.all()]


class DecideSerializer(PortalSerializer):
    """A decision, perhaps on a point of the agenda."""

    title = serializers.CharField(max_length=200)
    owner = MemberField(required=False, allow_null=True)
    due = serializers.DateField(required=False, allow_null=True)
    item = ScopedPrimaryKeyRelatedField(model=AgendaItem, required=False, allow_null=True)


class SentSerializer(PortalSerializer):
    """How many mails go out."""

    mails = serializers.IntegerField()


class MeetingViewSet(PortalViewSet):
    """Meetings of the committee."""

    model = Meeting
    serializer_class = MeetingSerializer
    permissions = {
        "list": "journeys.view_boards",
        "retrieve": "journeys.view_boards",
        "create": "journeys.run_meetings",
        "decide": "journeys.run_meetings",
        "send_minutes": "journeys.run_meetings",
    }
    orderings = {"id": "id", "held_on": "held_on"}

    def scoped(self) -> QuerySet[Any]:
        return meetings_listed(self.actor).prefetch_related("items", "decisions")

    def create(self, request: Request) -> Response:
        """Plan a meeting; a known external_id answers the meeting it planned."""
        return self.created(meeting_create(actor=self.actor, **self.data()))

    @extend_schema(request=DecideSerializer, responses={201: ProposedActionSerializer})
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, pk: int) -> Response:
        """Log a decision as an action."""
        found, values = self.get_object(), self.data(DecideSerializer)
        made = meeting_decide(actor=self.actor, meeting=found, **values)
        return Response({"action": made.pk}, status=201)

    @extend_schema(request=None, responses=SentSerializer)
    @action(detail=True, methods=["post"], url_path="send-minutes")
    def send_minutes(self, request: Request, pk: int) -> Response:
        """Close the meeting and mail its minutes to who takes part."""
        found, version = self.get_object(), self.expected_version()
        sent = minutes_send(actor=self.actor, meeting=found, version=version)
        return Response({"mails": sent})
