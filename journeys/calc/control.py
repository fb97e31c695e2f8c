"""Individuals control chart (XmR): is the last point more than the usual up and down?

Limits X̄ ± 3·MR̄/1.128 from the points before the last (Shewhart; Wheeler); a run of eight on one
side of the mean is a signal as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

#: d₂ of moving ranges of two points.
D2 = 1.128
#: Fewer points before the last make no limits.
LEAST = 6
RUN = 8


class Signal(StrEnum):
    """What the last point says."""

    ABOVE = "above"
    BELOW = "below"
    RUN_ABOVE = "run_above"
    RUN_BELOW = "run_below"
    NONE = "none"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class Chart:
    """Mean and limits of the points before the last, and what the last one says."""

    signal: Signal
    points: int
    mean: float | None = None
    low: float | None = None
    high: float | None = None


def xmr(values: Sequence[float]) -> Chart:
    """Judge the last of the values, oldest first."""
    before = values[:-1]
    if len(before) < LEAST:
        return Chart(Signal.TOO_FEW, len(values))
    mean = sum(before) / len(before)
    ranges = [abs(b - a) for a, b in pairwise(before)]
    reach = 3 * (sum(ranges) / len(ranges)) / D2
    return Chart(_signal(values, mean, reach), len(values), mean, mean - reach, mean + reach)


def _signal(values: Sequence[float], mean: float, reach: float) -> Signal:
    last, run = values[-1], values[-RUN:]
    if last > mean + reach:
        return Signal.ABOVE
    if last < mean - reach:
        return Signal.BELOW
    if len(run) == RUN and all(value > mean for value in run):
        return Signal.RUN_ABOVE
    if len(run) == RUN and all(value < mean for value in run):
        return Signal.RUN_BELOW
    return Signal.NONE
