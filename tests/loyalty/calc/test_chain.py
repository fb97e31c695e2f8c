"""Links of the scorecard: found where they are planted, and not where two series only wander."""

import numpy as np
import pytest

from loyalty.calc.chain import MIN_MONTHS, Link, Verdict, lagged_link, verdicts

RUNS = 150


def wander(rng: np.random.Generator, months: int, shocks: np.ndarray | None = None) -> np.ndarray:
    """AR(.7) after a run-in of fifty months."""
    given = rng.normal(size=months + 50) if shocks is None else shocks
    series = np.zeros(months + 50)
    for month in range(1, months + 50):
        series[month] = 0.7 * series[month - 1] + given[month]
    return series[50:]


def test_series_that_only_wander_are_rarely_called_linked() -> None:
    """Independent AR(.7) over 24 months: 4.8 % in 5,000 runs; here a small sample of them."""
    rng = np.random.default_rng(7)
    links = [
        lagged_link(list(wander(rng, 24)), list(wander(rng, 24)), permutations=399)
        for _run in range(RUNS)
    ]
    seen = sum(verdicts([link])[0] is Verdict.SEEN for link in links)
    assert seen / RUNS <= 0.08


def test_a_planted_link_two_months_later_is_found_with_its_lag() -> None:
    """Correlation .6 at lag 2 over 36 months: 83 % in 5,000 runs."""
    rng = np.random.default_rng(8)
    found = 0
    for _run in range(RUNS):
        cause, own = rng.normal(size=88), rng.normal(size=88)
        effect = np.r_[np.zeros(2), 0.6 * cause[:-2]] + 0.8 * own
        link = lagged_link(
            list(wander(rng, 38, cause)[2:]), list(wander(rng, 38, effect)[2:]), permutations=399
        )
        found += verdicts([link])[0] is Verdict.SEEN and link.lag == 2
    assert found / RUNS >= 0.75


def test_an_exact_echo_is_found_with_sign_and_lag() -> None:
    rng = np.random.default_rng(3)
    cause = list(rng.normal(size=40))
    effect = [0.0] * 3 + [-value for value in cause[:-3]]
    link = lagged_link(cause, effect)
    assert link.lag == 3
    assert link.r == pytest.approx(-1, abs=0.05)
    assert link.p == pytest.approx(1 / 2000)


def test_too_few_months_and_flat_series_say_nothing() -> None:
    assert lagged_link([1.0] * 10, [2.0] * 10) == Link(n=10)
    rising = [float(month * month % 7) for month in range(30)]
    assert lagged_link(rising, [5.0] * 30) == Link(n=30)
    assert verdicts([Link(n=30)]) == [Verdict.EARLY]


def test_the_longest_run_without_a_gap_counts() -> None:
    series: list[float | None] = [float(month % 5) for month in range(40)]
    series[10] = None
    assert lagged_link(series, list(range(40))).n == 29
    assert MIN_MONTHS <= 29


def test_false_discoveries_are_held_over_all_links() -> None:
    """Benjamini & Hochberg's step-up: the third passes because 0.012 ≤ 0.04 · 3/4 carries it."""
    tested = [Link(30, 1, 0.6, p) for p in (0.001, 0.012, 0.03, 0.5)]
    assert verdicts([*tested, Link(5)]) == [
        Verdict.SEEN,
        Verdict.SEEN,
        Verdict.SEEN,
        Verdict.NOT_SEEN,
        Verdict.EARLY,
    ]
    assert verdicts([Link(30, 1, 0.6, 0.045)]) == [Verdict.NOT_SEEN]
