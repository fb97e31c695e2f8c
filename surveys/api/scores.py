"""What every answer about scores shares: the period, the group, and figures as JSON."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from cxportal.core.actors import Actor
from cxportal.core.api.serializers import PortalSerializer
from cxportal.core.errors import DomainError
from surveys.calc.change import Change
from surveys.calc.metrics import Score
from surveys.models import Dimension
from surveys.queries.scores import EVERYONE, Period, last_days, scores_freshness

MAX_DAYS = 3660
DIGITS = 4


class ChangeSerializer(PortalSerializer):
    """Later less earlier: the verdict is real, none or too_early; `good` says if it helps."""

    verdict = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    margin = serializers.FloatField(allow_null=True)
    p = serializers.FloatField(allow_null=True)
    n_before = serializers.IntegerField()
    good = serializers.BooleanField(allow_null=True)


class FiguresSerializer(PortalSerializer):
    """A score with its interval; all figures are null while `hidden` says why."""

    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    margin = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField()
    min_n = serializers.IntegerField()
    hidden = serializers.CharField(allow_null=True)


class FreshnessSerializer(PortalSerializer):
    """Answers before `up_to` are counted; `waiting` changes are not yet."""

    up_to = serializers.DateTimeField()
    waiting = serializers.IntegerField()


def period_asked(request: Request, actor: Actor) -> Period:
    """?from= and ?to=, both included; the last 30 days without them. Raises DomainError."""
    usual = last_days(actor)
    last = _day(request, "to") or usual.last
    first = _day(request, "from") or min(usual.first, last)
    if first > last or (last - first).days >= MAX_DAYS:
        sentence = _("Give a period of at most ten years, its first day first.")
        raise DomainError("invalid", sentence, details={"from": sentence})
    return Period(first, last)


def _day(request: Request, name: str) -> date | None:
    asked = request.query_params.get(name, "")
    if not asked:
        return None
    try:
        day = parse_date(asked)
    except ValueError:
        day = None
    # A day that leaves no room for the period before it is no day of a program.
    if day is None or not 1970 <= day.year <= 9000:
        sentence = _("Write the day as 2026-11-24.")
        raise DomainError("invalid", sentence, details={name: sentence})
    return day


def dimension_asked(request: Request, actor: Actor) -> int:
    """?dimension=kind:key (or its id) as the group's number. Raises DomainError (404)."""
    asked = request.query_params.get("dimension", "")
    if not asked:
        return EVERYONE
    groups = Dimension.objects.for_actor(actor)
    kind, colon, key = asked.replace("\x00", "").partition(":")
    if colon:
        found = groups.filter(kind=kind, key=key).first()
    else:
        is_number = kind.isascii() and kind.isdigit() and len(kind) < 19
        found = groups.filter(pk=int(kind)).first() if is_number else None
    if found is None:
        sentence = _("No answer of this program belongs to such a group.")
        raise DomainError("not_found", sentence, status=404, details={"dimension": sentence})
    return int(found.pk)


def figures(score: Any) -> dict[str, Any]:
    """value, low, high, margin, n, min_n and why it is hidden, of a Score or a RollUp."""
    return {
        **{name: rounded(getattr(score, name)) for name in ("value", "low", "high", "margin")},
        "n": score.n,
        "min_n": score.min_n,
        "hidden": score.hidden.value if score.hidden else None,
    }


def change_figures(change: Change) -> dict[str, Any]:
    """The change against the period before."""
    return {
        "verdict": change.verdict.value,
        "value": rounded(change.difference),
        "low": rounded(change.low),
        "high": rounded(change.high),
        "margin": rounded(change.margin),
        "p": rounded(change.p),
        "n_before": change.n_before,
        "good": change.good,
    }


def distribution(score: Score) -> list[Mapping[str, Any]]:
    """Answers per value of the scale."""
    return [{"value": bar.value, "count": bar.count} for bar in score.distribution]


def freshness(actor: Actor) -> dict[str, Any]:
    """How current the program's scores are."""
    fresh = scores_freshness(actor)
    return {"up_to": fresh.up_to, "waiting": fresh.waiting}


def period_shown(period: Period) -> dict[str, str]:
    """The days the figures are of."""
    return {"from": period.first.isoformat(), "to": period.last.isoformat()}


def rounded(value: Any) -> float | None:
    """Figures carry no more digits than they mean."""
    return None if value is None else round(float(value), DIGITS)
