"""Scores of touchpoints, stages and journeys on the common scale 0..100, high is good.

touchpoint = Σ(metric weight · metric) ÷ Σ metric weight; stage = Σ wᵢ·touchpointᵢ ÷ Σ wᵢ with
w = importance × (active ? 1.5 : 1); journey = Σ(stage weight · stage) ÷ Σ stage weight. A metric
with fewer distinct responses than the minimum is left out everywhere, so that no hidden figure
can be worked out from a shown one.

Each of them is a weighted mean of metrics, whose standard error is clustered by customer
(journeys.calc.weighted).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TypeAlias

from journeys.calc.evidence import Evidence, Key
from journeys.calc.weighted import TOP, Adding, Weights, weighted_estimate, weighted_mean
from surveys.calc.change import Change, Estimate, Verdict, difference
from surveys.calc.definitions import MIN_N, Definition
from surveys.calc.metrics import Hidden
from surveys.calc.quantiles import LEVEL, two_sided

#: How much more an active (inbound) touchpoint weighs than a passive one.
ACTIVE_FACTOR = 1.5

#: Printed beside roll-ups; pages translate them and follow them with `explain`.
TOUCHPOINT_FORMULA = "touchpoint = Σ(metric weight × metric) ÷ Σ metric weight, on 0–100"
STAGE_FORMULA = (
    "stage = Σ(importance × {factor} if active × touchpoint) ÷ Σ(importance × {factor} if active)"
)
JOURNEY_FORMULA = "journey = Σ(stage weight × stage) ÷ Σ stage weight"
SCALE_FORMULA = "NPS: (NPS + 100) ÷ 2; share: per cent; mean: 100 × (mean − min) ÷ (max − min)"


@dataclass(frozen=True, slots=True)
class Settings:
    """A program's choices for roll-ups."""

    active_factor: float = ACTIVE_FACTOR
    min_n: int = MIN_N
    level: float = LEVEL


@dataclass(frozen=True, slots=True)
class Measure:
    """A metric attached to a touchpoint; `key` is the metric's in the evidence.

    `min_n` is the metric's own minimum of responses; None takes that of the settings.
    """

    key: Key
    definition: Definition
    weight: float = 1.0
    min_n: int | None = None


@dataclass(frozen=True, slots=True)
class Touchpoint:
    """A touchpoint as placed in a stage; `importance` is its weight before the active factor."""

    key: Key
    measures: Sequence[Measure]
    importance: float = 1.0
    active: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage with its touchpoints."""

    key: Key
    touchpoints: Sequence[Touchpoint]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Journey:
    """A journey with its stages."""

    key: Key
    stages: Sequence[Stage]


Node: TypeAlias = Touchpoint | Stage | Journey


@dataclass(frozen=True, slots=True)
class Part:
    """One member of a roll-up: its weight, its share of all weights, its score and responses.

    `share` is 0 and `value` None when the member is left out.
    """

    key: Key
    weight: float
    share: float
    value: float | None
    n: int


@dataclass(frozen=True, slots=True)
class RollUp:
    """A score on 0..100 as it may be shown; figures are None when `hidden` says why.

    `n` counts distinct responses of the metrics that went in, or of all when hidden; `left_out`
    are metrics with too few answers; `worst` is the member with the lowest score.
    """

    key: Key
    n: int
    min_n: int
    parts: tuple[Part, ...]
    left_out: tuple[Key, ...]
    value: float | None = None
    low: float | None = None
    high: float | None = None
    margin: float | None = None
    se: float | None = None
    hidden: Hidden | None = None
    worst: Part | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """A change between two periods, over the metrics that could be shown in both."""

    change: Change
    left_out: tuple[Key, ...]


def roll_up(node: Node, evidence: Evidence, settings: Settings | None = None) -> RollUp:
    """Score a touchpoint, stage or journey from the answers of one period."""
    chosen = settings or Settings()
    definitions = _definitions(node)
    used = _usable(node, evidence, chosen)
    weights = _effective(node, used, chosen)
    parts = _parts(node, evidence, used, chosen)
    left_out = tuple(key for key in definitions if key not in used)
    if not weights or evidence.cluster_count(weights) < 2:
        n = evidence.response_count(definitions)
        hidden = Hidden.TOO_FEW if n else Hidden.NO_ANSWERS
        return RollUp(node.key, n, chosen.min_n, parts, left_out, hidden=hidden)
    found = weighted_estimate(weights, definitions, evidence, Adding.INTERVAL)
    reach = two_sided(chosen.level, found.df) * sqrt(found.variance)
    return RollUp(
        key=node.key,
        n=found.n,
        min_n=chosen.min_n,
        parts=parts,
        left_out=left_out,
        value=found.shown,
        low=max(min(found.point - reach, found.shown), 0.0),
        high=min(max(found.point + reach, found.shown), TOP),
        margin=reach,
        se=sqrt(found.variance),
        worst=_worst(parts),
    )


def compare(
    node: Node, before: Evidence, after: Evidence, settings: Settings | None = None
) -> Compared:
    """The change between two periods, on the metrics that have enough answers in both.

    A metric that was new or fell silent would otherwise look like a change of experience. The
    difference may therefore differ from that of the two roll-ups; `left_out` tells why.
    """
    chosen = settings or Settings()
    definitions = _definitions(node)
    used = _usable(node, before, chosen) & _usable(node, after, chosen)
    weights = _effective(node, used, chosen)
    left_out = tuple(key for key in definitions if key not in used)
    if not weights or min(e.cluster_count(weights) for e in (before, after)) < 2:
        sizes = [e.response_count(weights or definitions) for e in (before, after)]
        return Compared(Change(sizes[0], sizes[1], chosen.min_n, Verdict.TOO_EARLY), left_out)
    groups = [
        weighted_estimate(weights, definitions, e, Adding.DIFFERENCE) for e in (before, after)
    ]
    return Compared(
        difference(groups[0], groups[1], min_n=chosen.min_n, level=chosen.level), left_out
    )


def estimate(node: Node, evidence: Evidence, settings: Settings | None = None) -> Estimate | None:
    """A node's score as a group for further comparison; None when it is hidden."""
    chosen = settings or Settings()
    definitions = _definitions(node)
    weights = _effective(node, _usable(node, evidence, chosen), chosen)
    if not weights or evidence.cluster_count(weights) < 2:
        return None
    return weighted_estimate(weights, definitions, evidence, Adding.DIFFERENCE)


