"""Control charts of scores over time: which movement is more than the usual noise.

XmR: X̄ ± 3·MR̄/1.128 (Shewhart; Wheeler). p chart: p̄ ± 3√(p̄(1-p̄)/nᵢ), stepped where n varies.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import inf, sqrt

#: Mean range of two normal values, in standard deviations.
D2 = 1.128
#: Limits stand this many standard deviations from the centre.
SIGMAS = 3
#: As many points in a row on one side of the centre are a signal.
RUN = 8
#: Fewer points than this give no limits.
MIN_POINTS = 6


class Signal(StrEnum):
    """Why a point stands out."""

    BEYOND = "beyond"
    RUN = "run"


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """A value with the limits that hold for it, all in the unit of the values."""

    value: float
    low: float | None
    high: float | None
    signals: frozenset[Signal] = frozenset()


@dataclass(frozen=True, slots=True)
class Chart:
    """Points in time order; `centre` is None while there are too few of them for limits."""

    centre: float | None
    points: tuple[ChartPoint, ...]


def xmr(
    values: Sequence[float],
    *,
    baseline: int | None = None,
    floor: float = -inf,
    ceiling: float = inf,
) -> Chart:
    """Chart of single values; limits from the first `baseline` of them, or from all.

    Limits are cut at `floor` and `ceiling`, the ends of the scale.
    """
    base = values[:baseline]
    if len(base) < MIN_POINTS:
        return _without_limits(values)
    centre = sum(base) / len(base)
    ranges = [abs(b - a) for a, b in pairwise(base)]
    reach = SIGMAS * sum(ranges) / len(ranges) / D2
    limits = (max(centre - reach, floor), min(centre + reach, ceiling))
    return _chart(centre, [(value, *limits) for value in values])


def p_chart(counts: Sequence[tuple[int, int]], *, baseline: int | None = None) -> Chart:
    """Chart of shares, 0..1, from pairs (favourable, n) with n ≥ 1; limits step with n."""
    base, values = counts[:baseline], [x / n for x, n in counts]
    if len(base) < MIN_POINTS:
        return _without_limits(values)
    centre = sum(x for x, _ in base) / sum(n for _, n in base)
    reaches = [SIGMAS * sqrt(centre * (1 - centre) / n) for _, n in counts]
    return _chart(
        centre,
        [
            (value, max(centre - reach, 0.0), min(centre + reach, 1.0))
            for value, reach in zip(values, reaches, strict=True)
        ],
    )


def _without_limits(values: Sequence[float]) -> Chart:
    return Chart(None, tuple(ChartPoint(value, None, None) for value in values))


def _chart(centre: float, rows: Sequence[tuple[float, float, float]]) -> Chart:
    in_run = runs([value for value, _, _ in rows], centre)
    points = []
    for index, (value, low, high) in enumerate(rows):
        signals = {Signal.RUN} if index in in_run else set()
        if not low <= value <= high:
            signals.add(Signal.BEYOND)
        points.append(ChartPoint(value, low, high, frozenset(signals)))
    return Chart(centre, tuple(points))


def runs(values: Sequence[float], centre: float, length: int = RUN) -> frozenset[int]:
    """Places of the values in runs of at least `length` on one side; the centre ends a run."""
    found: set[int] = set()
    start, side = 0, 0
    for index, value in enumerate(values):
        now = (value > centre) - (value < centre)
        if now != side or now == 0:
            start, side = index, now
        if now and index - start + 1 >= length:
            found.update(range(start, index + 1))
    return frozenset(found)
