"""Derived importance against published values, and its honesty about too little data."""

import numpy as np
import pytest

from journeys.calc.weights import Refusal, analyse, relative_weights, shapley_weights

# The documented example of R's iopsych.
BETWEEN = [[1, 0.2, 0.3, 0.4], [0.2, 1, 0.5, 0.1], [0.3, 0.5, 1, 0.2], [0.4, 0.1, 0.2, 1]]
OUTCOME = [-0.4, 0.1, -0.3, 0.4]
# The documented example of npm's johnsons-relative-weights; its outcome is the first variable.
SEVEN = [
    [1.00, 0.66, 0.67, 0.54, 0.68, 0.62, 0.72],
    [0.66, 1.00, 0.58, 0.59, 0.68, 0.68, 0.56],
    [0.67, 0.58, 1.00, 0.52, 0.60, 0.62, 0.68],
    [0.54, 0.59, 0.52, 1.00, 0.52, 0.61, 0.45],
    [0.68, 0.68, 0.60, 0.52, 1.00, 0.63, 0.62],
    [0.62, 0.68, 0.62, 0.61, 0.63, 1.00, 0.57],
    [0.72, 0.56, 0.68, 0.45, 0.62, 0.57, 1.00],
]


def test_relative_weights_equal_the_first_published_example() -> None:
    found = relative_weights(BETWEEN, OUTCOME)
    assert found.raw == pytest.approx((0.24066, 0.05493, 0.12143, 0.28158), abs=5e-6)
    assert found.r_squared == pytest.approx(0.69860, abs=5e-6)


def test_relative_weights_equal_the_second_published_example() -> None:
    table = np.array(SEVEN)
    found = relative_weights(table[1:, 1:].tolist(), table[1:, 0].tolist())
    assert found.raw == pytest.approx(
        (0.107748, 0.116484, 0.065514, 0.121167, 0.080062, 0.171055), abs=5e-7
    )
    assert found.r_squared == pytest.approx(0.66203, abs=5e-6)


def test_shapley_weights_equal_the_published_example() -> None:
    found = shapley_weights(BETWEEN, OUTCOME)
    assert found.raw == pytest.approx((0.23807, 0.05610, 0.11800, 0.28643), abs=5e-6)
    assert found.r_squared == pytest.approx(0.69860, abs=5e-6)
    assert sum(found.shares) == pytest.approx(1)


def test_drivers_that_determine_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match="determine"):
        relative_weights([[1, 1], [1, 1]], [0.5, 0.5])
    with pytest.raises(ValueError, match="determine"):
        shapley_weights([[1, 1], [1, 1]], [0.5, 0.5])


def test_the_driver_that_matters_more_weighs_more_and_fit_holds_on_unseen_rows() -> None:
    rng = np.random.default_rng(7)
    x = rng.normal(size=(400, 3))
    y = 2 * x[:, 0] + x[:, 1] + rng.normal(size=400)
    found = analyse(x, y)
    assert found.refusal is None and found.weights is not None
    first, second, none = found.weights.shares
    assert first > second > none
    assert none < 0.02
    assert found.held_out == pytest.approx(5 / 6, abs=0.05)
    assert found.inflation == pytest.approx((1, 1, 1), abs=0.05)


def test_noise_has_no_fit_on_unseen_rows() -> None:
    rng = np.random.default_rng(8)
    found = analyse(rng.normal(size=(60, 5)), rng.normal(size=60))
    assert found.held_out is not None and found.held_out < 0.05


def test_below_ten_complete_rows_per_driver_there_is_no_ranking() -> None:
    rng = np.random.default_rng(9)
    x, y = rng.normal(size=(30, 3)), rng.normal(size=30)
    assert analyse(x, y).refusal is None
    x[0, 0] = np.nan
    found = analyse(x, y)
    assert (found.refusal, found.n, found.needed) == (Refusal.TOO_FEW_ROWS, 29, 30)


def test_an_outcome_that_never_moves_explains_nothing() -> None:
    found = analyse(np.random.default_rng(1).normal(size=(50, 2)), np.full(50, 5.0))
    assert found.refusal is Refusal.CONSTANT
