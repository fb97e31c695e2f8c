"""Insights, opportunities and Kano features."""

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
from cxportal.core.api.views import PortalViewSet
from journeys.models import (
    Action,
    Card,
    Insight,
    KanoFeature,
    Opportunity,
    Persona,
    Stage,
    Touchpoint,
)
from journeys.queries.important_few import kano_results
from journeys.queries.insights import opportunity_score, rice_score
from journeys.services.insights import (
    insight_create,
    insight_delete,
    insight_update,
    kano_create,
    kano_delete,
    opportunity_act,
    opportunity_create,
    opportunity_delete,
    opportunity_update,
)
from surveys.models import Comment, Survey

SEEN = {
    "list": "journeys.view_journeys",
    "retrieve": "journeys.view_journeys",
    "create": "journeys.change_insights",
    "partial_update": "journeys.change_insights",
    "destroy": "journeys.change_insights",
}


class TitledSerializer(RecordSerializer):
    """A title, a text and a place on the journey."""

    title = I18nField(max_length=300)
    text = I18nField(max_length=4000, required=False)
    stage = ScopedPrimaryKeyRelatedField(model=Stage, required=False, allow_null=True)
    touchpoint = ScopedPrimaryKeyRelatedField(model=Touchpoint, required=False, allow_null=True)
    cards = ScopedPrimaryKeyRelatedField(model=Card, many=True, required=False)


class InsightSerializer(TitledSerializer):
    """What we know about customers, with what shows it."""

    kind = serializers.ChoiceField(choices=Insight.Kind.choices, required=False)
    persona = ScopedPrimaryKeyRelatedField(model=Persona, required=False, allow_null=True)
    comments = ScopedPrimaryKeyRelatedField(model=Comment, many=True, required=False)


class OpportunitySerializer(TitledSerializer):
    """What could be done; `score` is Ulwick's 0–20, `rice` reach · impact · confidence ÷ effort."""

    state = serializers.ChoiceField(choices=Opportunity.State.choices, required=False)
    importance = serializers.DecimalField(
        max_digits=4, decimal_places=2, min_value=0, max_value=10, required=False, allow_null=True
    )
    satisfaction = serializers.DecimalField(
        max_digits=4, decimal_places=2, min_value=0, max_value=10, required=False, allow_null=True
    )
    value = serializers.IntegerField(min_value=1, max_value=5, required=False)
    ease = serializers.IntegerField(min_value=1, max_value=5, required=False)
    urgency = serializers.IntegerField(min_value=1, max_value=5, required=False)
    reach = serializers.IntegerField(min_value=0, max_value=10**9, required=False, allow_null=True)
    impact = serializers.DecimalField(
        max_digits=3, decimal_places=2, min_value=0, max_value=3, required=False, allow_null=True
    )
    confidence = serializers.IntegerField(
        min_value=0, max_value=100, required=False, allow_null=True
    )
    effort = serializers.DecimalField(
        max_digits=5,
        decimal_places=1,
        min_value=0,
        max_value=9999,
        required=False,
        allow_null=True,
    )
    insights = ScopedPrimaryKeyRelatedField(model=Insight, many=True, required=False)
    actions = serializers.SerializerMethodField()
    score = serializers.SerializerMethodField()
    rice = serializers.SerializerMethodField()

    def get_actions(self, row: Any) -> list[int]:
        """Actions made of it."""
        return [one.pk for one in row.actions.all()]

    def get_score(self, row: Any) -> float | None:
        """Ulwick's score, null while importance or satisfaction is open."""
        return opportunity_score(row)

    def get_rice(self, row: Any) -> float | None:
        """RICE, null while a part is open."""
        return rice_score(row)


class ActSerializer(PortalSerializer):
    """What the action is called, and when it is due."""

    title = serializers.CharField(max_length=200, required=False)
    due = serializers.DateField(required=False, allow_null=True)


class MadeActionSerializer(PortalSerializer):
    """The action that was logged."""

    action = serializers.IntegerField()
    title = serializers.CharField()


class KanoSerializer(PortalSerializer):
    """A feature and the two questions that ask about it, with its answers by category."""

    id = serializers.IntegerField(read_only=True)
    name = I18nField(max_length=200)
    survey = ScopedPrimaryKeyRelatedField(model=Survey)
    functional_code = serializers.CharField(max_length=60)
    dysfunctional_code = serializers.CharField(max_length=60)
    touchpoint = ScopedPrimaryKeyRelatedField(model=Touchpoint, required=False, allow_null=True)


class KanoResultSerializer(PortalSerializer):
    """Answers by category (A O M I R Q); `category` is null below the minimum of answers."""

    feature = serializers.IntegerField()
    counts = serializers.DictField(child=serializers.IntegerField())
    n = serializers.IntegerField()
    min_n = serializers.IntegerField()
    category = serializers.CharField(allow_null=True)


