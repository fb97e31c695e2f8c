"""Sections and questions of a survey's draft."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.fields import I18nField, ScopedPrimaryKeyRelatedField
from cxportal.core.api.serializers import PortalSerializer
from cxportal.core.api.views import NestedViewSet
from surveys.models import Question, Section, Survey
from surveys.services.drafts import MAX_CHOICES
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

SMALL: dict[str, Any] = {"min_value": 0, "max_value": 20_000}


class ChoiceSerializer(PortalSerializer):
    """One answer option; `code` is what is stored."""

    code = serializers.RegexField(r"^[A-Za-z0-9_-]{1,40}$", max_length=40, required=False)
    text = I18nField(max_length=500)


class LabelsSerializer(PortalSerializer):
    """Words at the ends of a scale."""

    low = I18nField(max_length=100, required=False)
    high = I18nField(max_length=100, required=False)


class SettingsSerializer(PortalSerializer):
    """Bounds of a question."""

    min = serializers.IntegerField(required=False, **SMALL)
    max = serializers.IntegerField(required=False, **SMALL)
    labels = LabelsSerializer(required=False)
    max_length = serializers.IntegerField(required=False, **SMALL)


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
    title = I18nField(max_length=200, required=False)
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
        section = section_add(actor=self.actor, survey=draft, title=values.get("title"))
        if "position" in values:
            section_move(actor=self.actor, section=section, position=values["position"])
        return self.created(self._fresh(section))

    @transaction.atomic
    def partial_update(self, request: Request, survey: int, pk: int) -> Response:
        """Name a page or move it."""
        section, values = self.get_object(), self.data(partial=True)
        if "title" in values:
            version = self.expected_version()
            title = values["title"]
            section_update(actor=self.actor, section=section, title=title, version=version)
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
