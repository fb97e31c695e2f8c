"""Drivers of loyalty with their ranking, named competitors, outside values."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.fields import I18nField, ScopedPrimaryKeyRelatedField
from cxportal.core.api.serializers import PortalSerializer, RecordSerializer
from cxportal.core.api.views import PortalViewSet
from cxportal.core.models import Segment
from journeys.models import Stage, Touchpoint
from loyalty.models import Benchmark, Competitor, Driver
from loyalty.queries.drivers import RankedDriver, outcomes_offered, ranking
from loyalty.services.drivers import (
    benchmark_create,
    benchmark_delete,
    competitor_delete,
    competitor_save,
    driver_create,
    driver_delete,
    driver_update,
)
from surveys.models import Metric

VIEW, CHANGE = "loyalty.view_propositions", "loyalty.change_propositions"
EDIT = {
    "list": VIEW, "retrieve": VIEW, "create": CHANGE, "partial_update": CHANGE, "destroy": CHANGE,
}  # fmt: skip


class DriverSerializer(RecordSerializer):
    """A candidate reason for loyalty; with a metric its importance is derived."""

    name = I18nField(max_length=120)
    source = serializers.ChoiceField(  # type: ignore[assignment]
        choices=Driver.Source.choices, required=False
    )
    stage = ScopedPrimaryKeyRelatedField(model=Stage, required=False, allow_null=True)
    touchpoint = ScopedPrimaryKeyRelatedField(model=Touchpoint, required=False, allow_null=True)
    metric = ScopedPrimaryKeyRelatedField(model=Metric, required=False, allow_null=True)
    stated_importance = serializers.DecimalField(
        max_digits=4, decimal_places=2, min_value=0, max_value=10, required=False, allow_null=True
    )
    is_critical = serializers.BooleanField(required=False)
    evidence = serializers.CharField(max_length=5000, allow_blank=True, required=False)


class RankedSerializer(PortalSerializer):
    """One driver in the ranking; importance is its share of what is explained."""

    driver = serializers.IntegerField(read_only=True)
    rank = serializers.IntegerField(read_only=True)
    derived = serializers.FloatField(read_only=True)
    correlation = serializers.FloatField(read_only=True)
    inflation = serializers.FloatField(read_only=True)
    satisfaction = serializers.FloatField(read_only=True)
    margin = serializers.FloatField(read_only=True)
    n = serializers.IntegerField(read_only=True)


class RankingSerializer(PortalSerializer):
    """The ranking and how far it may be trusted; `refusal` says why there is none."""

    outcome = serializers.IntegerField(read_only=True)
    n = serializers.IntegerField(read_only=True)
    needed = serializers.IntegerField(read_only=True)
    refusal = serializers.CharField(read_only=True)
    r_squared = serializers.FloatField(read_only=True)
    held_out = serializers.FloatField(read_only=True)
    drivers = RankedSerializer(many=True, read_only=True)


class RankingQuestion(PortalSerializer):
    """What loyalty is measured by, and for whom."""

    outcome = ScopedPrimaryKeyRelatedField(model=Metric, required=False)
    segment = ScopedPrimaryKeyRelatedField(model=Segment, required=False, allow_null=True)


class DriverFilter(django_filters.FilterSet):  # type: ignore[misc]
    """By whether it is one of the few critical ones."""

    is_critical = django_filters.BooleanFilter(label=_("Critical"))

    class Meta:
        model = Driver
        fields: list[str] = []


class DriverViewSet(PortalViewSet):
    """Drivers of loyalty."""

    model = Driver
    serializer_class = DriverSerializer
    filterset_class = DriverFilter
    permissions = {**EDIT, "ranking": VIEW}
    updated_field = "updated_at"

    def create(self, request: Request) -> Response:
        """Add a candidate."""
        return self.created(driver_create(actor=self.actor, **self.data()))

    def partial_update(self, request: Request, pk: int) -> Response:
        """Change a driver."""
        driver, version = self.get_object(), self.expected_version()
        values = self.data(partial=True)
        return self.shown(driver_update(actor=self.actor, driver=driver, version=version, **values))

    def destroy(self, request: Request, pk: int) -> Response:
        """Delete it with its outside values."""
        driver_delete(actor=self.actor, driver=self.get_object())
        return self.gone()

    @extend_schema(
        parameters=[RankingQuestion], responses=RankingSerializer, filters=False,
        operation_id="drivers_ranking",
    )  # fmt: skip
    @action(detail=False, methods=["get"], filter_backends=[], pagination_class=None)
    def ranking(self, request: Request) -> Response:
        """Derived importance by relative weights, over complete answers of one person each."""
        asked = RankingQuestion(
            data=request.query_params.dict(), context=self.get_serializer_context()
        )
        asked.is_valid(raise_exception=True)
        outcomes = outcomes_offered(self.actor)
        outcome = asked.validated_data.get("outcome") or next(iter(outcomes), None)
        found = ranking(self.actor, outcome, asked.validated_data.get("segment"))
        seen, weights = found.analysis, found.analysis.weights if found.analysis else None
        return Response({
            "outcome": outcome.pk if outcome else None,
            "n": seen.n if seen else 0, "needed": seen.needed if seen else 0,
            "refusal": str(seen.refusal) if seen and seen.refusal else None,
            "r_squared": weights.r_squared if weights else None,
            "held_out": seen.held_out if seen else None,
            "drivers": [_row(row) for row in found.rows],
        })  # fmt: skip


def _row(row: RankedDriver) -> dict[str, Any]:
    names = ("rank", "derived", "correlation", "inflation", "satisfaction", "margin", "n")
    return {"driver": row.driver.pk, **{name: getattr(row, name) for name in names}}


class CompetitorSerializer(RecordSerializer):
    """A named competitor, or a firm of another industry to learn from."""

    name = serializers.CharField(max_length=120)
    is_same_industry = serializers.BooleanField(required=False)
    note = serializers.CharField(max_length=5000, allow_blank=True, required=False)


class CompetitorViewSet(PortalViewSet):
    """Named competitors."""

    model = Competitor
    serializer_class = CompetitorSerializer
    filter_backends = []
    permissions = EDIT
    updated_field = "updated_at"

    def create(self, request: Request) -> Response:
        """Name a competitor."""
        return self.created(competitor_save(actor=self.actor, **self.data()))

    def partial_update(self, request: Request, pk: int) -> Response:
        """Change it."""
        competitor, version = self.get_object(), self.expected_version()
        values = self.data(partial=True)
        return self.shown(
            competitor_save(actor=self.actor, competitor=competitor, version=version, **values)
        )

    def destroy(self, request: Request, pk: int) -> Response:
        """Delete it with its values."""
        competitor_delete(actor=self.actor, competitor=self.get_object())
        return self.gone()


class BenchmarkSerializer(PortalSerializer):
    """An outside value: of what, whose, how many, from where, when."""

    id = serializers.IntegerField(read_only=True)
    competitor = ScopedPrimaryKeyRelatedField(model=Competitor, required=False, allow_null=True)
    driver = ScopedPrimaryKeyRelatedField(model=Driver, required=False, allow_null=True)
    metric = ScopedPrimaryKeyRelatedField(model=Metric, required=False, allow_null=True)
    label = serializers.CharField(  # type: ignore[assignment]
        max_length=200, allow_blank=True, required=False
    )
    value = serializers.DecimalField(max_digits=7, decimal_places=2)
    n = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False, allow_null=True)
    source = serializers.CharField(max_length=300)  # type: ignore[assignment]
    measured_on = serializers.DateField()
    is_best_in_class = serializers.BooleanField(required=False)


class BenchmarkViewSet(PortalViewSet):
    """Values of competitors and of published studies."""

    model = Benchmark
    serializer_class = BenchmarkSerializer
    filter_backends = []
    permissions = {"list": VIEW, "retrieve": VIEW, "create": CHANGE, "destroy": CHANGE}

    def create(self, request: Request) -> Response:
        """Write down an outside value."""
        return self.created(benchmark_create(actor=self.actor, **self.data()))

    def destroy(self, request: Request, pk: int) -> Response:
        """Take it away."""
        benchmark_delete(actor=self.actor, benchmark=self.get_object())
        return self.gone()
