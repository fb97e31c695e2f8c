"""The stage review by API: scores beside another period, group or competitor; meetings; pack."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.fields import MemberField, ScopedPrimaryKeyRelatedField
from cxportal.core.api.schema import PERIOD, query
from cxportal.core.api.serializers import PortalSerializer
from cxportal.core.api.views import PortalViewSet, moment_from
from cxportal.core.errors import DomainError
from journeys.calc.control import Signal
from journeys.models import Journey, ReviewDecision, Stage
from journeys.queries.compared import (
    Compared,
    Comparison,
    comparison_groups,
    comparison_of,
    span_of,
)
from journeys.queries.decisions import decisions_since
from journeys.queries.drivers import Drivers
from journeys.queries.journeys import journeys_live
from journeys.queries.review import dimension_groups, reviews_of
from journeys.queries.review_signals import Beside, ShownReview, reviews_shown
from journeys.services.review import decision_log
from journeys.views.map_exchange import file_answer
from journeys.views.review import DERIVED, MOST_JOURNEYS
from journeys.views.review_pack import pack_document
from surveys.api.metrics import PERIOD_SHOWN
from surveys.api.scores import (
    FreshnessSerializer,
    change_figures,
    dimension_asked,
    figures,
    freshness,
    period_asked,
    period_shown,
    rounded,
)
from surveys.queries.scores import Period

ASKED = [
    *PERIOD,
    query("journey", int, "One journey only"),
    query("with", str, "A key of /review/comparisons/: before, year, a group's id, rival:NAME"),
    query("importance", str, "derived: what touchpoints explain of the outcome", enum=[DERIVED]),
]


class ComparedSerializer(PortalSerializer):
    """Theirs, and ours less theirs; `verdict` is real, none, early, or empty without an error.

    `value` is null below the minimum of answers, `n` null where the source does not tell it.
    """

    value = serializers.FloatField(allow_null=True)
    margin = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField(allow_null=True)
    min_n = serializers.IntegerField()
    too_few = serializers.BooleanField()
    ours = serializers.FloatField(allow_null=True)
    difference = serializers.FloatField(allow_null=True)
    difference_margin = serializers.FloatField(allow_null=True)
    verdict = serializers.CharField(allow_blank=True)
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    measured_on = serializers.DateField(allow_null=True)


class OptionSerializer(PortalSerializer):
    """What one may compare with."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    group = serializers.CharField()


class DerivedSerializer(PortalSerializer):
    """How far derived importance may be trusted; `refusal` says why there is none."""

    outcome = serializers.IntegerField(allow_null=True)
    n = serializers.IntegerField()
    r_squared = serializers.FloatField(allow_null=True)
    held_out = serializers.FloatField(allow_null=True)
    refusal = serializers.CharField(allow_null=True)


class ReviewSerializer(PortalSerializer):
    """The review of every live journey; each journey's stages with their touchpoints."""

    period = PERIOD_SHOWN
    compared_with = OptionSerializer(allow_null=True)
    journeys = serializers.ListField(child=serializers.DictField())
    freshness = FreshnessSerializer()


class DecisionSerializer(PortalSerializer):
    """A decision of a meeting about a journey, logged as an action."""

    id = serializers.IntegerField(read_only=True)
    journey = ScopedPrimaryKeyRelatedField(model=Journey)
    title = serializers.CharField(max_length=200, source="action.title")
    stage = ScopedPrimaryKeyRelatedField(
        model=Stage, required=False, allow_null=True, source="action.stage"
    )
    owner = MemberField(required=False, allow_null=True, source="action.owner")
    due = serializers.DateField(required=False, allow_null=True, source="action.due")
    action = serializers.IntegerField(source="action_id", read_only=True)
    decided_at = serializers.DateTimeField(read_only=True)


class ReviewViewSet(PortalViewSet):
    """The stage review."""

    model = Journey
    serializer_class = ReviewSerializer
    permissions = {
        "review": "journeys.view_journeys",
        "comparisons": "journeys.view_journeys",
        "pack": "journeys.view_journeys",
    }
    pagination_class = None
    filter_backends = []

    @extend_schema(parameters=ASKED, responses=ReviewSerializer)
    def review(self, request: Request) -> Response:
        """Stages and touchpoints of live journeys with all the review page says."""
        period = period_asked(request, self.actor)
        dimension = dimension_asked(request, self.actor)
        comparison = self._comparison(request, period, dimension)
        reviews = reviews_of(
            actor=self.actor,
            journeys=self._journeys(request),
            period=period,
            dimension=dimension,
            against=span_of(comparison),
            derived=request.query_params.get("importance", "") == DERIVED,
        )
        shown = reviews_shown(self.actor, reviews, period=period, comparison=comparison)
        return Response(
            {
                "period": period_shown(period),
                "compared_with": _option(comparison),
                "journeys": [_journey(one) for one in shown],
                "freshness": freshness(self.actor),
            }
        )

    @extend_schema(responses=OptionSerializer(many=True))
    def comparisons(self, request: Request) -> Response:
        """Periods, groups and competitors one may compare with."""
        offered = comparison_groups(self.actor, dimension_groups(self.actor))
        return Response(
            [
                {"key": key, "label": label, "group": heading}
                for heading, options in offered
                for key, label in options
            ]
        )

    @extend_schema(parameters=PERIOD[:2], responses={(200, "application/pdf"): bytes})
    def pack(self, request: Request) -> Any:
        """The meeting's pack as PDF: every live journey, decisions, what is late."""
        period = period_asked(request, self.actor)
        asked = f"period=custom&first={period.first}&last={period.last}"
        document = pack_document(self.actor, _("Stage review"), asked)
        name = f"review-{period.last.isoformat()}.pdf"
        answer: HttpResponse = file_answer(document.bytes(), name, "pdf")
        return answer

    def _journeys(self, request: Request) -> list[Journey]:
        journeys = list(journeys_live(self.actor)[:MOST_JOURNEYS])
        asked = request.query_params.get("journey", "")
        chosen = [j for j in journeys if str(j.pk) == asked] if asked else journeys
        if asked and not chosen:
            message = _("There is no such live journey.")
            raise DomainError("not_found", message, status=404, details={"journey": message})
        return chosen

    def _comparison(self, request: Request, period: Period, dimension: int) -> Comparison | None:
        asked = request.query_params.get("with", "")
        if not asked:
            return None
        offered = comparison_groups(self.actor, dimension_groups(self.actor))
        try:
            return comparison_of(asked, offered, period=period, dimension=dimension)
        except LookupError as unknown:
            message = _("There is nothing of this name to compare with.")
            raise DomainError(
                "not_found", message, status=404, details={"with": message}
            ) from unknown


