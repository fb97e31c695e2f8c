"""The scorecard: KPIs, their months, the links between them, closed months."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.fields import I18nField, ScopedPrimaryKeyRelatedField, owner_email
from cxportal.core.api.serializers import PortalSerializer, RecordSerializer
from cxportal.core.api.views import NestedViewSet, PortalViewSet
from loyalty.models import Goal, Kpi, KpiLink, KpiValue, ScorecardSnapshot
from loyalty.services.scorecard import (
    kpi_create,
    kpi_delete,
    kpi_link_add,
    kpi_link_remove,
    kpi_update,
    kpi_value_set,
    scorecard_close,
)
from surveys.models import Metric, OperationalMetric


class KpiSerializer(RecordSerializer):
    """A KPI; `metric`, `counted` or `computed` names where it comes from, else it is entered by
    hand. `part_of` is the goal it shows."""

    name = I18nField(max_length=200)
    goal = I18nField(required=False)
    view = serializers.ChoiceField(choices=Kpi.View.choices)
    source = serializers.ChoiceField(  # type: ignore[assignment]
        choices=Kpi.Source.choices, required=False
    )
    metric = ScopedPrimaryKeyRelatedField(model=Metric, required=False, allow_null=True)
    counted = ScopedPrimaryKeyRelatedField(model=OperationalMetric, required=False, allow_null=True)
    part_of = ScopedPrimaryKeyRelatedField(model=Goal, required=False, allow_null=True)
    computed = serializers.CharField(max_length=40, required=False, allow_blank=True)
    unit = serializers.ChoiceField(choices=Kpi.Unit.choices, required=False, allow_blank=True)
    high_is_good = serializers.BooleanField(required=False)
    target = serializers.DecimalField(18, 2, required=False, allow_null=True)
    weight = serializers.DecimalField(5, 2, required=False, min_value=0)
    owner_email = owner_email()


class KpiValueSerializer(PortalSerializer):
    """One month of a KPI; `month` is any day of it."""

    id = serializers.IntegerField(read_only=True)
    month = serializers.DateField()
    value = serializers.DecimalField(20, 4, required=False, allow_null=True)
    n = serializers.IntegerField(required=False, allow_null=True, min_value=0)
    comment = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class KpiLinkSerializer(PortalSerializer):
    """A hypothesis: when `cause` moves, `effect` follows."""

    id = serializers.IntegerField(read_only=True)
    cause = ScopedPrimaryKeyRelatedField(model=Kpi)
    effect = ScopedPrimaryKeyRelatedField(model=Kpi)


class SnapshotSerializer(PortalSerializer):
    """A closed month as it stood."""

    id = serializers.IntegerField(read_only=True)
    month = serializers.DateField()
    taken_at = serializers.DateTimeField(read_only=True)
    document = serializers.JSONField(read_only=True)


_READ, _WRITE = "loyalty.view_scorecard", "loyalty.change_scorecard"


class KpiViewSet(PortalViewSet):
    """KPIs of the scorecard."""

    model = Kpi
    serializer_class = KpiSerializer
    permissions = {
        "list": _READ,
        "retrieve": _READ,
        "create": _WRITE,
        "partial_update": _WRITE,
        "destroy": _WRITE,
    }
    orderings = {"id": "id", "updated_at": "updated_at"}
    updated_field = "updated_at"

    def scoped(self) -> QuerySet[Any]:
        return super().scoped().select_related("owner", "metric", "counted", "part_of")

    def create(self, request: Request) -> Response:
        """Put a KPI on the scorecard."""
        return self.created(kpi_create(actor=self.actor, **self.data()))

    def partial_update(self, request: Request, pk: int) -> Response:
        """Change a KPI."""
        kpi, version = self.get_object(), self.expected_version()
        values = self.data(partial=True)
        return self.shown(kpi_update(actor=self.actor, kpi=kpi, version=version, **values))

    def destroy(self, request: Request, pk: int) -> Response:
        """Take a KPI off the scorecard; closed months keep it."""
        kpi_delete(actor=self.actor, kpi=self.get_object())
        return self.gone()


class KpiValueViewSet(NestedViewSet):
    """The months of a KPI."""

    model = KpiValue
    serializer_class = KpiValueSerializer
    parent_model = Kpi
    parent_name = "kpi"
    permissions = {"list": _READ, "create": "loyalty.comment_scorecard"}

    def create(self, request: Request, kpi: int) -> Response:
        """Set a month's value (of a KPI entered by hand) or its comment; the same again is fine."""
        return self.created(kpi_value_set(actor=self.actor, kpi=self.parent(), **self.data()))


class KpiLinkViewSet(PortalViewSet):
    """Which KPI should follow which."""

    model = KpiLink
    serializer_class = KpiLinkSerializer
    permissions = {"list": _READ, "create": _WRITE, "destroy": _WRITE}

    def scoped(self) -> QuerySet[Any]:
        return super().scoped().select_related("cause", "effect")

    def create(self, request: Request) -> Response:
        """Add a hypothesis."""
        return self.created(kpi_link_add(actor=self.actor, **self.data()))

    def destroy(self, request: Request, pk: int) -> Response:
        """Drop a hypothesis."""
        kpi_link_remove(actor=self.actor, link=self.get_object())
        return self.gone()


class SnapshotViewSet(PortalViewSet):
    """Closed months."""

    model = ScorecardSnapshot
    serializer_class = SnapshotSerializer
    permissions = {"list": _READ, "retrieve": _READ, "create": _WRITE}
    orderings = {"id": "id", "month": "month"}

    @extend_schema(request=SnapshotSerializer)
    def create(self, request: Request) -> Response:
        """Close a month for good."""
        return self.created(scorecard_close(actor=self.actor, month=self.data()["month"]))
