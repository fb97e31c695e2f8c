"""Scores of stages and touchpoints over a period, with the change against the one before."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from django.db.models import Prefetch

from cxportal.core.actors import Actor
from journeys.calc import stages as calc
from journeys.calc.evidence import Evidence
from journeys.models import (
    UNSCORED,
    Journey,
    PeriodEvidence,
    Stage,
    Step,
    Touchpoint,
    TouchpointMetric,
)
from journeys.services.evidence import Blocks, blocks_stored, evidence_from, evidence_store
from surveys.calc.change import Verdict
from surveys.models import Metric
from surveys.queries.guards import guards
from surveys.queries.scores import Period, ShownChange, ShownScore, definition_of

DIGITS = 1


#: A period and a group of customers.
Span: TypeAlias = tuple[Period, int]


@dataclass(frozen=True)
class Against:
    """Another period's or group's score of the same place, and ours less theirs."""

    shown: ShownScore
    value: float | None
    compared: calc.Compared


@dataclass(frozen=True)
class Basis:
    """What scores are made from; `other` is what somebody else's are, where one compares."""

    settings: calc.Settings
    now: Evidence
    before: Evidence
    other: Evidence | None = None


@dataclass(frozen=True)
class TouchpointRow:
    """A touchpoint in its stage: `roll_up` on 0–100, `compared` with the period before."""

    step: Step
    touchpoint: Touchpoint
    roll_up: calc.RollUp
    compared: calc.Compared
    shown: ShownScore
    metrics: tuple[Metric, ...]
    node: calc.Touchpoint
    against: Against | None = None

    @property
    def plain(self) -> ShownScore:
        """The score without its change, where that has a column of its own."""
        return replace(self.shown, change=None)


@dataclass(frozen=True)
class StageRow:
    """A stage with its touchpoints; `is_worst` marks the journey's lowest score."""

    stage: Stage
    roll_up: calc.RollUp
    compared: calc.Compared
    shown: ShownScore
    touchpoints: tuple[TouchpointRow, ...]
    node: calc.Stage
    against: Against | None = None
    is_worst: bool = False

    @property
    def plain(self) -> ShownScore:
        """The score without its change, where that has a column of its own."""
        return replace(self.shown, change=None)

    @property
    def to_target(self) -> float | None:
        """Score less target; None without either."""
        if self.stage.target is None or self.roll_up.value is None:
            return None
        return self.roll_up.value - float(self.stage.target)

    @property
    def explained(self) -> str:
        """The sum behind the score in figures."""
        return calc.explain(self.roll_up)


@dataclass(frozen=True)
class JourneyScores:
    """All stages of a journey over one period, and the journey as a whole.

    `in_months`: some answers are anonymous and count in whole months, and for everybody only.
    """

    journey: Journey
    period: Period
    rows: tuple[StageRow, ...]
    roll_up: calc.RollUp
    shown: ShownScore
    basis: Basis
    against: Against | None = None
    in_months: bool = False

    @property
    def worst(self) -> StageRow | None:
        return next((row for row in self.rows if row.is_worst), None)


def stages_with_metrics(actor: Actor, journeys: Sequence[Journey]) -> list[Stage]:
    """Stages of journeys with touchpoints and metrics attached: a fixed number of queries."""
    rows = TouchpointMetric.objects.for_actor(actor).select_related("metric__program")
    links = rows.exclude(aspect__in=UNSCORED)
    touchpoints = Touchpoint.objects.for_actor(actor).select_related("program", "owner")
    steps = (
        Step.objects.for_actor(actor)
        .exclude(touchpoint=None)
        .order_by("position", "pk")
        .prefetch_related(
            Prefetch(
                "touchpoint",
                touchpoints.prefetch_related(Prefetch("metric_links", links.order_by("pk"))),
            )
        )
    )
    return list(
        Stage.objects.for_actor(actor)
        .filter(journey__in=journeys)
        .select_related("program", "owner", "team")
        .order_by("position", "pk")
        .prefetch_related(Prefetch("steps", steps))
    )


def stage_scores(
    *, actor: Actor, journey: Journey, period: Period, dimension: int = 0
) -> JourneyScores:
    """Score every stage of one journey over the period, compared with as many days before."""
    return journeys_scores(actor=actor, journeys=[journey], period=period, dimension=dimension)[0]


