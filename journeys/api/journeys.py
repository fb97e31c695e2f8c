"""Journeys with their stages and personas, and the scores of a journey's stages."""

from typing import Any

import django_filters
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.fields import I18nField, ScopedPrimaryKeyRelatedField
from cxportal.core.api.schema import PERIOD
from cxportal.core.api.serializers import PortalSerializer, RecordSerializer
from cxportal.core.api.views import NestedViewSet, PortalViewSet
from cxportal.core.errors import DomainError
from cxportal.core.models import Segment, Team
from journeys.api.stage_scores import JourneyScoresSerializer, journey_scores_shown
from journeys.models import Journey, JourneyVersion, Persona, Stage
from journeys.queries.drivers import Drivers, drivers_of, outcomes_of
from journeys.queries.map_files import FORMATS, map_file, map_filename
from journeys.queries.paths import ActualJourney, actual_journey
from journeys.queries.stage_scores import stage_scores
from journeys.services.journey_versions import journey_copy, version_keep, version_restore
from journeys.services.journeys import journey_create, journey_delete, journey_update
from journeys.services.map_exchange import map_import, own_document, reasons
from journeys.services.personas import persona_create, persona_delete, persona_update
from journeys.services.stages import stage_add, stage_delete, stage_move, stage_update
from journeys.templates_library import TEMPLATES
from journeys.views.map_exchange import file_answer
from surveys.api.scores import dimension_asked, freshness, period_asked

CODE = r"^[a-z0-9][a-z0-9_-]{0,59}$"
MAX_PLACE = 10_000


class PersonaSerializer(RecordSerializer):
    """A typical customer, in a few words."""

    name = I18nField(max_length=200)
    description = I18nField(required=False)
    goals = I18nField(required=False)
    segment = ScopedPrimaryKeyRelatedField(model=Segment, required=False, allow_null=True)


class JourneySerializer(RecordSerializer):
    """A way through the company."""

    code = serializers.RegexField(CODE, max_length=60, required=False)
    name = I18nField(max_length=200)
    description = I18nField(required=False)
    kind = serializers.ChoiceField(choices=Journey.Kind.choices, required=False)
    state = serializers.ChoiceField(choices=Journey.State.choices, read_only=True)
    persona = ScopedPrimaryKeyRelatedField(model=Persona, required=False, allow_null=True)
    personas = ScopedPrimaryKeyRelatedField(model=Persona, many=True, required=False)
    parent = ScopedPrimaryKeyRelatedField(  # type: ignore[assignment]
        model=Journey, required=False, allow_null=True
    )
    counterpart = ScopedPrimaryKeyRelatedField(model=Journey, required=False, allow_null=True)
    review_due = serializers.DateField(required=False, allow_null=True)
    reviewed_at = serializers.DateTimeField(read_only=True)


class JourneyCreateSerializer(JourneySerializer):
    """With the template it begins as."""

    template = serializers.ChoiceField(choices=sorted(TEMPLATES), required=False)


class JourneyUpdateSerializer(JourneySerializer):
    """The code stays; a journey is taken out of use by its state."""

    code = serializers.CharField(read_only=True)  # type: ignore[assignment]
    state = serializers.ChoiceField(choices=Journey.State.choices, required=False)


class CopySerializer(PortalSerializer):
    """What a copy is called, and whether it is as it should be."""

    name = I18nField(max_length=200)
    kind = serializers.ChoiceField(choices=Journey.Kind.choices, required=False)


class MapFileSerializer(PortalSerializer):
    """A file as text."""

    filename = serializers.CharField(max_length=200)
    content = serializers.CharField(max_length=5_000_000, trim_whitespace=False)


class MapNoteSerializer(PortalSerializer):
    """What did not come over as it was."""

    place = serializers.CharField()
    reason = serializers.CharField()
    said = serializers.CharField()
    became = serializers.CharField()


class ImportedSerializer(PortalSerializer):
    """What a file became."""

    journey = serializers.IntegerField()
    taken = serializers.DictField(child=serializers.IntegerField())
    notes = MapNoteSerializer(many=True)


