"""How much customers spend at a time: Gamma-Gamma (Fader & Hardie, note 025)."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln

from loyalty.calc.buying import Floats

_LOG_BOUNDS = (-8.0, 12.0)


@dataclass(frozen=True, slots=True)
class GammaGamma:
    """Parameters of spending per purchase; `gamma` is in the unit of money."""

    p: float
    q: float
    gamma: float


def gamma_gamma_log_likelihood(model: GammaGamma, x: Floats, mean: Floats) -> float:
    """Log-likelihood of mean amounts over `x` ≥ 1 purchases each."""
    p, q, gamma = model.p, model.q, model.gamma
    px = p * x
    each = (
        gammaln(px + q) - gammaln(px) - gammaln(q) + q * np.log(gamma)
        + (px - 1) * np.log(mean) + px * np.log(x) - (px + q) * np.log(gamma + x * mean)
    )  # fmt: skip
    return float(each.sum())


def gamma_gamma_fit(x: Floats, mean: Floats) -> tuple[GammaGamma, float]:
    """Maximum likelihood over customers with purchases and a positive mean amount.

    Raises ValueError where there are none or their mean would be infinite (q ≤ 1).
    """
    used = (x > 0) & (mean > 0)
    if used.sum() < 2:
        raise ValueError("too few amounts")
    x, scale = x[used], float(np.mean(mean[used]))
    # In units of the average amount, so that won and dollars are searched alike.
    unit = mean[used] / scale

    def minus(logs: Floats) -> float:
        return -gamma_gamma_log_likelihood(GammaGamma(*np.exp(logs)), x, unit) / len(x)

    found = minimize(
        minus, np.log([5.0, 4.0, 0.5]), method="L-BFGS-B", bounds=[_LOG_BOUNDS] * 3,
        options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-8},
    )  # fmt: skip
    p, q, gamma = (float(value) for value in np.exp(found.x))
    if not np.isfinite(found.fun) or q <= 1:
        raise ValueError("the amounts do not bear the model")
    model = GammaGamma(p, q, gamma * scale)
    return model, gamma_gamma_log_likelihood(model, x, mean[used])


def expected_amount(model: GammaGamma, x: Floats, mean: Floats) -> Floats:
    """E[M] = p(γ + x·z̄)/(px + q - 1): the customer's own mean, drawn towards everyone's."""
    p = model.p
    return np.asarray(p * (model.gamma + x * mean) / (p * x + model.q - 1))