def journeys_scores(
    *,
    actor: Actor,
    journeys: Sequence[Journey],
    period: Period,
    dimension: int = 0,
    against: Span | None = None,
) -> list[JourneyScores]:
    """The same for several journeys; kept evidence is read in one query, the rest computed.

    `against` is another period or group that every row is compared with as well.
    """
    stages = stages_with_metrics(actor, journeys)
    by_journey: dict[int, list[Stage]] = {journey.pk: [] for journey in journeys}
    for stage in stages:
        by_journey[stage.journey_id].append(stage)
    spans: list[Span] = [(period, dimension), (period.before, dimension)]
    spans += [against] if against else []
    kept = _kept(actor, journeys, spans)
    metrics = {journey.pk: _metrics(by_journey[journey.pk]) for journey in journeys}
    blocks = _blocks(actor, {m.pk for found in metrics.values() for m in found}, spans)
    program = actor.program
    settings = calc.Settings(active_factor=float(program.active_weight), min_n=program.min_n)
    found = []
    for journey in journeys:
        own = by_journey[journey.pk]
        evidence = [
            _evidence(journey, metrics[journey.pk], span, kept, guarded)
            for span, guarded in zip(spans, blocks, strict=True)
        ]
        scores = _score(journey, own, period, Basis(settings, *evidence))
        in_months = any(metric.pk in blocks[0] for metric in metrics[journey.pk])
        found.append(replace(scores, in_months=in_months))
    return found


def _blocks(actor: Actor, metrics: Collection[int], spans: Sequence[Span]) -> list[Blocks]:
    """Where guarded metrics count in each span: whole blocks of months, and for everybody only.

    The second span is the one before the first: it takes as many months before, not those that
    its days touch, which may be the first one's too.
    """
    found: list[Blocks] = []
    known = guards(actor, metrics)
    for place, (period, dimension) in enumerate(spans):
        asked = spans[0][0] if place == 1 else period
        found.append(
            {
                pk: []
                if dimension
                else (guard.before if place == 1 else guard.within)(asked.first, asked.last)
                for pk, guard in known.items()
            }
        )
    return found


_Kept = Mapping[tuple[int, int, Any, Any], PeriodEvidence]


def _kept(actor: Actor, journeys: Sequence[Journey], spans: Sequence[Span]) -> _Kept:
    rows = PeriodEvidence.objects.for_actor(actor).filter(
        journey__in=journeys,
        dimension__in={dimension for _period, dimension in spans},
        is_stale=False,
        first_day__in=[p.first for p, _dimension in spans],
        last_day__in=[p.last for p, _dimension in spans],
    )
    return {(row.journey_id, row.dimension, row.first_day, row.last_day): row for row in rows}


def _metrics(stages: Sequence[Stage]) -> list[Metric]:
    found = {
        link.metric_id: link.metric
        for stage in stages
        for step in stage.steps.all()
        for link in step.place.metric_links.all()
    }
    return [found[pk] for pk in sorted(found)]


def _evidence(
    journey: Journey, metrics: Sequence[Metric], span: Span, kept: _Kept, guarded: Blocks
) -> Evidence:
    if not metrics:
        return Evidence()
    period, dimension = span
    row = kept.get((journey.pk, dimension, period.first, period.last))
    blocks = {metric.pk: guarded[metric.pk] for metric in metrics if metric.pk in guarded}
    if row is None or not _holds(row, metrics, blocks):
        row = evidence_store(
            journey=journey,
            metrics=metrics,
            first_day=period.first,
            last_day=period.last,
            dimension=dimension,
            blocks=blocks,
        )
    return evidence_from(row.evidence)


def _holds(row: PeriodEvidence, metrics: Sequence[Metric], blocks: Blocks) -> bool:
    """Whether kept evidence is of these metrics, as they are defined and guarded now."""
    return (
        row.metric_ids == [metric.pk for metric in metrics]
        and row.computed_at >= max(metric.updated_at for metric in metrics)
        and row.evidence.get("blocks", []) == blocks_stored(blocks)
    )


def _score(
    journey: Journey, stages: Sequence[Stage], period: Period, basis: Basis
) -> JourneyScores:
    nodes = [_node(stage) for stage in stages]
    rolled = [calc.roll_up(node, basis.now, basis.settings) for node in nodes]
    values = [r.value for r in rolled if r.value is not None]
    worst = min(values) if len(values) > 1 else None
    rows = tuple(
        _stage_row(stage, node, roll, basis, is_worst=roll.value == worst is not None)
        for stage, node, roll in zip(stages, nodes, rolled, strict=True)
    )
    node = calc.Journey(journey.pk, nodes)
    whole = calc.roll_up(node, basis.now, basis.settings)
    compared = calc.compare(node, basis.before, basis.now, basis.settings)
    figures = shown(whole, compared, closest(node, basis.now, basis.settings))
    return JourneyScores(journey, period, rows, whole, figures, basis, _against(node, basis))


