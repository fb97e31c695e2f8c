"""The simple future value and concentration, by published and worked figures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.calc.value import concentration, future_value, lorenz

money = st.integers(0, 1000)


def test_future_value_is_gupta_and_lehmanns() -> None:
    assert round(float(future_value(1, 0.8, 0.1)), 4) == 2.6667
    assert float(future_value(30, 0.8, 0.1, 20)) == pytest.approx(60)
    for retention, discount in ((1.1, 0.2), (1, 0), (-0.1, 0.1)):
        with pytest.raises(ValueError, match="retention"):
            future_value(1, retention, discount)


@pytest.mark.parametrize(
    ("profits", "name"),
    [
        ([900] + [11] * 9, "10:90"),
        ([40] * 2 + [2.5] * 8, "20:80"),
        ([24] * 3 + [4] * 7, "30:70"),
        ([15] * 4 + [6.6] * 6, "40:60"),
        ([10] * 10, "50:50"),
    ],
)
def test_types_of_concentration(profits: list[float], name: str) -> None:
    made = concentration(profits)
    assert made is not None
    assert made.name == name


def test_smallest_shares_that_bring_the_profit() -> None:
    made = concentration([50, 20, 10, 10, 10])
    assert made is not None
    assert made.customers == (80, 60, 40, 40, 20)


def test_no_profit_has_no_concentration() -> None:
    assert concentration([]) is None
    assert concentration([5, -5]) is None
    assert lorenz([-1]) == []


def test_one_customer_is_its_own_half() -> None:
    made = concentration([5])
    assert made is not None
    assert made.name == "50:50"


@given(st.lists(money, min_size=1, max_size=60).filter(any))
def test_lorenz_curve_sags_below_equality(profits: list[int]) -> None:
    points = lorenz(profits)
    assert points[0] == (0, 0)
    assert points[-1] == (1, 1)
    assert all(share <= people + 1e-9 for people, share in points)


@given(st.lists(money, min_size=1, max_size=60).filter(any))
def test_more_profit_needs_more_customers(profits: list[int]) -> None:
    made = concentration(profits)
    assert made is not None
    assert list(made.customers) == sorted(made.customers, reverse=True)
