"""Value propositions: what is promised to whom, and what makes it true."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.fields import I18nField, ScopedPrimaryKeyRelatedField
from cxportal.core.api.serializers import RecordSerializer
from cxportal.core.api.views import PortalViewSet
from cxportal.core.models import Segment
from journeys.models import Action, Touchpoint
from loyalty.filters import PropositionFilter
from loyalty.models import Driver, ValueProposition
from loyalty.services.propositions import (
    proposition_create,
    proposition_delete,
    proposition_update,
)
from surveys.models import Metric

MAX_LINKS = 500


class PropositionSerializer(RecordSerializer):
    """A promise to a segment, with the touchpoints that keep it and the actions for it."""

    name = I18nField(max_length=200)
    promise = I18nField()
    functional_value = I18nField(required=False)
    emotional_value = I18nField(required=False)
    proof = I18nField(required=False)
    jobs = I18nField(required=False)
    pains = I18nField(required=False)
    gains = I18nField(required=False)
    behaviours = I18nField(required=False)
    roadmap = I18nField(required=False)
    state = serializers.ChoiceField(choices=ValueProposition.State.choices, required=False)
    segment = ScopedPrimaryKeyRelatedField(model=Segment, required=False, allow_null=True)
    touchpoints = ScopedPrimaryKeyRelatedField(model=Touchpoint, many=True, required=False)
    actions = ScopedPrimaryKeyRelatedField(model=Action, many=True, required=False)
    drivers = ScopedPrimaryKeyRelatedField(model=Driver, many=True, required=False)
    metric = ScopedPrimaryKeyRelatedField(model=Metric, required=False, allow_null=True)


class PropositionApiFilter(PropositionFilter):
    """The page's filter, and by name and segment."""

    search = django_filters.CharFilter(
        label=_("Search"), field_name="name", lookup_expr="icontains"
    )
    segment = django_filters.NumberFilter(label=_("Segment"), field_name="segment_id")

    class Meta(PropositionFilter.Meta):
        fields: list[str] = []


class PropositionViewSet(PortalViewSet):
    """Value propositions."""

    model = ValueProposition
    serializer_class = PropositionSerializer
    filterset_class = PropositionApiFilter
    permissions = {
        "list": "loyalty.view_propositions",
        "retrieve": "loyalty.view_propositions",
        "create": "loyalty.change_propositions",
        "partial_update": "loyalty.change_propositions",
        "destroy": "loyalty.change_propositions",
    }
    orderings = {"id": "id", "updated_at": "updated_at"}
    updated_field = "updated_at"

    def scoped(self) -> QuerySet[Any]:
        rows = super().scoped().select_related("segment")
        return rows.prefetch_related("touchpoints", "actions", "drivers")

    def create(self, request: Request) -> Response:
        """Write a value proposition."""
        return self.created(proposition_create(actor=self.actor, **self.data()))

    def partial_update(self, request: Request, pk: int) -> Response:
        """Change fields and links."""
        proposition, version = self.get_object(), self.expected_version()
        values = self.data(partial=True)
        return self.shown(
            proposition_update(actor=self.actor, proposition=proposition, version=version, **values)
        )

    def destroy(self, request: Request, pk: int) -> Response:
        """Delete it; touchpoints and actions stay."""
        proposition_delete(actor=self.actor, proposition=self.get_object())
        return self.gone()
