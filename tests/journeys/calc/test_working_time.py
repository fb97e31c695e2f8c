"""Due times count working hours: no evenings, no week-ends, no holidays of the country."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from journeys.calc.low_scores import badness, is_low, is_worst
from journeys.calc.working_time import WorkingTime, holidays_of

SEOUL = ZoneInfo("Asia/Seoul")
WORK = WorkingTime(zone=SEOUL)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SEOUL)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-11-25 10:00", 4, "2026-11-25 14:00"),  # a Wednesday
        ("2026-11-25 16:00", 4, "2026-11-26 11:00"),  # over the evening
        ("2026-11-27 17:00", 2, "2026-11-30 10:00"),  # over the week-end
        ("2026-11-28 12:00", 1, "2026-11-30 10:00"),  # begins on a Saturday
        ("2026-11-25 03:00", 1, "2026-11-25 10:00"),  # before work
        ("2026-11-25 09:00", 9, "2026-11-25 18:00"),  # exactly the day
        ("2026-02-13 17:00", 2, "2026-02-19 10:00"),  # Seollal: 16–18 February 2026
        ("2026-09-23 17:00", 2, "2026-09-28 10:00"),  # Chuseok: Thursday 24 and Friday 25
        ("2026-05-22 17:00", 2, "2026-05-26 10:00"),  # Monday 25 May stands in for a Sunday
    ],
)
def test_due_in_working_hours(start: str, hours: float, due: str) -> None:
    assert WORK.due(at(start), hours) == at(due)


def test_holidays_are_those_of_the_country_only() -> None:
    no_holidays = WorkingTime(zone=SEOUL, country="")
    assert no_holidays.due(at("2026-02-13 17:00"), 2) == at("2026-02-16 10:00")
    assert date(2026, 2, 17) in holidays_of("KR", 2026)
    assert date(2026, 7, 4) not in holidays_of("KR", 2026)


def test_own_days_and_hours() -> None:
    shop = WorkingTime(zone=SEOUL, days=(5, 6), opens=time(10), closes=time(14), country="")
    assert shop.due(at("2026-11-25 10:00"), 6) == at("2026-11-29 12:00")
    closed = WorkingTime(zone=SEOUL, country="", closed=frozenset({date(2026, 11, 26)}))
    assert closed.due(at("2026-11-25 17:00"), 2) == at("2026-11-27 10:00")


def test_hours_between_are_what_due_counts() -> None:
    start = at("2026-02-13 11:30")
    for hours in (0.5, 7, 20, 63):
        assert WORK.hours_between(start, WORK.due(start, hours)) == pytest.approx(hours)
    assert WORK.hours_between(at("2026-11-26 12:00"), at("2026-11-25 12:00")) == 0


def test_who_never_works_is_never_due() -> None:
    with pytest.raises(ValueError, match="nobody works"):
        WorkingTime(zone=SEOUL, days=()).due(at("2026-11-25 10:00"), 1)


@pytest.mark.parametrize(
    ("value", "ends", "high_is_good", "low", "worst"),
    [
        (2, (1, 5), True, True, False),
        (1, (1, 5), True, True, True),
        (3, (1, 5), True, False, False),
        (2, (1, 7), True, True, True),
        (3, (1, 7), True, False, False),
        (5, (1, 5), False, True, True),
        (2, (0, 10), True, True, True),
    ],
)
def test_the_bottom_quarter_is_low(
    value: int, ends: tuple[int, int], high_is_good: bool, low: bool, worst: bool
) -> None:
    share = badness(value, *ends, high_is_good=high_is_good)
    assert (is_low(share), is_worst(share)) == (low, worst)


def test_a_detractor_is_low_wherever_the_cut_off_is() -> None:
    assert is_low(badness(6, 0, 10), detractor=True)
    assert not is_low(badness(7, 0, 10))
    with pytest.raises(ValueError, match="two ends"):
        badness(1, 1, 1)
