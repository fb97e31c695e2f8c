"""What an action did to its touchpoint's scores, as JSON."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from cxportal.core.api.serializers import PortalSerializer
from journeys.calc.effect import Window
from journeys.models import Action
from journeys.queries.effects import ActionEffect, MetricEffect, WindowScore, Worked
from surveys.api.metrics import PERIOD_SHOWN
from surveys.api.scores import rounded


class WindowScoreSerializer(PortalSerializer):
    """A score in one window."""

    value = serializers.FloatField(allow_null=True)
    margin = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField()
    hidden = serializers.BooleanField()


class MetricEffectSerializer(PortalSerializer):
    """One metric around an action, in the metric's unit."""

    metric = serializers.IntegerField()
    code = serializers.CharField()
    verdict = serializers.ChoiceField(choices=[w.value for w in Worked])
    difference = serializers.FloatField(allow_null=True)
    margin = serializers.FloatField(allow_null=True)
    p = serializers.FloatField(allow_null=True)
    before = WindowScoreSerializer()
    after = WindowScoreSerializer()


class EffectSerializer(PortalSerializer):
    """Whether an action worked; `measured` is false while nothing can be said."""

    action = serializers.IntegerField()
    measured = serializers.BooleanField()
    verdict = serializers.ChoiceField(choices=[w.value for w in Worked], allow_null=True)
    sentence = serializers.CharField()
    before = PERIOD_SHOWN
    after = PERIOD_SHOWN
    next_look = serializers.DateField(allow_null=True)
    metrics = MetricEffectSerializer(many=True)


def effect_shown(action: Action, seen: ActionEffect | None) -> dict[str, Any]:
    """The effect of an action, or why there is none yet."""
    if seen is None:
        sentence = _("Nothing is measured: the action is not closed or names no touchpoint.")
        seen_words: dict[str, Any] = {"verdict": None, "sentence": sentence}
        return {"action": action.pk, "measured": False, **seen_words, **_parts(ActionEffect())}
    return {
        "action": action.pk,
        "measured": True,
        "verdict": seen.verdict.value,
        "sentence": seen.sentence,
        **_parts(seen),
    }


def _parts(seen: ActionEffect) -> dict[str, Any]:
    before, after = seen.windows or (None, None)
    return {
        "before": _window(before),
        "after": _window(after),
        "next_look": seen.next_look,
        "metrics": [_metric(one) for one in seen.metrics],
    }


def _window(window: Window | None) -> dict[str, str] | None:
    if window is None:
        return None
    return {"from": window.first.isoformat(), "to": window.last.isoformat()}


def _metric(one: MetricEffect) -> dict[str, Any]:
    return {
        "metric": one.metric.pk,
        "code": one.metric.code,
        "verdict": one.verdict.value,
        "difference": rounded(one.effect.difference),
        "margin": rounded(one.effect.margin),
        "p": rounded(one.effect.p),
        "before": _score(one.before),
        "after": _score(one.after),
    }


def _score(score: WindowScore) -> dict[str, Any]:
    return {
        "value": rounded(score.value),
        "margin": rounded(score.margin),
        "n": score.n,
        "hidden": score.hidden,
    }
