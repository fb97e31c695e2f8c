"""Did an action work? Scores of its touchpoint in equal windows before and after the work.

Measured are actions in a closed state (watching, done) at a touchpoint with metrics. The time
from `started_at` to `closed_at` belongs to neither window. The verdict is that of the metric
with the greatest weight, named beforehand, so that several metrics give no second chance; the
others are shown beside it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.calc.numbers import plain_number, signed_number
from journeys.calc.effect import (
    LONGEST,
    SHORTEST,
    Effect,
    Outcome,
    Window,
    difference_in_differences,
    effect,
    windows,
)
from journeys.models import CLOSED_STATES, UNSCORED, Action, TouchpointMetric
from journeys.queries.actions import actions_live, today_of
from surveys.calc.change import compare, estimate
from surveys.calc.definitions import Definition, Unit, standard_definition
from surveys.calc.histogram import Histogram
from surveys.calc.metrics import Score, evaluate
from surveys.models import Metric
from surveys.queries.guards import guards

#: Groups of answers around an action: all, those of the pilot, those it is compared with.
EVERYONE, PILOT, COMPARISON = range(3)
#: Verdicts of a list are worked out for this many actions, those closed last.
MEASURED = 1000


class Worked(StrEnum):
    """The verdict on an action, as lists filter by it."""

    BETTER = "better"
    WORSE = "worse"
    NONE = "none"
    EARLY = "early"


_LOOKS = {
    Worked.BETTER: ("good", "graph-up-arrow"),
    Worked.WORSE: ("bad", "graph-down-arrow"),
    Worked.NONE: ("neutral", "dash-lg"),
    Worked.EARLY: ("neutral", "hourglass-split"),
}
UNITS = {Unit.POINTS: "nps", Unit.PERCENT: "percent", Unit.MEAN: ""}


@dataclass(frozen=True)
class WindowScore:
    """A score in one window, for the {% score %} tag."""

    value: float | None
    margin: float | None
    n: int
    hidden: bool
    minimum: int
    unit: str
    digits: int


@dataclass(frozen=True)
class MetricEffect:
    """One metric around an action. Figures are in the metric's unit."""

    metric: Metric
    definition: Definition
    effect: Effect
    before: WindowScore
    after: WindowScore
    days: int
    # With a pilot: the comparison's scores; the effect is then the difference in differences.
    rest: tuple[WindowScore, WindowScore] | None = None

    @property
    def verdict(self) -> Worked:
        """The verdict by this metric."""
        if self.effect.outcome is Outcome.CHANGED:
            return Worked.BETTER if self.effect.good else Worked.WORSE
        return Worked.NONE if self.effect.outcome is Outcome.NONE else Worked.EARLY

    @property
    def digits(self) -> int:
        """Decimals that are shown: none for NPS and per cent."""
        return 2 if self.definition.unit is Unit.MEAN else 0

    @property
    def difference_words(self) -> str:
        """Later less earlier with sign and margin: +9 ± 4; "" while it is too early."""
        if self.effect.difference is None:
            return ""
        difference = signed_number(self.effect.difference, self.digits)
        return f"{difference} ± {plain_number(self.effect.margin, self.digits)}"

    @property
    def word(self) -> str:
        """The verdict in words."""
        return verdict_words()[self.verdict]

    @property
    def tone(self) -> str:
        """The chip's tone."""
        return _LOOKS[self.verdict][0]

    @property
    def icon(self) -> str:
        """The chip's icon."""
        return _LOOKS[self.verdict][1]


@dataclass(frozen=True)
class ActionEffect:
    """What may be said of an action; `metrics` has the deciding one first.

    `windows` is None while they are too short; `next_look` is the first day that may bring a
    verdict or more answers, None when the windows are full.
    """

    metrics: list[MetricEffect] = field(default_factory=list)
    windows: tuple[Window, Window] | None = None
    next_look: date | None = None

    @property
    def verdict(self) -> Worked:
        """The verdict by the deciding metric."""
        return self.metrics[0].verdict if self.metrics else Worked.EARLY

    @property
    def word(self) -> str:
        """The verdict in words, with its size where there is one."""
        word = verdict_words()[self.verdict]
        if self.verdict in (Worked.BETTER, Worked.WORSE):
            main = self.metrics[0]
            return f"{word} {signed_number(main.effect.difference, main.digits)}"
        return word

    @property
    def tone(self) -> str:
        """The chip's tone."""
        return _LOOKS[self.verdict][0]

    @property
    def icon(self) -> str:
        """The chip's icon."""
        return _LOOKS[self.verdict][1]

    @property
    def sentence(self) -> str:
        """The honest sentence, in the reader's language."""
        from journeys.queries.effect_words import effect_sentence

        return effect_sentence(self)


def verdict_words() -> dict[Worked, str]:
    """Verdicts as a chip and a filter name them."""
    return {
        Worked.BETTER: _("worked"),
        Worked.WORSE: _("got worse"),
        Worked.NONE: _("no change shown"),
        Worked.EARLY: _("too early"),
    }


