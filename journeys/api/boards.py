"""Boards and their columns, by which actions are placed."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.fields import I18nField, ScopedPrimaryKeyRelatedField
from cxportal.core.api.serializers import PortalSerializer, RecordSerializer
from cxportal.core.api.views import PortalViewSet
from cxportal.core.models import Team
from journeys.models import Board, State
from journeys.services.boards import board_create


class ColumnSerializer(PortalSerializer):
    """A free name on a state that the portal understands."""

    id = serializers.IntegerField(read_only=True)
    name = I18nField(read_only=True)
    state = serializers.ChoiceField(choices=State.choices, read_only=True)
    limit = serializers.IntegerField(read_only=True, allow_null=True)
    position = serializers.IntegerField(read_only=True)


class BoardSerializer(RecordSerializer):
    """A board; a new one has the usual columns of its kind."""

    name = I18nField(max_length=200)
    kind = serializers.ChoiceField(choices=Board.Kind.choices, required=False)
    team = ScopedPrimaryKeyRelatedField(model=Team, required=False, allow_null=True)
    is_default = serializers.BooleanField(read_only=True)
    columns = ColumnSerializer(many=True, read_only=True)


class BoardViewSet(PortalViewSet):
    """Boards of improvement actions."""

    model = Board
    serializer_class = BoardSerializer
    permissions = {
        "list": "journeys.view_boards",
        "retrieve": "journeys.view_boards",
        "create": "journeys.change_boards",
    }

    def scoped(self) -> QuerySet[Any]:
        return super().scoped().prefetch_related("columns")

    def create(self, request: Request) -> Response:
        """Make a board with the usual columns."""
        return self.created(board_create(actor=self.actor, **self.data()))
