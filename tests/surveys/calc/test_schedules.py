"""Dates and times of day in zones whose clocks change."""

from datetime import UTC, date, datetime, time
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from surveys.calc.schedules import (
    Recurrence,
    earliest_instant,
    instant,
    is_within,
    quiet_until,
    zone_of,
)

NEW_YORK, LONDON, SEOUL = (
    ZoneInfo(name) for name in ("America/New_York", "Europe/London", "Asia/Seoul")
)


@pytest.mark.parametrize(
    ("local", "zone", "expected"),
    [
        # 8 March 2026: 2:00 becomes 3:00 in New York; what is skipped comes an hour later.
        ("2026-03-08T01:59", NEW_YORK, "2026-03-08T06:59"),
        ("2026-03-08T02:30", NEW_YORK, "2026-03-08T07:30"),
        ("2026-03-08T03:00", NEW_YORK, "2026-03-08T07:00"),
        # 1 November 2026: 1:30 comes twice; the first one counts.
        ("2026-11-01T01:30", NEW_YORK, "2026-11-01T05:30"),
        ("2026-11-01T02:00", NEW_YORK, "2026-11-01T07:00"),
        # 29 March 2026: 1:00 becomes 2:00 in London; 25 October: 1:30 comes twice.
        ("2026-03-29T01:30", LONDON, "2026-03-29T01:30"),
        ("2026-10-25T01:30", LONDON, "2026-10-25T00:30"),
        ("2026-03-08T10:00", SEOUL, "2026-03-08T01:00"),
    ],
)
def test_a_wall_clock_moment_is_one_instant(local: str, zone: ZoneInfo, expected: str) -> None:
    found = instant(datetime.fromisoformat(local), zone)
    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_a_month_keeps_its_day_and_a_short_one_takes_its_last() -> None:
    rule = Recurrence(date(2026, 1, 31), time(10), unit="month")
    days = [rule.local(n).date().isoformat() for n in range(4)]
    assert days == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]
    assert Recurrence(date(2023, 11, 30), time(9), 3).local(1).date() == date(2024, 2, 29)


def test_days_and_weeks_are_counted_on_the_calendar() -> None:
    daily = Recurrence(date(2026, 3, 7), time(2, 30), unit="day")
    assert [instant(daily.local(n), NEW_YORK).hour for n in range(3)] == [7, 7, 6]
    weekly = Recurrence(date(2026, 3, 2), time(9), 2, "week")
    assert weekly.local(3).isoformat() == "2026-04-13T09:00:00"
    with pytest.raises(ValueError, match="no such"):
        weekly.local(-1)


def test_a_year_of_days_has_no_instant_twice_and_none_missing() -> None:
    for zone in (NEW_YORK, LONDON, SEOUL):
        rule = Recurrence(date(2026, 1, 1), time(1, 30), unit="day")
        instants = [instant(rule.local(n), zone) for n in range(365)]
        gaps = {(b - a).total_seconds() / 3600 for a, b in pairwise(instants)}
        assert len(set(instants)) == 365
        assert gaps <= {23.0, 24.0, 25.0}


def test_quiet_hours_end_in_the_persons_own_morning() -> None:
    begin, end = time(21), time(8)
    assert quiet_until(datetime(2026, 5, 1, 11, 59, 59, tzinfo=UTC), SEOUL, begin, end) is None
    over = quiet_until(datetime(2026, 5, 1, 12, 0, tzinfo=UTC), SEOUL, begin, end)
    assert over == datetime(2026, 5, 1, 23, 0, tzinfo=UTC)
    assert quiet_until(datetime(2026, 5, 1, 23, 0, tzinfo=UTC), SEOUL, begin, end) is None
    assert quiet_until(datetime(2026, 5, 1, 12, 0, tzinfo=UTC), SEOUL, end, end) is None


def test_quiet_hours_that_end_twice_end_after_now() -> None:
    # 1 November 2026, 1:10 for the second time in New York; quiet until 1:30.
    now = datetime(2026, 11, 1, 6, 10, tzinfo=UTC)
    over = quiet_until(now, NEW_YORK, time(21), time(1, 30))
    assert over == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    # 8 March 2026: quiet until 2:30, which does not exist that night.
    now = datetime(2026, 3, 8, 6, 59, tzinfo=UTC)
    over = quiet_until(now, NEW_YORK, time(21), time(2, 30))
    assert over == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)


def test_within_reaches_over_midnight() -> None:
    assert is_within(time(23), time(21), time(8))
    assert is_within(time(7, 59), time(21), time(8))
    assert not is_within(time(8), time(21), time(8))
    assert is_within(time(12), time(9), time(18))
    assert not is_within(time(18), time(9), time(18))


def test_an_unknown_zone_is_the_programs() -> None:
    assert zone_of("Europe/London", "Asia/Seoul").key == "Europe/London"
    for name in (None, "", "Mars/Olympus", "../../etc/passwd", "서울", "x" * 99):
        assert zone_of(name, "Asia/Seoul").key == "Asia/Seoul"


def test_nobody_reaches_a_local_time_before_the_earliest_zone() -> None:
    local = datetime.fromisoformat("2026-06-01T10:00")
    assert earliest_instant(local) == instant(local, ZoneInfo("Pacific/Kiritimati"))
