"""What a change of a score is worth: the change times what one unit of the score is worth.

Both are estimates with an error of their own. The variance of their product is
x²·s²(y) + y²·s²(x) + s²(x)·s²(y), with the estimates in the place of the means
(Goodman 1960, Journal of the American Statistical Association 55, 708–713, for independent x, y);
the last term errs on the side of a wider interval.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from loyalty.calc.mean_differences import Group, mean_difference

LEVEL = 0.95
_NORMAL = float(stats.norm.ppf((1 + LEVEL) / 2))
#: Fewer customers than this in either group, or on the line, and nothing is said.
LEAST = 10


@dataclass(frozen=True)
class Worth:
    """Money a year, `value` from `low` to `high` with 95 % confidence."""

    value: float
    low: float
    high: float

    @property
    def is_told_apart(self) -> bool:
        """False when it may as well be nothing."""
        return self.low > 0 or self.high < 0


def worth_of_change(change: float, margin: float, unit: Worth) -> Worth:
    """`change` ± `margin` (95 %) units of a score, each worth `unit`."""
    s_change, s_unit = margin / _NORMAL, (unit.high - unit.low) / 2 / _NORMAL
    spread = sqrt(change**2 * s_unit**2 + unit.value**2 * s_change**2 + (s_change * s_unit) ** 2)
    value = change * unit.value
    return Worth(value, value - _NORMAL * spread, value + _NORMAL * spread)


def worth_of_share(favourable: NDArray[np.bool_], profit: NDArray[np.float64]) -> Worth | None:
    """One per cent of these customers answering favourably: a hundredth of them, times what the
    favourable bring more a year than the others (Welch's interval). None with too few.
    """
    upper, lower = profit[favourable], profit[~favourable]
    if min(len(upper), len(lower)) < LEAST:
        return None
    found = mean_difference(_group(upper), _group(lower), len(profit) / 100)
    return Worth(found.value, found.low, found.high)


def _group(profit: NDArray[np.float64]) -> Group:
    n = len(profit)
    return Group(float(profit.mean()), float(profit.std(ddof=1)) / sqrt(n), n)


def worth_of_step(values: NDArray[np.float64], profit: NDArray[np.float64]) -> Worth | None:
    """One step of the mean: all customers times the slope of profit on their answer (least
    squares). None with too few customers, or where all answered the same.
    """
    n = len(values)
    if n < LEAST or np.ptp(values) == 0:
        return None
    line = stats.linregress(values, profit)
    reach = float(stats.t.ppf((1 + LEVEL) / 2, n - 2)) * float(line.stderr)
    slope = float(line.slope)
    return Worth(n * slope, n * (slope - reach), n * (slope + reach))
