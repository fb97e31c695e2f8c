"""What a change of a score is worth: against figures worked out another way."""

import numpy as np
import pytest
from scipy import stats

from loyalty.calc.effect_money import Worth, worth_of_change, worth_of_share, worth_of_step

Z = float(stats.norm.ppf(0.975))


def test_a_product_carries_the_errors_of_both_its_parts() -> None:
    # By hand: 9 ± 2 (one standard error) times 5 ± 1: √(81·1 + 25·4 + 4·1) = √185.
    worth = worth_of_change(9, 2 * Z, Worth(5, 5 - Z, 5 + Z))
    assert worth.value == 45
    assert (worth.high - worth.low) / 2 / Z == pytest.approx(185**0.5)
    assert worth.is_told_apart
    sure = worth_of_change(9, 0, Worth(5, 5 - Z, 5 + Z))
    assert (sure.low, sure.high) == pytest.approx((45 - 9 * Z, 45 + 9 * Z))


def test_the_interval_holds_what_it_promises() -> None:
    rng = np.random.default_rng(7)
    held = 0
    for change, unit in zip(rng.normal(4, 2, 2000), rng.normal(3, 1, 2000), strict=True):
        worth = worth_of_change(change, 2 * Z, Worth(unit, unit - Z, unit + Z))
        held += worth.low <= 12 <= worth.high
    assert held / 2000 == pytest.approx(0.95, abs=0.02)


def test_a_share_is_a_hundredth_of_the_customers_times_what_they_bring_more() -> None:
    profit = np.array([10.0, 14.0] * 20 + [4.0, 6.0] * 30)
    favourable = np.array([True] * 40 + [False] * 60)
    worth = worth_of_share(favourable, profit)
    assert worth is not None
    assert worth.value == pytest.approx(7.0)  # 100 customers / 100 · (12 − 5)
    # Welch by hand: variances 160/39 and 60/59.
    parts = 160 / 39 / 40, 60 / 59 / 60
    freedom = sum(parts) ** 2 / (parts[0] ** 2 / 39 + parts[1] ** 2 / 59)
    reach = float(stats.t.ppf(0.975, freedom)) * sum(parts) ** 0.5
    assert (worth.low, worth.high) == pytest.approx((7 - reach, 7 + reach))
    assert worth_of_share(favourable[:45], profit[:45]) is None


def test_a_step_of_a_mean_is_the_slope_times_the_customers() -> None:
    values = np.repeat(np.arange(1.0, 6.0), 10)
    worth = worth_of_step(values, 3 + 2 * values)
    assert worth is not None
    assert (worth.value, worth.low, worth.high) == pytest.approx((100, 100, 100))
    assert worth_of_step(values[:9], values[:9]) is None
    assert worth_of_step(np.ones(20), np.arange(20.0)) is None