class StageSerializer(RecordSerializer):
    """A phase of a journey; `target` is on the 0–100 scale of stage scores."""

    code = serializers.RegexField(CODE, max_length=60, required=False)
    name = I18nField(max_length=200)
    description = I18nField(required=False)
    position = serializers.IntegerField(min_value=0, max_value=MAX_PLACE, required=False)
    target = serializers.DecimalField(
        max_digits=5,
        decimal_places=2,
        min_value=0,
        max_value=100,
        required=False,
        allow_null=True,
    )
    team = ScopedPrimaryKeyRelatedField(model=Team, required=False, allow_null=True)


class StageUpdateSerializer(StageSerializer):
    """The code stays."""

    code = serializers.CharField(read_only=True)  # type: ignore[assignment]


class JourneyFilter(django_filters.FilterSet):  # type: ignore[misc]
    """By name, code, kind and state."""

    search = django_filters.CharFilter(
        label=_("Search"), field_name="name", lookup_expr="icontains"
    )
    code = django_filters.CharFilter(label=_("Code"))
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Journey.Kind.choices)
    state = django_filters.ChoiceFilter(label=_("State"), choices=Journey.State.choices)

    class Meta:
        model = Journey
        fields: list[str] = []


LATER = ("personas", "parent", "counterpart", "review_due")
OUTCOME = OpenApiParameter("outcome", int, description="Id of the outcome's metric.")
FORMAT = OpenApiParameter("as", enum=sorted(FORMATS), description="Kind of file.")
EDITED = {
    "list": "journeys.view_journeys",
    "retrieve": "journeys.view_journeys",
    "create": "journeys.change_journeys",
    "partial_update": "journeys.change_journeys",
    "destroy": "journeys.change_journeys",
}


def drivers_shown(found: Drivers) -> dict[str, Any]:
    """An analysis as JSON; without a ranking `refusal` says why."""
    analysis = found.analysis
    weights = analysis.weights if analysis else None
    return {
        "outcome": found.outcome.pk if found.outcome else None,
        "n": analysis.n if analysis else 0,
        "refusal": analysis.refusal if analysis else "no_outcome",
        "r_squared": weights.r_squared if weights else None,
        "held_out": analysis.held_out if analysis else None,
        "drivers": [
            {
                "touchpoint": row.touchpoint.pk,
                "code": row.touchpoint.code,
                "share": row.share,
                "correlation": row.correlation,
                "vif": row.inflation,
            }
            for row in found.rows
        ],
        "left_out": [{"touchpoint": row.pk, "n": n} for row, n in found.left_out],
    }


def paths_shown(found: ActualJourney) -> dict[str, Any]:
    """The actual journey as JSON."""
    return {
        "customers": found.flows.customers,
        "in_order": found.flows.in_order,
        "is_sample": found.is_sample,
        "steps": [
            {
                "step": row.step.pk,
                "reached": row.flow.reached,
                "dropped": row.flow.dropped,
                "next_planned": row.flow.next_planned,
                "to": {str(pk): count for pk, count in row.flow.to.items()},
            }
            for row in found.rows
        ],
        "deviations": [
            {"from": way.start, "to": way.end, "count": way.count} for way in found.deviations
        ],
    }