def action_effect(actor: Actor, action: Action) -> ActionEffect | None:
    """The effect of one action; None when it is not closed or nothing is measured there."""
    return effects_of(actor, [action]).get(action.pk)


def effects_of(actor: Actor, actions: Iterable[Action]) -> dict[int, ActionEffect]:
    """Effects by action for those that are closed at a measured touchpoint; three queries."""
    closed = [action for action in actions if _is_measured(action)]
    if not closed:
        return {}
    by_touchpoint = _metrics_of(actor, {a.touchpoint_id for a in closed if a.touchpoint_id})
    jobs = {
        action: by_touchpoint[action.touchpoint_id]
        for action in closed
        if action.touchpoint_id in by_touchpoint
    }
    around = {action.pk: _windows(actor, action) for action in jobs}
    histograms = _histograms(actor, jobs, around)
    return {
        action.pk: _effect(actor, action, metrics, around[action.pk], histograms)
        for action, metrics in jobs.items()
    }


def actions_by_verdict(actor: Actor, verdict: str) -> list[int]:
    """Ids of the actions with a verdict (of Worked), among the MEASURED closed last."""
    closed = (
        actions_live(actor)
        .filter(column__state__in=CLOSED_STATES, touchpoint__metric_links__isnull=False)
        .order_by("-closed_at", "-pk")
        .distinct()[:MEASURED]
    )
    found = effects_of(actor, closed)
    return [pk for pk, seen in found.items() if seen.verdict == verdict]


def metric_definition(actor: Actor, metric: Metric) -> Definition:
    """What is computed for a metric record, with the program's minimum of answers."""
    cutoffs: dict[str, Any] = metric.cutoffs or {}
    return standard_definition(
        metric.kind,
        minimum=metric.minimum,
        maximum=metric.maximum,
        direction="high" if metric.high_is_good else "low",
        min_n=metric.min_n or actor.program.min_n,
        **{name: int(value) for name, value in cutoffs.items()},
    )


class _Key(NamedTuple):
    """One window of one metric around one action; `side` is 0 before, 1 after."""

    action: int
    metric: int
    side: int
    group: int = EVERYONE


def _is_measured(action: Action) -> bool:
    return (
        action.touchpoint_id is not None
        and action.closed_at is not None
        and action.column.state in CLOSED_STATES
    )


def _metrics_of(actor: Actor, touchpoints: Iterable[int]) -> dict[int, list[Metric]]:
    """Metrics by touchpoint, the one with the greatest weight first."""
    links: QuerySet[Any] = TouchpointMetric.objects.for_actor(actor)
    rows = links.filter(touchpoint_id__in=list(touchpoints)).select_related("metric")
    rows = rows.exclude(aspect__in=UNSCORED)
    by_touchpoint: dict[int, list[Metric]] = defaultdict(list)
    for link in rows.order_by("touchpoint_id", "-weight", "pk"):
        by_touchpoint[link.touchpoint_id].append(link.metric)
    return dict(by_touchpoint)


def _day(actor: Actor, moment: Any) -> date:
    found: date = moment.astimezone(actor.program.zone).date()
    return found


def _windows(actor: Actor, action: Action) -> tuple[Window, Window] | None:
    done = _day(actor, action.closed_at)
    started = _day(actor, action.started_at) if action.started_at else done
    return windows(done, today_of(actor), started_on=min(started, done))


def _groups(action: Action) -> dict[int, list[int]]:
    """Dimensions whose answers make up each group; 0 is everyone."""
    if not action.pilot:
        return {EVERYONE: [0]}
    return {EVERYONE: [0], PILOT: list(action.pilot), COMPARISON: list(action.comparison)}


def _histograms(
    actor: Actor,
    jobs: Mapping[Action, Sequence[Metric]],
    around: Mapping[int, tuple[Window, Window] | None],
) -> dict[_Key, Histogram]:
    """Answers of each group in each window, summed up from the daily tallies in two queries.

    Guarded metrics (surveys/queries/guards.py) count in the whole blocks of months that lie inside
    a window, and for everybody only.
    """
    guarded = guards(actor, {metric.pk for metrics in jobs.values() for metric in metrics})
    windowed = [
        (action, metric, side, window)
        for action, metrics in jobs.items()
        for metric in metrics
        for side, window in enumerate(around[action.pk] or ())
    ]
    in_blocks = {
        _Key(action.pk, metric.pk, side): guard.sums(guard.inside(window.first, window.last))
        for action, metric, side, window in windowed
        if (guard := guarded.get(metric.pk)) is not None
    }
    wanted = [
        (_Key(action.pk, metric.pk, side, group), window, dimension)
        for action, metric, side, window in windowed
        if metric.pk not in guarded
        for group, dimensions in _groups(action).items()
        for dimension in dimensions
    ]
    places = {key: place for place, key in enumerate(dict.fromkeys(k for k, _w, _d in wanted))}
    params: list[Any] = [
        [places[key] for key, _window, _dimension in wanted],
        [key.metric for key, _window, _dimension in wanted],
        [window.first for _key, window, _dimension in wanted],
        [window.last for _key, window, _dimension in wanted],
        [dimension for _key, _window, dimension in wanted],
        actor.program_id,
    ]
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, params)
        rows = cursor.fetchall()
    keys = list(places)
    sums = {keys[place]: Histogram.from_counts([int(c) for c in n]) for place, *n in rows}
    return sums | in_blocks


