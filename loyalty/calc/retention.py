"""How long customers stay: the sBG model of contracts, survival curves and their comparison."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln
from scipy.stats import chi2

from loyalty.calc.buying import Floats


@dataclass(frozen=True, slots=True)
class ShiftedBetaGeometric:
    """Parameters of the yearly probability of leaving, spread over customers as a beta law."""

    alpha: float
    beta: float

    def survival(self, period: float) -> float:
        """S(t) = B(α, β + t)/B(α, β): the share still there after `period` periods."""
        return float(np.exp(betaln(self.alpha, self.beta + period) - betaln(self.alpha, self.beta)))


def sbg_fit(survivors: Sequence[float]) -> ShiftedBetaGeometric:
    """Maximum likelihood (Fader & Hardie 2007) from those left at the start and after 1, 2 …

    `survivors` never rises; counts or per cent. Raises ValueError otherwise.
    """
    left = np.asarray(survivors, dtype=float)
    lost = -np.diff(left)
    if len(left) < 3 or (lost < 0).any() or left[-1] < 0 or not lost.any():
        raise ValueError("survivors fall over at least two periods")
    times = np.arange(1, len(left))

    def minus(logs: Floats) -> float:
        alpha, beta = np.exp(logs)
        whole = betaln(alpha, beta)
        leaving = betaln(alpha + 1, beta + times - 1) - whole
        staying = betaln(alpha, beta + times[-1]) - whole
        return -float(lost @ leaving + left[-1] * staying)

    found = minimize(minus, np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-8})
    return ShiftedBetaGeometric(*(float(value) for value in np.exp(found.x)))


@dataclass(frozen=True, slots=True)
class SurvivalPoint:
    """At `time`: `at_risk` were watched, `left` went; `share` stay, between `low` and `high`."""

    time: float
    at_risk: int
    left: int
    share: float
    low: float
    high: float


def kaplan_meier(times: Floats, gone: Floats, z: float = 1.96) -> list[SurvivalPoint]:
    """Share that stays, of customers watched for `times`, who left at its end (1) or not (0).

    Kaplan & Meier 1958; the interval is Greenwood's on the log(-log) scale. One point per time
    at which somebody left.
    """
    order = np.argsort(times, kind="stable")
    times, gone = np.asarray(times)[order], np.asarray(gone)[order]
    share, greenwood, points = 1.0, 0.0, []
    for time in np.unique(times[gone > 0]):
        at_risk = int(len(times) - np.searchsorted(times, time, side="left"))
        left = int(gone[times == time].sum())
        share *= 1 - left / at_risk
        if at_risk > left:
            greenwood += left / (at_risk * (at_risk - left))
        low, high = _log_log_interval(share, greenwood, z)
        points.append(SurvivalPoint(float(time), at_risk, left, share, low, high))
    return points


def _log_log_interval(share: float, greenwood: float, z: float) -> tuple[float, float]:
    if not 0 < share < 1:
        return share, share
    spread = z * sqrt(greenwood) / abs(np.log(share))
    return float(share ** np.exp(spread)), float(share ** np.exp(-spread))


def log_rank(groups: Sequence[tuple[Floats, Floats]]) -> tuple[float, float]:
    """(χ², p) that these groups, each (times, gone), stay alike (Mantel 1966).

    Raises ValueError for fewer than two groups with members.
    """
    if sum(len(times) > 0 for times, _gone in groups) < 2 or len(groups) < 2:
        raise ValueError("compare at least two groups")
    k = len(groups)
    events = np.unique(np.concatenate([np.asarray(t)[np.asarray(g) > 0] for t, g in groups]))
    excess, variance = np.zeros(k), np.zeros((k, k))
    for time in events:
        at_risk = np.array([(np.asarray(t) >= time).sum() for t, _g in groups], dtype=float)
        left = np.array([np.asarray(g)[np.asarray(t) == time].sum() for t, g in groups])
        n, d = at_risk.sum(), left.sum()
        share = at_risk / n
        excess += left - d * share
        if n > 1:
            variance += d * (n - d) / (n - 1) * (np.diag(share) - np.outer(share, share))
    statistic = float(excess[1:] @ np.linalg.pinv(variance[1:, 1:]) @ excess[1:])
    return statistic, float(chi2.sf(statistic, k - 1))
