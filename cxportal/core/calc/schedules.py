"""When a weekly or monthly schedule is due next, in a time zone with or without summer time."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKLY, MONTHLY = "weekly", "monthly"


def next_due(cadence: str, day: int, hour: int, zone: ZoneInfo, after: datetime) -> datetime:
    """The first moment (UTC) later than `after` (aware).

    `day` is a weekday (0 = Monday) or a day of the month, cut to the month's length. An hour that
    the clock skips counts as the hour after it. Raises ValueError for another cadence.
    """
    local = after.astimezone(zone).date()
    for offset in range(-1, 64):
        candidate = local + timedelta(offset)
        if not _falls_on(cadence, day, candidate):
            continue
        moment = datetime.combine(candidate, time(hour), tzinfo=zone).astimezone(UTC)
        if moment > after:
            return moment
    raise ValueError(f"unknown cadence {cadence!r}")


def _falls_on(cadence: str, day: int, candidate: date) -> bool:
    if cadence == WEEKLY:
        return candidate.weekday() == day
    if cadence == MONTHLY:
        return candidate.day == min(day, monthrange(candidate.year, candidate.month)[1])
    return False
