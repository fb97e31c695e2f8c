"""S91: links between monthly figures, on simulated pairs of series.

Pairs that only wander (independent AR(.7), 24 months) are called linked in at most 6 % of the runs;
a link of .6 two months later over 36 months is found in at least 80 %.
"""

import numpy as np

from loyalty.calc.chain import Verdict, lagged_link, verdicts
from tests.loyalty.calc.test_chain import wander
from tests.torture.line import Line

FAULT = "S91"
RUNS = {"ci": 1_000, "full": 5_000}
MOST_ALARMS, LEAST_FOUND = 0.06, 0.80
LAG, STRENGTH = 2, 0.6


def run(size: str) -> Line:
    runs = RUNS[size]
    rng = np.random.default_rng(91)
    alarms = sum(_seen(wander(rng, 24), wander(rng, 24)) for _run in range(runs)) / runs
    found = sum(_seen(*_planted(rng)) for _run in range(runs)) / runs
    figures = {"runs": runs, "alarms": round(alarms, 4), "found": round(found, 4)}
    return Line(FAULT, figures, ok=alarms <= MOST_ALARMS and found >= LEAST_FOUND)


def _seen(cause: np.ndarray, effect: np.ndarray) -> bool:
    return verdicts([lagged_link(list(cause), list(effect))])[0] is Verdict.SEEN


def _planted(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Shocks of the effect follow those of the cause two months later, both AR(.7)."""
    cause, own = rng.normal(size=88), rng.normal(size=88)
    effect = np.r_[np.zeros(LAG), STRENGTH * cause[:-LAG]] + np.sqrt(1 - STRENGTH**2) * own
    return wander(rng, 38, cause)[2:], wander(rng, 38, effect)[2:]
