"""Welch's interval against a published example and against scipy."""

import numpy as np
import pytest
from scipy import stats

from loyalty.calc.mean_differences import Group, mean_difference

# The first example of the article on Welch's t-test in Wikipedia: t = −2.46, 25.0 degrees.
ONE = [27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4]
TWO = [27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 20.5, 24.4]


def group(values: list[float]) -> Group:
    return Group(float(np.mean(values)), float(stats.sem(values)), len(values))


def test_the_published_example_has_its_degrees_and_its_t() -> None:
    found = mean_difference(group(ONE), group(TWO))
    se = (group(ONE).se ** 2 + group(TWO).se ** 2) ** 0.5
    assert (round(found.value / se, 2), round(found.freedom, 1)) == (-2.46, 25.0)


def test_the_interval_is_scipy_s_and_scales_with_the_factor() -> None:
    found = mean_difference(group(TWO), group(ONE), factor=3)
    known = stats.ttest_ind(TWO, ONE, equal_var=False).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((3 * known.low, 3 * known.high))


def test_groups_without_any_spread_differ_exactly() -> None:
    found = mean_difference(Group(5, 0, 10), Group(3, 0, 10))
    assert (found.value, found.low, found.high) == (2, 2, 2)