class JourneyViewSet(PortalViewSet):
    """Journeys."""

    model = Journey
    serializer_class = JourneySerializer
    filterset_class = JourneyFilter
    permissions = {
        **EDITED,
        "stage_scores": "journeys.view_journeys",
        "copy": "journeys.change_journeys",
        "map": "journeys.view_journeys",
        "file": "journeys.view_journeys",
        "import_map": "journeys.change_journeys",
        "drivers": "journeys.view_journeys",
        "paths": "journeys.view_journeys",
    }
    orderings = {"id": "id", "code": "code", "updated_at": "updated_at"}
    updated_field = "updated_at"

    def scoped(self) -> QuerySet[Any]:
        rows = super().scoped().select_related("persona", "parent", "counterpart")
        return rows.prefetch_related("personas")

    @extend_schema(request=JourneyCreateSerializer, responses={201: JourneySerializer})
    @transaction.atomic
    def create(self, request: Request) -> Response:
        """Make a journey, empty or with the stages and touchpoints of a template."""
        values = self.data(JourneyCreateSerializer)
        later = {name: values.pop(name) for name in LATER if name in values}
        journey = journey_create(actor=self.actor, **values)
        if later:
            journey = journey_update(actor=self.actor, journey=journey, **later)
        return self.created(journey)

    @extend_schema(request=JourneyUpdateSerializer)
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change a journey's own fields."""
        journey, version = self.get_object(), self.expected_version()
        values = self.data(JourneyUpdateSerializer, partial=True)
        return self.shown(
            journey_update(actor=self.actor, journey=journey, version=version, **values)
        )

    def destroy(self, request: Request, pk: int) -> Response:
        """Delete a journey with its stages; touchpoints and actions stay."""
        journey_delete(actor=self.actor, journey=self.get_object())
        return self.gone()

    @extend_schema(request=CopySerializer, responses={201: JourneySerializer})
    @action(detail=True, methods=["post"])
    def copy(self, request: Request, pk: int) -> Response:
        """Copy a journey with its map, as it should be or as it is."""
        journey = self.get_object()
        values = self.data(CopySerializer)
        return self.created(journey_copy(actor=self.actor, journey=journey, **values))

    @extend_schema(responses=OpenApiTypes.OBJECT)
    @action(detail=True)
    def map(self, request: Request, pk: int) -> Response:
        """The whole map as one document, with touchpoints and personas described."""
        return Response(own_document(self.actor, self.get_object()))

    @extend_schema(parameters=[FORMAT], responses={(200, "application/octet-stream"): bytes})
    @action(detail=True, url_path="file")
    def file(self, request: Request, pk: int) -> Any:
        """The map as a file: ojf, csv, summary (CSV, a row per stage), mermaid, svg, png or pdf."""
        kind = request.query_params.get("as", "ojf")
        if kind not in FORMATS:
            message = _("There is no such kind of file.")
            raise DomainError("invalid", message, details={"as": message})
        journey = self.get_object()
        answer = map_file(self.actor, journey, kind)
        return file_answer(answer, map_filename(journey, kind), kind)

    @extend_schema(parameters=[OUTCOME], responses=OpenApiTypes.OBJECT)
    @action(detail=True)
    def drivers(self, request: Request, pk: int) -> Response:
        """Derived importance: what each touchpoint explains of an outcome, with fit and n."""
        journey = self.get_object()
        known = outcomes_of(self.actor, journey)
        asked = request.query_params.get("outcome", "")
        outcome = next((row for row in known if str(row.pk) == asked), None)
        if asked and outcome is None:
            message = _("This metric cannot be the outcome of this journey.")
            raise DomainError("invalid", message, details={"outcome": message})
        chosen = outcome or (known[0] if known else None)
        return Response(drivers_shown(drivers_of(self.actor, journey, chosen)))

    @extend_schema(parameters=PERIOD[:2], responses=OpenApiTypes.OBJECT)
    @action(detail=True)
    def paths(self, request: Request, pk: int) -> Response:
        """Planned against actual: who was seen at each step, drop-out, ways against the plan."""
        journey = self.get_object()
        period = period_asked(request, self.actor)
        return Response(paths_shown(actual_journey(self.actor, journey, period)))

    @extend_schema(request=MapFileSerializer, responses={201: ImportedSerializer})
    @action(detail=False, methods=["post"], url_path="import")
    def import_map(self, request: Request) -> Response:
        """Make a journey from the text of an .ojf or CSV file; `notes` list what changed."""
        values = self.data(MapFileSerializer)
        made = map_import(
            actor=self.actor, content=values["content"].encode(), filename=values["filename"]
        )
        words = reasons()
        notes = [
            {"place": n.place, "reason": words[n.reason], "said": n.said, "became": n.became}
            for n in made.notes
        ]
        body = {"journey": made.journey.pk, "taken": made.taken, "notes": notes}
        return Response(body, status=201)

    @extend_schema(parameters=PERIOD, responses=JourneyScoresSerializer)
    @action(detail=True, url_path="stage-scores")
    def stage_scores(self, request: Request, pk: int) -> Response:
        """The score of each stage over a period, with its parts and its change."""
        found = stage_scores(
            actor=self.actor,
            journey=self.get_object(),
            period=period_asked(request, self.actor),
            dimension=dimension_asked(request, self.actor),
        )
        return Response(journey_scores_shown(found) | {"freshness": freshness(self.actor)})


