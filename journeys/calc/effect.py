"""Did an action change the score of its touchpoint? Equal windows before and after its day.

z = (x₂ - x₁)/√(SE₁² + SE₂²), said as association, not proof. With a comparison group that did
not have the action, difference in differences: (treated after - before) - (comparison after -
before).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import sqrt

from surveys.calc.change import Change, Estimate, Verdict, welch_df
from surveys.calc.definitions import MIN_N
from surveys.calc.quantiles import LEVEL, two_sided, two_sided_p

#: Longest and shortest window, in days; shorter ones mix up weekdays.
LONGEST, SHORTEST = 90, 7


class Outcome(StrEnum):
    """What may be said of an action."""

    TOO_EARLY = "too_early"
    NONE = "none"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Window:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Effect:
    """What happened to a score around an action, in its unit.

    Figures are None when it is too early. `margin` is half the interval `low`..`high`; `n` are
    the answers of each group, earlier first, the comparison's after the treated.
    """

    outcome: Outcome
    n: tuple[int, ...]
    min_n: int
    difference: float | None = None
    margin: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    good: bool | None = None


def windows(
    done_on: date,
    today: date,
    *,
    longest: int = LONGEST,
    shortest: int = SHORTEST,
    started_on: date | None = None,
) -> tuple[Window, Window] | None:
    """Equal windows before and after an action, or None while too few whole days have passed.

    Days are those of the program's time zone. The time from `started_on` to `done_on` belongs to
    neither, and today is not over yet. Raises ValueError when it started after it was done.
    """
    begun = started_on or done_on
    if begun > done_on:
        raise ValueError("an action cannot start after it was done")
    length = min(longest, (today - done_on).days - 1)
    if length < shortest:
        return None
    one = timedelta(days=1)
    before = Window(begun - length * one, begun - one)
    return before, Window(done_on + one, done_on + length * one)


def effect(change: Change | None, *, min_n: int = MIN_N) -> Effect:
    """An action's effect from the change between its windows; None: the windows are not over."""
    if change is None:
        return Effect(Outcome.TOO_EARLY, (), min_n)
    return Effect(
        outcome=_OUTCOMES[change.verdict],
        n=(change.n_before, change.n_after),
        min_n=change.min_n,
        difference=change.difference,
        margin=change.margin,
        low=change.low,
        high=change.high,
        p=change.p,
        good=change.good,
    )


_OUTCOMES = {
    Verdict.TOO_EARLY: Outcome.TOO_EARLY,
    Verdict.NONE: Outcome.NONE,
    Verdict.REAL: Outcome.CHANGED,
}


def difference_in_differences(
    treated: tuple[Estimate, Estimate],
    comparison: tuple[Estimate, Estimate],
    *,
    min_n: int = MIN_N,
    level: float = LEVEL,
    high_is_good: bool = True,
) -> Effect:
    """The change of the treated beyond the change of the comparison, each a pair before, after.

    Takes the four groups as independent. "too_early" when any has fewer than `min_n` answers.
    """
    groups = (*treated, *comparison)
    sizes = tuple(group.n for group in groups)
    if min(sizes) < min_n:
        return Effect(Outcome.TOO_EARLY, sizes, min_n)
    tested = _beyond([group.point for group in groups])
    df, se = welch_df(groups), sqrt(sum(group.variance for group in groups))
    reach = two_sided(level, df) * se
    is_real = abs(tested) > reach
    return Effect(
        outcome=Outcome.CHANGED if is_real else Outcome.NONE,
        n=sizes,
        min_n=min_n,
        difference=_beyond([group.shown for group in groups]),
        margin=reach,
        low=tested - reach,
        high=tested + reach,
        p=two_sided_p(tested / se, df) if se else 1.0,
        good=(tested > 0) == high_is_good if is_real else None,
    )


def _beyond(values: list[float]) -> float:
    treated_before, treated_after, other_before, other_after = values
    return (treated_after - treated_before) - (other_after - other_before)