def _against(node: calc.Node, basis: Basis) -> Against | None:
    if basis.other is None:
        return None
    roll = calc.roll_up(node, basis.other, basis.settings)
    compared = calc.compare(node, basis.other, basis.now, basis.settings)
    figures = shown(roll, compared, closest(node, basis.other, basis.settings))
    return Against(replace(figures, change=None), roll.value, compared)


def _node(stage: Stage) -> calc.Stage:
    return calc.Stage(stage.pk, [_touchpoint_node(step.place) for step in stage.steps.all()])


def _touchpoint_node(touchpoint: Touchpoint) -> calc.Touchpoint:
    return calc.Touchpoint(
        key=touchpoint.pk,
        measures=[
            calc.Measure(
                link.metric_id,
                definition_of(link.metric),
                float(link.weight),
                link.metric.min_n,
            )
            for link in touchpoint.metric_links.all()
        ],
        importance=float(touchpoint.importance),
        active=touchpoint.is_active_contact,
    )


def _stage_row(
    stage: Stage, node: calc.Stage, roll: calc.RollUp, basis: Basis, *, is_worst: bool
) -> StageRow:
    compared = calc.compare(node, basis.before, basis.now, basis.settings)
    touchpoints = tuple(
        _touchpoint_row(step, child, basis)
        for step, child in zip(stage.steps.all(), node.touchpoints, strict=True)
    )
    figures = shown(roll, compared, closest(node, basis.now, basis.settings))
    against = _against(node, basis)
    return StageRow(stage, roll, compared, figures, touchpoints, node, against, is_worst)


def _touchpoint_row(step: Step, node: calc.Touchpoint, basis: Basis) -> TouchpointRow:
    roll = calc.roll_up(node, basis.now, basis.settings)
    compared = calc.compare(node, basis.before, basis.now, basis.settings)
    metrics = tuple(link.metric for link in step.place.metric_links.all())
    figures = shown(roll, compared, closest(node, basis.now, basis.settings))
    against = _against(node, basis)
    return TouchpointRow(step, step.place, roll, compared, figures, metrics, node, against)


def closest(
    node: calc.Node,
    evidence: Evidence,
    settings: calc.Settings,
) -> tuple[int, int]:
    """Responses and minimum of the metric that lacks least, to say how far a score is away."""
    sizes = [
        (evidence.response_count((measure.key,)), measure.min_n or settings.min_n)
        for measure in _measures(node)
    ]
    return max(sizes, key=lambda size: size[0] / max(size[1], 1), default=(0, settings.min_n))


def _measures(node: calc.Node) -> list[calc.Measure]:
    if isinstance(node, calc.Touchpoint):
        return list(node.measures)
    below = node.touchpoints if isinstance(node, calc.Stage) else node.stages
    return [measure for child in below for measure in _measures(child)]


def shown(
    roll: calc.RollUp, compared: calc.Compared, lacking: tuple[int, int] | None = None
) -> ShownScore:
    """Bring a roll-up and its change into the shape of the score component.

    `lacking` (see `closest`) is said of a hidden score: several metrics with too few answers
    may together have more responses than the minimum.
    """
    n, minimum = roll.n, roll.min_n
    if roll.hidden is not None and lacking is not None:
        n, minimum = lacking
    change = compared.change
    verdict = {Verdict.REAL: "real", Verdict.NONE: "none"}.get(change.verdict, "early")
    return ShownScore(
        value=roll.value,
        margin=roll.margin,
        n=n,
        hidden=roll.hidden is not None,
        minimum=minimum,
        unit="",
        digits=DIGITS,
        change=ShownChange(change.difference or 0.0, verdict),
    )


def journeys_worst_stages(
    actor: Actor, *, period: Period, limit: int = 3
) -> list[tuple[Journey, StageRow]]:
    """The stages with the lowest shown scores of live journeys, worst first."""
    journeys = list(
        Journey.objects.for_actor(actor).filter(state=Journey.State.LIVE).select_related("program")
    )
    rows = [
        (scores.journey, row)
        for scores in journeys_scores(actor=actor, journeys=journeys, period=period)
        for row in scores.rows
        if row.roll_up.value is not None
    ]
    return sorted(rows, key=lambda pair: pair[1].roll_up.value or 0.0)[:limit]
