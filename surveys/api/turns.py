"""What undo and redo of a draft answer."""

from rest_framework import serializers
from rest_framework.response import Response

from cxportal.core.api.serializers import PortalSerializer
from surveys.models import DraftStep
from surveys.queries.draft_steps import step_words


class TurnSerializer(PortalSerializer):
    """The step that was taken back or done again; `version` is the draft's now."""

    action = serializers.CharField()
    words = serializers.CharField()
    undone = serializers.BooleanField()
    version = serializers.IntegerField()


def turned(step: DraftStep) -> Response:
    """The answer to either."""
    body = {"action": step.action, "words": step_words(step), "undone": step.undone}
    step.survey.refresh_from_db(fields=["version"])
    return Response({**body, "version": step.survey.version})
