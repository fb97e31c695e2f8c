"""The test of a difference: published figures, and how often it cries wolf in simulations."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from surveys.calc.change import (
    Verdict,
    answer_variance,
    compare,
    difference,
    estimate,
    needed_per_group,
)
from surveys.calc.histogram import Histogram
from surveys.calc.intervals import nps_interval
from surveys.calc.metrics import Kind, standard_definition
from tests.surveys.calc.simulation import false_alarms

NPS = standard_definition(Kind.NPS)
CSAT = standard_definition(Kind.CSAT)
CES = standard_definition(Kind.CES)
CES1 = standard_definition(Kind.CES1)
RUNS = 4000


def of_groups(promoters: int, passives: int, detractors: int) -> Histogram:
    return Histogram.from_counts([0, 0, 0, detractors, 0, 0, 0, 0, passives, 0, promoters])


EARLIER, LATER = of_groups(40, 35, 25), of_groups(50, 30, 20)
groups = st.tuples(*[st.integers(0, 400)] * 3).filter(lambda g: sum(g) >= 10)


def test_plain_z_of_the_textbook_follows_from_the_variances() -> None:
    variances = [answer_variance(NPS, h) / 100 for h in (EARLIER, LATER)]
    assert 15 / sqrt(sum(variances)) == pytest.approx(1.35, abs=0.005)


def test_difference_is_that_of_the_scores_as_shown() -> None:
    change = compare(NPS, EARLIER, LATER)
    assert change.difference == 15
    assert change.verdict is Verdict.NONE
    assert change.good is None
    assert (change.n_before, change.n_after) == (100, 100)


def test_nps_is_tested_with_three_quarters_added_in_each_group() -> None:
    change = compare(NPS, EARLIER, LATER)
    points = [100 * 15 / 103, 100 * 30 / 103]
    shares = [(40.75 / 103, 25.75 / 103), (50.75 / 103, 20.75 / 103)]
    variance = sum(1e4 * (p + d - (p - d) ** 2) / 103 for p, d in shares)
    assert change.statistic == pytest.approx((points[1] - points[0]) / sqrt(variance))
    parts = [1e4 * (p + d - (p - d) ** 2) / 103 for p, d in shares]
    df = variance**2 / sum(part**2 / 99 for part in parts)
    assert change.p == pytest.approx(2 * stats.t.sf(change.statistic, df))
    reach = stats.t.ppf(0.975, df) * sqrt(variance)
    assert (change.low, change.high) == pytest.approx((1500 / 103 - reach, 1500 / 103 + reach))


def test_a_large_difference_is_real_and_good() -> None:
    change = compare(NPS, of_groups(40, 20, 140), of_groups(140, 20, 40))
    assert (change.verdict, change.good) == (Verdict.REAL, True)
    worse = compare(NPS, of_groups(140, 20, 40), of_groups(40, 20, 140))
    assert (worse.verdict, worse.good) == (Verdict.REAL, False)


def test_more_effort_is_a_real_change_for_the_worse() -> None:
    easy, hard = (Histogram.from_values([v] * 15 + [3] * 5) for v in (1, 5))
    assert compare(CES1, easy, hard).good is False
    assert compare(CES, easy, hard).good is True


def test_too_few_in_either_group_is_too_early_and_tells_no_figure() -> None:
    for pair in ((of_groups(9, 0, 0), LATER), (LATER, of_groups(9, 0, 0))):
        change = compare(NPS, *pair)
        assert change.verdict is Verdict.TOO_EARLY
        assert (change.difference, change.low, change.high, change.p) == (None,) * 4
    assert compare(NPS, Histogram(), Histogram()).verdict is Verdict.TOO_EARLY


def test_shares_are_compared_by_agresti_and_caffo() -> None:
    """56/70 against 48/80: (57/72 - 49/82) ± 1.96·√(p₁q₁/72 + p₂q₂/82); ours takes t for 1.96."""
    before = Histogram.from_counts([0, 32, 0, 0, 0, 48])
    after = Histogram.from_counts([0, 14, 0, 0, 0, 56])
    change = compare(CSAT, before, after)
    assert change.difference == pytest.approx(20)
    assert change.low is not None
    assert change.high is not None
    middle = (change.low + change.high) / 2
    reach = 1.959964 * middle / (change.statistic or 0)
    assert (middle - reach, middle + reach) == pytest.approx((5.25, 33.58), abs=0.01)
    assert 1.005 < (change.margin or 0) / reach < 1.01
    assert change.verdict is Verdict.REAL


def test_few_beside_many_give_no_more_false_alarms_than_promised() -> None:
    """Where the normal gives 6.4 and 6.5 %: a share of .47 and NPS 70/0/30, 20 beside 2,000."""
    for definition, shape in ((CSAT, {5: 0.475, 1: 0.525}), (NPS, {10: 0.7, 0: 0.3})):
        share = false_alarms(definition, shape, (20, 2000), runs=RUNS, seed=7)
        assert share < 0.06


def test_means_are_compared_by_the_more_careful_of_welch_and_student() -> None:
    a, b = [7, 6, 5, 7, 3, 6, 6, 2, 7, 5, 4, 6], [3, 2, 5, 4, 4, 6, 1, 2, 3, 5, 7, 4, 3]
    change = compare(CES, Histogram.from_values(a), Histogram.from_values(b))
    welch, student = (stats.ttest_ind(b, a, equal_var=equal) for equal in (False, True))
    assert abs(student.statistic) < abs(welch.statistic)
    assert change.statistic == pytest.approx(student.statistic)
    assert change.p == pytest.approx(2 * stats.t.sf(abs(student.statistic), welch.df))
    assert change.low is not None
    assert change.high is not None
    assert (change.low + change.high) / 2 == pytest.approx(sum(b) / 13 - sum(a) / 12)


SHAPES = {
    "95/4/1": {7: 0.95, 6: 0.04, 1: 0.01},
    "80/15/5": {7: 0.8, 6: 0.15, 1: 0.05},
    "50/30/20": {7: 0.5, 5: 0.3, 2: 0.2},
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("sizes", [(20, 20), (20, 200), (20, 2000)])
def test_few_answers_beside_many_raise_no_false_alarms(shape: str, sizes: tuple[int, int]) -> None:
    """Both groups from the same people; the whole grid at full size is a probe of the torture."""
    alarms = false_alarms(CES, SHAPES[shape], sizes, runs=600, seed=7)
    assert alarms <= 0.06 + 2 * (0.06 * 0.94 / 600) ** 0.5


def test_two_groups_that_each_agree_can_still_be_compared() -> None:
    same = compare(CES, Histogram.from_values([5] * 10), Histogram.from_values([5] * 10))
    other = compare(CES, Histogram.from_values([5] * 10), Histogram.from_values([6] * 10))
    assert (same.verdict, other.verdict) == (Verdict.NONE, Verdict.REAL)


def test_answers_needed_to_see_fifteen_points() -> None:
    """(6100 + 6275)·(1.96 + 0.84)²/15² - 3 = 428.7, so 429 in each group."""
    variances = (answer_variance(NPS, LATER), answer_variance(NPS, EARLIER))
    assert variances == pytest.approx((6100, 6275))
    assert needed_per_group(*variances, 15) == 429
    assert needed_per_group(*variances, 30) == 105
    with pytest.raises(ValueError, match="nothing"):
        needed_per_group(*variances, 0)


def test_one_answer_is_too_few_to_compare_a_mean() -> None:
    with pytest.raises(ValueError, match="too few"):
        estimate(CES, Histogram.from_values([5]))


@given(groups, groups)
def test_a_real_change_points_the_way_the_scores_show(
    a: tuple[int, int, int], b: tuple[int, int, int]
) -> None:
    change = compare(NPS, of_groups(*a), of_groups(*b))
    assert change.low < change.high  # type: ignore[operator]
    if change.verdict is Verdict.REAL:
        assert change.low * change.high > 0  # type: ignore[operator]
        assert change.difference * change.statistic > 0  # type: ignore[operator]
    else:
        assert change.low <= 0 <= change.high  # type: ignore[operator]


@given(groups, groups)
def test_swapping_the_periods_turns_the_sign(
    a: tuple[int, int, int], b: tuple[int, int, int]
) -> None:
    there, back = (compare(NPS, of_groups(*x), of_groups(*y)) for x, y in ((a, b), (b, a)))
    assert there.difference == pytest.approx(-back.difference)  # type: ignore[operator]
    assert there.p == pytest.approx(back.p)
    assert there.verdict is back.verdict


def test_interval_of_nps_covers_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(2026)
    for n, shares in ((10, (0.7, 0.2, 0.1)), (40, (0.85, 0.1, 0.05)), (200, (0.4, 0.35, 0.25))):
        truth, hits = 100 * (shares[0] - shares[2]), 0
        for promoters, _, detractors in rng.multinomial(n, shares, RUNS):
            interval = nps_interval(int(promoters), int(detractors), n)
            hits += interval.low <= truth <= interval.high
        assert hits / RUNS > 0.93, (n, shares)


@pytest.mark.parametrize("sizes", [(10, 10), (10, 200), (30, 400), (100, 100)])
@pytest.mark.parametrize("shares", [(0.5, 0.3, 0.2), (0.9, 0.08, 0.02), (0.03, 0.07, 0.9)])
def test_nps_without_change_rarely_raises_an_alarm(
    sizes: tuple[int, int], shares: tuple[float, float, float]
) -> None:
    rng = np.random.default_rng(7)
    draws = [rng.multinomial(n, shares, RUNS) for n in sizes]
    alarms = sum(
        difference(*(estimate(NPS, of_groups(*map(int, row))) for row in pair)).verdict
        is Verdict.REAL
        for pair in zip(*draws, strict=True)
    )
    # 5.5 % is what 40,000 runs promise; the rest is the noise of a smaller simulation.
    assert alarms / RUNS < 0.055 + 3 * sqrt(0.055 * 0.945 / RUNS)


def test_planned_sizes_find_the_difference_as_often_as_planned() -> None:
    rng = np.random.default_rng(11)
    draws = [rng.multinomial(429, s, 1500) for s in ((0.4, 0.35, 0.25), (0.5, 0.3, 0.2))]
    found = sum(
        compare(NPS, *(of_groups(*map(int, row)) for row in pair)).verdict is Verdict.REAL
        for pair in zip(*draws, strict=True)
    )
    assert found / 1500 == pytest.approx(0.80, abs=0.035)
