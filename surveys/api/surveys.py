"""Surveys: from a template or with their own sections and questions, published, closed."""

from typing import Any

import django_filters
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.fields import I18nField
from cxportal.core.api.serializers import PortalSerializer, RecordSerializer
from cxportal.core.api.views import PortalViewSet
from surveys.api.checklists import ChecklistSerializer, StoresSerializer, stores_shown
from surveys.api.imports import (
    AnswersImportSerializer,
    SurveyFileSerializer,
    SurveyImportSerializer,
    answers_imported,
    imported,
)
from surveys.api.questions import QuestionSerializer, SectionLogicSerializer, SectionSerializer
from surveys.api.turns import TurnSerializer, turned
from surveys.models import Survey
from surveys.queries.checklists import checklist_shown
from surveys.queries.survey_files import FILES, survey_file
from surveys.queries.surveys import sections_of, survey_problems
from surveys.services.checklists import checklist_set
from surveys.services.draft_steps import draft_redo, draft_undo, not_undoable
from surveys.services.links import test_link
from surveys.services.questions import question_add, section_add, section_update
from surveys.services.surveys import (
    survey_close,
    survey_create,
    survey_delete,
    survey_duplicate,
    survey_publish,
    survey_reopen,
    survey_set_access,
    survey_update,
)
from surveys.services.translations import translations_apply, translations_of
from surveys.templates_library import TEMPLATES

MAX_SECTIONS = 50
#: Set once the survey is there.
LATER = ("welcome", "thanks", "theme", "settings", "quotas", "endings")


class SurveySerializer(RecordSerializer):
    """A survey as lists show it."""

    external_id = serializers.CharField(max_length=120, required=False, allow_null=True)
    title = I18nField(max_length=200)
    purpose = serializers.CharField(read_only=True)
    state = serializers.ChoiceField(choices=Survey.State.choices, read_only=True)
    languages = serializers.ListField(
        child=serializers.RegexField(r"^[a-z]{2,3}(-[A-Za-z]{2,4})?$", max_length=8),
        min_length=1,
        max_length=20,
        required=False,
    )
    default_language = serializers.RegexField(
        r"^[a-z]{2,3}(-[A-Za-z]{2,4})?$", max_length=8, required=False
    )
    welcome = I18nField(required=False)
    thanks = I18nField(required=False)
    anonymous = serializers.BooleanField(required=False)
    theme = serializers.DictField(required=False)
    settings = serializers.DictField(child=serializers.BooleanField(), required=False)
    quotas = serializers.ListField(child=serializers.DictField(), required=False)
    endings = serializers.ListField(child=serializers.DictField(), required=False)
    has_changes = serializers.BooleanField(read_only=True)
    published_version = serializers.IntegerField(
        source="current_version.number", read_only=True, default=None, allow_null=True
    )


class ProblemToMendSerializer(PortalSerializer):
    """What to mend before publishing."""

    text = serializers.CharField()
    blocks = serializers.BooleanField()
    question_id = serializers.IntegerField(allow_null=True)


class SurveyDetailSerializer(SurveySerializer):
    """With the draft's sections, questions and what keeps it from going out."""

    sections = serializers.SerializerMethodField()
    problems = serializers.SerializerMethodField()

    @extend_schema_field(SectionSerializer(many=True))
    def get_sections(self, survey: Survey) -> Any:
        return SectionSerializer(sections_of(survey), many=True, context=self.context).data

    @extend_schema_field(ProblemToMendSerializer(many=True))
    def get_problems(self, survey: Survey) -> Any:
        return ProblemToMendSerializer(survey_problems(survey), many=True).data


class SectionInSerializer(PortalSerializer):
    """A page with its questions, as a new survey brings it."""

    code = serializers.CharField(max_length=40, required=False, allow_blank=True)
    title = I18nField(max_length=200, required=False)
    logic = SectionLogicSerializer(required=False)
    questions = QuestionSerializer(many=True, required=False)


class SurveyCreateSerializer(SurveySerializer):
    """A template or sections of its own; welcome and thanks can be changed afterwards."""

    template = serializers.ChoiceField(choices=sorted(TEMPLATES), required=False)
    sections = SectionInSerializer(  # type: ignore[call-arg]
        many=True, required=False, max_length=MAX_SECTIONS
    )


class SurveyUpdateSerializer(SurveySerializer):
    """What can be changed of the draft."""

    external_id = serializers.CharField(read_only=True)


class SurveyAccessSerializer(PortalSerializer):
    """Who may answer."""

    closes_at = serializers.DateTimeField(required=False, allow_null=True)
    max_responses = serializers.IntegerField(required=False, allow_null=True, min_value=1)
    change_minutes = serializers.IntegerField(required=False, allow_null=True, min_value=1)
    kiosk_seconds = serializers.IntegerField(required=False, allow_null=True, min_value=5)
    password = serializers.CharField(
        required=False, allow_blank=True, max_length=200, write_only=True
    )


class TranslationSerializer(PortalSerializer):
    """One text of the survey in its languages."""

    place = serializers.CharField(max_length=200)
    texts = serializers.DictField(child=serializers.CharField(allow_blank=True))


