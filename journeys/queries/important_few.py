"""From the long list of touchpoints to the important few, and what to mend first."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.db.models import Count

from cxportal.core.actors import Actor
from cxportal.core.models import text_in
from journeys.calc.importance import (
    Kano,
    expectation_gap,
    experience_index,
    kano,
)
from journeys.models import CommentPlace, KanoFeature, Touchpoint, TouchpointMetric
from surveys.calc.metrics import normalise
from surveys.models import Comment
from surveys.queries.scores import definition_of, last_days, metric_histograms, score_of_histogram

#: The owner's documents speak of some 40 touchpoints found and some 15 that matter.
FEW = 15
DAYS = 90
MOST_CAUSES = 3
_Aspect = TouchpointMetric.Aspect
#: Importance and expectation are kept on 0–10, scores on 0–100.
_TEN = 10.0


@dataclass(frozen=True)
class Cause:
    """What complaints at a touchpoint are about, and how many."""

    name: str
    count: int


@dataclass(frozen=True)
class Weighed:
    """A touchpoint with what is known of it; scores on 0–100, None where too little is measured.

    `measured` names what comes from customers; the rest was stated by the team.
    """

    touchpoint: Any
    importance: float
    expectation: float | None
    performance: float | None
    emotion: float | None
    measured: frozenset[str]
    complaints: int
    causes: Sequence[Cause]
    is_few: bool = False
    place: int = 0

    @property
    def gap(self) -> float | None:
        """Performance less expectation; negative is a shortfall."""
        if self.performance is None or self.expectation is None:
            return None
        return expectation_gap(self.performance, self.expectation)

    @property
    def index(self) -> float | None:
        """100 · performance · emotion: either at 0 makes the whole 0."""
        if self.performance is None or self.emotion is None:
            return None
        return experience_index(self.performance / 100, self.emotion / 100)

    @property
    def urgency(self) -> float:
        """Size of the shortfall times importance: what to mend first."""
        return max(-(self.gap or 0.0), 0.0) * self.importance / _TEN


def touchpoints_weighed(actor: Actor, *, most: int = FEW) -> list[Weighed]:
    """Every touchpoint: the important few first, by what to mend first; five queries."""
    touchpoints = list(
        Touchpoint.objects.for_actor(actor).select_related("owner", "program").order_by("pk")
    )
    values = _values(actor)
    complaints = _complaints(actor)
    causes = _causes(actor)
    rows = [
        _weighed(row, values.get(row.pk, {}), complaints.get(row.pk, 0), causes.get(row.pk, []))
        for row in touchpoints
    ]
    return _chosen(rows, most)


def _values(actor: Actor) -> dict[int, dict[str, float]]:
    """Means by touchpoint and aspect on 0–100, of the last 90 days, weighted by metric weight."""
    links = list(
        TouchpointMetric.objects.for_actor(actor).select_related("metric__program").order_by("pk")
    )
    period = last_days(actor, DAYS)
    sums = metric_histograms(
        actor=actor,
        metrics={link.metric_id: link.metric for link in links}.values(),
        first_day=period.first,
        last_day=period.last,
    )
    found: dict[int, dict[str, list[tuple[float, float]]]] = defaultdict(lambda: defaultdict(list))
    for link in links:
        score = score_of_histogram(link.metric, sums[link.metric_id])
        common = normalise(definition_of(link.metric), score)
        if common is not None and link.weight:
            pair = (common.value, float(link.weight))
            found[link.touchpoint_id][link.aspect].append(pair)
    return {
        touchpoint: {aspect: _mean(pairs) for aspect, pairs in aspects.items()}
        for touchpoint, aspects in found.items()
    }


def _mean(pairs: Iterable[tuple[float, float]]) -> float:
    known = list(pairs)
    return sum(value * weight for value, weight in known) / sum(weight for _v, weight in known)


def _weighed(
    touchpoint: Any, values: Mapping[str, float], complaints: int, causes: Sequence[Cause]
) -> Weighed:
    importance = values.get(_Aspect.IMPORTANCE)
    expectation = values.get(_Aspect.EXPECTATION)
    stated = touchpoint.expectation
    if expectation is None and stated is not None:
        expectation = float(stated) * _TEN
    return Weighed(
        touchpoint=touchpoint,
        importance=float(touchpoint.importance) if importance is None else importance / _TEN,
        expectation=expectation,
        performance=values.get(_Aspect.PERFORMANCE),
        emotion=values.get(_Aspect.EMOTION),
        measured=frozenset(values),
        complaints=complaints,
        causes=causes,
    )


def _chosen(rows: Sequence[Weighed], most: int) -> list[Weighed]:
    """Mark the few: what we can change, what customers notice, and of that the most important."""
    fit = [row for row in rows if row.touchpoint.is_manageable and row.touchpoint.is_perceived]
    best = sorted(fit, key=lambda row: -row.importance)[:most]
    few = {row.touchpoint.pk for row in best}
    ordered = sorted(
        rows, key=lambda row: (row.touchpoint.pk not in few, -row.urgency, -row.importance)
    )
    return [
        replace(row, is_few=row.touchpoint.pk in few, place=place)
        for place, row in enumerate(ordered, start=1)
    ]


def _complaints(actor: Actor) -> dict[int, int]:
    rows = (
        CommentPlace.objects.for_actor(actor)
        .filter(comment__sentiment=Comment.Sentiment.NEGATIVE)
        .exclude(touchpoint=None)
        .order_by()
        .values_list("touchpoint_id")
        .annotate(size=Count("pk"))
    )
    return {pk: size for pk, size in rows if pk is not None}


def _causes(actor: Actor) -> dict[int, list[Cause]]:
    """Topics of the complaints at each touchpoint, the most frequent first."""
    rows = (
        CommentPlace.objects.for_actor(actor)
        .filter(comment__sentiment=Comment.Sentiment.NEGATIVE, comment__topic_links__isnull=False)
        .exclude(touchpoint=None)
        .exclude(comment__topic_links__origin="refused")
        .order_by()
        .values_list("touchpoint_id", "comment__topic_links__topic__name")
        .annotate(size=Count("pk"))
    )
    found: dict[int, list[Cause]] = defaultdict(list)
    for pk, name, size in sorted(rows, key=lambda row: -row[2]):
        if pk is not None and len(found[pk]) < MOST_CAUSES:
            found[pk].append(Cause(text_in(name), size))
    return found


@dataclass(frozen=True)
class KanoResult:
    """A feature with its answers by category and what most people say."""

    feature: Any
    counts: Mapping[str, int]
    n: int
    category: Kano | None
    min_n: int

    @property
    def row(self) -> list[int]:
        """Counts in the order of the categories."""
        return [self.counts.get(kind.value, 0) for kind in Kano]


_PAIRS = """
SELECT answers->>%s, answers->>%s, count(*) FROM surveys_response
WHERE program_id = %s AND survey_id = %s AND status = 'complete' AND NOT is_test
GROUP BY 1, 2
"""


def kano_results(actor: Actor) -> list[KanoResult]:
    """Every feature's categories; one query per feature, over its survey's answers."""
    features = KanoFeature.objects.for_actor(actor).select_related("survey", "touchpoint")
    return [_kano_result(actor, feature) for feature in features.order_by("pk")]


def _kano_result(actor: Actor, feature: KanoFeature) -> KanoResult:
    params: list[str | int] = [
        feature.functional_code,
        feature.dysfunctional_code,
        actor.program_id,
        feature.survey_id,
    ]
    counts: dict[str, int] = defaultdict(int)
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS, params)
        for with_it, without, size in cursor.fetchall():
            if with_it in _ANSWERS and without in _ANSWERS:
                counts[kano(int(with_it), int(without)).value] += size
    n, minimum = sum(counts.values()), actor.program.min_n
    most = max(counts, key=lambda key: counts[key]) if n >= minimum else None
    return KanoResult(feature, counts, n, Kano(most) if most else None, minimum)


_ANSWERS = frozenset("12345")
