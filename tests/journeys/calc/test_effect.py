"""Whether an action changed anything: windows, the three sentences, and comparison groups."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.calc.effect import Outcome, Window, difference_in_differences, effect, windows
from surveys.calc.change import Estimate, compare
from surveys.calc.histogram import Histogram
from surveys.calc.metrics import Kind, standard_definition

NPS = standard_definition(Kind.NPS)
DONE = date(2026, 3, 10)


def of_groups(promoters: int, passives: int, detractors: int) -> Histogram:
    return Histogram.from_counts([detractors, 0, 0, 0, 0, 0, 0, 0, passives, 0, promoters])


def test_windows_are_equal_with_the_day_between() -> None:
    assert windows(DONE, date(2026, 3, 21)) == (
        Window(date(2026, 2, 28), date(2026, 3, 9)),
        Window(date(2026, 3, 11), date(2026, 3, 20)),
    )


def test_windows_stop_growing() -> None:
    made = windows(DONE, date(2027, 3, 10), longest=30)
    assert made is not None
    assert [window.days for window in made] == [30, 30]
    assert made[1].first == date(2026, 3, 11)


def test_a_week_must_have_passed() -> None:
    assert windows(DONE, DONE + timedelta(days=7)) is None
    made = windows(DONE, DONE + timedelta(days=8))
    assert made is not None
    assert made[1].days == 7


def test_the_time_of_the_work_itself_is_left_out() -> None:
    made = windows(DONE, date(2026, 3, 21), started_on=date(2026, 3, 1))
    assert made is not None
    assert made[0].last == date(2026, 2, 28)
    assert made[1].first == date(2026, 3, 11)
    with pytest.raises(ValueError, match="cannot start after"):
        windows(DONE, date(2026, 4, 1), started_on=date(2026, 3, 11))


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(-10, 400))
def test_windows_never_touch_the_action_or_the_future(done: date, passed: int) -> None:
    today = done + timedelta(days=passed)
    made = windows(done, today)
    if made is not None:
        before, after = made
        assert before.days == after.days >= 7
        assert before.last < done < after.first
        assert after.last < today


def test_a_real_change_is_said_with_its_margin() -> None:
    """Variances .68733 and .54975 of 203 adjusted answers: 196.6·√(1.23708/203) = 15.35."""
    found = effect(compare(NPS, of_groups(60, 60, 80), of_groups(120, 50, 30)))
    assert found.outcome is Outcome.CHANGED
    assert found.difference == 55
    assert found.margin == pytest.approx(15.35, abs=0.01)
    assert found.good is True
    assert found.n == (200, 200)


def test_a_small_change_is_not_shown_as_one() -> None:
    found = effect(compare(NPS, of_groups(40, 35, 25), of_groups(50, 30, 20)))
    assert (found.outcome, found.difference, found.good) == (Outcome.NONE, 15, None)


def test_too_few_answers_or_days_are_too_early() -> None:
    few = effect(compare(NPS, of_groups(9, 0, 0), of_groups(50, 30, 20)))
    assert (few.outcome, few.difference, few.n) == (Outcome.TOO_EARLY, None, (9, 100))
    assert effect(None).outcome is Outcome.TOO_EARLY


def group(value: float, n: int = 100, variance: float = 4.0) -> Estimate:
    return Estimate(value, value, variance, n)


def test_what_happened_everywhere_is_no_effect() -> None:
    found = difference_in_differences((group(50), group(62)), (group(48), group(60)))
    assert (found.difference, found.outcome) == (0, Outcome.NONE)


def test_effect_is_what_goes_beyond_the_comparison() -> None:
    """√(4·4) = 4, so ±7.84."""
    found = difference_in_differences((group(50), group(62)), (group(48), group(50)))
    assert found.difference == 10
    assert found.margin == pytest.approx(7.84, abs=0.01)
    assert (found.outcome, found.good) == (Outcome.CHANGED, True)
    lower = difference_in_differences(
        (group(50), group(62)), (group(48), group(50)), high_is_good=False
    )
    assert lower.good is False


def test_a_comparison_needs_answers_in_all_four_groups() -> None:
    found = difference_in_differences((group(50), group(62)), (group(48, n=9), group(50)))
    assert found.outcome is Outcome.TOO_EARLY
    assert found.difference is None
    assert found.n == (100, 100, 9, 100)
