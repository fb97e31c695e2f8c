"""Answers: read, recorded one by one or in bulk, corrected, erased."""

from collections.abc import Sequence
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response as Answer

from cxportal.core.api.fields import JsonField, ScopedPrimaryKeyRelatedField, actor_of
from cxportal.core.api.schema import query
from cxportal.core.api.serializers import BulkSerializer, PortalSerializer
from cxportal.core.api.views import MAX_ID, BulkMixin, PortalViewSet
from cxportal.core.bulk import BulkResult
from cxportal.core.errors import DomainError
from cxportal.core.views.base import get_or_404
from surveys.api.response_rows import MAX_ANSWERS, plain_row
from surveys.models import Comment, Dimension, Response, Survey
from surveys.queries.responses import is_told, responses_told
from surveys.services.responses import (
    response_change,
    response_erase,
    response_mark_test,
    response_record,
    responses_record,
)


class ResponseSerializer(PortalSerializer):
    """One person's answers; who it was only for keys that may see persons."""

    id = serializers.IntegerField()
    survey = serializers.IntegerField(source="survey_id")
    campaign = serializers.IntegerField(source="campaign_id", allow_null=True)
    external_id = serializers.SerializerMethodField()
    submission_id = serializers.UUIDField()
    channel = serializers.CharField()
    language = serializers.CharField()
    status = serializers.ChoiceField(choices=Response.Status.choices)
    is_test = serializers.BooleanField()
    answers = JsonField()
    dimensions = serializers.SerializerMethodField()
    started_at = serializers.DateTimeField()
    completed_at = serializers.DateTimeField(allow_null=True)

    def get_external_id(self, response: Response) -> str | None:
        if response.customer is None or not actor_of(self).sees_personal_data:
            return None
        return response.customer.external_id

    def get_dimensions(self, response: Response) -> list[str]:
        names = self.context["dimension_names"]
        return sorted(names[pk] for pk in response.dimensions if pk in names)


class ResponseRowSerializer(PortalSerializer):
    """An answer as a client records it; the same submission_id again changes nothing."""

    answers = JsonField(max_bytes=MAX_ANSWERS)
    submission_id = serializers.UUIDField(required=False)
    external_id = serializers.CharField(max_length=120, required=False, allow_null=True)
    completed_at = serializers.DateTimeField(required=False)
    started_at = serializers.DateTimeField(required=False)
    language = serializers.CharField(max_length=8, required=False)
    channel = serializers.CharField(max_length=10, required=False)
    campaign_id = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=MAX_ID
    )
    invitation_id = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=MAX_ID
    )
    is_test = serializers.BooleanField(required=False)
    dimensions = JsonField(required=False)


class ResponseCreateSerializer(ResponseRowSerializer):
    """With the survey it answers."""

    survey = ScopedPrimaryKeyRelatedField(model=Survey)


class ReceiptSerializer(PortalSerializer):
    """What became of an answer: created, or unchanged when it was there before."""

    id = serializers.IntegerField()
    survey = serializers.IntegerField()
    submission_id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=["created", "unchanged"])


class ResponseChangeSerializer(PortalSerializer):
    """A correction: all answers anew, or taken out of the scores as a test."""

    answers = JsonField(max_bytes=MAX_ANSWERS, required=False)
    is_test = serializers.BooleanField(required=False)


