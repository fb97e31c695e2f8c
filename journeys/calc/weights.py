"""Derived importance: how much of an outcome's variance each driver accounts for.

Relative weights (Johnson 2000): Rxx = VΛVᵀ; L = VΛ^½Vᵀ; β = L⁻¹·rxy; ε = (L∘L)(β∘β); Σε = R².
LMG / Shapley (Lindeman, Merenda & Gold 1980): a driver's gain in R² averaged over all orders.
Both split R² among drivers that go together, where plain coefficients would fight over it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import combinations
from math import factorial
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Matrix: TypeAlias = NDArray[np.float64]

#: More orders than twelve drivers have nobody waits for.
MOST_FOR_SHAPLEY = 12
#: Below this many complete rows per driver no ranking is given.
ROWS_PER_DRIVER = 10
#: Each part is left out once, and predicted from the others.
FOLDS = 5
_SINGULAR = 1e-10
_SEED = 20_000


@dataclass(frozen=True, slots=True)
class Weights:
    """Raw weights in the order of the drivers, and their sum, R²."""

    raw: tuple[float, ...]
    r_squared: float

    @property
    def shares(self) -> tuple[float, ...]:
        """Parts of R², 0..1 each; all 0 where nothing is explained."""
        whole = sum(self.raw)
        return tuple(weight / whole if whole > 0 else 0.0 for weight in self.raw)


def relative_weights(between: Sequence[Sequence[float]], outcome: Sequence[float]) -> Weights:
    """Johnson's relative weights from correlations: drivers p × p, drivers with outcome p.

    Raises ValueError for shapes that do not fit, or drivers that determine each other.
    """
    r_xx, r_xy = _shaped(between, outcome)
    values, vectors = np.linalg.eigh(r_xx)
    if values.min() < _SINGULAR:
        raise ValueError("the drivers determine each other")
    loadings = vectors @ np.diag(np.sqrt(values)) @ vectors.T
    beta = np.linalg.solve(loadings, r_xy)
    raw = (loadings**2) @ (beta**2)
    return Weights(tuple(float(w) for w in raw), float(raw.sum()))


def shapley_weights(between: Sequence[Sequence[float]], outcome: Sequence[float]) -> Weights:
    """LMG weights from the same correlations.

    Raises ValueError for more than twelve drivers, shapes that do not fit, or drivers that
    determine each other.
    """
    r_xx, r_xy = _shaped(between, outcome)
    count = len(r_xy)
    if count > MOST_FOR_SHAPLEY:
        raise ValueError(f"at most {MOST_FOR_SHAPLEY} drivers")
    if np.linalg.eigvalsh(r_xx).min() < _SINGULAR:
        raise ValueError("the drivers determine each other")

    @cache
    def explained(chosen: tuple[int, ...]) -> float:
        if not chosen:
            return 0.0
        own = r_xy[list(chosen)]
        return float(own @ np.linalg.solve(r_xx[np.ix_(chosen, chosen)], own))

    raw = []
    for driver in range(count):
        others = [other for other in range(count) if other != driver]
        gained = 0.0
        for size in range(count):
            orders = factorial(size) * factorial(count - size - 1) / factorial(count)
            for before in combinations(others, size):
                with_it = tuple(sorted((*before, driver)))
                gained += orders * (explained(with_it) - explained(before))
        raw.append(gained)
    return Weights(tuple(raw), explained(tuple(range(count))))


def _shaped(between: Sequence[Sequence[float]], outcome: Sequence[float]) -> tuple[Matrix, Matrix]:
    r_xx, r_xy = np.asarray(between, dtype=float), np.asarray(outcome, dtype=float)
    if r_xy.ndim != 1 or r_xx.shape != (r_xy.size, r_xy.size) or not r_xy.size:
        raise ValueError("p × p correlations and p with the outcome are needed")
    return r_xx, r_xy


class Refusal(StrEnum):
    """Why there is no ranking."""

    TOO_FEW_ROWS = "too_few_rows"
    CONSTANT = "constant"
    DETERMINED = "determined"


@dataclass(frozen=True, slots=True)
class Analysis:
    """Derived importance over complete rows: `n` rows of `drivers` drivers.

    `correlations` are Pearson's with the outcome. `inflation` is each driver's VIF. `held_out` is
    R² on rows the model had not seen (five folds; below 0 it predicts worse than the mean).
    With a `refusal` only n is meaningful.
    """

    n: int
    drivers: int
    refusal: Refusal | None = None
    weights: Weights | None = None
    correlations: tuple[float, ...] = ()
    inflation: tuple[float, ...] = ()
    held_out: float | None = None

    @property
    def needed(self) -> int:
        """Complete rows a ranking asks for."""
        return ROWS_PER_DRIVER * self.drivers


def analyse(drivers: Matrix, outcome: Matrix) -> Analysis:
    """Rank drivers (n × p; NaN = not answered) by what they explain of the outcome (n).

    Rows with anything missing are left out. Never raises for lack of data: it says why not.
    Raises ValueError for shapes that do not fit.
    """
    x, y = np.asarray(drivers, dtype=float), np.asarray(outcome, dtype=float)
    if x.ndim != 2 or y.shape != (x.shape[0],):
        raise ValueError("n × p drivers and n outcomes are needed")
    complete = ~(np.isnan(x).any(axis=1) | np.isnan(y))
    x, y = x[complete], y[complete]
    n, count = x.shape
    if count == 0 or n < ROWS_PER_DRIVER * count:
        return Analysis(n, count, Refusal.TOO_FEW_ROWS)
    if y.std() == 0 or (x.std(axis=0) == 0).any():
        return Analysis(n, count, Refusal.CONSTANT)
    together = np.corrcoef(np.column_stack([x, y]), rowvar=False)
    between, with_outcome = together[:-1, :-1], together[:-1, -1]
    try:
        weights = relative_weights(between, with_outcome)
    except ValueError:
        return Analysis(n, count, Refusal.DETERMINED)
    return Analysis(
        n=n,
        drivers=count,
        weights=weights,
        correlations=tuple(float(r) for r in with_outcome),
        inflation=tuple(float(v) for v in np.diag(np.linalg.inv(between))),
        held_out=held_out_fit(x, y),
    )


def held_out_fit(x: Matrix, y: Matrix) -> float | None:
    """R² of least squares on rows left out in turn (five folds, in a fixed shuffled order)."""
    n = len(y)
    if n < 2 * FOLDS:
        return None
    order = np.random.default_rng(_SEED).permutation(n)
    # Each part's sums of products once; leaving a part out is a subtraction, not a new pass.
    design, target = np.column_stack([np.ones(n), x - x.mean(axis=0)])[order], (y - y.mean())[order]
    parts = [
        (a.T @ a, a.T @ b, float(b @ b), float(b.sum()), len(b))
        for a, b in zip(np.array_split(design, FOLDS), np.array_split(target, FOLDS), strict=True)
    ]
    gram, cross = sum(p[0] for p in parts), sum(p[1] for p in parts)
    missed = around = 0.0
    for own_gram, own_cross, squares, total, count in parts:
        line, *_rest = np.linalg.lstsq(gram - own_gram, cross - own_cross, rcond=None)
        missed += squares - 2 * float(line @ own_cross) + float(line @ own_gram @ line)
        elsewhere = (float(target.sum()) - total) / (n - count)
        around += squares - 2 * elsewhere * total + count * elsewhere**2
    return 1 - missed / around if around else None
