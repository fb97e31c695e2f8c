"""Taking a survey over by the API: a file in, the new survey and the report out."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.actors import Actor
from cxportal.core.api.serializers import BulkRowSerializer, BulkSerializer, PortalSerializer
from cxportal.core.errors import DomainError
from surveys.import_words import reason_sentence
from surveys.models import Survey
from surveys.services.imports import survey_import
from surveys.services.response_imports import responses_import


class SurveyFileSerializer(PortalSerializer):
    """The body of a multipart request."""

    file = serializers.FileField()


class ElementSerializer(PortalSerializer):
    """What became of one element of the file."""

    kind = serializers.CharField()
    place = serializers.CharField()
    name = serializers.CharField()
    result = serializers.ChoiceField(choices=["taken", "changed", "refused"])
    became = serializers.CharField()
    reason = serializers.CharField()
    sentence = serializers.CharField()


class CountsSerializer(PortalSerializer):
    """How many elements, and what became of them."""

    found = serializers.IntegerField()
    taken = serializers.IntegerField()
    changed = serializers.IntegerField()
    refused = serializers.IntegerField()


class RecordedSerializer(PortalSerializer):
    """Answers that came with the file."""

    found = serializers.IntegerField()
    taken = serializers.IntegerField()
    refused = serializers.IntegerField()


class ReportSerializer(CountsSerializer):
    """Taken + changed + refused = found, in all and for each kind of element."""

    kinds = serializers.DictField(child=CountsSerializer())
    elements = ElementSerializer(many=True)
    responses = RecordedSerializer(required=False)


class SurveyImportSerializer(PortalSerializer):
    """`survey` is the new draft's id."""

    survey = serializers.IntegerField()
    format = serializers.CharField()
    report = ReportSerializer()


class AnswerRowSerializer(BulkRowSerializer):
    """What became of one row of a table of answers."""

    line = serializers.IntegerField()


class AnswersImportSerializer(BulkSerializer):
    """What became of a table of answers."""

    rows = AnswerRowSerializer(many=True)


def _upload(request: Request) -> Any:
    upload: Any = request.FILES.get("file")
    if upload is None:
        sentence = _("Send the file as the field “file” of a multipart form.")
        raise DomainError("invalid", sentence, details={"file": sentence})
    return upload


def answers_imported(actor: Actor, survey: Survey, request: Request) -> Response:
    """Record the table of the request. Raises DomainError."""
    upload = _upload(request)
    result = responses_import(
        actor=actor, survey=survey, name=upload.name or "", content=upload.read()
    )
    return Response(result.as_dict())


def imported(actor: Actor, request: Request) -> Response:
    """Take the file of the request over. Raises DomainError."""
    upload = _upload(request)
    done = survey_import(actor=actor, name=upload.name or "", content=upload.read())
    report = {
        **done.report,
        "elements": [
            {**element, "sentence": reason_sentence(element)} for element in done.report["elements"]
        ],
    }
    body = {"survey": done.survey_id, "format": done.format, "report": report}
    return Response(body, status=201)
