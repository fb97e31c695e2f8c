"""The difference of two groups' means with its interval: Welch 1947, Biometrika 34, 28–35.

Variances may differ; the degrees of freedom are Welch's and Satterthwaite's.
"""

from dataclasses import dataclass
from math import sqrt

from scipy.stats import t as student

LEVEL = 0.95


@dataclass(frozen=True)
class Group:
    """A mean, its standard error in the same unit, and how many it is from."""

    mean: float
    se: float
    n: int


@dataclass(frozen=True)
class Difference:
    """`value` from `low` to `high`, in the unit of the means; `freedom` are Welch's degrees."""

    value: float
    low: float
    high: float
    freedom: float


def mean_difference(
    upper: Group, lower: Group, factor: float = 1.0, level: float = LEVEL
) -> Difference:
    """`factor` · (mean of `upper` − mean of `lower`); both groups of two or more."""
    a, b = upper.se**2, lower.se**2
    se = sqrt(a + b)
    freedom = (a + b) ** 2 / (a**2 / (upper.n - 1) + b**2 / (lower.n - 1)) if se else float("inf")
    reach = float(student.ppf((1 + level) / 2, freedom)) * se if se else 0.0
    value = upper.mean - lower.mean
    ends = sorted((factor * (value - reach), factor * (value + reach)))
    return Difference(factor * value, ends[0], ends[1], freedom)
