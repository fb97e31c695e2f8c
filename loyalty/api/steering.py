"""Assessments, technologies and processes."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.actors import Actor
from cxportal.core.api.fields import I18nField, ScopedPrimaryKeyRelatedField, owner_email
from cxportal.core.api.serializers import PortalSerializer, RecordSerializer
from cxportal.core.api.views import PortalViewSet
from cxportal.core.errors import DomainError
from cxportal.core.models import Membership
from journeys.api.actions import ActionSerializer
from journeys.models import Action
from loyalty.models import Assessment, Framework, Process, Technology, ValueProposition
from loyalty.queries.assessments import Result, actions_of_gaps, result_of
from loyalty.queries.technology import KindRow, inventory_of
from loyalty.services.assessments import (
    assessment_answer,
    assessment_begin,
    assessment_close,
    framework_import_document,
    framework_take,
    gap_to_action,
)
from loyalty.services.steering import record_create, record_delete, record_update
from loyalty.technology_catalogue import KINDS
from surveys.models import Metric

_READ, _WRITE = "loyalty.view_steering", "loyalty.change_steering"


class FrameworkSerializer(RecordSerializer):
    """A framework; send `standard` for one of the portal's, or a whole `document`."""

    code = serializers.CharField(read_only=True)
    name = I18nField(read_only=True)
    standard = serializers.CharField(max_length=60, required=False, write_only=True)
    document = serializers.JSONField(required=False)


class FrameworkViewSet(PortalViewSet):
    """Frameworks of the program."""

    model = Framework
    serializer_class = FrameworkSerializer
    permissions = {
        "list": "loyalty.view_assessments",
        "retrieve": "loyalty.view_assessments",
        "create": "loyalty.change_assessments",
    }

    def create(self, request: Request) -> Response:
        """Take one of the portal's over, or bring one; a code the program has is replaced."""
        data = self.data()
        if "standard" in data:
            return self.created(framework_take(actor=self.actor, code=data["standard"]))
        made = framework_import_document(actor=self.actor, document=data.get("document"))
        return self.created(made)


class AssessmentSerializer(RecordSerializer):
    """A round of a framework; `level` is 0–100 once it is closed."""

    framework = ScopedPrimaryKeyRelatedField(model=Framework)
    name = serializers.CharField(max_length=200, required=False, allow_blank=True)
    due = serializers.DateField(required=False, allow_null=True)
    state = serializers.CharField(read_only=True)
    level = serializers.DecimalField(5, 2, read_only=True)
    closed_at = serializers.DateTimeField(read_only=True)


class ResultItemSerializer(PortalSerializer):
    """A statement: level 0–100, n, the least and greatest level given (1…), people by level.

    `action` is the action its gap became.
    """

    code = serializers.CharField()
    level = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField()
    lowest = serializers.IntegerField(allow_null=True)
    highest = serializers.IntegerField(allow_null=True)
    spread = serializers.DictField(child=serializers.IntegerField())
    action = serializers.IntegerField(allow_null=True)


class ResultSectionSerializer(PortalSerializer):
    """A section with its statements."""

    code = serializers.CharField()
    level = serializers.FloatField(allow_null=True)
    items = ResultItemSerializer(many=True)


class ResultSerializer(PortalSerializer):
    """A round summed up."""

    people = serializers.IntegerField()
    level = serializers.FloatField(allow_null=True)
    before = serializers.FloatField(allow_null=True)
    sections = ResultSectionSerializer(many=True)


def result_body(result: Result, actions: Mapping[str, Action]) -> dict[str, Any]:
    """A result as the API answers it."""
    return {
        "people": result.people,
        "level": result.level,
        "before": result.before,
        "sections": [
            {
                "code": section.section["code"],
                "level": section.level,
                "items": [
                    {
                        "code": row.item["code"],
                        "level": row.level,
                        "n": row.result.n,
                        "lowest": row.result.lowest,
                        "highest": row.result.highest,
                        "spread": {str(level): people for level, people in row.result.spread},
                        "action": found.pk if (found := actions.get(row.item["code"])) else None,
                    }
                    for row in section.rows
                ],
            }
            for section in result.sections
        ],
    }


