"""What comments are about, compared: shares that move, sentiment, and scores beside a topic.

A share of comments against another period is compared as `surveys.calc.change` compares shares
(Agresti & Caffo 2000); the topics of a page are one family, corrected by Holm (1979). The score
effect is the mean of answers that mention a topic less the mean of those that do not (Welch): it
says what goes together, not what causes what.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from surveys.calc.change import SHARE_ADDED, Change, Estimate, Verdict, difference
from surveys.calc.families import ALPHA, holm
from surveys.calc.intervals import mean_variance

#: A difference of means needs so many answers in each group.
LEAST = 10


@dataclass(frozen=True, slots=True)
class Sums:
    """Size, sum and sum of squares of some scores."""

    n: int
    total: float
    squares: float

    def less(self, part: "Sums") -> "Sums":
        """The rest beside a part."""
        return Sums(self.n - part.n, self.total - part.total, self.squares - part.squares)


def share(count: int, n: int) -> Estimate:
    """A share in per cent as a group to be compared. Raises ValueError where n is 0."""
    if n < 1:
        raise ValueError("no comments")
    adjusted = (count + SHARE_ADDED) / (n + 2 * SHARE_ADDED)
    variance = 100**2 * adjusted * (1 - adjusted) / (n + 2 * SHARE_ADDED)
    return Estimate(100 * count / n, 100 * adjusted, variance, n)


def movement(before: tuple[int, int], after: tuple[int, int], *, min_n: int) -> Change:
    """Change of a topic's share: (comments of the topic, all comments) of two periods."""
    if min(before[1], after[1]) < max(min_n, 1):
        return Change(before[1], after[1], min_n, Verdict.TOO_EARLY)
    return difference(share(*before), share(*after), min_n=min_n)


def as_family(changes: Sequence[Change]) -> list[Change]:
    """The same changes, called real only where they stay so after Holm's correction."""
    tested = [place for place, change in enumerate(changes) if change.p is not None]
    corrected = holm([changes[place].p or 0.0 for place in tested])
    result = list(changes)
    for place, p in zip(tested, corrected, strict=True):
        if p >= ALPHA:
            result[place] = replace(changes[place], verdict=Verdict.NONE, good=None)
    return result


def score_effect(mentioned: Sums, everyone: Sums) -> Change | None:
    """Mean score of answers that mention a topic less that of the rest, with its verdict.

    None where either group has fewer than LEAST scores.
    """
    rest = everyone.less(mentioned)
    if min(mentioned.n, rest.n) < LEAST:
        return None
    return difference(_mean(rest), _mean(mentioned), min_n=LEAST)


def _mean(sums: Sums) -> Estimate:
    average = sums.total / sums.n
    squares = max(0.0, sums.squares - sums.n * average**2)
    return Estimate(
        average, average, mean_variance(squares, sums.n), sums.n, sums.n - 1, pools=True
    )


def net(positive: int, negative: int, n: int) -> float:
    """Praise less complaint in per cent of all comments, -100 to 100."""
    return 100 * (positive - negative) / n if n else 0.0
