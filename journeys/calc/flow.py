"""How work flows over a board: cycle times, age, and how much stood where on which day."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from math import ceil

#: Days up to which work counts as fresh, lasting a while, and long; what is older is very old.
AGES = (7, 30, 90)
#: Of finished work this share took no longer than the upper cycle time.
UPPER = 0.85


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that `share` of the values do not exceed (nearest rank); None of none."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)]


def days_between(start: datetime, end: datetime) -> float:
    """Days with their fraction, never negative."""
    return max(0.0, (end - start).total_seconds() / 86_400)


def standing(
    moves: Mapping[int, Sequence[tuple[datetime, str]]], days: Sequence[tuple[date, datetime]]
) -> list[dict[str, int]]:
    """How many items stood in each state at the end of each day.

    `moves` are (moment, state entered) by item in order; `days` are days with their last moment.
    """
    counts: list[dict[str, int]] = [{} for _ in days]
    for entered in moves.values():
        times = [at for at, _state in entered]
        for place, (_day, end) in enumerate(days):
            known = bisect_right(times, end)
            if known:
                state = entered[known - 1][1]
                counts[place][state] = counts[place].get(state, 0) + 1
    return counts


def stacked(counts: Iterable[Mapping[str, int]], order: Sequence[str]) -> list[list[int]]:
    """Counts in a fixed order of states, zero where nothing stood."""
    return [[found.get(state, 0) for state in order] for found in counts]


def age_bands(days: Iterable[int]) -> list[int]:
    """How many are up to 7, 30 and 90 days old, and how many older."""
    counts = [0] * (len(AGES) + 1)
    for age in days:
        counts[sum(age > limit for limit in AGES)] += 1
    return counts
