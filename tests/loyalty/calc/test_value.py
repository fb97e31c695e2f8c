"""What customers are worth, by published and worked figures."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.calc.value import (
    Buying,
    Flow,
    Rfm,
    cell,
    concentration,
    future_value,
    lorenz,
    past_value,
    quintile_cuts,
    rfm,
)

TODAY = date(2026, 6, 1)
money = st.integers(0, 1000).map(Decimal)


def test_past_profit_grows_with_age() -> None:
    """Four years of 365¼ days are 1,461 days: 100·1.1⁴ + 50."""
    flows = [Flow(Decimal(100), date(2022, 6, 1)), Flow(Decimal(50), TODAY)]
    assert past_value(flows, TODAY, Decimal("0.1")) == pytest.approx(Decimal("196.41"))


def test_without_a_rate_past_value_is_the_sum() -> None:
    flows = [Flow(Decimal(100), date(2020, 1, 1)), Flow(Decimal(-30), date(2025, 1, 1))]
    assert past_value(flows, TODAY, Decimal()) == 70
    assert past_value([], TODAY, Decimal("0.1")) == 0


def test_what_is_not_past_is_refused() -> None:
    with pytest.raises(ValueError, match="not past"):
        past_value([Flow(Decimal(1), date(2026, 6, 2))], TODAY, Decimal("0.1"))
    with pytest.raises(ValueError, match="more than -1"):
        past_value([], TODAY, Decimal(-1))


def test_future_value_is_gupta_and_lehmanns() -> None:
    value = future_value(Decimal(1), Decimal("0.8"), Decimal("0.1"))
    assert round(value, 4) == Decimal("2.6667")
    assert future_value(Decimal(30), Decimal("0.8"), Decimal("0.1"), Decimal(20)) == 60
    for retention, discount in (("1.1", "0.2"), ("1", "0"), ("-0.1", "0.1")):
        with pytest.raises(ValueError, match="retention"):
            future_value(Decimal(1), Decimal(retention), Decimal(discount))


def test_quintiles_of_ten_different_customers_hold_two_each() -> None:
    cuts = quintile_cuts(range(1, 11))
    assert [cell(value, cuts) for value in range(1, 11)] == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert quintile_cuts([]) == ()


@given(st.lists(st.integers(0, 20), min_size=1, max_size=80))
def test_equal_customers_share_a_cell_and_better_ones_are_never_lower(values: list[int]) -> None:
    cuts = quintile_cuts(values)
    cells = {value: cell(value, cuts) for value in values}
    ordered = [cells[value] for value in sorted(cells)]
    assert ordered == sorted(ordered)
    assert set(ordered) <= {1, 2, 3, 4, 5}


def test_recency_is_reversed() -> None:
    customers = [Buying(10 * k, k, Decimal(k)) for k in range(1, 6)]
    assert rfm(customers)[0] == Rfm(recency=5, frequency=1, money=1)
    assert rfm(customers)[4] == Rfm(recency=1, frequency=5, money=5)
    assert rfm([]) == []


@pytest.mark.parametrize(
    ("profits", "name"),
    [
        (["90"] + ["1.1"] * 9, "10:90"),
        (["40"] * 2 + ["2.5"] * 8, "20:80"),
        (["24"] * 3 + ["4"] * 7, "30:70"),
        (["15"] * 4 + ["6.6"] * 6, "40:60"),
        (["10"] * 10, "50:50"),
    ],
)
def test_types_of_concentration(profits: list[str], name: str) -> None:
    made = concentration(map(Decimal, profits))
    assert made is not None
    assert made.name == name


def test_smallest_shares_that_bring_the_profit() -> None:
    made = concentration([Decimal(p) for p in (50, 20, 10, 10, 10)])
    assert made is not None
    assert made.customers == (80, 60, 40, 40, 20)


def test_no_profit_has_no_concentration() -> None:
    assert concentration([]) is None
    assert concentration([Decimal(5), Decimal(-5)]) is None
    assert lorenz([Decimal(-1)]) == []


def test_one_customer_is_its_own_half() -> None:
    made = concentration([Decimal(5)])
    assert made is not None
    assert made.name == "50:50"


@given(st.lists(money, min_size=1, max_size=60).filter(any))
def test_lorenz_curve_sags_below_equality(profits: list[Decimal]) -> None:
    points = lorenz(profits)
    assert points[0] == (0, 0)
    assert points[-1] == (1, 1)
    assert all(share <= people + 1e-9 for people, share in points)


@given(st.lists(money, min_size=1, max_size=60).filter(any))
def test_more_profit_needs_more_customers(profits: list[Decimal]) -> None:
    made = concentration(profits)
    assert made is not None
    assert list(made.customers) == sorted(made.customers, reverse=True)
