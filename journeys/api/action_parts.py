"""Parts of actions by API: steps, roles, pilot, order; templates; the flow of work."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response as Answer

from cxportal.core.api.fields import I18nField, MemberField, ScopedPrimaryKeyRelatedField
from cxportal.core.api.serializers import PortalSerializer, RecordSerializer
from cxportal.core.api.views import NestedViewSet, PortalViewSet
from cxportal.core.views.base import get_or_404
from journeys.models import Action, ActionRole, ActionTemplate, Board, ChecklistItem
from journeys.queries.flow import flow_of
from journeys.services.action_parts import checklist_add, checklist_remove, checklist_tick
from journeys.services.action_templates import template_delete, template_save, template_use


class ChecklistStepSerializer(PortalSerializer):
    """One step of the checklist."""

    id = serializers.IntegerField(read_only=True)
    text = serializers.CharField(max_length=300)
    done_at = serializers.DateTimeField(read_only=True)
    done_by = serializers.CharField(read_only=True)


class StepDoneSerializer(PortalSerializer):
    """Done or open again."""

    done = serializers.BooleanField()


class ActionStepViewSet(NestedViewSet):
    """The checklist of an action."""

    model = ChecklistItem
    serializer_class = ChecklistStepSerializer
    parent_model = Action
    parent_name = "action_id"
    permissions = {
        "list": "journeys.view_boards",
        "create": "journeys.change_actions",
        "partial_update": "journeys.change_actions",
        "destroy": "journeys.change_actions",
    }

    def create(self, request: Request, action_id: int) -> Answer:
        """Add a step at the end."""
        item = checklist_add(actor=self.actor, action=self.parent(), **self.data())
        return self.created(item)

    @extend_schema(request=StepDoneSerializer)
    def partial_update(self, request: Request, action_id: int, pk: int) -> Answer:
        """Tick it off, or open it again."""
        item, done = self.get_object(), self.data(StepDoneSerializer)["done"]
        return self.shown(checklist_tick(actor=self.actor, item=item, done=done))

    def destroy(self, request: Request, action_id: int, pk: int) -> Answer:
        """Take it off the list."""
        checklist_remove(actor=self.actor, item=self.get_object())
        return self.gone()


class RolesSerializer(PortalSerializer):
    """Members by e-mail address for each role; who is not named has it no longer."""

    responsible = serializers.ListField(child=MemberField(), max_length=50, required=False)
    accountable = serializers.ListField(child=MemberField(), max_length=1, required=False)
    consulted = serializers.ListField(child=MemberField(), max_length=50, required=False)
    informed = serializers.ListField(child=MemberField(), max_length=50, required=False)


def roles_shown(found: Action, sees_people: bool) -> dict[str, list[str]]:
    """Roles with their people, by e-mail address for who may see persons, else by number."""
    shown: dict[str, list[str]] = {role: [] for role in ActionRole.Role.values}
    for row in found.roles.select_related("membership__user"):
        email = row.membership.user.email
        shown[row.role].append(email if sees_people else f"#{row.membership_id}")
    return shown


class PilotSerializer(PortalSerializer):
    """Ids of stores or segments of `GET /dimensions/`."""

    pilot = serializers.ListField(child=serializers.IntegerField(min_value=1), max_length=100)
    comparison = serializers.ListField(
        child=serializers.IntegerField(min_value=1), max_length=100, required=False
    )


class WaitsSerializer(PortalSerializer):
    """The action it waits for; `on` false ends that."""

    by = ScopedPrimaryKeyRelatedField(model=Action)
    on = serializers.BooleanField(required=False)


class ActionTemplateSerializer(RecordSerializer):
    """A template of an action, perhaps made again by the calendar."""

    name = I18nField(max_length=200)
    board = ScopedPrimaryKeyRelatedField(model=Board, required=False, allow_null=True)
    title = serializers.CharField(max_length=200)
    description = serializers.CharField(max_length=20_000, allow_blank=True, required=False)
    owner_email = MemberField(source="owner", required=False, allow_null=True)
    due_days = serializers.IntegerField(min_value=0, max_value=365, required=False)
    horizon = serializers.ChoiceField(choices=Action.Horizon.choices, required=False)
    checklist = serializers.ListField(
        child=serializers.CharField(max_length=300), max_length=100, required=False
    )
    every = serializers.ChoiceField(
        choices=ActionTemplate.Every.choices, required=False, allow_blank=True
    )
    next_on = serializers.DateField(required=False, allow_null=True)


class UsedSerializer(PortalSerializer):
    """The action that was logged."""

    action = serializers.IntegerField()


class ActionTemplateViewSet(PortalViewSet):
    """Templates of actions."""

    model = ActionTemplate
    serializer_class = ActionTemplateSerializer
    permissions = {
        "list": "journeys.view_boards",
        "retrieve": "journeys.view_boards",
        "create": "journeys.change_boards",
        "partial_update": "journeys.change_boards",
        "destroy": "journeys.change_boards",
        "use": "journeys.create_actions",
    }

    def scoped(self) -> QuerySet[Any]:
        return super().scoped().select_related("board", "owner__user")

    def create(self, request: Request) -> Answer:
        """Make a template."""
        return self.created(template_save(actor=self.actor, **self.data()))

    def partial_update(self, request: Request, pk: int) -> Answer:
        """Change it."""
        found, version = self.get_object(), self.expected_version()
        values = self.data(partial=True)
        changed = template_save(actor=self.actor, template=found, version=version, **values)
        return self.shown(changed)

    def destroy(self, request: Request, pk: int) -> Answer:
        """Forget it; the actions it made stay."""
        template_delete(actor=self.actor, template=self.get_object())
        return self.gone()

    @extend_schema(request=None, responses={201: UsedSerializer})
    @action(detail=True, methods=["post"])
    def use(self, request: Request, pk: int) -> Answer:
        """Log its action now."""
        made = template_use(actor=self.actor, template=self.get_object())
        return Answer({"action": made.pk}, status=201)


class FlowWeekSerializer(PortalSerializer):
    """How many actions stood in each state at a day's end."""

    day = serializers.DateField()
    idea = serializers.IntegerField()
    ready = serializers.IntegerField()
    doing = serializers.IntegerField()
    watching = serializers.IntegerField()
    done = serializers.IntegerField()


class FlowSerializer(PortalSerializer):
    """Days from work begun to work done over the last 180 days, and 26 weekly stands."""

    finished = serializers.IntegerField()
    cycle_median = serializers.FloatField(allow_null=True)
    cycle_upper = serializers.FloatField(allow_null=True)
    wait_median = serializers.FloatField(allow_null=True)
    weeks = FlowWeekSerializer(many=True)


_STATES = ("idea", "ready", "doing", "watching", "done")


def flow_shown(view: PortalViewSet, board: str) -> dict[str, Any]:
    """The flow of one board or all. Raises Http404 for another program's board."""
    if board and not (board.isascii() and board.isdigit() and len(board) < 19):
        raise Http404
    chosen = get_or_404(Board.objects.for_actor(view.actor), pk=board) if board else None
    flow = flow_of(view.actor, chosen)
    weeks = [{"day": day, **dict(zip(_STATES, row, strict=True))} for day, row in flow.weeks]
    figures = ("finished", "cycle_median", "cycle_upper", "wait_median")
    return {**{name: getattr(flow, name) for name in figures}, "weeks": weeks}
