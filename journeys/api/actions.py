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

from cxportal.core.api.fields import (
    CustomerField,
    JsonField,
    MemberField,
    ScopedPrimaryKeyRelatedField,
    actor_of,
)
from cxportal.core.api.notes import NoteViewSet
from cxportal.core.api.serializers import PortalSerializer, RecordSerializer
from cxportal.core.api.views import PortalViewSet
from cxportal.core.errors import DomainError
from cxportal.core.models import Team
from journeys.api.action_parts import (
    FlowSerializer,
    PilotSerializer,
    RolesSerializer,
    WaitsSerializer,
    flow_shown,
    roles_shown,
)
from journeys.api.effects import EffectSerializer, effect_shown
from journeys.api.telling import TellSerializer, ToldSerializer
from journeys.calc.priority import CONFIDENCES
from journeys.filters import ActionListFilter
from journeys.models import Action, Board, Column, Relationship, Stage, State, Touchpoint
from journeys.queries.actions import actions_live
from journeys.queries.boards import rank_of
from journeys.queries.effects import action_effect
from journeys.services.action_bulk import action_move_undo
from journeys.services.action_parts import action_block, action_pilot_set, action_roles_set
from journeys.services.actions import (
    action_create,
    action_delete,
    action_move,
    action_update,
)
from journeys.services.telling import action_tell
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
    customer = CustomerField(required=False, allow_null=True)
    relationship = serializers.ChoiceField(
        choices=Relationship.choices, required=False, allow_blank=True
    )
    reach = serializers.IntegerField(min_value=0, max_value=10**9, required=False, allow_null=True)
    # One of IMPACTS; the service refuses others.
    impact = serializers.FloatField(required=False, allow_null=True)
    confidence = serializers.ChoiceField(choices=CONFIDENCES, required=False, allow_null=True)
    effort = serializers.FloatField(min_value=0.1, max_value=999, required=False, allow_null=True)
    rice = serializers.SerializerMethodField()
    ice = serializers.SerializerMethodField()
    pilot = serializers.ListField(child=serializers.IntegerField(), read_only=True)
    comparison = serializers.ListField(child=serializers.IntegerField(), read_only=True)
    baseline = JsonField(read_only=True)
    started_at = serializers.DateTimeField(read_only=True)
    closed_at = serializers.DateTimeField(read_only=True)

    def get_rice(self, found: Action) -> float | None:
        return rank_of(found).rice

    def get_ice(self, found: Action) -> float | None:
        return rank_of(found).ice

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
        "undo_move": "journeys.change_actions",
        "roles": "journeys.change_actions",
        "pilot": "journeys.change_actions",
        "waits": "journeys.change_actions",
        "tell": "journeys.change_actions",
        "flow": "journeys.view_boards",
    }
    orderings = {
        "id": "id",
        "due": "due",
        "created_at": "created_at",
        "updated_at": "updated_at",
    }
    updated_field = "updated_at"

    def scoped(self) -> QuerySet[Any]:
        return actions_live(self.actor).select_related("board", "response", "customer")

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

    @extend_schema(request=None, responses=ActionSerializer)
    @action(detail=True, methods=["post"], url_path="undo-move")
    def undo_move(self, request: Request, pk: int) -> Answer:
        """Put it back into the column it came from in the last day."""
        action_move_undo(actor=self.actor, action=self.get_object())
        return self.shown(self.scoped().get(pk=pk))

    @extend_schema(request=RolesSerializer, responses=RolesSerializer)
    @action(detail=True, methods=["post"])
    def roles(self, request: Request, pk: int) -> Answer:
        """Set who has which role (RACI)."""
        found = self.get_object()
        action_roles_set(actor=self.actor, action=found, roles=self.data(RolesSerializer))
        return Answer(roles_shown(found, self.actor.sees_personal_data))

    @extend_schema(request=PilotSerializer, responses=ActionSerializer)
    @action(detail=True, methods=["post"])
    def pilot(self, request: Request, pk: int) -> Answer:
        """Say where it is tried and with whom that is compared (nobody named: all others)."""
        found, version = self.get_object(), self.expected_version()
        values = self.data(PilotSerializer)
        action_pilot_set(actor=self.actor, action=found, version=version, **values)
        return self.shown(self.scoped().get(pk=pk))

    @extend_schema(request=WaitsSerializer, responses=ActionSerializer)
    @action(detail=True, methods=["post"])
    def waits(self, request: Request, pk: int) -> Answer:
        """Say that it waits for another action, or no longer."""
        found = self.get_object()
        action_block(actor=self.actor, action=found, **self.data(WaitsSerializer))
        return self.shown(found)

    @extend_schema(request=TellSerializer, responses=ToldSerializer)
    @action(detail=True, methods=["post"])
    def tell(self, request: Request, pk: int) -> Answer:
        """Tell what changed: customers whose words led to it by mail, people by notice."""
        found, values = self.get_object(), self.data(TellSerializer)
        told = action_tell(actor=self.actor, action=found, **values)
        return Answer(ToldSerializer(told).data)

    @extend_schema(responses=FlowSerializer)
    @action(detail=False)
    def flow(self, request: Request) -> Answer:
        """Cycle times and weekly stands, of one board by ?board=."""
        return Answer(flow_shown(self, request.query_params.get("board", "")))

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