class StageViewSet(NestedViewSet):
    """Stages of a journey, in order."""

    model = Stage
    serializer_class = StageSerializer
    parent_model = Journey
    parent_name = "journey"
    permissions = EDITED
    default_ordering = "position"
    orderings = {"position": "position", "id": "id"}

    @transaction.atomic
    def create(self, request: Request, journey: int) -> Response:
        """Add a stage at the end, or at a position."""
        found, values = self.parent(), self.data()
        position = values.pop("position", None)
        stage = stage_add(actor=self.actor, journey=found, **values)
        if position is not None:
            stage_move(actor=self.actor, stage=stage, position=position)
        return self.created(stage)

    @extend_schema(request=StageUpdateSerializer)
    @transaction.atomic
    def partial_update(self, request: Request, journey: int, pk: int) -> Response:
        """Change a stage, or move it by `position`."""
        stage, version = self.get_object(), self.expected_version()
        values = self.data(StageUpdateSerializer, partial=True)
        position = values.pop("position", None)
        stage = stage_update(actor=self.actor, stage=stage, version=version, **values)
        if position is not None:
            stage_move(actor=self.actor, stage=stage, position=position)
        return self.shown(stage)

    def destroy(self, request: Request, journey: int, pk: int) -> Response:
        """Delete a stage; its touchpoints stay in the library."""
        stage_delete(actor=self.actor, stage=self.get_object())
        return self.gone()


class VersionSerializer(PortalSerializer):
    """A kept state of a map; `document` is the whole of it."""

    id = serializers.IntegerField(read_only=True)
    number = serializers.IntegerField(read_only=True)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)
    made_by = serializers.CharField(source="made_by_label", read_only=True)
    made_at = serializers.DateTimeField(read_only=True)
    document = serializers.DictField(read_only=True)


class JourneyVersionViewSet(NestedViewSet):
    """Kept versions of a journey's map."""

    model = JourneyVersion
    serializer_class = VersionSerializer
    parent_model = Journey
    parent_name = "journey"
    permissions = {
        "list": "journeys.view_journeys",
        "retrieve": "journeys.view_journeys",
        "create": "journeys.change_journeys",
        "restore": "journeys.change_journeys",
    }
    default_ordering = "-number"
    orderings = {"number": "number", "id": "id"}

    def create(self, request: Request, journey: int) -> Response:
        """Keep the map as it is now."""
        found = self.parent()
        return self.created(version_keep(actor=self.actor, journey=found, **self.data()))

    @extend_schema(request=None, responses=JourneySerializer)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, journey: int, pk: int) -> Response:
        """Make the map say what this version said; what it says now is kept first."""
        journey_now = version_restore(actor=self.actor, version=self.get_object())
        return self.shown(journey_now, JourneySerializer)


class PersonaViewSet(PortalViewSet):
    """Personas."""

    model = Persona
    serializer_class = PersonaSerializer
    permissions = EDITED
    orderings = {"id": "id", "updated_at": "updated_at"}
    updated_field = "updated_at"

    def create(self, request: Request) -> Response:
        """Describe a typical customer."""
        return self.created(persona_create(actor=self.actor, **self.data()))

    def partial_update(self, request: Request, pk: int) -> Response:
        """Change a persona."""
        persona, version = self.get_object(), self.expected_version()
        values = self.data(partial=True)
        return self.shown(
            persona_update(actor=self.actor, persona=persona, version=version, **values)
        )

    def destroy(self, request: Request, pk: int) -> Response:
        """Delete a persona; its journeys stay without one."""
        persona_delete(actor=self.actor, persona=self.get_object())
        return self.gone()