# Narrowed to the actor's program like every read; the windows come as arrays.
_SUMS = """
    SELECT w.place, sum(t.n0), sum(t.n1), sum(t.n2), sum(t.n3), sum(t.n4), sum(t.n5),
           sum(t.n6), sum(t.n7), sum(t.n8), sum(t.n9), sum(t.n10)
    FROM unnest(%s::int[], %s::bigint[], %s::date[], %s::date[], %s::bigint[])
         AS w(place, metric, first_day, last_day, dimension)
    JOIN surveys_tally t ON t.metric_id = w.metric AND t.dimension = w.dimension
         AND t.day BETWEEN w.first_day AND w.last_day
    WHERE t.program_id = %s
    GROUP BY w.place
"""


def _effect(
    actor: Actor,
    action: Action,
    metrics: Sequence[Metric],
    around: tuple[Window, Window] | None,
    histograms: Mapping[_Key, Histogram],
) -> ActionEffect:
    done = _day(actor, action.closed_at)
    measured = [
        _metric_effect(actor, metric, _Around(action, metric, histograms), around)
        for metric in metrics
    ]
    return ActionEffect(measured, around, _next_look(done, around))


class _Around:
    """The histograms of one metric around one action, by group."""

    def __init__(
        self, action: Action, metric: Metric, histograms: Mapping[_Key, Histogram]
    ) -> None:
        self.has_pilot = bool(action.pilot)
        self._rest_is_all_others = not action.comparison
        self._found = {
            (group, side): histograms.get(_Key(action.pk, metric.pk, side, group), Histogram())
            for group in (EVERYONE, PILOT, COMPARISON)
            for side in (0, 1)
        }

    def group(self, group: int) -> tuple[Histogram, Histogram]:
        """Before and after; a comparison that nobody chose is everybody outside the pilot."""
        if group == COMPARISON and self._rest_is_all_others:
            return self._less(0), self._less(1)
        return self._found[group, 0], self._found[group, 1]

    def _less(self, side: int) -> Histogram:
        pairs = zip(
            self._found[EVERYONE, side].counts, self._found[PILOT, side].counts, strict=True
        )
        return Histogram.from_counts([max(0, everyone - pilot) for everyone, pilot in pairs])


def _metric_effect(
    actor: Actor, metric: Metric, seen: _Around, around: tuple[Window, Window] | None
) -> MetricEffect:
    definition = metric_definition(actor, metric)
    treated = seen.group(PILOT if seen.has_pilot else EVERYONE)
    rest = seen.group(COMPARISON) if seen.has_pilot else None
    found = _found(definition, treated, rest) if around else effect(None, min_n=definition.min_n)
    return MetricEffect(
        metric=metric,
        definition=definition,
        effect=found,
        before=_window_score(definition, treated[0]),
        after=_window_score(definition, treated[1]),
        days=around[1].days if around else 0,
        rest=(_window_score(definition, rest[0]), _window_score(definition, rest[1]))
        if rest
        else None,
    )


def _found(
    definition: Definition,
    treated: tuple[Histogram, Histogram],
    rest: tuple[Histogram, Histogram] | None,
) -> Effect:
    if rest is None:
        return effect(compare(definition, *treated), min_n=definition.min_n)
    least = max(definition.min_n, 2)
    sizes = tuple(histogram.n for histogram in (*treated, *rest))
    if min(sizes) < least:
        return Effect(Outcome.TOO_EARLY, sizes, least)
    pilot, others = ([estimate(definition, h) for h in pair] for pair in (treated, rest))
    return difference_in_differences(
        (pilot[0], pilot[1]),
        (others[0], others[1]),
        min_n=least,
        high_is_good=definition.high_is_good,
    )


def _window_score(definition: Definition, histogram: Histogram) -> WindowScore:
    score: Score = evaluate(definition, histogram)
    return WindowScore(
        value=score.value,
        margin=score.margin,
        n=score.n,
        hidden=score.hidden is not None,
        minimum=score.min_n,
        unit=UNITS[score.unit],
        digits=2 if score.unit is Unit.MEAN else 0,
    )


def _next_look(done: date, around: tuple[Window, Window] | None) -> date | None:
    if around is None:
        return done + timedelta(days=SHORTEST + 1)
    return done + timedelta(days=LONGEST + 1) if around[1].days < LONGEST else None
