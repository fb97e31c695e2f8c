"""The loyalty index, and how satisfaction and behaviour go together.

Secure Customer Index (Burke): the share of customers who choose the top box on satisfaction, on
recommending and on buying again, all three; favourable: at least the second box on all three.
Satisfaction by behaviour: loyalists, mercenaries, hostages, defectors (Jones & Sasser, HBR 1995).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from surveys.calc.definitions import Definition, Direction, Statistic
from surveys.calc.intervals import Interval, wilson

#: Boxes of an answer.
TOP, SECOND, LOWER = 2, 1, 0


def box_of(value: int, scale: Definition) -> int:
    """TOP, SECOND or LOWER: the best answer, the one below it, the rest.

    On a scale of NPS the boxes are its groups: promoters, passives, detractors.
    """
    if scale.statistic is Statistic.NPS:
        return (value > scale.detractor_to) + (value >= scale.promoter_from)
    from_best = value - scale.minimum if scale.direction is Direction.LOW else scale.maximum - value
    return max(TOP - from_best, LOWER)


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `n`; `value` 0..1 and its 95 % interval are None below the minimum of n."""

    count: int
    n: int
    value: float | None
    interval: Interval | None


def share_of(count: int, n: int, min_n: int) -> Share:
    """A share with Wilson's interval, hidden below `min_n`."""
    if n < max(min_n, 1):
        return Share(count, n, None, None)
    return Share(count, n, count / n, wilson(count, n))


@dataclass(frozen=True, slots=True)
class LoyaltyIndex:
    """Three groups that make up n: `secure` is the index."""

    n: int
    secure: Share
    favourable: Share
    others: Share


def loyalty_index(answers: Iterable[tuple[Sequence[int], int]], min_n: int) -> LoyaltyIndex:
    """The index of customers' boxes: ((satisfaction, recommend, repeat), how many customers)."""
    counts = {TOP: 0, SECOND: 0, LOWER: 0}
    for boxes, customers in answers:
        counts[min(boxes)] += customers
    n = sum(counts.values())
    return LoyaltyIndex(n, *(share_of(counts[box], n, min_n) for box in (TOP, SECOND, LOWER)))


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Satisfied or not, by bought again or not: four groups that make up n."""

    n: int
    loyalists: Share
    mercenaries: Share
    hostages: Share
    defectors: Share


def behaviour(counts: Iterable[tuple[bool, bool, int]], min_n: int) -> Behaviour:
    """The matrix of (satisfied, bought again, how many customers)."""
    cells: dict[tuple[bool, bool], int] = {}
    for satisfied, again, customers in counts:
        cells[satisfied, again] = cells.get((satisfied, again), 0) + customers
    n = sum(cells.values())
    order = ((True, True), (True, False), (False, True), (False, False))
    return Behaviour(n, *(share_of(cells.get(cell, 0), n, min_n) for cell in order))
