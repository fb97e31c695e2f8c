"""What profit says at a glance: the simple future value, how few customers bring it.

The arrays are money in any one unit.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Pairs (share of customers, share of profit they bring), in per cent, most concentrated first.
CONCENTRATION_TYPES = ((10, 90), (20, 80), (30, 70), (40, 60), (50, 50))
#: Points drawn of a Lorenz curve.
CURVE_POINTS = 21


def future_value(
    margin: Floats | float, retention: float, discount: float, acquisition_cost: float = 0.0
) -> Floats:
    """m·r/(1 + i - r) - acquisition cost (Gupta & Lehmann 2004), first margin one period out.

    `margin`, `retention` and `discount` are per period. Raises ValueError unless 0 ≤ r ≤ 1 and
    the sum converges.
    """
    if not 0 <= retention <= 1 or 1 + discount - retention <= 0:
        raise ValueError("retention lies within 0..1 and below 1 + discount")
    return np.asarray(margin) * retention / (1 + discount - retention) - acquisition_cost


@dataclass(frozen=True, slots=True)
class Concentration:
    """How few customers bring the profit.

    `customers` are the smallest shares, in per cent, that bring 90, 80, 70, 60 and 50 % of the
    profit; `kind` is the first of the types 10:90 … 50:50 that holds.
    """

    customers: tuple[float, ...]
    kind: tuple[int, int]

    @property
    def name(self) -> str:
        """The type as people say it, "20:80"."""
        return f"{self.kind[0]}:{self.kind[1]}"


def concentration(profits: Sequence[float] | NDArray[np.int64]) -> Concentration | None:
    """Concentration of profit over customers; None when all together bring none."""
    ordered = np.sort(np.asarray(profits))[::-1]
    whole = ordered.sum()
    if not len(ordered) or whole <= 0:
        return None
    reached = np.cumsum(ordered)
    shares = tuple(_share_bringing(reached, whole * b, 100) for _, b in CONCENTRATION_TYPES)
    # The best half always brings at least half, so the last type is never missed.
    kind = next(
        kind for kind, share in zip(CONCENTRATION_TYPES, shares, strict=True) if _fits(share, kind)
    )
    return Concentration(shares, kind)


def _share_bringing(reached: Floats, wanted: float, scale: int) -> float:
    needed = int(np.argmax(reached * scale >= wanted)) + 1
    return 100 * needed / len(reached)


def _fits(share: float, kind: tuple[int, int]) -> bool:
    return share <= kind[0] or kind is CONCENTRATION_TYPES[-1]


def lorenz(
    profits: Sequence[float] | NDArray[np.int64], points: int = CURVE_POINTS
) -> list[tuple[float, float]]:
    """Points (share of customers, share of profit) from 0 to 1, poorest customers first.

    Empty when all together bring nothing. With losses the curve first runs below 0.
    """
    ordered = np.sort(np.asarray(profits))
    whole = ordered.sum()
    if not len(ordered) or whole <= 0:
        return []
    reached = np.concatenate(([0], np.cumsum(ordered))) / whole
    places = np.unique(np.linspace(0, len(ordered), points).astype(int))
    return [(place / len(ordered), float(reached[place])) for place in places]
