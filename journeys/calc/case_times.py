"""Figures over cases: medians of hours, shares, and what stands out."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """From 0 to 1; None of none."""
        return self.part / self.whole if self.whole else None


def median_hours(hours: Sequence[float]) -> float | None:
    """The middle one; None of none."""
    return median(hours) if hours else None
