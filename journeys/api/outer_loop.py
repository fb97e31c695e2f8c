"""Ideas, the overview of cases with its patterns, and account managers by API."""

from typing import Any

import django_filters
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.fields import CustomerField, MemberField, ScopedPrimaryKeyRelatedField
from cxportal.core.api.serializers import PortalSerializer, RecordSerializer
from cxportal.core.api.views import PortalViewSet
from cxportal.core.errors import DomainError
from journeys.models import Case, Idea, RootCause, Touchpoint
from journeys.queries.case_follow_up import ENOUGH
from journeys.queries.case_overview import Overview, case_overview
from journeys.services.accounts import accounts_assign
from journeys.services.case_patterns import pattern_to_action
from journeys.services.ideas import idea_decline, idea_propose, idea_take
from journeys.services.outer_loop import topic_to_action
from surveys.models import Topic


class IdeaSerializer(RecordSerializer):
    """A proposal; a customer's carries the customer's external id."""

    title = serializers.CharField(max_length=200)
    description = serializers.CharField(max_length=10_000, allow_blank=True, required=False)
    touchpoint = ScopedPrimaryKeyRelatedField(model=Touchpoint, required=False, allow_null=True)
    customer = CustomerField(required=False, allow_null=True)
    state = serializers.ChoiceField(choices=Idea.State.choices, read_only=True)
    votes = serializers.IntegerField(read_only=True)
    action = serializers.IntegerField(source="action_id", read_only=True, allow_null=True)
    answer = serializers.CharField(read_only=True)


class DeclineSerializer(PortalSerializer):
    """Why not."""

    answer = serializers.CharField(max_length=500)


class ProposedActionSerializer(PortalSerializer):
    """The action that was logged."""

    action = serializers.IntegerField()


class IdeaApiFilter(django_filters.FilterSet):  # type: ignore[misc]
    """By state."""

    state = django_filters.ChoiceFilter(label=gettext_lazy("State"), choices=Idea.State.choices)

    class Meta:
        model = Idea
        fields: list[str] = []


class IdeaViewSet(PortalViewSet):
    """The idea box."""

    model = Idea
    serializer_class = IdeaSerializer
    filterset_class = IdeaApiFilter
    permissions = {
        "list": "journeys.view_boards",
        "retrieve": "journeys.view_boards",
        "create": "journeys.propose_ideas",
        "take": "journeys.decide_ideas",
        "decline": "journeys.decide_ideas",
    }
    orderings = {"id": "id", "votes": "votes", "created_at": "created_at"}

    def scoped(self) -> Any:
        return super().scoped().select_related("customer", "touchpoint")

    def create(self, request: Request) -> Response:
        """Put an idea into the box."""
        return self.created(idea_propose(actor=self.actor, **self.data()))

    @extend_schema(request=None, responses={201: ProposedActionSerializer})
    @action(detail=True, methods=["post"])
    def take(self, request: Request, pk: int) -> Response:
        """Make an improvement action of it."""
        made = idea_take(actor=self.actor, idea=self.get_object())
        return Response({"action": made.pk}, status=201)

    @extend_schema(request=DeclineSerializer, responses=IdeaSerializer)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, pk: int) -> Response:
        """Say why it is not taken up."""
        found, answer = self.get_object(), self.data(DeclineSerializer)["answer"]
        return self.shown(idea_decline(actor=self.actor, idea=found, answer=answer))


class PatternSerializer(PortalSerializer):
    """A cause that came back at a touchpoint."""

    root_cause = serializers.CharField(source="cause.code")
    touchpoint = serializers.IntegerField(source="touchpoint.pk", default=None, allow_null=True)
    count = serializers.IntegerField()
    before = serializers.IntegerField()
    without_action = serializers.IntegerField()


class OverviewSerializer(PortalSerializer):
    """The last 90 days; shares from 0 to 1, hours are working hours."""

    opened = serializers.IntegerField()
    closed = serializers.IntegerField()
    open = serializers.IntegerField()
    late = serializers.IntegerField()
    in_time = serializers.FloatField(source="in_time.value", allow_null=True)
    reached = serializers.FloatField(source="reached.value", allow_null=True)
    told = serializers.FloatField(source="told.value", allow_null=True)
    recovered = serializers.FloatField(source="recovered.value", allow_null=True)
    recovered_n = serializers.IntegerField(source="recovered.whole")
    recovery_rate = serializers.SerializerMethodField()
    recovery_n = serializers.IntegerField(source="recovery.won_back.whole")
    contact_hours = serializers.FloatField(allow_null=True)
    close_hours = serializers.FloatField(allow_null=True)
    patterns = PatternSerializer(many=True)

    def get_recovery_rate(self, overview: Overview) -> float | None:
        """Of the follow-up answers, those without a low score; null below ten."""
        won = overview.recovery.won_back
        return won.value if won.whole >= ENOUGH else None


class PatternActionSerializer(PortalSerializer):
    """The pattern an action is made of: a root cause, or a topic that grows or hurts."""

    root_cause = ScopedPrimaryKeyRelatedField(model=RootCause, required=False)
    topic = ScopedPrimaryKeyRelatedField(model=Topic, required=False)
    touchpoint = ScopedPrimaryKeyRelatedField(model=Touchpoint, required=False, allow_null=True)
    title = serializers.CharField(max_length=200, required=False)


class CaseOverviewViewSet(PortalViewSet):
    """How cases go, and what keeps coming back."""

    model = Case
    serializer_class = OverviewSerializer
    permissions = {"list": "journeys.view_cases", "create": "journeys.create_actions"}
    pagination_class = None
    filter_backends = []

    @extend_schema(responses=OverviewSerializer)
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Figures of the last 90 days with their patterns."""
        return Response(OverviewSerializer(case_overview(self.actor)).data)

    @extend_schema(request=PatternActionSerializer, responses={201: ProposedActionSerializer})
    def create(self, request: Request) -> Response:
        """Make an action of a pattern; its cases or complaints are tied to it."""
        values = self.data(PatternActionSerializer)
        if values.get("topic") is not None:
            title = values.get("title", "")
            made = topic_to_action(actor=self.actor, topic=values["topic"], title=title)
            return Response({"action": made.pk}, status=201)
        if values.get("root_cause") is None:
            message = _("Name a root cause or a topic.")
            raise DomainError("invalid", message, details={"root_cause": message})
        made = pattern_to_action(
            actor=self.actor,
            cause=values["root_cause"],
            touchpoint=values.get("touchpoint"),
            title=values.get("title", ""),
        )
        return Response({"action": made.pk}, status=201)


class AssignSerializer(PortalSerializer):
    """Customers by external id, and the member who is to look after them."""

    customers = serializers.ListField(child=CustomerField(), max_length=200)
    manager = MemberField()


class AssignedSerializer(PortalSerializer):
    """How many got an account manager; who had one already does not count."""

    assigned = serializers.IntegerField()


class AccountViewSet(PortalViewSet):
    """Account managers."""

    model = Case
    serializer_class = AssignSerializer
    permissions = {"create": "journeys.assign_accounts"}

    @extend_schema(request=AssignSerializer, responses={201: AssignedSerializer})
    def create(self, request: Request) -> Response:
        """Give customers an account manager, with a welcome and a service plan."""
        return Response({"assigned": accounts_assign(actor=self.actor, **self.data())}, status=201)
