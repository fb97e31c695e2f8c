"""What stands on a map: lanes, cards with their evidence, feelings."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.fields import I18nField, JsonField, ScopedPrimaryKeyRelatedField
from cxportal.core.api.serializers import PortalSerializer, RecordSerializer
from cxportal.core.api.views import NestedViewSet
from cxportal.core.models import StoredFile
from journeys.api.journeys import EDITED, MAX_PLACE
from journeys.models import (
    HIGHEST_EMOTION,
    LOWEST_EMOTION,
    Card,
    EmotionPoint,
    Journey,
    Lane,
    Persona,
    Step,
)
from journeys.services.cards import (
    MOST_TAGS,
    card_add,
    card_delete,
    card_move,
    card_update,
)
from journeys.services.emotions import emotion_set
from journeys.services.lanes import lane_add, lane_delete, lane_move, lane_update


class LaneSerializer(RecordSerializer):
    """A row of the map; without a name it is called as its kind is."""

    uid = serializers.UUIDField(read_only=True)
    kind = serializers.ChoiceField(choices=Lane.Kind.choices, required=False)
    name = I18nField(max_length=300, required=False)
    position = serializers.IntegerField(min_value=0, max_value=MAX_PLACE, required=False)


class LaneUpdateSerializer(PortalSerializer):
    """The kind stays."""

    name = I18nField(max_length=300, required=False)
    position = serializers.IntegerField(min_value=0, max_value=MAX_PLACE, required=False)


class CardSerializer(RecordSerializer):
    """A note in the cell of a lane at a step; `emotion` runs from −5 to 5."""

    uid = serializers.UUIDField(read_only=True)
    lane = ScopedPrimaryKeyRelatedField(model=Lane)
    step = ScopedPrimaryKeyRelatedField(model=Step)
    title = I18nField(max_length=300)
    text = I18nField(max_length=4000, required=False)
    position = serializers.IntegerField(min_value=0, max_value=MAX_PLACE, required=False)
    emotion = serializers.IntegerField(
        min_value=LOWEST_EMOTION, max_value=HIGHEST_EMOTION, required=False, allow_null=True
    )
    severity = serializers.ChoiceField(
        choices=Card.Severity.choices, required=False, allow_blank=True
    )
    is_moment_of_truth = serializers.BooleanField(required=False)
    persona = ScopedPrimaryKeyRelatedField(model=Persona, required=False, allow_null=True)
    image = ScopedPrimaryKeyRelatedField(model=StoredFile, required=False, allow_null=True)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=60), max_length=MOST_TAGS, required=False
    )
    details = JsonField(read_only=True)


class EmotionSerializer(PortalSerializer):
    """How a persona (null: every customer) feels at a step; a null value takes it off."""

    step = ScopedPrimaryKeyRelatedField(model=Step)
    persona = ScopedPrimaryKeyRelatedField(model=Persona, required=False, allow_null=True)
    value = serializers.IntegerField(
        min_value=LOWEST_EMOTION, max_value=HIGHEST_EMOTION, allow_null=True
    )


class CardFilter(django_filters.FilterSet):  # type: ignore[misc]
    """By lane, step and words."""

    search = django_filters.CharFilter(
        label=_("Search"), field_name="title", lookup_expr="icontains"
    )
    lane = django_filters.NumberFilter(label=_("Lane"), field_name="lane_id")
    step = django_filters.NumberFilter(label=_("Step"), field_name="step_id")

    class Meta:
        model = Card
        fields: list[str] = []


class LaneViewSet(NestedViewSet):
    """Lanes of a journey's map, in order."""

    model = Lane
    serializer_class = LaneSerializer
    parent_model = Journey
    parent_name = "journey"
    permissions = EDITED
    default_ordering = "position"
    orderings = {"position": "position", "id": "id"}

    def create(self, request: Request, journey: int) -> Response:
        """Add a lane at the end, or at a position."""
        found = self.parent()
        return self.created(lane_add(actor=self.actor, journey=found, **self.data()))

    @extend_schema(request=LaneUpdateSerializer)
    def partial_update(self, request: Request, journey: int, pk: int) -> Response:
        """Rename a lane, or move it by `position`."""
        lane, version = self.get_object(), self.expected_version()
        values = self.data(LaneUpdateSerializer, partial=True)
        position = values.pop("position", None)
        lane = lane_update(actor=self.actor, lane=lane, version=version, **values)
        if position is not None:
            lane_move(actor=self.actor, lane=lane, position=position)
            lane.refresh_from_db()
        return self.shown(lane)

    def destroy(self, request: Request, journey: int, pk: int) -> Response:
        """Delete a lane with its cards."""
        lane_delete(actor=self.actor, lane=self.get_object())
        return self.gone()


class CardViewSet(NestedViewSet):
    """Cards of a journey's map."""

    model = Card
    serializer_class = CardSerializer
    filterset_class = CardFilter
    parent_model = Journey
    parent_name = "journey"
    permissions = EDITED
    orderings = {"id": "id", "updated_at": "updated_at"}
    updated_field = "updated_at"

    def scoped(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Card.objects.for_actor(self.actor)
        parent = self.parent()
        return rows.filter(lane__journey=parent).select_related("lane__journey", "step__stage")

    def create(self, request: Request, journey: int) -> Response:
        """Write a card at the end of its cell."""
        self.parent()
        values = self.data()
        values.pop("position", None)
        return self.created(card_add(actor=self.actor, **values))

    def partial_update(self, request: Request, journey: int, pk: int) -> Response:
        """Change a card; `lane`, `step` and `position` move it."""
        card, version = self.get_object(), self.expected_version()
        values = self.data(partial=True)
        place = {n: values.pop(n) for n in ("lane", "step", "position") if n in values}
        card = card_update(actor=self.actor, card=card, version=version, **values)
        if place:
            card = card_move(actor=self.actor, card=card, **place)
        return self.shown(card)

    def destroy(self, request: Request, journey: int, pk: int) -> Response:
        """Delete a card with its evidence."""
        card_delete(actor=self.actor, card=self.get_object())
        return self.gone()


class EmotionViewSet(NestedViewSet):
    """The emotion curve of a journey: one value per step and persona."""

    model = EmotionPoint
    serializer_class = EmotionSerializer
    parent_model = Journey
    parent_name = "journey"
    permissions = {"list": EDITED["list"], "set": EDITED["create"]}

    def scoped(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = EmotionPoint.objects.for_actor(self.actor)
        return rows.filter(step__stage__journey=self.parent())

    @extend_schema(request=EmotionSerializer, responses=EmotionSerializer)
    @action(detail=False, methods=["put"], url_path="set")
    def set(self, request: Request, journey: int) -> Response:
        """Set a feeling; setting it again replaces it."""
        self.parent()
        values = self.data()
        point = emotion_set(actor=self.actor, **values)
        return self.shown(point) if point else self.gone()
