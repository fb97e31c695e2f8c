"""From transactions to values: sums, histories, cells and segments."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.calc.valuing import (
    AT_RISK_EARNER,
    BELOW_COST,
    COST,
    GROWABLE,
    MOST_VALUABLE,
    PURCHASE,
    REFUND,
    Cuts,
    Model,
    Money,
    Outlook,
    bought,
    cuts_of,
    day_number,
    day_of,
    future_of,
    holdout_check,
    potential_of,
    rfm_cells,
    segments_of,
)


def money(rows: list[tuple[int, int, int, int, int]]) -> Money:
    """(customer, day, kind, amount, profit) in hundredths."""
    return Money(*np.array(rows, dtype=np.int64).reshape(-1, 5).T)


def test_days_count_from_the_epoch_and_back() -> None:
    assert day_of(day_number(date(2026, 11, 26))) == date(2026, 11, 26)


def test_purchases_of_one_day_are_one_and_refunds_are_none() -> None:
    seen = bought(
        money([
            (7, 100, PURCHASE, 1000, 400), (7, 100, PURCHASE, 500, 100),
            (7, 107, PURCHASE, 3000, 900), (7, 109, REFUND, -500, -100),
            (7, 110, COST, -50, -50), (3, 50, COST, -10, -10),
        ]), 114, 0.0,
    )  # fmt: skip
    assert seen.customer.tolist() == [3, 7]
    assert seen.transactions.tolist() == [0, 4]
    assert seen.revenue.tolist() == [0, 4000]
    assert seen.past.tolist() == [-10, 1250]
    assert seen.repeats.tolist() == [0, 1]
    assert seen.repeat_mean.tolist() == [0, 3000]
    histories = seen.histories()
    assert (histories.t_x[1], histories.T[1]) == (1.0, 2.0)


def test_past_profit_grows_with_age() -> None:
    """Four years of 365¼ days are 1,461 days: 100·1.1⁴ + 50."""
    rows = [(1, 0, PURCHASE, 10_000, 10_000), (1, 1461, PURCHASE, 5_000, 5_000)]
    seen = bought(money(rows), 1461, 0.1)
    assert seen.past.tolist() == [19_641]
    assert seen.present.tolist() == [5_000]


def test_what_comes_after_the_last_day_is_not_looked_at() -> None:
    seen = bought(money([(1, 10, PURCHASE, 100, 100), (2, 20, PURCHASE, 100, 100)]), 15, 0.0)
    assert seen.customer.tolist() == [1]
    assert len(bought(money([]), 15, 0.0).customer) == 0


def test_equal_customers_get_equal_cells_and_recency_is_reversed() -> None:
    rows = [(c, 100 - 10 * (c // 2), PURCHASE, 100, 10) for c in range(10)]
    seen = bought(money(rows), 100, 0.0)
    recency, frequency, paid = rfm_cells(seen, cuts_of(seen, np.zeros(10), 0.7, 0.7))
    assert recency.tolist() == [5, 5, 4, 4, 3, 3, 2, 2, 1, 1]
    assert set(frequency.tolist()) == {1} and set(paid.tolist()) == {1}


def test_segments_are_high_or_low_now_by_high_or_low_in_future() -> None:
    cuts = Cuts(present=10, future=10)
    present, outlook = np.array([20, 20, 5, 5]), np.array([20.0, 5.0, 20.0, 5.0])
    found = segments_of(present, outlook, cuts).tolist()
    assert found == [MOST_VALUABLE, AT_RISK_EARNER, GROWABLE, BELOW_COST]


def test_thin_data_fall_back_on_the_simple_formula() -> None:
    seen = bought(money([(1, 0, PURCHASE, 36525, 36525)]), 3652, 0.0)
    future = future_of(seen, Model(1.0, retention=0.8), Outlook(0.1, 3, 0.2))
    yearly = 36525 / (3652 / 365.25)
    assert future.value[0] == pytest.approx(yearly * 0.8 / 0.3)
    assert np.isnan(future.low[0])


def test_what_competitors_hold_needs_a_known_share() -> None:
    rows = [(1, 0, PURCHASE, 1000, 500), (2, 0, PURCHASE, 1000, 500)]
    seen = bought(money(rows), 100, 0.0)
    held = potential_of(seen, Model(0.5, 0.5), np.array([0.5, np.nan]), Outlook(0.0, 1, 0.2))
    assert held[0] == pytest.approx(1000 * 0.2 * 0.5)
    assert np.isnan(held[1])


def test_a_fit_is_checked_on_what_came_after() -> None:
    rng = np.random.default_rng(3)
    rows = []
    for customer in range(600):
        first, rate = int(rng.integers(0, 80)), rng.gamma(1.0, 1 / 40)
        days = {first} | {d for d in range(first + 1, 400) if rng.random() < rate}
        rows += [(customer, day, PURCHASE, 1000 + customer, 300) for day in days]
    model, check = holdout_check(money(rows), 200, 400) or pytest.fail("no fit")
    assert model.buying is not None
    assert check.expected == pytest.approx(check.actual, rel=0.15)
    assert 0.7 < check.held <= 1
    assert sum(row[1] for row in check.by_repeats) == check.customers


kinds = st.sampled_from([PURCHASE, REFUND, COST])
tables = st.lists(
    st.tuples(st.integers(1, 5), st.integers(0, 40), kinds, st.integers(0, 90), st.integers(0, 90)),
    max_size=40,
)


@given(tables)
def test_the_arrays_say_what_a_plain_loop_says(rows: list[tuple[int, int, int, int, int]]) -> None:
    seen = bought(money(rows), 40, 0.0)
    for place, customer in enumerate(seen.customer.tolist()):
        own = [row for row in rows if row[0] == customer]
        days = sorted({row[1] for row in own if row[2] == PURCHASE})
        assert seen.past[place] == sum(row[4] for row in own)
        assert seen.repeats[place] == max(len(days) - 1, 0)
        if days:
            assert (seen.first[place], seen.last[place]) == (days[0], days[-1])
            later = sum(row[3] for row in own if row[2] == PURCHASE and row[1] != days[0])
            assert seen.repeat_mean[place] == pytest.approx(later / max(len(days) - 1, 1))
