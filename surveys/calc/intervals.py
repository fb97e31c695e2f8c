"""Confidence intervals for a net share, a share and a mean, right for few answers."""

from dataclasses import dataclass
from math import sqrt

from surveys.calc.quantiles import LEVEL, two_sided

#: Rocks (2016): answers added to promoters, and the same to detractors; twice as many to passives.
NPS_ADDED = 0.75
#: All answers that adjustment adds to n.
NPS_ADDED_N = 4 * NPS_ADDED


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high`; `se` is the standard error it was built with, in the same unit."""

    low: float
    high: float
    se: float

    @property
    def margin(self) -> float:
        """Half the width."""
        return (self.high - self.low) / 2


def nps_variance(promoters: float, detractors: float, n: float) -> float:
    """Variance of one answer scored +1, 0 or -1: p + d - (p - d)², by shares of n."""
    p, d = promoters / n, detractors / n
    return p + d - (p - d) ** 2


def nps_plain_margin(promoters: int, detractors: int, n: int, level: float = LEVEL) -> float:
    """The textbook margin z·100·√(Var/n), for comparison only: five promoters get ±0."""
    return two_sided(level) * 100 * sqrt(nps_variance(promoters, detractors, n) / n)


def nps_adjusted(promoters: int, detractors: int, n: int) -> tuple[float, float]:
    """Adjusted point and its standard error, both in NPS points.

    Adjusted Wald of Rocks (2016): n + 3, promoters + ¾, detractors + ¾, passives + 1½.
    """
    p, d, size = promoters + NPS_ADDED, detractors + NPS_ADDED, n + NPS_ADDED_N
    return 100 * (p - d) / size, 100 * sqrt(nps_variance(p, d, size) / size)


def nps_interval(promoters: int, detractors: int, n: int, level: float = LEVEL) -> Interval:
    """Adjusted Wald interval of the net promoter score, not yet cut at ±100.

    Where nobody is a detractor the score is the share of promoters, and upwards Wilson's interval
    of that share holds too if it reaches further; likewise downwards where nobody is a promoter.
    Alone, the adjusted Wald of ten answers of 95/4/1 covers the true score 91.4 times in a
    hundred, so 96.2 times.
    """
    point, se = nps_adjusted(promoters, detractors, n)
    reach = two_sided(level) * se
    low, high = point - reach, point + reach
    if not detractors:
        high = max(high, 100 * wilson(promoters, n, level).high)
    if not promoters:
        low = min(low, -100 * wilson(detractors, n, level).high)
    return Interval(low, high, se)


def wilson(successes: int, n: int, level: float = LEVEL) -> Interval:
    """Wilson's score interval (1927) of a share, from 0 to 1."""
    z, p = two_sided(level), successes / n
    widened = 1 + z * z / n
    centre = (p + z * z / (2 * n)) / widened
    reach = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / widened
    # At 0 and n the bound is exact; rounding must not move it past the end.
    low = 0.0 if successes == 0 else centre - reach
    high = 1.0 if successes == n else centre + reach
    return Interval(low, high, reach / z)


def share_interval(successes: int, n: int, level: float = LEVEL) -> Interval:
    """Interval of a share of n ≥ 1 answers, from 0 to 1: Wilson's with continuity correction.

    Method 4 of Newcombe (1998), about 1/(2n) longer at each end. Without the correction some
    shares are covered less often than said, 93.5 times in a hundred where half of fifty answers
    are favourable; with it every share from 10 answers on at least 95 times (enumerated, not
    simulated). `se` is that of Wilson's interval itself.
    """
    z, p, plain = two_sided(level), successes / n, wilson(successes, n, level)
    below = z * sqrt(z * z - 2 - 1 / n + 4 * p * (n * (1 - p) + 1)) if successes else 0.0
    above = z * sqrt(z * z + 2 - 1 / n + 4 * p * (n * (1 - p) - 1)) if successes < n else 0.0
    middle, size = 2 * n * p + z * z, 2 * (n + z * z)
    low = max((middle - 1 - below) / size, 0.0) if successes else 0.0
    high = min((middle + 1 + above) / size, 1.0) if successes < n else 1.0
    return Interval(low, high, plain.se)


def mean_variance(squares: float, n: int) -> float:
    """Variance of a mean from the sum of squared deviations of n ≥ 2 whole-number answers.

    Answers that all agree are not proof of certainty: the sum is at least what it would be had
    one of the n answered one step off.
    """
    least = (n - 1) / n
    return max(squares, least) / (n - 1) / n


def mean_interval(
    mean: float, squares: float, n: int, level: float = LEVEL, *, ends: tuple[int, int]
) -> Interval:
    """Interval of a mean of n ≥ 2 answers on a scale with these ends, in its units, not yet cut.

    Student's t after one answer at each end of the scale was added, as Agresti and Coull add
    successes and failures to a share: without them fifty answers of 95/4/1 cover the true mean 60
    times in a hundred, with them more than 95 (simulated; tests/torture, probe S41). `squares` is
    the sum of squared deviations; `se` is that of the answers alone.
    """
    size = n + len(ends)
    centre = (mean * n + sum(ends)) / size
    spread = squares + n * (mean - centre) ** 2 + sum((end - centre) ** 2 for end in ends)
    reach = two_sided(level, n - 1) * sqrt(spread / size / size)
    return Interval(centre - reach, centre + reach, sqrt(mean_variance(squares, n)))
