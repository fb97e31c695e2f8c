"""What customers are worth: past profit, simple future value, RFM, concentration.

Money is Decimal and in one currency; nothing is rounded here.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate
from math import ceil

#: Age of money is counted in years of this many days.
DAYS_PER_YEAR = Decimal("365.25")
#: RFM cells run from 1 to this.
CELLS = 5
#: Pairs (share of customers, share of profit they bring), in per cent, most concentrated first.
CONCENTRATION_TYPES = ((10, 90), (20, 80), (30, 70), (40, 60), (50, 50))


@dataclass(frozen=True, slots=True)
class Flow:
    """Profit made on a day; negative for a loss."""

    profit: Decimal
    on: date


def past_value(flows: Iterable[Flow], today: date, rate: Decimal) -> Decimal:
    """Σ profit·(1 + d)^age: today's worth of past profit, age in years, `rate` d a year.

    Raises ValueError for a flow after today or a rate of -1 or less.
    """
    if rate <= -1:
        raise ValueError("a rate is more than -1")
    return sum((flow.profit * _growth(flow.on, today, rate) for flow in flows), Decimal())


def _growth(on: date, today: date, rate: Decimal) -> Decimal:
    if on > today:
        raise ValueError(f"{on} is not past on {today}")
    return (1 + rate) ** (Decimal((today - on).days) / DAYS_PER_YEAR)


def future_value(
    margin: Decimal, retention: Decimal, discount: Decimal, acquisition_cost: Decimal = Decimal()
) -> Decimal:
    """m·r/(1 + i - r) - acquisition cost (Gupta & Lehmann 2004), first margin one period out.

    `margin`, `retention` and `discount` are per period. Raises ValueError unless 0 ≤ r ≤ 1 and
    the sum converges.
    """
    if not 0 <= retention <= 1 or 1 + discount - retention <= 0:
        raise ValueError("retention lies within 0..1 and below 1 + discount")
    return margin * retention / (1 + discount - retention) - acquisition_cost


def quintile_cuts(values: Sequence[float]) -> tuple[float, ...]:
    """Four values that end the first four fifths of the customers; empty without customers.

    Cutting on values instead of places gives equal customers equal cells.
    """
    ordered, n = sorted(values), len(values)
    if not n:
        return ()
    return tuple(ordered[ceil(n * k / CELLS) - 1] for k in range(1, CELLS))


def cell(value: float, cuts: Sequence[float]) -> int:
    """RFM cell 1..5 of a value; one on a cut belongs to the lower cell."""
    return bisect_left(cuts, value) + 1


@dataclass(frozen=True, slots=True)
class Buying:
    """What RFM looks at: days since the last purchase, number of purchases, money."""

    days_since: int
    purchases: int
    money: Decimal


@dataclass(frozen=True, slots=True)
class Rfm:
    """Cells 1..5 of a customer, 5 the best of each."""

    recency: int
    frequency: int
    money: int


def rfm(customers: Sequence[Buying]) -> list[Rfm]:
    """Cells of each customer among all given, in their order; recency reversed."""
    # Fewer days are better: their negative ranks like the other two.
    columns = (
        [float(-c.days_since) for c in customers],
        [float(c.purchases) for c in customers],
        [float(c.money) for c in customers],
    )
    cells = []
    for column in columns:
        cuts = quintile_cuts(column)
        cells.append([cell(value, cuts) for value in column])
    return [Rfm(*triple) for triple in zip(*cells, strict=True)]


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


def concentration(profits: Iterable[Decimal]) -> Concentration | None:
    """Concentration of profit over customers; None when all together bring none."""
    ordered = sorted(profits, reverse=True)
    whole = sum(ordered, Decimal())
    if whole <= 0:
        return None
    reached = list(accumulate(ordered))
    shares = tuple(_share_bringing(reached, whole * b / 100) for _, b in CONCENTRATION_TYPES)
    # The best half always brings at least half, so the last type is never missed.
    kind = next(
        kind for kind, share in zip(CONCENTRATION_TYPES, shares, strict=True) if _fits(share, kind)
    )
    return Concentration(shares, kind)


def _share_bringing(reached: Sequence[Decimal], wanted: Decimal) -> float:
    needed = next(place for place, money in enumerate(reached, 1) if money >= wanted)
    return 100 * needed / len(reached)


def _fits(share: float, kind: tuple[int, int]) -> bool:
    return share <= kind[0] or kind is CONCENTRATION_TYPES[-1]


def lorenz(profits: Iterable[Decimal]) -> list[tuple[float, float]]:
    """Points (share of customers, share of profit) from 0 to 1, poorest customers first.

    Empty when all together bring nothing. With losses the curve first runs below 0.
    """
    ordered = sorted(profits)
    whole = sum(ordered, Decimal())
    if whole <= 0:
        return []
    reached = accumulate(ordered, initial=Decimal())
    return [(k / len(ordered), float(money / whole)) for k, money in enumerate(reached)]