class InsightFilter(django_filters.FilterSet):  # type: ignore[misc]
    """By words, kind and place."""

    search = django_filters.CharFilter(
        label=_("Search"), field_name="title", lookup_expr="icontains"
    )
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Insight.Kind.choices)
    stage = django_filters.NumberFilter(label=_("Stage"), field_name="stage_id")
    touchpoint = django_filters.NumberFilter(label=_("Touchpoint"), field_name="touchpoint_id")

    class Meta:
        model = Insight
        fields: list[str] = []


class OpportunityFilter(django_filters.FilterSet):  # type: ignore[misc]
    """By words, state and place."""

    search = django_filters.CharFilter(
        label=_("Search"), field_name="title", lookup_expr="icontains"
    )
    state = django_filters.ChoiceFilter(label=_("State"), choices=Opportunity.State.choices)
    stage = django_filters.NumberFilter(label=_("Stage"), field_name="stage_id")
    touchpoint = django_filters.NumberFilter(label=_("Touchpoint"), field_name="touchpoint_id")

    class Meta:
        model = Opportunity
        fields: list[str] = []


class InsightViewSet(PortalViewSet):
    """Insights."""

    model = Insight
    serializer_class = InsightSerializer
    filterset_class = InsightFilter
    permissions = SEEN
    orderings = {"id": "id", "updated_at": "updated_at"}
    updated_field = "updated_at"

    def scoped(self) -> QuerySet[Any]:
        return super().scoped().prefetch_related("cards", "evidence__comment")

    def create(self, request: Request) -> Response:
        """Write an insight."""
        return self.created(insight_create(actor=self.actor, **self.data()))

    def partial_update(self, request: Request, pk: int) -> Response:
        """Change an insight and its links."""
        row, version = self.get_object(), self.expected_version()
        values = self.data(partial=True)
        return self.shown(insight_update(actor=self.actor, insight=row, version=version, **values))

    def destroy(self, request: Request, pk: int) -> Response:
        """Delete an insight; what it links to stays."""
        insight_delete(actor=self.actor, insight=self.get_object())
        return self.gone()


class OpportunityViewSet(PortalViewSet):
    """Opportunities."""

    model = Opportunity
    serializer_class = OpportunitySerializer
    filterset_class = OpportunityFilter
    permissions = {**SEEN, "act": "journeys.create_actions"}
    orderings = {"id": "id", "updated_at": "updated_at"}
    updated_field = "updated_at"

    def scoped(self) -> QuerySet[Any]:
        return super().scoped().prefetch_related("cards", "insights", "actions")

    def create(self, request: Request) -> Response:
        """Write an opportunity with its scores."""
        return self.created(opportunity_create(actor=self.actor, **self.data()))

    def partial_update(self, request: Request, pk: int) -> Response:
        """Change an opportunity, its scores and links."""
        row, version = self.get_object(), self.expected_version()
        values = self.data(partial=True)
        return self.shown(
            opportunity_update(actor=self.actor, opportunity=row, version=version, **values)
        )

    def destroy(self, request: Request, pk: int) -> Response:
        """Delete an opportunity; its insights and actions stay."""
        opportunity_delete(actor=self.actor, opportunity=self.get_object())
        return self.gone()

    @extend_schema(request=ActSerializer, responses={201: MadeActionSerializer})
    @action(detail=True, methods=["post"])
    def act(self, request: Request, pk: int) -> Response:
        """Make an action of it in one step."""
        row = self.get_object()
        made: Action = opportunity_act(
            actor=self.actor, opportunity=row, **self.data(ActSerializer)
        )
        return Response({"action": made.pk, "title": made.title}, status=201)


class KanoViewSet(PortalViewSet):
    """Features with their Kano categories."""

    model = KanoFeature
    serializer_class = KanoSerializer
    permissions = {
        **{name: SEEN[name] for name in ("list", "create", "destroy")},
        "results": "journeys.view_journeys",
    }

    def create(self, request: Request) -> Response:
        """Read a feature from two questions of a survey."""
        return self.created(kano_create(actor=self.actor, **self.data()))

    def destroy(self, request: Request, pk: int) -> Response:
        """Stop reading a feature; its answers stay."""
        kano_delete(actor=self.actor, feature=self.get_object())
        return self.gone()

    @extend_schema(responses=KanoResultSerializer(many=True), filters=False)
    @action(detail=False, pagination_class=None)
    def results(self, request: Request) -> Response:
        """Every feature's answers by category."""
        rows = [
            {
                "feature": result.feature.pk,
                "counts": dict(result.counts) if result.category else {},
                "n": result.n,
                "min_n": result.min_n,
                "category": result.category,
            }
            for result in kano_results(self.actor)
        ]
        return Response(rows)
