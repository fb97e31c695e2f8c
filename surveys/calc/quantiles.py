"""Quantiles and tail probabilities of the normal and of Student's t distribution."""

from functools import lru_cache
from statistics import NormalDist

from scipy import special

#: Confidence of every interval and, as 1 - LEVEL, the size of every test unless a caller says else.
LEVEL = 0.95
#: Chance of seeing a difference that is there, for which sample sizes are planned.
POWER = 0.80

_NORMAL = NormalDist()


@lru_cache(maxsize=1024)
def two_sided(level: float = LEVEL, df: float | None = None) -> float:
    """The multiple of a standard error that covers `level` of the distribution.

    `df` are Student's degrees of freedom, which need not be whole; None means the normal.
    Raises ValueError unless 0 < level < 1 and df > 0.
    """
    if not 0 < level < 1:
        raise ValueError(f"a confidence level lies between 0 and 1, not at {level}")
    tail = (1 + level) / 2
    if df is None:
        return _NORMAL.inv_cdf(tail)
    if df <= 0:
        raise ValueError(f"degrees of freedom must be positive, not {df}")
    return float(special.stdtrit(df, tail))


def one_sided(chance: float) -> float:
    """The normal quantile that is not passed with probability `chance`."""
    return _NORMAL.inv_cdf(chance)


def two_sided_p(statistic: float, df: float | None = None) -> float:
    """Probability of a statistic at least as far from 0, under the normal or t with `df`."""
    distance = -abs(statistic)
    lower = _NORMAL.cdf(distance) if df is None else float(special.stdtr(df, distance))
    return min(1.0, 2 * lower)
