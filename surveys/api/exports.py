"""Exports of answers and scores: asked for, watched, fetched."""

from typing import Any

import django_filters
from django.http import FileResponse, Http404, HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.fields import ScopedPrimaryKeyRelatedField
from cxportal.core.api.serializers import PortalSerializer
from cxportal.core.api.views import PortalViewSet
from cxportal.core.errors import DomainError
from cxportal.core.models import Job, StoredFile
from cxportal.core.services.files import file_fetch
from surveys.models import Survey
from surveys.services.exports import FORMATS, RESPONSES, SCORES, responses_export, scores_export

WHAT = {"responses": RESPONSES, "scores": SCORES}
PARTS = ("file", "codebook")


class ExportSerializer(PortalSerializer):
    """What is exported, and how far it is. `survey` belongs to responses."""

    id = serializers.IntegerField(read_only=True)
    what = serializers.ChoiceField(choices=list(WHAT))
    survey = ScopedPrimaryKeyRelatedField(model=Survey, required=False)
    format = serializers.ChoiceField(choices=FORMATS, required=False)
    query = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    partial = serializers.BooleanField(  # type: ignore[assignment]
        required=False
    )
    bom = serializers.BooleanField(required=False)
    state = serializers.CharField(read_only=True)
    done = serializers.IntegerField(read_only=True)
    rows = serializers.IntegerField(read_only=True, allow_null=True)
    message = serializers.CharField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)
    finished_at = serializers.DateTimeField(read_only=True)

    def to_representation(self, instance: Job) -> dict[str, Any]:
        params, kinds = instance.params, {kind: what for what, kind in WHAT.items()}
        return {
            "id": instance.pk,
            "what": kinds[instance.kind],
            "survey": params.get("survey"),
            "format": params.get("format"),
            "query": params.get("query", ""),
            "partial": params.get("partial", False),
            "bom": params.get("bom", True),
            "state": instance.state,
            "done": instance.done,
            "rows": (instance.result or {}).get("row_count"),
            "message": instance.message,
            "created_at": instance.created_at,
            "finished_at": instance.finished_at,
        }


class ExportFilter(django_filters.FilterSet):  # type: ignore[misc]
    """By state."""

    search = django_filters.CharFilter(
        label=_("Search"), field_name="kind", lookup_expr="icontains"
    )
    state = django_filters.ChoiceFilter(label=_("State"), choices=Job.State.choices)

    class Meta:
        model = Job
        fields: list[str] = []


class ExportViewSet(PortalViewSet):
    """Exports are jobs: ask, wait until `state` is done, fetch `file` and `codebook`."""

    model = Job
    serializer_class = ExportSerializer
    filterset_class = ExportFilter
    permissions = {
        "list": "surveys.export_responses",
        "retrieve": "surveys.export_responses",
        "create": "surveys.export_responses",
        "file": "surveys.export_responses",
        "codebook": "surveys.export_responses",
    }

    def scoped(self) -> Any:
        return super().scoped().filter(kind__in=WHAT.values())

    def create(self, request: Request) -> Response:
        values = self.data()
        what, survey = values.pop("what"), values.pop("survey", None)
        if what == "scores":
            values.pop("partial", None)
            return self.created(scores_export(actor=self.actor, **values))
        if survey is None:
            sentence = str(_("Name the survey."))
            raise DomainError("invalid", sentence, details={"survey": sentence})
        return self.created(responses_export(actor=self.actor, survey=survey, **values))

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True)
    def file(self, request: Request, pk: str) -> HttpResponse:
        """The file, once the export is done."""
        return self._fetch("file")

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.BINARY})
    @action(detail=True)
    def codebook(self, request: Request, pk: str) -> HttpResponse:
        """What each column means, as CSV."""
        return self._fetch("codebook")

    def _fetch(self, part: str) -> HttpResponse:
        number = (self.get_object().result or {}).get(part)
        stored = StoredFile.objects.for_actor(self.actor).filter(pk=number or 0).first()
        file = file_fetch(actor=self.actor, stored=stored) if stored is not None else None
        if stored is None or file is None:
            raise Http404
        return FileResponse(  # type: ignore[return-value]
            file, as_attachment=True, filename=stored.name, content_type=stored.content_type
        )
