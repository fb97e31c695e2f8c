"""Improvement actions: logged, changed, moved, discussed, and whether they worked."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response as Answer

from cxportal.core.api.fields import MemberField, ScopedPrimaryKeyRelatedField, actor_of
from cxportal.core.api.notes import NoteViewSet
from cxportal.core.api.serializers import PortalSerializer, RecordSerializer
from cxportal.core.api.views import PortalViewSet
from cxportal.core.errors import DomainError
from cxportal.core.models import Team
from journeys.api.effects import EffectSerializer, effect_shown
from journeys.filters import ActionListFilter
from journeys.models import Action, Board, Column, Stage, State, Touchpoint
from journeys.queries.actions import actions_live
from journeys.queries.effects import action_effect
from journeys.services.actions import (
    action_create,
    action_delete,
    action_move,
    action_update,
)
from surveys.models import Response

ONE_TO_FIVE: dict[str, Any] = {"min_value": 1, "max_value": 5, "required": False}


class ActionSerializer(RecordSerializer):
    """An improvement action; its owner is named by `owner_email` when written."""

    external_id = serializers.CharField(max_length=120, required=False, allow_null=True)
    title = serializers.CharField(max_length=200)
    description = serializers.CharField(max_length=20_000, allow_blank=True, required=False)
    board = ScopedPrimaryKeyRelatedField(model=Board, required=False)
    column = ScopedPrimaryKeyRelatedField(model=Column, required=False)
    state = serializers.ChoiceField(source="column.state", choices=State.choices, read_only=True)
    owner = serializers.IntegerField(source="owner_id", read_only=True, allow_null=True)
    owner_name = serializers.SerializerMethodField()
    owner_email = MemberField(source="owner", required=False, allow_null=True)
    team = ScopedPrimaryKeyRelatedField(model=Team, required=False, allow_null=True)
    due = serializers.DateField(required=False, allow_null=True)
    horizon = serializers.ChoiceField(choices=Action.Horizon.choices, required=False)
    importance = serializers.IntegerField(**ONE_TO_FIVE)
    urgency = serializers.IntegerField(**ONE_TO_FIVE)
    effect = serializers.IntegerField(**ONE_TO_FIVE)
    cost = serializers.IntegerField(**ONE_TO_FIVE)
    stage = ScopedPrimaryKeyRelatedField(model=Stage, required=False, allow_null=True)
    touchpoint = ScopedPrimaryKeyRelatedField(model=Touchpoint, required=False, allow_null=True)
    response = ScopedPrimaryKeyRelatedField(model=Response, required=False, allow_null=True)
    started_at = serializers.DateTimeField(read_only=True)
    closed_at = serializers.DateTimeField(read_only=True)

    def get_owner_name(self, found: Action) -> str | None:
        return str(found.owner) if found.owner and actor_of(self).sees_personal_data else None


class ActionUpdateSerializer(ActionSerializer):
    """Board and column change by moving."""

    board = serializers.IntegerField(source="board_id", read_only=True)  # type: ignore[assignment]
    column = serializers.IntegerField(  # type: ignore[assignment]
        source="column_id", read_only=True
    )


class MoveSerializer(PortalSerializer):
    """The column, or a state whose first column on the action's board is meant."""

    column = ScopedPrimaryKeyRelatedField(model=Column, required=False)
    state = serializers.ChoiceField(choices=State.choices, required=False)
    before = ScopedPrimaryKeyRelatedField(model=Action, required=False, allow_null=True)
    after = ScopedPrimaryKeyRelatedField(model=Action, required=False, allow_null=True)


class ActionApiFilter(ActionListFilter):
    """The page's filter under the API's names."""

    q = None
    mine = None
    search = django_filters.CharFilter(label=_("Search"), method="by_text")
    external_id = django_filters.CharFilter(label=_("External id"))
    board = django_filters.NumberFilter(label=_("Board"), field_name="board_id")

    class Meta(ActionListFilter.Meta):
        fields: list[str] = []


class ActionViewSet(PortalViewSet):
    """Improvement actions on the boards."""

    model = Action
    serializer_class = ActionSerializer
    filterset_class = ActionApiFilter
    permissions = {
        "list": "journeys.view_boards",
        "retrieve": "journeys.view_boards",
        "effect": "journeys.view_boards",
        "create": "journeys.create_actions",
        "partial_update": "journeys.change_actions",
        "move": "journeys.change_actions",
        "destroy": "journeys.change_actions",
    }
    orderings = {
        "id": "id",
        "due": "due",
        "created_at": "created_at",
        "updated_at": "updated_at",
    }
    updated_field = "updated_at"

    def scoped(self) -> QuerySet[Any]:
        return actions_live(self.actor).select_related("board", "response")

    def create(self, request: Request) -> Answer:
        """Log an action on top of a column: the named one, else the board's first."""
        return self.created(action_create(actor=self.actor, **self.data()))

    @extend_schema(request=ActionUpdateSerializer)
    def partial_update(self, request: Request, pk: int) -> Answer:
        """Change what it says; `move/` changes where it stands."""
        found, version = self.get_object(), self.expected_version()
        values = self.data(ActionUpdateSerializer, partial=True)
        changed = action_update(actor=self.actor, action=found, version=version, **values)
        return self.shown(changed)

    def destroy(self, request: Request, pk: int) -> Answer:
        """Take it off the board; its page can bring it back."""
        action_delete(actor=self.actor, action=self.get_object())
        return self.gone()

    @extend_schema(request=MoveSerializer, responses=ActionSerializer)
    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: int) -> Answer:
        """Move it into a column (or state), on top or next to another action."""
        found, version = self.get_object(), self.expected_version()
        values = self.data(MoveSerializer)
        values["column"] = values.get("column") or self._column(found, values.get("state"))
        values.pop("state", None)
        action_move(actor=self.actor, action=found, version=version, **values)
        return self.shown(self.scoped().get(pk=found.pk))

    def _column(self, found: Action, state: str | None) -> Column:
        columns = found.board.columns.filter(state=state).order_by("position", "pk")
        column = columns.first() if state else None
        if column is None:
            sentence = str(_("Name a column, or a state this board has a column for."))
            raise DomainError("invalid", sentence, details={"column": sentence})
        return column

    @extend_schema(responses=EffectSerializer)
    @action(detail=True)
    def effect(self, request: Request, pk: int) -> Answer:
        """The touchpoint's scores before and after, with an honest sentence."""
        found = self.get_object()
        return Answer(effect_shown(found, action_effect(self.actor, found)))


class ActionCommentViewSet(NoteViewSet):
    """Remarks on an action, oldest first."""

    parent_model = Action
    parent_name = "action_id"
    permissions = {"list": "journeys.view_boards", "create": "journeys.comment_actions"}
