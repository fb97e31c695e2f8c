"""Goals: the tree above the scorecard's KPIs, and how far each is."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.fields import I18nField, ScopedPrimaryKeyRelatedField, owner_email
from cxportal.core.api.serializers import PortalSerializer, RecordSerializer
from cxportal.core.api.views import PortalViewSet
from loyalty.calc.months import month_of, month_shift
from loyalty.forms.scorecard import month_from
from loyalty.models import Goal
from loyalty.queries.goal_tree import GoalTree, goal_tree
from loyalty.queries.scorecard import scorecard_of
from loyalty.services.goals import goal_create, goal_delete, goal_update
from surveys.queries.scores import today_of

_READ, _WRITE = "loyalty.view_scorecard", "loyalty.change_scorecard"
MAX_PLACE = 10_000


class GoalSerializer(RecordSerializer):
    """A goal; `parent` is the goal above (null: at the top), `position` its place among siblings.

    KPIs are put under a goal by their `part_of`.
    """

    name = I18nField(max_length=200)
    about = I18nField(required=False)
    parent = ScopedPrimaryKeyRelatedField(  # type: ignore[assignment]
        model=Goal, required=False, allow_null=True
    )
    weight = serializers.DecimalField(5, 2, required=False, min_value=0)
    position = serializers.IntegerField(min_value=0, max_value=MAX_PLACE, required=False)
    owner_email = owner_email()


class TermSerializer(PortalSerializer):
    """One part of a goal's sum."""

    weight = serializers.FloatField()
    share = serializers.FloatField()


class GoalSumSerializer(PortalSerializer):
    """How far a goal is: `share` 0–1 = Σ weight · share ÷ Σ weight of `terms`, null without any;
    `counted` of `kpis` below it have a value and a target."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    parent = serializers.IntegerField(allow_null=True)  # type: ignore[assignment]
    share = serializers.FloatField(allow_null=True)
    state = serializers.CharField()
    terms = TermSerializer(many=True)
    counted = serializers.IntegerField()
    kpis = serializers.ListField(child=serializers.IntegerField())


class GoalTreeSerializer(PortalSerializer):
    """The whole tree of a month, goals in the order of the outline."""

    month = serializers.DateField()
    goals = GoalSumSerializer(many=True)
    loose = serializers.ListField(child=serializers.IntegerField())


def tree_body(tree: GoalTree) -> list[dict[str, Any]]:
    """The goals as the API answers them."""
    return [
        {
            "id": node.goal.pk,
            "number": node.number,
            "parent": node.goal.parent_id,
            "share": node.rolled.share,
            "state": str(node.state),
            "terms": [{"weight": w, "share": share} for w, share in node.rolled.terms],
            "counted": node.rolled.counted,
            "kpis": [row.kpi.pk for row in node.kpis],
        }
        for node in tree.outline
    ]


class GoalViewSet(PortalViewSet):
    """Goals of the program."""

    model = Goal
    serializer_class = GoalSerializer
    permissions = {
        "list": _READ,
        "retrieve": _READ,
        "create": _WRITE,
        "partial_update": _WRITE,
        "destroy": _WRITE,
        "tree": _READ,
    }
    orderings = {"id": "id", "updated_at": "updated_at"}
    updated_field = "updated_at"

    def scoped(self) -> QuerySet[Any]:
        return super().scoped().select_related("owner", "parent")

    def create(self, request: Request) -> Response:
        """Add a goal."""
        return self.created(goal_create(actor=self.actor, **self.data()))

    def partial_update(self, request: Request, pk: int) -> Response:
        """Change a goal, or move it by `parent` and `position`."""
        goal, version = self.get_object(), self.expected_version()
        values = self.data(partial=True)
        return self.shown(goal_update(actor=self.actor, goal=goal, version=version, **values))

    def destroy(self, request: Request, pk: int) -> Response:
        """Remove a goal; what stands under it moves up."""
        goal_delete(actor=self.actor, goal=self.get_object())
        return self.gone()

    @extend_schema(
        parameters=[OpenApiParameter("month", OpenApiTypes.STR, description="2026-11")],
        responses=GoalTreeSerializer,
    )
    @action(detail=False, methods=["get"])
    def tree(self, request: Request) -> Response:
        """How far each goal is in a month; without `month`, in the last whole one."""
        last = month_shift(month_of(today_of(self.actor)), -1)
        month = month_from(request.query_params.get("month"), last)
        card = scorecard_of(self.actor, month, links=False)
        tree = goal_tree(card)
        loose = [row.kpi.pk for row in tree.loose]
        return Response({"month": month, "goals": tree_body(tree), "loose": loose})
