"""Work in standard steps: how many go on from each step, and how long they stay in it.

The funnel of sales management: a step's conversion is counted over those who have left it, onward
or for good; whoever still stands in it says nothing about it yet.
"""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Way:
    """How far one piece of work came: its furthest step (0 = first), and whether it was lost."""

    furthest: int
    lost: bool = False


@dataclass(frozen=True)
class StepRate:
    """Of those who left a step, so many went on."""

    onward: int
    left: int

    @property
    def share(self) -> float | None:
        """From 0 to 1; None while nobody has left the step."""
        return self.onward / self.left if self.left else None


def step_rates(ways: Iterable[Way], steps: int) -> list[StepRate]:
    """The rate of every step but the last; `steps` is how many there are."""
    onward, left = [0] * steps, [0] * steps
    for way in ways:
        for step in range(min(way.furthest, steps)):
            onward[step] += 1
            left[step] += 1
        if way.lost and way.furthest < steps:
            left[way.furthest] += 1
    return [StepRate(onward[step], left[step]) for step in range(steps - 1)]


def stays(entered: Sequence[tuple[float, int]]) -> list[tuple[int, float]]:
    """Finished stays as (step, days), from (day, step entered) in order of time."""
    return [(step, end - start) for (start, step), (end, _next) in itertools.pairwise(entered)]