def weight_of(touchpoint: Touchpoint, settings: Settings | None = None) -> float:
    """Weight of a touchpoint in its stage: importance, times the factor when it is active."""
    factor = (settings or Settings()).active_factor if touchpoint.active else 1.0
    return touchpoint.importance * factor


def explain(score: RollUp) -> str:
    """The sum behind a shown score in figures: "(6 × 62.0 + 3 × 48.5) ÷ 9 = 57.5"."""
    if score.value is None:
        return ""
    used = [part for part in score.parts if part.share and part.value is not None]
    above = " + ".join(f"{part.weight:g} × {part.value:.1f}" for part in used)
    return f"({above}) ÷ {sum(part.weight for part in used):g} = {score.value:.1f}"


def _children(node: Stage | Journey, settings: Settings) -> list[tuple[float, Node]]:
    if isinstance(node, Stage):
        return [(weight_of(child, settings), child) for child in node.touchpoints]
    return [(child.weight, child) for child in node.stages]


def _measures(node: Node) -> Iterable[Measure]:
    if isinstance(node, Touchpoint):
        yield from node.measures
    else:
        for _, child in _children(node, Settings()):
            yield from _measures(child)


def _definitions(node: Node) -> dict[Key, Definition]:
    return {measure.key: measure.definition for measure in _measures(node)}


def _usable(node: Node, evidence: Evidence, settings: Settings) -> frozenset[Key]:
    return frozenset(
        measure.key
        for measure in _measures(node)
        if evidence.response_count((measure.key,)) >= max(measure.min_n or settings.min_n, 1)
    )


def _effective(node: Node, used: frozenset[Key], settings: Settings) -> Weights:
    """Weight of each metric in the node's score, adding up to 1; empty when none is left."""
    if isinstance(node, Touchpoint):
        single = [(m.weight, {m.key: 1.0}) for m in node.measures if m.key in used]
        return _combine(single)
    return _combine(
        (w, _effective(child, used, settings)) for w, child in _children(node, settings)
    )


def _combine(members: Iterable[tuple[float, Weights]]) -> Weights:
    present = [(weight, inner) for weight, inner in members if weight > 0 and inner]
    whole = sum(weight for weight, _ in present)
    made: Weights = {}
    for weight, inner in present:
        for key, share in inner.items():
            made[key] = made.get(key, 0.0) + weight / whole * share
    return made


def _parts(
    node: Node, evidence: Evidence, used: frozenset[Key], settings: Settings
) -> tuple[Part, ...]:
    members = [
        (key, weight, inner, evidence.response_count(inner or keys))
        for key, weight, inner, keys in _members(node, used, settings)
    ]
    whole = sum(weight for _, weight, inner, _ in members if inner)
    return tuple(
        Part(
            key,
            weight,
            weight / whole if inner and whole else 0.0,
            weighted_mean(inner, evidence) if inner else None,
            n,
        )
        for key, weight, inner, n in members
    )


def _members(
    node: Node, used: frozenset[Key], settings: Settings
) -> Iterable[tuple[Key, float, Weights, tuple[Key, ...]]]:
    if isinstance(node, Touchpoint):
        for m in node.measures:
            yield m.key, m.weight, {m.key: 1.0} if m.key in used else {}, (m.key,)
    else:
        for weight, child in _children(node, settings):
            yield child.key, weight, _effective(child, used, settings), tuple(_definitions(child))


def _worst(parts: Sequence[Part]) -> Part | None:
    shown = [(part.value, place) for place, part in enumerate(parts) if part.value is not None]
    return parts[min(shown)[1]] if shown else None
