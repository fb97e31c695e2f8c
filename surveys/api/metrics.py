"""Metrics: made from questions, with their scores and trends over a period."""

from typing import Any

import django_filters
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.fields import I18nField, ScopedPrimaryKeyRelatedField
from cxportal.core.api.schema import PERIOD, query
from cxportal.core.api.serializers import PortalSerializer, RecordSerializer
from cxportal.core.api.views import NestedViewSet, PortalViewSet
from cxportal.core.errors import DomainError
from surveys.api.reports import comparison_shown, kind_asked, review_shown
from surveys.api.scores import (
    ChangeSerializer,
    FiguresSerializer,
    FreshnessSerializer,
    dimension_asked,
    figures,
    freshness,
    period_asked,
    period_shown,
)
from surveys.models import Dimension, Metric, MetricSource, Survey
from surveys.queries.metric_reports import metric_comparison
from surveys.queries.scores import Period, metric_reviews, metric_trend, step_for
from surveys.services.metrics import (
    metric_create,
    metric_source_add,
    metric_source_remove,
    metric_update,
)

STEPS = ("day", "week", "month")
MAX_STEPS = 800
SCALE: dict[str, Any] = {"min_value": 0, "max_value": 10, "required": False}


class SourceSerializer(PortalSerializer):
    """A question that feeds the metric."""

    id = serializers.IntegerField(read_only=True)
    survey = ScopedPrimaryKeyRelatedField(model=Survey)
    question_code = serializers.CharField(max_length=90)
    mapping = serializers.DictField(
        child=serializers.IntegerField(min_value=0, max_value=10), required=False
    )
    first_day = serializers.DateField(required=False, allow_null=True)
    last_day = serializers.DateField(required=False, allow_null=True)


class MetricSerializer(RecordSerializer):
    """What is measured; `target` is in the unit the metric is shown in."""

    code = serializers.CharField(max_length=60)
    name = I18nField(max_length=200)
    kind = serializers.ChoiceField(choices=Metric.Kind.choices)
    minimum = serializers.IntegerField(**SCALE)
    maximum = serializers.IntegerField(**SCALE)
    cutoffs = serializers.DictField(
        child=serializers.IntegerField(min_value=-1, max_value=11), required=False
    )
    high_is_good = serializers.BooleanField(required=False)
    target = serializers.DecimalField(
        max_digits=7, decimal_places=2, required=False, allow_null=True
    )
    min_n = serializers.IntegerField(min_value=1, max_value=30_000, required=False, allow_null=True)
    is_headline = serializers.BooleanField(required=False)
    sources = SourceSerializer(many=True, required=False)


class MetricUpdateSerializer(MetricSerializer):
    """The code stays; sources have addresses of their own."""

    code = serializers.CharField(read_only=True)
    sources = SourceSerializer(many=True, read_only=True)


PERIOD_SHOWN = inline_serializer(
    "Period", {"from": serializers.DateField(), "to": serializers.DateField()}
)


class ScoreSerializer(FiguresSerializer):
    """A metric's score over a period."""

    metric = serializers.IntegerField()
    code = serializers.CharField()
    unit = serializers.CharField()
    target = serializers.FloatField(allow_null=True)
    to_target = serializers.FloatField(allow_null=True)
    period = PERIOD_SHOWN
    change = ChangeSerializer()
    distribution = serializers.ListField(child=serializers.DictField())


class FreshScoreSerializer(ScoreSerializer):
    """With how current it is."""

    freshness = FreshnessSerializer()


class TrendStepSerializer(FiguresSerializer):
    """One step of a trend."""

    period = PERIOD_SHOWN


class TrendSerializer(PortalSerializer):
    """A metric's scores, oldest first."""

    metric = serializers.IntegerField()
    code = serializers.CharField()
    step = serializers.ChoiceField(choices=STEPS)
    steps = TrendStepSerializer(many=True)


class ScoresSerializer(PortalSerializer):
    """All metrics over one period."""

    period = PERIOD_SHOWN
    freshness = FreshnessSerializer()
    results = ScoreSerializer(many=True)


class GroupLineSerializer(FiguresSerializer):
    """One group: its score, and how it differs from everybody else."""

    group = serializers.CharField()
    difference = serializers.FloatField(allow_null=True)
    p = serializers.FloatField(allow_null=True)
    verdict = serializers.CharField()


class GroupsSerializer(PortalSerializer):
    """Groups beside each other; `family` tests were corrected together."""

    metric = serializers.IntegerField()
    code = serializers.CharField()
    by = serializers.CharField()
    period = PERIOD_SHOWN
    family = serializers.IntegerField()
    results = GroupLineSerializer(many=True)


class MetricFilter(django_filters.FilterSet):  # type: ignore[misc]
    """By name, code, kind, and whether it stands on the home page."""

    search = django_filters.CharFilter(
        label=_("Search"), field_name="name", lookup_expr="icontains"
    )
    code = django_filters.CharFilter(label=_("Code"))
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Metric.Kind.choices)
    survey = django_filters.NumberFilter(
        label=_("Survey"), field_name="sources__survey_id", distinct=True
    )
    is_headline = django_filters.BooleanFilter(label=_("Headline"))

    class Meta:
        model = Metric
        fields: list[str] = []


