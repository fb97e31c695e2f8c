"""Values of others: the bound of an unknown spread, and the error of a share of points."""

from math import isclose, sqrt

import pytest

from journeys.calc.outside import largest_se, share_of_points


def test_no_mean_of_a_scale_spreads_more_than_its_ends_allow() -> None:
    # Answers at both ends alone have the bound itself: 30 at 100 and 70 at 0.
    assert isclose(largest_se(30, 100), sqrt(30 * 70 / 100))
    assert largest_se(0, 9) == largest_se(100, 9) == 0
    for value, n in ((101, 9), (50, 0)):
        with pytest.raises(ValueError, match=r"0\.\.100"):
            largest_se(value, n)


def test_visits_of_one_length_have_the_error_of_a_plain_mean() -> None:
    shares = [1.0, 0.5, 0.75, 0.25]
    found = share_of_points([(4 * share, 4.0) for share in shares])
    assert found is not None
    value, error, n = found
    mean = sum(shares) / 4
    spread = sqrt(sum((share - mean) ** 2 for share in shares) / 3)
    assert (isclose(value, 100 * mean), isclose(error, 100 * spread / 2), n) == (True, True, 4)


def test_a_visit_with_more_items_counts_for_more_and_none_possible_is_nothing() -> None:
    found = share_of_points([(8, 8), (0, 2), (0, 0)])
    assert found is not None
    assert (found[0], found[2]) == (80, 2)
    assert share_of_points([(0, 0)]) is None
