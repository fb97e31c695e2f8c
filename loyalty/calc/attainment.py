"""How far a KPI is from its target, and how a view of the scorecard stands as a whole."""

from collections.abc import Iterable
from enum import StrEnum

#: From this share of the target on a KPI is called close to it.
CLOSE = 0.9


class State(StrEnum):
    """A KPI in one word."""

    REACHED = "reached"
    CLOSE = "close"
    BEHIND = "behind"
    NO_TARGET = "no_target"
    NO_VALUE = "no_value"


def attainment(value: float, target: float, *, high_is_good: bool = True) -> float:
    """Share of the target that is reached (0–1): value/target, or target/value where low is good.

    A target on the other side of zero from the value is not reached at all (0).
    """
    if (value >= target) if high_is_good else (value <= target):
        return 1.0
    part, whole = (value, target) if high_is_good else (target, value)
    return max(0.0, part / whole) if whole > 0 else 0.0


def state_of(value: float | None, target: float | None, *, high_is_good: bool = True) -> State:
    """A KPI in one word; CLOSE from nine tenths of the target on."""
    if value is None:
        return State.NO_VALUE
    if target is None:
        return State.NO_TARGET
    share = attainment(value, target, high_is_good=high_is_good)
    if share >= 1:
        return State.REACHED
    return State.CLOSE if share >= CLOSE else State.BEHIND


def weighted_attainment(parts: Iterable[tuple[float, float]]) -> float | None:
    """Σ weight · attainment ÷ Σ weight over (attainment 0–1, weight); None without any weight."""
    rows = list(parts)
    total = sum(weight for _share, weight in rows)
    if total <= 0:
        return None
    return sum(share * weight for share, weight in rows) / total
