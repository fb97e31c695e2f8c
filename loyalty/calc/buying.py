"""How often customers will buy: BG/NBD (Fader, Hardie & Lee 2005, doi 10.1287/mksc.1040.0098).

Each customer is three numbers: `x` repeat purchases, the last of them at `t_x`, observed until
`T`, all counted from the first purchase in one unit of time (here weeks).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import gammaln, hyp2f1
from scipy.stats import nbinom

Floats = NDArray[np.float64]

# Where nobody ever leaves, or all buy at one rate, a parameter ends here: still a fair limit.
_LOG_BOUNDS = (-6.0, 8.0)
_START = (0.5, 5.0, 1.0, 2.5)


@dataclass(frozen=True, slots=True)
class Histories:
    """Customers' buying: repeat purchases, time of the last, time observed; equally long."""

    x: Floats
    t_x: Floats
    T: Floats  # the paper's own letter

    def __len__(self) -> int:
        return len(self.x)


@dataclass(frozen=True, slots=True)
class BgNbd:
    """The four parameters: purchase rates are gamma (r, alpha), drop-out is beta (a, b)."""

    r: float
    alpha: float
    a: float
    b: float


def bgnbd_log_likelihood(model: BgNbd, seen: Histories, weights: Floats | None = None) -> float:
    """Log-likelihood of the histories, equation (6) of the paper, in its stable form."""
    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    x, repeated = seen.x, seen.x > 0
    log_rate = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    log_stay = gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
    alive = -(r + x) * np.log(alpha + seen.T)
    gone = np.where(
        repeated,
        np.log(a) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + seen.t_x),
        -np.inf,
    )
    each = log_rate + log_stay + np.logaddexp(alive, gone)
    return float(each.sum() if weights is None else each @ weights)


def bgnbd_fit(seen: Histories) -> tuple[BgNbd, float]:
    """Maximum likelihood: (model, log-likelihood).

    Raises ValueError where nobody bought twice or no likelihood is found.
    """
    if not len(seen) or not (seen.x > 0).any():
        raise ValueError("nobody bought twice")
    # Equal histories are summed up first: 200,000 customers are a few thousand histories.
    rows, counts = np.unique(
        np.column_stack((seen.x, seen.t_x, seen.T)), axis=0, return_counts=True
    )
    unique = Histories(*rows.T)
    weights = counts / counts.sum()

    def minus(logs: Floats) -> float:
        return -bgnbd_log_likelihood(BgNbd(*np.exp(logs)), unique, weights)

    found = minimize(
        minus, np.log(_START), method="L-BFGS-B", bounds=[_LOG_BOUNDS] * 4,
        options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-8},
    )  # fmt: skip
    if not np.isfinite(found.fun):
        raise ValueError("the data do not bear the model")
    model = BgNbd(*(float(value) for value in np.exp(found.x)))
    return model, bgnbd_log_likelihood(model, seen)


def probability_alive(model: BgNbd, seen: Histories) -> Floats:
    """P(alive | x, t_x, T); 1 without a repeat purchase, as the model has it."""
    return 1 / (1 + _odds_gone(model, seen))


def _odds_gone(model: BgNbd, seen: Histories) -> Floats:
    power = (model.r + seen.x) * np.log((model.alpha + seen.T) / (model.alpha + seen.t_x))
    odds = model.a / (model.b + np.maximum(seen.x, 1) - 1) * np.exp(np.minimum(power, 700))
    return np.asarray(np.where(seen.x > 0, odds, 0.0))


def expected_purchases(model: BgNbd, seen: Histories, ahead: float) -> Floats:
    """E[purchases in the next `ahead` units | x, t_x, T], equation (10) of the paper.

    The Gaussian function is transformed (Euler), so that it stays exact for many purchases.
    """
    a = model.a if abs(model.a - 1) > 1e-6 else 1 + 1e-6
    z = ahead / (model.alpha + seen.T + ahead)
    top = a + model.b + seen.x - 1
    with np.errstate(over="ignore", invalid="ignore"):
        left = (1 - z) ** (a - 1) * hyp2f1(a + model.b - 1 - model.r, a - 1, top, z)
    lost = ~np.isfinite(left)
    if lost.any():
        # Customers hardly differ in leaving, a and b are huge: the function as it is printed.
        x, z = seen.x[lost], z[lost]
        plain = hyp2f1(model.r + x, model.b + x, top[lost], z)
        left[lost] = (1 - z) ** (model.r + x) * plain
    grown = top / (a - 1) * (1 - left)
    return np.asarray(np.maximum(grown, 0) / (1 + _odds_gone(model, seen)))


def expected_of_new(model: BgNbd, time: float) -> float:
    """E[repeat purchases in (0, time]] of somebody new, equation (9) of the paper."""
    a = model.a if abs(model.a - 1) > 1e-6 else 1 + 1e-6
    r, alpha, b = model.r, model.alpha, model.b
    gauss = hyp2f1(r, b, a + b - 1, time / (alpha + time))
    return float((a + b - 1) / (a - 1) * (1 - (alpha / (alpha + time)) ** r * gauss))


def purchases_between(
    model: BgNbd, seen: Histories, mean: Floats, share: float = 0.8
) -> tuple[Floats, Floats]:
    """An interval that holds the coming purchases of `share` of such customers.

    With probability 1 - P(alive) nothing comes; else a negative binomial with the model's mean
    and shape r + x (the gamma posterior of the rate). An approximation of ours: the share of
    customers it held is counted on the holdout and shown beside it.
    """
    alive = probability_alive(model, seen)
    size = model.r + seen.x
    success = size / (size + mean / alive)
    tail = (1 - share) / 2
    low, high = (_mixed_quantile(q, alive, size, success) for q in (tail, 1 - tail))
    return low, high


def _mixed_quantile(q: float, alive: Floats, size: Floats, success: Floats) -> Floats:
    inside = (q - (1 - alive)) / alive
    lively = inside > 0
    result = np.zeros(len(alive))
    result[lively] = nbinom.ppf(inside[lively], size[lively], success[lively])
    return result
