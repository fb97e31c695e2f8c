"""Weekly and monthly schedules fall on the right moment, once, whatever the clock does."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from cxportal.core.calc.schedules import next_due

SEOUL, LONDON = ZoneInfo("Asia/Seoul"), ZoneInfo("Europe/London")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("cadence", "day", "hour", "after", "due"),
    [
        ("weekly", 0, 8, "2026-11-26 00:00", "2026-11-29 23:00"),  # Monday 08:00 in Seoul
        ("weekly", 3, 8, "2026-11-25 22:59", "2026-11-25 23:00"),
        ("weekly", 3, 8, "2026-11-25 23:00", "2026-12-02 23:00"),
        ("monthly", 31, 9, "2026-02-01 00:00", "2026-02-28 00:00"),  # the last day there is
        ("monthly", 1, 0, "2026-11-30 15:00", "2026-12-31 15:00"),
    ],
)
def test_the_next_time_is_the_first_one_after_now(
    cadence: str, day: int, hour: int, after: str, due: str
) -> None:
    assert next_due(cadence, day, hour, SEOUL, at(after)) == at(due)


def test_an_hour_the_clock_skips_comes_once_and_one_it_repeats_comes_once() -> None:
    skipped = next_due("weekly", 6, 1, LONDON, at("2026-03-28 12:00"))
    assert skipped == at("2026-03-29 01:00")
    repeated = next_due("weekly", 6, 1, LONDON, at("2026-10-24 12:00"))
    assert repeated == at("2026-10-25 00:00")
    assert next_due("weekly", 6, 1, LONDON, repeated) == at("2026-11-01 01:00")


def test_another_cadence_is_refused() -> None:
    with pytest.raises(ValueError, match="cadence"):
        next_due("hourly", 0, 0, SEOUL, at("2026-11-26 00:00"))