def _option(comparison: Comparison | None) -> dict[str, str] | None:
    return {"key": comparison.key, "label": comparison.label} if comparison else None


def _journey(shown: ShownReview) -> dict[str, Any]:
    review, scores = shown.review, shown.review.scores
    return {
        "journey": scores.journey.pk,
        "code": scores.journey.code,
        "name": scores.journey.name,
        **figures(scores.roll_up),
        "peak_end": rounded(shown.peak_end),
        "compared": compared_shown(shown.compared),
        "derived": None if review.derived is None else derived_shown(review.derived),
        "stages": [
            {
                "stage": stage.entry.row.stage.pk,
                "code": stage.entry.row.stage.code,
                "name": stage.entry.row.stage.name,
                **_figures(stage.entry.row, stage.entry.work, stage.beside),
                "target": rounded(stage.entry.row.stage.target),
                "is_worst": stage.entry.row.is_worst,
                "importance": rounded(stage.entry.importance),
                "touchpoints": [
                    {
                        "touchpoint": point.row.touchpoint.pk,
                        "code": point.row.touchpoint.code,
                        "name": point.row.touchpoint.name,
                        **_figures(point.row, point.work, beside),
                        "importance": rounded(point.importance),
                        "quadrant": point.quadrant,
                    }
                    for point, beside in stage.touchpoints
                ],
            }
            for stage in shown.stages
        ],
    }


def _figures(row: Any, work: Any, beside: Beside) -> dict[str, Any]:
    signal = beside.chart.signal if beside.chart else Signal.NONE
    return {
        **figures(row.roll_up),
        "change": change_figures(row.compared.change),
        "signal": signal,
        "opportunity": rounded(beside.opportunity),
        "open_actions": work.open,
        "overdue_actions": work.overdue,
        "open_cases": beside.cases.open if beside.cases else None,
        "overdue_cases": beside.cases.overdue if beside.cases else None,
        "compared": compared_shown(beside.compared),
    }


def compared_shown(found: Compared | None) -> dict[str, Any] | None:
    """Theirs beside ours as JSON."""
    if found is None:
        return None
    return {
        "value": rounded(found.value),
        "margin": None if found.value is None else rounded(found.shown.margin),
        "n": found.shown.n or None,
        "min_n": found.shown.minimum,
        "too_few": found.shown.hidden and found.shown.n > 0,
        "ours": rounded(found.ours),
        "difference": rounded(found.difference),
        "difference_margin": rounded(found.margin),
        "verdict": found.verdict,
        "source": found.source,
        "measured_on": found.measured_on,
    }


def derived_shown(found: Drivers) -> dict[str, Any]:
    """Fit and n of derived importance, or the refusal."""
    analysis = found.analysis
    weights = analysis.weights if analysis else None
    return {
        "outcome": found.outcome.pk if found.outcome else None,
        "n": analysis.n if analysis else 0,
        "r_squared": rounded(weights.r_squared if weights else None),
        "held_out": rounded(analysis.held_out if analysis else None),
        "refusal": analysis.refusal if analysis else "no_outcome",
    }


class DecisionViewSet(PortalViewSet):
    """Decisions of review meetings."""

    model = ReviewDecision
    serializer_class = DecisionSerializer
    permissions = {
        "list": "journeys.view_boards",
        "retrieve": "journeys.view_boards",
        "create": "journeys.create_actions",
    }
    default_ordering = "-id"

    def scoped(self) -> QuerySet[Any]:
        since = self.request.query_params.get("since", "")
        return decisions_since(self.actor, moment_from(since, "since") if since else None)

    def create(self, request: Request) -> Response:
        """Log a decision; it becomes an action with its owner and day."""
        values = self.data()
        return self.created(
            decision_log(actor=self.actor, journey=values["journey"], **values["action"])
        )
