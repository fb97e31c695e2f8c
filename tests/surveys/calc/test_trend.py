"""Control charts: limits of a published example, and what counts as a signal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.calc.trend import Signal, p_chart, runs, xmr

#: NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2, flow rates of ten batches.
FLOW = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]


def test_limits_of_single_values_are_the_handbooks() -> None:
    chart = xmr(FLOW)
    assert chart.centre == pytest.approx(50.81)
    assert chart.points[0].low == pytest.approx(45.8159, abs=5e-4)
    assert chart.points[0].high == pytest.approx(55.8041, abs=5e-4)
    assert all(not point.signals for point in chart.points)


def test_a_point_beyond_limits_of_the_baseline_is_a_signal() -> None:
    chart = xmr([*FLOW, 60.0], baseline=10)
    assert chart.centre == pytest.approx(50.81)
    assert chart.points[-1].signals == {Signal.BEYOND}


def test_limits_are_cut_at_the_ends_of_the_scale() -> None:
    chart = xmr([90, 99, 80, 98, 85, 97, 99], floor=0, ceiling=100)
    assert chart.points[0].high == 100


def test_few_points_have_no_limits() -> None:
    chart = xmr([1, 2, 3, 4, 5])
    assert chart.centre is None
    assert chart.points[0].low is None
    assert p_chart([(1, 10)] * 5).centre is None


def test_eight_in_a_row_on_one_side_are_a_signal() -> None:
    values = [1.0, -1.0] + [1.0] * 8 + [-1.0]
    assert runs(values, 0) == frozenset(range(2, 10))
    assert runs([1.0] * 7, 0) == frozenset()


def test_a_point_on_the_centre_ends_a_run() -> None:
    assert runs([1.0] * 4 + [0.0] + [1.0] * 4, 0) == frozenset()


def test_run_shows_in_the_chart() -> None:
    chart = xmr([5, 4, 6, 5, 6, 4, 7, 7, 7, 7, 7, 7, 7, 7], baseline=6)
    assert Signal.RUN in chart.points[-1].signals
    assert Signal.RUN not in chart.points[5].signals


def test_limits_of_shares_step_with_n_and_stop_at_nothing() -> None:
    chart = p_chart([(10, 100), (12, 100), (8, 100), (9, 100), (11, 100), (40, 400)])
    assert chart.centre == pytest.approx(0.1)
    assert (chart.points[0].low, chart.points[0].high) == pytest.approx((0.01, 0.19))
    assert (chart.points[5].low, chart.points[5].high) == pytest.approx((0.055, 0.145))
    small = p_chart([(1, 10)] * 6)
    assert small.points[0].low == 0


@given(st.lists(st.floats(-100, 100), min_size=6, max_size=40))
def test_limits_lie_on_both_sides_of_the_centre(values: list[float]) -> None:
    chart = xmr(values)
    point = chart.points[0]
    assert chart.centre is not None
    assert point.low is not None
    assert point.high is not None
    assert point.low <= chart.centre <= point.high
