"""Stage scores as JSON: value, interval, n, target, change, and the parts they are made of."""

from typing import Any

from rest_framework import serializers

from cxportal.core.api.fields import I18nField
from cxportal.core.api.serializers import PortalSerializer
from journeys.calc.stages import RollUp
from journeys.queries.stage_scores import JourneyScores, StageRow, TouchpointRow
from surveys.api.metrics import PERIOD_SHOWN
from surveys.api.scores import (
    ChangeSerializer,
    FiguresSerializer,
    FreshnessSerializer,
    change_figures,
    figures,
    period_shown,
    rounded,
)


class PartSerializer(PortalSerializer):
    """A metric's part in a touchpoint's score, on 0–100; `share` of all parts is 1."""

    metric = serializers.IntegerField()
    share = serializers.FloatField()
    value = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField()


class TouchpointScoreSerializer(FiguresSerializer):
    """A touchpoint's score; `share` is its part in the stage's score, null when it has none."""

    touchpoint = serializers.IntegerField()
    code = serializers.CharField()
    name = I18nField()
    share = serializers.FloatField(allow_null=True)
    change = ChangeSerializer()
    parts = PartSerializer(many=True)


class StageScoreSerializer(FiguresSerializer):
    """A stage's score on 0–100."""

    stage = serializers.IntegerField()
    code = serializers.CharField()
    name = I18nField()
    target = serializers.FloatField(allow_null=True)
    to_target = serializers.FloatField(allow_null=True)
    is_worst = serializers.BooleanField()
    formula = serializers.CharField()
    change = ChangeSerializer()
    touchpoints = TouchpointScoreSerializer(many=True)


class JourneyScoresSerializer(FiguresSerializer):
    """A journey's score and its stages'."""

    journey = serializers.IntegerField()
    code = serializers.CharField()
    period = PERIOD_SHOWN
    compared_with = PERIOD_SHOWN
    stages = StageScoreSerializer(many=True)
    freshness = FreshnessSerializer()


def journey_scores_shown(scores: JourneyScores) -> dict[str, Any]:
    """All stages of a journey over one period."""
    return {
        "journey": scores.journey.pk,
        "code": scores.journey.code,
        "period": period_shown(scores.period),
        "compared_with": period_shown(scores.period.before),
        **figures(scores.roll_up),
        "stages": [_stage(row) for row in scores.rows],
    }


def _stage(row: StageRow) -> dict[str, Any]:
    shares = {part.key: part.share for part in row.roll_up.parts}
    return {
        "stage": row.stage.pk,
        "code": row.stage.code,
        "name": row.stage.name,
        **figures(row.roll_up),
        "target": rounded(row.stage.target),
        "to_target": rounded(row.to_target),
        "is_worst": row.is_worst,
        "formula": row.explained,
        "change": change_figures(row.compared.change),
        "touchpoints": [_touchpoint(t, shares.get(t.touchpoint.pk)) for t in row.touchpoints],
    }


def _touchpoint(row: TouchpointRow, share: float | None) -> dict[str, Any]:
    return {
        "touchpoint": row.touchpoint.pk,
        "code": row.touchpoint.code,
        "name": row.touchpoint.name,
        "share": rounded(share),
        **figures(row.roll_up),
        "change": change_figures(row.compared.change),
        "parts": _parts(row.roll_up),
    }


def _parts(roll_up: RollUp) -> list[dict[str, Any]]:
    return [
        {"metric": p.key, "share": rounded(p.share), "value": rounded(p.value), "n": p.n}
        for p in roll_up.parts
    ]