class ResponseFilter(django_filters.FilterSet):  # type: ignore[misc]
    """By survey, campaign, customer, channel, state and moment of completion."""

    search = django_filters.CharFilter(
        label=_("Search"), field_name="comments__text", method="by_text"
    )
    survey = django_filters.NumberFilter(label=_("Survey"), field_name="survey_id")
    campaign = django_filters.NumberFilter(label=_("Campaign"), field_name="campaign_id")
    customer = django_filters.CharFilter(label=_("Customer"), method="by_customer")
    submission_id = django_filters.UUIDFilter(label=_("Submission id"))
    status = django_filters.ChoiceFilter(label=_("State"), choices=Response.Status.choices)
    channel = django_filters.CharFilter(label=_("Channel"))
    language = django_filters.CharFilter(label=_("Language"))
    is_test = django_filters.BooleanFilter(label=_("Test"))
    since = django_filters.IsoDateTimeFilter(
        label=_("From"), field_name="completed_at", lookup_expr="gte"
    )
    until = django_filters.IsoDateTimeFilter(
        label=_("To"), field_name="completed_at", lookup_expr="lt"
    )

    class Meta:
        model = Response
        fields: list[str] = []

    def by_text(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """A comment holds the text."""
        found = Comment.objects.for_actor(self.request.actor).filter(text__icontains=value)
        return queryset.filter(pk__in=found.values("response_id"))

    def by_customer(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """By external_id; who may not see persons finds nobody's answers by name."""
        if not self.request.actor.sees_personal_data:
            return queryset.none()
        return queryset.filter(customer__external_id=value)


class ResponseViewSet(PortalViewSet, BulkMixin):
    """Answers of people to surveys."""

    model = Response
    serializer_class = ResponseSerializer
    filterset_class = ResponseFilter
    permissions = {
        "list": "surveys.view_responses",
        "retrieve": "surveys.view_responses",
        "create": "surveys.change_responses",
        "bulk": "surveys.change_responses",
        "partial_update": "surveys.change_responses",
        "destroy": "surveys.change_responses",
    }
    orderings = {"id": "id", "completed_at": "completed_at", "started_at": "started_at"}
    updated_field = "completed_at"

    def scoped(self) -> QuerySet[Any]:
        return super().scoped().select_related("customer", "survey")

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return responses_told(self.actor, super().filter_queryset(queryset))

    def get_object(self) -> Any:
        found = super().get_object()
        if not is_told(self.actor, found):
            raise Http404
        return found

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "dimension_names": {}}

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Answer:
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response(self._shown(rows))

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Answer:
        return self._answer(self.get_object())

    @extend_schema(request=ResponseCreateSerializer, responses={201: ReceiptSerializer})
    def create(self, request: Request) -> Answer:
        """Record one complete answer; a known submission_id answers 200 with the first."""
        values = plain_row(request.data)
        if values is None:
            values = self.data(ResponseCreateSerializer)
            values["survey"] = values["survey"].pk
        survey = values.pop("survey")
        receipt = response_record(actor=self.actor, survey=survey, row=values)
        shown = {"id": receipt.pk, "survey": survey, "submission_id": receipt.submission_id}
        status = "created" if receipt.created else "unchanged"
        return Answer({**shown, "status": status}, status=201 if receipt.created else 200)

    @extend_schema(
        request=ResponseRowSerializer(many=True),
        parameters=[query("survey", int, "The survey that the rows answer", required=True)],
        responses={200: BulkSerializer},
    )
    @action(detail=False, methods=["post"], parser_classes=BulkMixin.bulk_parsers)
    def bulk(self, request: Request) -> Answer:
        """Record up to 10,000 complete answers to one survey; a bad row fails alone."""
        survey = self._survey(request.query_params.get("survey", ""))

        def record(rows: list[Any]) -> BulkResult:
            return responses_record(actor=self.actor, survey=survey, rows=rows)

        return self.bulk_answer(request, record)

    def _survey(self, asked: str) -> Survey:
        if not (asked.isascii() and asked.isdigit() and len(asked) < 19):
            sentence = _("Name the survey in the address: ?survey=ID.")
            raise DomainError("invalid", str(sentence), details={"survey": str(sentence)})
        rows: Any = Survey.objects.for_actor(self.actor)
        survey: Survey = get_or_404(rows, pk=int(asked))
        return survey

    @extend_schema(request=ResponseChangeSerializer, responses=ResponseSerializer)
    def partial_update(self, request: Request, pk: int) -> Answer:
        """Correct the answers, or take it out of all scores as a test (and back in)."""
        response, values = self.get_object(), self.data(ResponseChangeSerializer)
        if "answers" in values:
            answers = values["answers"]
            response = response_change(actor=self.actor, response=response, answers=answers)
        if "is_test" in values:
            is_test = values["is_test"]
            response = response_mark_test(actor=self.actor, response=response, is_test=is_test)
        return self._answer(response)

    def destroy(self, request: Request, pk: int) -> Answer:
        """Delete an answer with its comments and take it out of all scores."""
        response_erase(actor=self.actor, response=self.get_object())
        return self.gone()

    def _answer(self, response: Response) -> Answer:
        return Answer(self._shown([response])[0])

    def _shown(self, rows: Sequence[Response]) -> Any:
        wanted = {pk for row in rows for pk in row.dimensions}
        found = Dimension.objects.for_actor(self.actor).filter(pk__in=wanted)
        names = {pk: f"{kind}:{key}" for pk, kind, key in found.values_list("pk", "kind", "key")}
        context = {**self.get_serializer_context(), "dimension_names": names}
        return ResponseSerializer(rows, many=True, context=context).data
