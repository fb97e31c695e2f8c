"""The playbook by API."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.fields import I18nField, ScopedPrimaryKeyRelatedField
from cxportal.core.api.serializers import PortalSerializer, RecordSerializer
from cxportal.core.api.views import PortalViewSet
from cxportal.core.models import Team
from journeys.api.journeys import EDITED
from journeys.filters import BehaviourFilter
from journeys.forms.playbook import EXAMPLE_LENGTH, NAME_LENGTH, TRAINING
from journeys.models import Behaviour, Touchpoint
from journeys.queries.playbook import behaviours_listed
from journeys.services.playbook import (
    behaviour_create,
    behaviour_delete,
    behaviour_train,
    behaviour_update,
)


class TrainingSerializer(PortalSerializer):
    """How far a team is: none, planned or trained on a day."""

    team = ScopedPrimaryKeyRelatedField(model=Team)
    state = serializers.ChoiceField(choices=TRAINING)
    day = serializers.DateField(required=False, allow_null=True)


class BehaviourSerializer(RecordSerializer):
    """What customers can count on at a touchpoint, and the teams that know it."""

    touchpoint = ScopedPrimaryKeyRelatedField(model=Touchpoint)
    kind = serializers.ChoiceField(choices=Behaviour.Kind.choices)
    name = I18nField(max_length=NAME_LENGTH)
    example = I18nField(max_length=EXAMPLE_LENGTH, required=False)
    trainings = TrainingSerializer(many=True, read_only=True)


class BehaviourUpdateSerializer(BehaviourSerializer):
    """It stays at its touchpoint."""

    touchpoint = serializers.IntegerField(  # type: ignore[assignment]
        source="touchpoint_id", read_only=True
    )


class BehaviourViewSet(PortalViewSet):
    """How the brand behaves at its touchpoints."""

    model = Behaviour
    serializer_class = BehaviourSerializer
    filterset_class = BehaviourFilter
    permissions = {**EDITED, "training": "journeys.train_behaviours"}
    orderings = {"id": "id", "updated_at": "updated_at"}

    def scoped(self) -> QuerySet[Any]:
        return behaviours_listed(self.actor)

    def create(self, request: Request) -> Response:
        """Say how we behave at a touchpoint."""
        return self.created(behaviour_create(actor=self.actor, **self.data()))

    @extend_schema(request=BehaviourUpdateSerializer)
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change its kind and words."""
        found, version = self.get_object(), self.expected_version()
        values = self.data(BehaviourUpdateSerializer, partial=True)
        return self.shown(
            behaviour_update(actor=self.actor, behaviour=found, version=version, **values)
        )

    def destroy(self, request: Request, pk: int) -> Response:
        """Take it out of the playbook."""
        behaviour_delete(actor=self.actor, behaviour=self.get_object())
        return self.gone()

    @extend_schema(request=TrainingSerializer, responses=BehaviourSerializer)
    @action(detail=True, methods=["post"])
    def training(self, request: Request, pk: int) -> Response:
        """Say how far a team is with it."""
        behaviour, values = self.get_object(), self.data(TrainingSerializer)
        return self.shown(behaviour_train(actor=self.actor, behaviour=behaviour, **values))
