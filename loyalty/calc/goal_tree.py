"""How a tree of goals rolls up: each goal is the weighted mean of what stands under it.

Additive value over a hierarchy of objectives (Keeney & Raiffa 1976, Decisions with Multiple
Objectives, ch. 3): share = Σ weight · share ÷ Σ weight over the parts whose share is known.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from loyalty.calc.attainment import CLOSE, State

#: Goals above each other, at most.
MOST_LEVELS = 5
_NEARLY = 1e-9


@dataclass(frozen=True, slots=True)
class Branch:
    """A goal: its id, the goal above it (None at the top), its weight among its siblings."""

    key: int
    parent: int | None
    weight: float


@dataclass(frozen=True, slots=True)
class Leaf:
    """A KPI under a goal; `share` is its attainment (0–1), None without value or target."""

    key: int
    goal: int
    weight: float
    share: float | None


@dataclass(frozen=True, slots=True)
class RollUp:
    """What a goal's parts add up to.

    `share` 0–1 or None; `terms` the (weight, share) it was computed from; `counted` of `leaves`
    KPIs anywhere below have a share.
    """

    share: float | None = None
    terms: list[tuple[float, float]] = field(default_factory=list)
    counted: int = 0
    leaves: int = 0

    @property
    def state(self) -> State:
        return state_of_share(self.share)


def state_of_share(share: float | None) -> State:
    """A goal in one word: reached at 1, close from nine tenths on, else behind."""
    if share is None:
        return State.NO_VALUE
    if share >= 1 - _NEARLY:
        return State.REACHED
    return State.CLOSE if share >= CLOSE else State.BEHIND


def roll_up(branches: Iterable[Branch], leaves: Iterable[Leaf]) -> dict[int, RollUp]:
    """Every goal's sum, by id. A part without a share does not count, nor does one of weight 0."""
    below: dict[int, list[Branch]] = defaultdict(list)
    own: dict[int, list[Leaf]] = defaultdict(list)
    every = list(branches)
    for branch in every:
        if branch.parent is not None:
            below[branch.parent].append(branch)
    for leaf in leaves:
        own[leaf.goal].append(leaf)
    found: dict[int, RollUp] = {}
    parents = parents_of(every)
    for branch in sorted(every, key=lambda one: -depth_of(one.key, parents)):
        found[branch.key] = _summed(below[branch.key], own[branch.key], found)
    return found


def _summed(
    children: Iterable[Branch], leaves: Iterable[Leaf], found: Mapping[int, RollUp]
) -> RollUp:
    goals = [(branch.weight, found[branch.key]) for branch in children]
    kpis = list(leaves)
    parts = [(weight, sum_.share) for weight, sum_ in goals]
    parts += [(leaf.weight, leaf.share) for leaf in kpis]
    terms = [(weight, share) for weight, share in parts if share is not None and weight > 0]
    total = sum(weight for weight, _share in terms)
    share = sum(weight * share for weight, share in terms) / total if total else None
    return RollUp(
        share=share,
        terms=terms,
        counted=sum(one.counted for _w, one in goals) + sum(k.share is not None for k in kpis),
        leaves=sum(one.leaves for _w, one in goals) + len(kpis),
    )


def parents_of(branches: Iterable[Branch]) -> dict[int, int | None]:
    """The goal above, by id."""
    return {branch.key: branch.parent for branch in branches}


def depth_of(key: int, parents: Mapping[int, int | None]) -> int:
    """How many goals stand above one; 0 at the top."""
    depth, above = 0, parents.get(key)
    while above is not None:
        depth, above = depth + 1, parents.get(above)
    return depth


def below_of(key: int, parents: Mapping[int, int | None]) -> set[int]:
    """A goal and every goal under it."""
    found = {key}
    grown = True
    while grown:
        more = {one for one, parent in parents.items() if parent in found} - found
        grown = bool(more)
        found |= more
    return found


def fits_under(key: int | None, parent: int | None, parents: Mapping[int, int | None]) -> bool:
    """Whether a goal (None: a new one) may stand under another: no circle, not too deep."""
    if parent is None:
        return True
    if key is None:
        return depth_of(parent, parents) + 1 < MOST_LEVELS
    inside = below_of(key, parents)
    if parent in inside:
        return False
    own = depth_of(key, parents)
    height = max(depth_of(one, parents) for one in inside) - own
    return depth_of(parent, parents) + 1 + height < MOST_LEVELS