class TranslationResultSerializer(PortalSerializer):
    """Places changed, not known, and those whose original differs from the one sent along."""

    changed = serializers.IntegerField()
    unknown = serializers.ListField(child=serializers.CharField())
    outdated = serializers.ListField(child=serializers.CharField())


class TestLinkSerializer(serializers.Serializer[Any]):
    """Where the published survey is tried; answers given there are marked as test."""

    __test__ = False

    url = serializers.URLField()
    expires_at = serializers.DateTimeField()


class SurveyFilter(django_filters.FilterSet):  # type: ignore[misc]
    """By title, state, purpose and the client's own id."""

    search = django_filters.CharFilter(
        label=_("Search"), field_name="title", lookup_expr="icontains"
    )
    state = django_filters.ChoiceFilter(label=_("State"), choices=Survey.State.choices)
    purpose = django_filters.CharFilter(label=_("Purpose"))
    external_id = django_filters.CharFilter(label=_("External id"))

    class Meta:
        model = Survey
        fields: list[str] = []


class SurveyViewSet(PortalViewSet):
    """Surveys."""

    model = Survey
    serializer_class = SurveySerializer
    filterset_class = SurveyFilter
    permissions = {
        "list": "surveys.view_surveys",
        "retrieve": "surveys.view_surveys",
        "create": "surveys.change_surveys",
        "partial_update": "surveys.change_surveys",
        "destroy": "surveys.change_surveys",
        "publish": "surveys.change_surveys",
        "close": "surveys.change_surveys",
        "reopen": "surveys.change_surveys",
        "duplicate": "surveys.change_surveys",
        "access": "surveys.change_surveys",
        "undo": "surveys.change_surveys",
        "redo": "surveys.change_surveys",
        "test_link": "surveys.change_surveys",
        "translations": "surveys.view_surveys",
        "translations_set": "surveys.change_surveys",
        "take_over": "surveys.change_surveys",
        "take_answers": "surveys.change_responses",
        "file": "surveys.view_surveys",
        "checklist": "surveys.view_surveys",
        "checklist_set": "surveys.change_surveys",
        "stores": "surveys.view_reports",
    }
    orderings = {"id": "id", "created_at": "created_at", "updated_at": "updated_at"}
    updated_field = "updated_at"

    def scoped(self) -> QuerySet[Any]:
        return super().scoped().select_related("current_version")

    @extend_schema(responses=SurveyDetailSerializer)
    def retrieve(self, request: Request, pk: int) -> Response:
        """One survey with its sections and questions."""
        return self.shown(self.get_object(), SurveyDetailSerializer)

    @extend_schema(request=SurveyCreateSerializer, responses={201: SurveyDetailSerializer})
    def create(self, request: Request) -> Response:
        """Make a draft from a template, or with sections and questions of its own."""
        return self.created(self._make(self.data(SurveyCreateSerializer)), SurveyDetailSerializer)

    @transaction.atomic
    @not_undoable()
    def _make(self, values: dict[str, Any]) -> Survey:
        sections = values.pop("sections", [])
        later = {name: values.pop(name) for name in LATER if name in values}
        survey = survey_create(actor=self.actor, **values)
        for number, section in enumerate(sections):
            self._add_section(survey, section, is_first=number == 0)
        if later:
            survey = survey_update(actor=self.actor, survey=survey, **later)
        survey.refresh_from_db()
        return survey

    def _add_section(self, survey: Survey, values: dict[str, Any], *, is_first: bool) -> None:
        """The draft has one section already, which takes the first one's title."""
        named = {n: values[n] for n in ("title", "code", "logic") if values.get(n)}
        page = survey.sections.order_by("position", "pk").first() if is_first else None
        if page is None:
            page = section_add(actor=self.actor, survey=survey, **named)
        elif named:
            section_update(actor=self.actor, section=page, **named)
        for question in values.get("questions", []):
            question_add(actor=self.actor, survey=survey, section=page, **question)

    @extend_schema(request=SurveyUpdateSerializer, responses=SurveyDetailSerializer)
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change title, texts, languages or anonymity of the draft."""
        survey, version = self.get_object(), self.expected_version()
        values = self.data(SurveyUpdateSerializer, partial=True)
        changed = survey_update(actor=self.actor, survey=survey, version=version, **values)
        return self.shown(changed, SurveyDetailSerializer)

    def destroy(self, request: Request, pk: int) -> Response:
        """Delete a survey that was never answered."""
        survey_delete(actor=self.actor, survey=self.get_object())
        return self.gone()

    @extend_schema(request=None, responses=SurveyDetailSerializer)
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, pk: int) -> Response:
        """Freeze the draft as the next version and take answers."""
        survey = self.get_object()
        survey_publish(actor=self.actor, survey=survey)
        return self._fresh(survey)

    @extend_schema(request=None, responses=SurveyDetailSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: int) -> Response:
        """Take no more answers."""
        return self._fresh(survey_close(actor=self.actor, survey=self.get_object()))

    @extend_schema(request=None, responses=SurveyDetailSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: int) -> Response:
        """Take answers again."""
        return self._fresh(survey_reopen(actor=self.actor, survey=self.get_object()))

    @extend_schema(request=None, responses=TurnSerializer)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: int) -> Response:
        """Take back this key's own last change of the draft."""
        return turned(draft_undo(actor=self.actor, survey=self.get_object()))

    @extend_schema(request=None, responses=TurnSerializer)
    @action(detail=True, methods=["post"])
    def redo(self, request: Request, pk: int) -> Response:
        """Do again what this key undid last."""
        return turned(draft_redo(actor=self.actor, survey=self.get_object()))

    @extend_schema(responses=TestLinkSerializer)
    @action(detail=True, methods=["get"], url_path="test-link")
    def test_link(self, request: Request, pk: int) -> Response:
        """A link to try the published survey by; its answers are marked as test."""
        found = test_link(actor=self.actor, survey=self.get_object())
        return Response(TestLinkSerializer(found).data)

    @extend_schema(request=SurveyAccessSerializer, responses=SurveyAccessSerializer)
    @action(detail=True, methods=["put"])
    def access(self, request: Request, pk: int) -> Response:
        """Say who may answer from now on; what is left out is no limit."""
        values = self.data(SurveyAccessSerializer)
        survey = survey_set_access(actor=self.actor, survey=self.get_object(), access=values)
        return Response({name: v for name, v in survey.access.items() if name != "password"})

    @extend_schema(responses=TranslationSerializer(many=True))
    @action(detail=True, methods=["get"])
    def translations(self, request: Request, pk: int) -> Response:
        """Every text by its place."""
        texts = translations_of(self.get_object())
        return Response([{"place": text.place, "texts": text.texts} for text in texts])

    @extend_schema(request=TranslationSerializer(many=True), responses=TranslationResultSerializer)
    @translations.mapping.put
    def translations_set(self, request: Request, pk: int) -> Response:
        """Take translations in by their place; a blank one changes nothing."""
        serializer = TranslationSerializer(data=request.data, many=True)
        serializer.is_valid(raise_exception=True)
        rows = [{"place": r["place"], **r["texts"]} for r in serializer.validated_data]
        result = translations_apply(actor=self.actor, survey=self.get_object(), rows=rows)
        return Response(TranslationResultSerializer(result).data)

    @extend_schema(request=None, responses={201: SurveyDetailSerializer})
    @action(detail=True, methods=["post"])
    def duplicate(self, request: Request, pk: int) -> Response:
        """Copy the draft with all questions."""
        copy = survey_duplicate(actor=self.actor, survey=self.get_object())
        return self.created(copy, SurveyDetailSerializer)

    @extend_schema(
        parameters=[OpenApiParameter("kind", enum=list(FILES), default="json")],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    @action(detail=True, methods=["get"], url_path="file")
    def file(self, request: Request, pk: int) -> HttpResponse:
        """The survey as a file: our JSON, XLSForm, codebook or a form for paper."""
        asked = request.query_params
        made = survey_file(
            self.actor, self.get_object(), asked.get("kind", "json"), asked.get("lang", "")
        )
        answer = HttpResponse(made.content, content_type=made.content_type)
        answer["Content-Disposition"] = f'attachment; filename="{made.name}"'
        return answer

    @extend_schema(responses=ChecklistSerializer)
    @action(detail=True, methods=["get"])
    def checklist(self, request: Request, pk: int) -> Response:
        """What a mystery-shopping survey checks, and whose the stores are."""
        return Response(checklist_shown(self.get_object()))

    @extend_schema(request=ChecklistSerializer, responses=ChecklistSerializer)
    @checklist.mapping.put
    def checklist_set(self, request: Request, pk: int) -> Response:
        """Replace weights, touchpoints and owners of stores."""
        survey = self.get_object()
        checklist_set(actor=self.actor, survey=survey, **self.data(ChecklistSerializer))
        return Response(checklist_shown(survey))

    @extend_schema(responses=StoresSerializer)
    @action(detail=True, methods=["get"])
    def stores(self, request: Request, pk: int) -> Response:
        """How stores came out: points earned of points possible."""
        return Response(stores_shown(self.actor, self.get_object()))

    @extend_schema(
        request={"multipart/form-data": SurveyFileSerializer},
        responses={200: AnswersImportSerializer},
    )
    @action(
        detail=True, methods=["post"], url_path="answers/import", parser_classes=[MultiPartParser]
    )
    def take_answers(self, request: Request, pk: int) -> Response:
        """Record the rows of a CSV or Excel file as answers, each on its own."""
        return answers_imported(self.actor, self.get_object(), request)

    @extend_schema(
        request={"multipart/form-data": SurveyFileSerializer},
        responses={201: SurveyImportSerializer},
    )
    @action(detail=False, methods=["post"], url_path="import", parser_classes=[MultiPartParser])
    def take_over(self, request: Request) -> Response:
        """Take a survey over from LimeSurvey, Qualtrics, XLSForm or our own JSON."""
        return imported(self.actor, request)

    def _fresh(self, survey: Survey) -> Response:
        return self.shown(self.scoped().get(pk=survey.pk), SurveyDetailSerializer)
