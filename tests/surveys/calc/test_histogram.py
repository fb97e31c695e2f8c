"""Histograms add and subtract like the rows of tallies they stand for."""

from statistics import mean, median, pvariance

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.calc.histogram import BINS, Histogram

histograms = st.lists(st.integers(0, 50), min_size=BINS, max_size=BINS).map(Histogram.from_counts)
values = st.lists(st.integers(0, 10), min_size=1, max_size=80)


def test_counts_sum_and_squares_of_answers() -> None:
    made = Histogram.from_values([10, 9, 9, 0])
    assert made.counts == (1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 1)
    assert (made.n, made.total, made.total_sq) == (4, 28, 262)


@given(values, values)
def test_adding_is_counting_together(a: list[int], b: list[int]) -> None:
    together = Histogram.from_values(a) + Histogram.from_values(b)
    assert together == Histogram.from_values(a + b)


@given(histograms, histograms)
def test_taking_out_what_was_added_leaves_what_was(a: Histogram, b: Histogram) -> None:
    assert a + b - b == a
    assert not b - b


@given(st.lists(histograms, max_size=5))
def test_sum_does_not_depend_on_order(rows: list[Histogram]) -> None:
    assert Histogram.sum(rows) == Histogram.sum(reversed(rows))


@given(values)
def test_mean_spread_and_median_are_those_of_the_answers(answers: list[int]) -> None:
    made = Histogram.from_values(answers)
    assert made.mean == pytest.approx(mean(answers))
    assert made.squares == pytest.approx(pvariance(answers) * len(answers), abs=1e-9)
    assert made.median == median(answers)


def test_a_changed_answer_is_the_difference_of_two() -> None:
    changed = Histogram.from_values([9]) - Histogram.from_values([3])
    assert Histogram.from_values([3, 5]) + changed == Histogram.from_values([9, 5])
    with pytest.raises(ValueError, match="do not add up"):
        changed.check()


def test_a_row_whose_sums_do_not_fit_its_bins_is_found() -> None:
    with pytest.raises(ValueError, match="do not add up"):
        Histogram((1,) + (0,) * 10, n=2).check()


@pytest.mark.parametrize("value", [-1, 11])
def test_values_without_a_bin_are_refused(value: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        Histogram.from_values([value])


def test_wrong_number_of_bins_is_refused() -> None:
    with pytest.raises(ValueError, match="11 counts"):
        Histogram((0,) * 10)


def test_median_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no answers"):
        _ = Histogram().median
