"""The way customers really went against the way that was planned.

Planned and actual journeys and their deviation follow the concepts of CJML (SINTEF).
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True)
class StepFlow(Generic[T]):
    """One planned step: who was seen there, who came further, and where they went next.

    `dropped` were never seen at a later step; `next_planned` went to the next one of the plan.
    """

    step: T
    reached: int
    went_on: int
    next_planned: int
    to: Counter[T] = field(default_factory=Counter)

    @property
    def dropped(self) -> int:
        """Seen here and at no later step."""
        return self.reached - self.went_on

    @property
    def drop_share(self) -> float | None:
        """Part of those seen here who came no further."""
        return self.dropped / self.reached if self.reached else None


@dataclass(frozen=True)
class Flows(Generic[T]):
    """All steps, the number of customers seen, and how many kept to the planned order."""

    steps: Sequence[StepFlow[T]]
    customers: int
    in_order: int
    jumps: Counter[tuple[T, T]]


def flows(plan: Sequence[T], ways: Iterable[Sequence[T]]) -> Flows[T]:
    """Compare ways (the steps of one customer in the order of time) with the plan.

    A step seen again right after itself counts once. Steps outside the plan are left out.
    """
    place = {step: number for number, step in enumerate(plan)}
    reached: Counter[T] = Counter()
    went_on: Counter[T] = Counter()
    to: dict[T, Counter[T]] = {step: Counter() for step in plan}
    jumps: Counter[tuple[T, T]] = Counter()
    customers = in_order = 0
    for way in ways:
        seen = [step for step in way if step in place]
        path = [s for number, s in enumerate(seen) if number == 0 or seen[number - 1] != s]
        if not path:
            continue
        customers += 1
        furthest = max(place[step] for step in path)
        for step in set(path):
            reached[step] += 1
            went_on[step] += place[step] < furthest
        kept = True
        for here, there in pairwise(path):
            to[here][there] += 1
            if place[there] < place[here]:
                kept = False
                jumps[here, there] += 1
        in_order += kept
    steps = [
        StepFlow(
            step,
            reached[step],
            went_on[step],
            to[step][plan[number + 1]] if number + 1 < len(plan) else 0,
            to[step],
        )
        for number, step in enumerate(plan)
    ]
    return Flows(steps, customers, in_order, jumps)
