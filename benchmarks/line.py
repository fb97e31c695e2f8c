"""One printed line per goal: the ratio, the goal, and the limit's own figure behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Line:
    """`value` against `goal`; `at_most` turns the comparison round. `spread` is the run's own.

    `behind` says the limit's own figure.
    """

    number: str
    name: str
    value: float
    goal: float
    behind: str
    at_most: bool = False
    spread: float = 0.0

    @property
    def word(self) -> str:
        missed = self.value - self.goal if self.at_most else self.goal - self.value
        return "ok" if missed <= self.spread else "below"

    def __str__(self) -> str:
        sign = "≤" if self.at_most else "≥"
        return (
            f"SPEED {self.number} {self.name} {self.value:.3g} goal {sign} {self.goal:g} "
            f"{self.word} ({self.behind})"
        )


def ratio(
    number: str,
    name: str,
    ours: Sequence[float],
    limits: Sequence[float],
    goal: float,
    *,
    unit: str,
    at_most: bool = False,
) -> Line:
    """The median of the rounds' ratios; half their range is the spread."""
    ratios = [a / b for a, b in zip(ours, limits, strict=True)]
    return Line(
        number=number,
        name=name,
        value=median(ratios),
        goal=goal,
        behind=f"limit {median(limits):.4g} {unit}, ours {median(ours):.4g} {unit}",
        at_most=at_most,
        spread=(max(ratios) - min(ratios)) / 2,
    )