class MetricViewSet(PortalViewSet):
    """Metrics and their scores."""

    model = Metric
    serializer_class = MetricSerializer
    filterset_class = MetricFilter
    permissions = {
        "list": "surveys.view_metrics",
        "retrieve": "surveys.view_metrics",
        "score": "surveys.view_metrics",
        "scores": "surveys.view_metrics",
        "trend": "surveys.view_metrics",
        "groups": "surveys.view_metrics",
        "create": "surveys.change_metrics",
        "partial_update": "surveys.change_metrics",
    }
    orderings = {"id": "id", "code": "code", "updated_at": "updated_at"}
    updated_field = "updated_at"

    def scoped(self) -> QuerySet[Any]:
        return super().scoped().select_related("program").prefetch_related("sources")

    def create(self, request: Request) -> Response:
        """Make a metric; earlier answers to its sources count at once."""
        values = self.data()
        sources = values.pop("sources", [])
        with transaction.atomic():
            metric = metric_create(actor=self.actor, **values)
            for source in sources:
                metric_source_add(actor=self.actor, metric=metric, **source)
        return self.created(metric)

    @extend_schema(request=MetricUpdateSerializer)
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change a metric; all its scores are shown by the new definition."""
        metric, version = self.get_object(), self.expected_version()
        values = self.data(MetricUpdateSerializer, partial=True)
        return self.shown(metric_update(actor=self.actor, metric=metric, version=version, **values))

    @extend_schema(parameters=PERIOD, responses=FreshScoreSerializer)
    @action(detail=True)
    def score(self, request: Request, pk: int) -> Response:
        """The score over a period, with its change against as many days before."""
        metric = self.get_object()
        return Response(self._scores([metric])[0] | {"freshness": freshness(self.actor)})

    @extend_schema(parameters=PERIOD, responses=ScoresSerializer)
    @action(detail=False, pagination_class=None)
    def scores(self, request: Request) -> Response:
        """The scores of all metrics that the filters leave, over a period."""
        metrics = list(self.filter_queryset(self.get_queryset()).order_by("pk"))
        return Response(
            {
                "period": period_shown(period_asked(request, self.actor)),
                "freshness": freshness(self.actor),
                "results": self._scores(metrics),
            }
        )

    def _scores(self, metrics: list[Metric]) -> list[dict[str, Any]]:
        period = period_asked(self.request, self.actor)
        dimension = dimension_asked(self.request, self.actor)
        reviews = metric_reviews(
            actor=self.actor, metrics=metrics, period=period, dimension=dimension
        )
        return [review_shown(review) for review in reviews]

    @extend_schema(
        parameters=[*PERIOD, query("step", str, "day, week or month", enum=STEPS)],
        responses=TrendSerializer,
    )
    @action(detail=True)
    def trend(self, request: Request, pk: int) -> Response:
        """The score per day, week or month, oldest first."""
        metric, period = self.get_object(), period_asked(request, self.actor)
        step = self._step(period)
        found = metric_trend(
            actor=self.actor,
            metric=metric,
            first_day=period.first,
            last_day=period.last,
            step=step,
            dimension=dimension_asked(request, self.actor),
        )
        steps = [{"period": period_shown(s.period), **figures(s.score)} for s in found]
        return Response({"metric": metric.pk, "code": metric.code, "step": step, "steps": steps})

    @extend_schema(
        parameters=[*PERIOD[:2], query("by", str, "A kind of group: segment", required=True)],
        responses=GroupsSerializer,
    )
    @action(detail=True, pagination_class=None)
    def groups(self, request: Request, pk: int) -> Response:
        """Every group of a kind beside the rest, tested as one family."""
        metric, period = self.get_object(), period_asked(request, self.actor)
        by = kind_asked(self.actor, request, "by")
        found = metric_comparison(self.actor, metric, period, by) if by else None
        shown = comparison_shown(found) or {"family": 0, "results": []}
        head = {"metric": metric.pk, "code": metric.code, "by": by}
        return Response({**head, "period": period_shown(period), **shown})

    def _step(self, period: Period) -> str:
        step = self.request.query_params.get("step") or step_for(period.days)
        if step not in STEPS or (step == "day" and period.days > MAX_STEPS):
            sentence = str(_("Choose day (up to 800 days), week or month."))
            raise DomainError("invalid", sentence, details={"step": sentence})
        return str(step)


class MetricSourceViewSet(NestedViewSet):
    """The questions that feed a metric."""

    model = MetricSource
    serializer_class = SourceSerializer
    parent_model = Metric
    parent_name = "metric"
    permissions = {
        "list": "surveys.view_metrics",
        "create": "surveys.change_metrics",
        "destroy": "surveys.change_metrics",
    }

    def scoped(self) -> QuerySet[Any]:
        return super().scoped().select_related("metric", "survey")

    def create(self, request: Request, metric: int) -> Response:
        """Let a question feed the metric, from its first answer on."""
        found = self.parent()
        return self.created(metric_source_add(actor=self.actor, metric=found, **self.data()))

    def destroy(self, request: Request, metric: int, pk: int) -> Response:
        """Stop a question from feeding the metric; its answers leave the scores."""
        metric_source_remove(actor=self.actor, source=self.get_object())
        return self.gone()


class DimensionSerializer(PortalSerializer):
    """A group the program reports by."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    key = serializers.CharField()


class DimensionFilter(django_filters.FilterSet):  # type: ignore[misc]
    """By kind and key."""

    search = django_filters.CharFilter(label=_("Search"), field_name="key", lookup_expr="icontains")
    kind = django_filters.CharFilter(label=_("Kind"))

    class Meta:
        model = Dimension
        fields: list[str] = []


class DimensionViewSet(PortalViewSet):
    """The groups scores can be asked for: stores, channels, languages, segments …"""

    model = Dimension
    serializer_class = DimensionSerializer
    filterset_class = DimensionFilter
    permissions = {"list": "surveys.view_metrics"}
