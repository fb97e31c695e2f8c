"""Which touchpoints and needs to mend first: importance against what customers experience."""

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum


class Quadrant(StrEnum):
    """Importance-performance quadrants of Martilla & James (1977)."""

    CONCENTRATE_HERE = "concentrate_here"
    KEEP_UP = "keep_up"
    LOW_PRIORITY = "low_priority"
    POSSIBLE_OVERKILL = "possible_overkill"


def quadrant(importance: float, performance: float, *, crosshair: tuple[float, float]) -> Quadrant:
    """Where a point lies; on the crosshair (importance, performance) it counts as high."""
    if importance >= crosshair[0]:
        return Quadrant.KEEP_UP if performance >= crosshair[1] else Quadrant.CONCENTRATE_HERE
    is_high = performance >= crosshair[1]
    return Quadrant.POSSIBLE_OVERKILL if is_high else Quadrant.LOW_PRIORITY


def mean_crosshair(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Crosshair at the means of importance and performance. Raises ZeroDivisionError if empty."""
    n = len(points)
    return sum(x for x, _ in points) / n, sum(y for _, y in points) / n


def opportunity(important_share: float, satisfied_share: float) -> float:
    """Ulwick's opportunity score I + max(I - S, 0), 0..20, from shares 0..100 rating 4 or 5.

    Raises ValueError for a share outside 0..100.
    """
    for share in (important_share, satisfied_share):
        if not 0 <= share <= 100:
            raise ValueError(f"a share lies within 0..100, not at {share}")
    wanted, met = important_share / 10, satisfied_share / 10
    return wanted + max(wanted - met, 0)


def expectation_gap(perception: float, expectation: float) -> float:
    """Perception less expectation; negative is a shortfall (Parasuraman, Zeithaml & Berry 1988)."""
    return perception - expectation


def experience_index(performance_share: float, emotion_share: float) -> float:
    """100 · performance · emotion from shares 0..1: either at 0 makes the whole 0.

    The program's own rule. Raises ValueError for a share outside 0..1.
    """
    if not (0 <= performance_share <= 1 and 0 <= emotion_share <= 1):
        raise ValueError("shares lie within 0..1")
    return 100 * performance_share * emotion_share


def peak_end(values: Sequence[float], neutral: float) -> float:
    """(most extreme + last)/2 of an experience in time order (Fredrickson & Kahneman 1993).

    The most extreme value lies farthest from `neutral`; of two the later one, which memory
    keeps. Raises ValueError when there are no values.
    """
    peak = max(reversed(values), key=lambda value: abs(value - neutral))
    return (peak + values[-1]) / 2


class Kano(StrEnum):
    """Categories of the Kano table."""

    ATTRACTIVE = "A"
    ONE_DIMENSIONAL = "O"
    MUST_BE = "M"
    INDIFFERENT = "I"
    REVERSE = "R"
    QUESTIONABLE = "Q"


_MIDDLE_ROW = "RIIIM"
_KANO_ROWS = ("QAAAO", _MIDDLE_ROW, _MIDDLE_ROW, _MIDDLE_ROW, "RRRRQ")


def kano(functional: int, dysfunctional: int) -> Kano:
    """Category of a pair of answers, each 1 Like, 2 Must-be, 3 Neutral, 4 Live-with, 5 Dislike.

    Raises ValueError outside 1..5.
    """
    if not (1 <= functional <= 5 and 1 <= dysfunctional <= 5):
        raise ValueError("Kano answers run from 1 to 5")
    return Kano(_KANO_ROWS[functional - 1][dysfunctional - 1])


def kano_counts(pairs: Iterable[tuple[int, int]]) -> Counter[Kano]:
    """How many pairs of answers fall into each category."""
    return Counter(kano(*pair) for pair in pairs)
