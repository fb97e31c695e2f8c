"""Sections and questions of a survey's draft."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.fields import I18nField, ScopedPrimaryKeyRelatedField
from cxportal.core.api.serializers import PortalSerializer
from cxportal.core.api.views import NestedViewSet
from surveys.calc.kinds import CONTACT_FIELDS, FILE_TYPES, LOOKS, ORIGINS
from surveys.models import Choice, Question, Section, Survey
from surveys.services.choices import choice_spec
from surveys.services.drafts import MAX_CHOICES
from surveys.services.question_checks import (
    COLUMN_KINDS,
    MAX_COLUMN_CHOICES,
    MAX_ROWS,
    ORDERS,
    WHICH,
)
from surveys.services.questions import (
    MAX_QUESTIONS,
    question_add,
    question_delete,
    question_move,
    question_update,
    section_add,
    section_delete,
    section_move,
    section_update,
)

NAMED = {"title", "code", "logic"}
SMALL: dict[str, Any] = {"min_value": 0, "max_value": 20_000}


class ConditionField(serializers.JSONField):
    """A condition of docs/survey-json.md; what is wrong with it is said by the service."""


@extend_schema_field(
    {
        "oneOf": [
            {"type": "string"},
            {"type": "number"},
            {"type": "array", "items": {"type": "string"}},
        ]
    }
)
class DefaultField(serializers.JSONField):
    """The answer that stands there beforehand: a text, a number, a code or several."""


class ChoiceSerializer(PortalSerializer):
    """One answer option; `code` is what is stored."""

    code = serializers.RegexField(r"^[A-Za-z0-9_-]{1,40}$", max_length=40, required=False)
    text = I18nField(max_length=500)
    score = serializers.FloatField(required=False)
    other = serializers.BooleanField(required=False)
    exclusive = serializers.BooleanField(required=False)
    fixed = serializers.BooleanField(required=False)
    image = serializers.RegexField(r"^file:[0-9]{1,18}$", required=False)
    alt = I18nField(max_length=300, required=False)
    show_if = ConditionField(required=False)

    def to_representation(self, instance: Any) -> Any:
        return choice_spec(instance) if isinstance(instance, Choice) else dict(instance)


class RowSerializer(PortalSerializer):
    """A row of a matrix."""

    code = serializers.RegexField(r"^[A-Za-z0-9_-]{1,40}$", max_length=40, required=False)
    text = I18nField(max_length=500)
    show_if = ConditionField(required=False)


class SkipRuleSerializer(PortalSerializer):
    """Where to go on when a condition is met."""

    to = serializers.CharField(max_length=60)

    def get_fields(self) -> dict[str, Any]:
        return {"if": ConditionField(required=False), **super().get_fields()}


class LogicSerializer(PortalSerializer):
    """The rules of a question."""

    show_if = ConditionField(required=False)
    skip = SkipRuleSerializer(many=True, required=False)
    random = serializers.CharField(max_length=40, required=False, allow_blank=True)


class CarrySerializer(PortalSerializer):
    """The question whose choices are carried on."""

    question = serializers.CharField(max_length=40)
    which = serializers.ChoiceField(choices=WHICH, required=False)


class LoopSerializer(CarrySerializer):
    """The question over whose choices a page is repeated."""

    most = serializers.IntegerField(min_value=1, max_value=20, required=False)


class SectionLogicSerializer(LogicSerializer):
    """The rules of a page."""

    loop = LoopSerializer(required=False)


class SideColumnSerializer(RowSerializer):
    """A column of a side-by-side question."""

    kind = serializers.ChoiceField(choices=COLUMN_KINDS, required=False)
    choices = RowSerializer(  # type: ignore[call-arg]
        many=True, required=False, max_length=MAX_COLUMN_CHOICES
    )


class LabelsSerializer(PortalSerializer):
    """Words at the ends of a scale."""

    low = I18nField(max_length=100, required=False)
    high = I18nField(max_length=100, required=False)


class SettingsSerializer(PortalSerializer):
    """What a question sets; which kind has which is said in docs/survey-json.md."""

    min = serializers.FloatField(required=False)
    max = serializers.FloatField(required=False)
    step = serializers.IntegerField(required=False, **SMALL)
    labels = LabelsSerializer(required=False)
    look = serializers.ChoiceField(choices=LOOKS, required=False)
    max_length = serializers.IntegerField(required=False, **SMALL)
    multiple = serializers.BooleanField(required=False)
    scored = serializers.BooleanField(required=False)
    order = serializers.ChoiceField(choices=ORDERS, required=False)
    choices_from = CarrySerializer(required=False)
    rows_from = CarrySerializer(required=False)
    columns = SideColumnSerializer(many=True, required=False)
    total = serializers.IntegerField(required=False, min_value=1, max_value=1_000_000)
    unit = I18nField(max_length=40, required=False)
    decimals = serializers.IntegerField(required=False, min_value=0, max_value=6)
    earliest = serializers.CharField(max_length=10, required=False)
    latest = serializers.CharField(max_length=10, required=False)
    fields = serializers.ListField(  # type: ignore[assignment]
        child=serializers.ChoiceField(choices=CONTACT_FIELDS), required=False
    )
    max_files = serializers.IntegerField(required=False, min_value=1, max_value=5)
    max_mb = serializers.IntegerField(required=False, min_value=1, max_value=20)
    types = serializers.ListField(
        child=serializers.ChoiceField(choices=sorted(FILE_TYPES)), required=False
    )
    origin = serializers.ChoiceField(choices=ORIGINS, required=False)
    name = serializers.CharField(max_length=120, required=False)
    default = DefaultField(required=False)

    def to_representation(self, instance: Any) -> Any:
        return dict(instance)


class QuestionSerializer(PortalSerializer):
    """One question; its code names the answers in every version and export."""

    id = serializers.IntegerField(read_only=True)
    version = serializers.IntegerField(read_only=True)
    code = serializers.RegexField(r"^[a-z][a-z0-9_]{0,39}$", max_length=40, required=False)
    kind = serializers.ChoiceField(choices=Question.Kind.choices)
    text = I18nField()
    help = I18nField(required=False)
    required = serializers.BooleanField(required=False)  # type: ignore[assignment]
    settings = SettingsSerializer(required=False)
    rows = RowSerializer(  # type: ignore[call-arg]
        many=True, required=False, max_length=MAX_ROWS
    )
    logic = LogicSerializer(required=False)
    note = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    choices = ChoiceSerializer(  # type: ignore[call-arg]
        many=True, required=False, max_length=MAX_CHOICES
    )


class PlacedQuestionSerializer(QuestionSerializer):
    """A question with its page and its place there."""

    section = ScopedPrimaryKeyRelatedField(model=Section, required=False)
    position = serializers.IntegerField(min_value=0, max_value=MAX_QUESTIONS, required=False)


class SectionSerializer(PortalSerializer):
    """A page of the survey."""

    id = serializers.IntegerField(read_only=True)
    version = serializers.IntegerField(read_only=True)
    code = serializers.CharField(max_length=40, required=False, allow_blank=True)
    title = I18nField(max_length=200, required=False)
    logic = SectionLogicSerializer(required=False)
    position = serializers.IntegerField(min_value=0, max_value=MAX_QUESTIONS, required=False)
    questions = QuestionSerializer(many=True, read_only=True)


class DraftPartViewSet(NestedViewSet):
    """A part of a survey's draft; its version is the survey's at its last change."""

    parent_model = Survey
    parent_name = "survey"
    permissions = {
        "list": "surveys.view_surveys",
        "retrieve": "surveys.view_surveys",
        "create": "surveys.change_surveys",
        "partial_update": "surveys.change_surveys",
        "destroy": "surveys.change_surveys",
    }
    default_ordering = "position"
    orderings = {"position": "position", "id": "id"}


class SectionViewSet(DraftPartViewSet):
    """Pages of a survey."""

    model = Section
    serializer_class = SectionSerializer

    def scoped(self) -> QuerySet[Any]:
        return super().scoped().prefetch_related("questions__choices")

    @transaction.atomic
    def create(self, request: Request, survey: int) -> Response:
        """Add a page at the end, or at a position."""
        draft, values = self.parent(), self.data()
        named = {name: values[name] for name in NAMED & values.keys()}
        section = section_add(actor=self.actor, survey=draft, **named)
        if "position" in values:
            section_move(actor=self.actor, section=section, position=values["position"])
        return self.created(self._fresh(section))

    @transaction.atomic
    def partial_update(self, request: Request, survey: int, pk: int) -> Response:
        """Name a page, set its rules, or move it."""
        section, values = self.get_object(), self.data(partial=True)
        named = {name: values[name] for name in NAMED & values.keys()}
        if named:
            version = self.expected_version()
            section_update(actor=self.actor, section=section, version=version, **named)
        if "position" in values:
            section_move(actor=self.actor, section=section, position=values["position"])
        return self.shown(self._fresh(section))

    def destroy(self, request: Request, survey: int, pk: int) -> Response:
        """Delete an empty page."""
        section_delete(actor=self.actor, section=self.get_object())
        return self.gone()

    def _fresh(self, section: Section) -> Section:
        found: Section = self.scoped().get(pk=section.pk)
        return found


class QuestionViewSet(DraftPartViewSet):
    """Questions of a survey's draft."""

    model = Question
    serializer_class = PlacedQuestionSerializer

    def scoped(self) -> QuerySet[Any]:
        return super().scoped().select_related("survey", "section").prefetch_related("choices")

    @transaction.atomic
    def create(self, request: Request, survey: int) -> Response:
        """Add a question, at the end of the last page unless said otherwise."""
        draft, values = self.parent(), self.data()
        return self._fresh(question_add(actor=self.actor, survey=draft, **values), status=201)

    @transaction.atomic
    def partial_update(self, request: Request, survey: int, pk: int) -> Response:
        """Change a question, or move it by `position` and `section`."""
        question, values = self.get_object(), self.data(partial=True)
        place = {name: values.pop(name) for name in ("position", "section") if name in values}
        version = self.expected_version()
        if values:
            question_update(actor=self.actor, question=question, version=version, **values)
        if place:
            place.setdefault("position", MAX_QUESTIONS)
            question_move(actor=self.actor, question=question, **place)
        return self._fresh(question)

    def destroy(self, request: Request, survey: int, pk: int) -> Response:
        """Delete a question of the draft; answers of published versions stay."""
        question_delete(actor=self.actor, question=self.get_object())
        return self.gone()

    def _fresh(self, question: Question, status: int = 200) -> Response:
        return self.shown(self.scoped().get(pk=question.pk), status=status)