def member_named(actor: Actor, email: str) -> Membership:
    """A working member of the program. Raises DomainError "invalid" for anybody else."""
    members = Membership.objects.for_actor(actor).filter(is_active=True).select_related("user")
    found = members.filter(user__email__iexact=email).first()
    if found is None:
        sentence = _("No member of this program has this e-mail address.")
        raise DomainError("invalid", sentence, details={"member_email": sentence})
    return found


class GapSerializer(PortalSerializer):
    """Which statement's gap."""

    item = serializers.CharField(max_length=60)


class LevelSerializer(PortalSerializer):
    """What one person says of one statement: its level from 1, null for "cannot say"."""

    item = serializers.CharField(max_length=60)
    level = serializers.IntegerField(min_value=1, allow_null=True)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class LevelsSerializer(PortalSerializer):
    """A member's levels, brought in from a workshop or another system."""

    member_email = serializers.EmailField()
    answers = LevelSerializer(many=True, allow_empty=False)


class LevelsKeptSerializer(PortalSerializer):
    """How many statements are kept."""

    answers = serializers.IntegerField()


class AssessmentViewSet(PortalViewSet):
    """Rounds: begin, answer, read, close. People answer on their page, or a client for them."""

    model = Assessment
    serializer_class = AssessmentSerializer
    permissions = {
        "list": "loyalty.view_assessments",
        "retrieve": "loyalty.view_assessments",
        "create": "loyalty.change_assessments",
        "close": "loyalty.change_assessments",
        "answers": "loyalty.change_assessments",
        "result": "loyalty.view_assessments",
        "gap_action": "journeys.create_actions",
    }

    def scoped(self) -> QuerySet[Any]:
        return super().scoped().select_related("framework")

    def create(self, request: Request) -> Response:
        """Open a round."""
        return self.created(assessment_begin(actor=self.actor, **self.data()))

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: int) -> Response:
        """Close the round and keep its level."""
        assessment = self.get_object()
        version = self.expected_version()
        return self.shown(
            assessment_close(actor=self.actor, assessment=assessment, version=version)
        )

    @extend_schema(request=LevelsSerializer, responses=LevelsKeptSerializer)
    @action(detail=True, methods=["post"])
    def answers(self, request: Request, pk: int) -> Response:
        """Keep what a member says; said again, it replaces what was said."""
        assessment = self.get_object()
        asked = LevelsSerializer(data=request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        levels = {
            row["item"]: (row["level"], row["note"]) for row in asked.validated_data["answers"]
        }
        kept = assessment_answer(
            actor=self.actor,
            assessment=assessment,
            answers=levels,
            member=member_named(self.actor, asked.validated_data["member_email"]),
        )
        return Response({"answers": kept})

    @extend_schema(responses=ResultSerializer)
    @action(detail=True, methods=["get"])
    def result(self, request: Request, pk: int) -> Response:
        """Levels by section and statement, with n."""
        assessment = self.get_object()
        actions = actions_of_gaps(self.actor, assessment)
        return Response(result_body(result_of(self.actor, assessment), actions))

    @extend_schema(request=GapSerializer, responses={201: ActionSerializer})
    @action(detail=True, methods=["post"], url_path="gap-action")
    def gap_action(self, request: Request, pk: int) -> Response:
        """Make a statement's gap an action on the board; the same again gives the same action."""
        assessment, context = self.get_object(), self.get_serializer_context()
        asked = GapSerializer(data=request.data, context=context)
        asked.is_valid(raise_exception=True)
        item = asked.validated_data["item"]
        made = gap_to_action(actor=self.actor, assessment=assessment, item=item)
        return Response(ActionSerializer(made, context=context).data, status=201)


class TechnologySerializer(RecordSerializer):
    """One system used for the customer experience."""

    kind = serializers.ChoiceField(choices=[(kind.code, kind.label) for kind in KINDS])
    name = serializers.CharField(max_length=200)
    state = serializers.ChoiceField(choices=Technology.State.choices, required=False)
    layer = serializers.ChoiceField(choices=Technology.Layer.choices, required=False)
    used_by = serializers.CharField(max_length=300, required=False, allow_blank=True)
    project = serializers.CharField(max_length=300, required=False, allow_blank=True)
    yearly_cost = serializers.DecimalField(16, 2, required=False, allow_null=True, min_value=0)
    metric = ScopedPrimaryKeyRelatedField(model=Metric, required=False, allow_null=True)
    since = serializers.DateField(required=False, allow_null=True)
    owner_email = owner_email()


class TechnologyEvidenceSerializer(PortalSerializer):
    """A technology; its metric's score before and since the day, whether it moved by more than
    chance (null: nothing to compare)."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    moved = serializers.BooleanField(allow_null=True)
    before = serializers.FloatField(allow_null=True)
    after = serializers.FloatField(allow_null=True)


class InventoryKindSerializer(PortalSerializer):
    """A kind of the catalogue; `peers` per cent use it, `state` is covered, gap or overlap."""

    kind = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    peers = serializers.IntegerField(allow_null=True)
    state = serializers.ChoiceField(choices=["covered", "gap", "overlap"])
    yearly_cost = serializers.DecimalField(16, 2)
    technologies = TechnologyEvidenceSerializer(many=True)


class ProcessSerializer(RecordSerializer):
    """A process across departments."""

    name = I18nField(max_length=200)
    departments = serializers.CharField(max_length=300, required=False, allow_blank=True)
    proposition = ScopedPrimaryKeyRelatedField(
        model=ValueProposition, required=False, allow_null=True
    )
    state = serializers.ChoiceField(choices=Process.State.choices, required=False)
    customer_fit = serializers.IntegerField(
        min_value=1, max_value=5, required=False, allow_null=True
    )
    organisation_fit = serializers.IntegerField(
        min_value=1, max_value=5, required=False, allow_null=True
    )
    metric = ScopedPrimaryKeyRelatedField(model=Metric, required=False, allow_null=True)
    owner_email = owner_email()


class SteeringViewSet(PortalViewSet):
    """Base of technologies and processes: the same commands on another record."""

    permissions = {
        "list": _READ,
        "retrieve": _READ,
        "create": _WRITE,
        "partial_update": _WRITE,
        "destroy": _WRITE,
    }
    orderings = {"id": "id", "updated_at": "updated_at"}
    updated_field = "updated_at"

    def scoped(self) -> QuerySet[Any]:
        return super().scoped().select_related("owner")

    def create(self, request: Request) -> Response:
        """Add one."""
        model: Any = self.model
        return self.created(record_create(actor=self.actor, model=model, **self.data()))

    def partial_update(self, request: Request, pk: int) -> Response:
        """Change one."""
        record, version = self.get_object(), self.expected_version()
        values = self.data(partial=True)
        return self.shown(record_update(actor=self.actor, record=record, version=version, **values))

    def destroy(self, request: Request, pk: int) -> Response:
        """Delete one; what it names stays."""
        record_delete(actor=self.actor, record=self.get_object())
        return self.gone()


class TechnologyViewSet(SteeringViewSet):
    """The technology inventory."""

    model = Technology
    serializer_class = TechnologySerializer
    permissions = {**SteeringViewSet.permissions, "inventory": _READ}

    @extend_schema(responses=InventoryKindSerializer(many=True))
    @action(detail=False, methods=["get"], filter_backends=[], pagination_class=None)
    def inventory(self, request: Request) -> Response:
        """Each kind: what covers it, gaps, overlaps, and whether the linked metric moved."""
        found = inventory_of(self.actor)
        return Response([_kind_body(row) for row in found.kinds])


def _kind_body(row: KindRow) -> dict[str, Any]:
    return {
        "kind": row.kind.code,
        "label": str(row.kind.label),
        "peers": row.kind.peers,
        "state": "overlap" if row.overlaps else "gap" if row.is_gap else "covered",
        "yearly_cost": row.cost,
        "technologies": [
            {
                "id": found.technology.pk,
                "name": found.technology.name,
                "moved": found.evidence.moved if found.evidence else None,
                "before": found.evidence.before.value if found.evidence else None,
                "after": found.evidence.after.value if found.evidence else None,
            }
            for found in row.rows
        ],
    }


class ProcessViewSet(SteeringViewSet):
    """Processes customers feel."""

    model = Process
    serializer_class = ProcessSerializer
