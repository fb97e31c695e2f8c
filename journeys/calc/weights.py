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
from typing import Any, TypeAlias

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
# A spread below this part of the mean is rounding, not variation.
_ROUNDING = 1e-11
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
    complete = ~np.isnan(x @ np.ones(x.shape[1]) + y)
    if not complete.all():
        x, y = x[complete], y[complete]
    n, count = x.shape
    if count == 0 or n < ROWS_PER_DRIVER * count:
        return Analysis(n, count, Refusal.TOO_FEW_ROWS)
    parts = _products(x, y)
    together = _correlations(sum(parts[1:], parts[0]), np.append(x.mean(axis=0), y.mean()))
    if together is None:
        return Analysis(n, count, Refusal.CONSTANT)
    between: Any = together[:-1, :-1]
    with_outcome: Any = together[:-1, -1]
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
        held_out=_held_out(parts),
    )


def held_out_fit(x: Matrix, y: Matrix) -> float | None:
    """R² of least squares on rows left out in turn (five folds, in a fixed shuffled order)."""
    return _held_out(_products(x, y))


def _products(x: Matrix, y: Matrix) -> list[Matrix]:
    """Sums of products of (1, drivers, outcome), centred, of each part: (p + 2)² each.

    The only pass over the rows: fit, correlations, VIF and the held-out fit all follow from these.
    """
    n, count = x.shape
    centre, middle = x.mean(axis=0), y.mean()
    order = np.random.default_rng(_SEED).permutation(n)
    parts = []
    for rows in np.array_split(order, FOLDS):
        table = np.empty((len(rows), count + 2))
        table[:, 0] = 1.0
        np.subtract(x[rows], centre, out=table[:, 1:-1])
        np.subtract(y[rows], middle, out=table[:, -1])
        parts.append(table.T @ table)
    return parts


def _correlations(products: Matrix, means: Matrix) -> Matrix | None:
    """Correlations of drivers and outcome (last); None where one varies by rounding only.

    What never varies equals its mean, so `means` say how large rounding may be.
    """
    n, sums = products[0, 0], products[0, 1:]
    around = products[1:, 1:] - np.outer(sums, sums) / n
    spread = np.sqrt(np.maximum(np.diag(around), 0.0))
    if (spread <= _ROUNDING * np.sqrt(n) * abs(means)).any():
        return None
    correlations: Matrix = around / np.outer(spread, spread)
    return correlations


def _held_out(parts: Sequence[Matrix]) -> float | None:
    """The fit of each part by the line of the others: leaving out is a subtraction."""
    whole = sum(parts[1:], parts[0])
    n, total = whole[0, 0], whole[0, -1]
    if n < 2 * FOLDS:
        return None
    missed = around = 0.0
    for part in parts:
        others = whole - part
        line, *_rest = np.linalg.lstsq(others[:-1, :-1], others[:-1, -1], rcond=None)
        squares, own = float(part[-1, -1]), float(part[0, -1])
        missed += squares - 2 * float(line @ part[:-1, -1]) + float(line @ part[:-1, :-1] @ line)
        elsewhere = (total - own) / (n - part[0, 0])
        around += squares - 2 * elsewhere * own + part[0, 0] * elsewhere**2
    return 1 - missed / around if around else None
