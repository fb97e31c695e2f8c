"""When people are asked: repeated dates, wall-clock times in a zone, quiet hours, calendar windows.

Dates and times of day are kept as people say them and become instants only in a zone, so that a
change of the clocks moves no date. A time the clock skips (spring) is taken as much later as the
clock jumps; one that comes twice (autumn) is taken the first time. Both by PEP 495, fold=0.
"""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

UNITS = ("day", "week", "month")
#: The zone where a day begins first: a local time comes there before it comes anywhere else.
_EARLIEST = timedelta(hours=14)


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Every so many days, weeks or months from a first date on, always at one time of day."""

    first: date
    at: time
    every: int = 1
    unit: str = "month"

    def local(self, number: int) -> datetime:
        """The wall-clock moment of occurrence `number` (0 is the first), without a zone.

        Months keep the first date's day; a shorter month has it on its last day. Raises
        ValueError for an unknown unit or a number below 0.
        """
        if self.unit not in UNITS or number < 0 or self.every < 1:
            raise ValueError("no such occurrence")
        if self.unit == "month":
            return datetime.combine(_months_later(self.first, self.every * number), self.at)
        days = self.every * number * (7 if self.unit == "week" else 1)
        return datetime.combine(self.first + timedelta(days=days), self.at)


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


@lru_cache(maxsize=1000)
def zone_of(name: str | None, fallback: str) -> ZoneInfo:
    """The named zone, or the fallback where there is no such zone."""
    try:
        return ZoneInfo(name) if name and name.isascii() and len(name) < 60 else ZoneInfo(fallback)
    except (ValueError, OSError, KeyError):
        # ZoneInfoNotFoundError is a KeyError; names that lead out of the folder a ValueError.
        return ZoneInfo(fallback)


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant (UTC) of a wall-clock moment in a zone."""
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def earliest_instant(local: datetime) -> datetime:
    """The instant (UTC) at which a wall-clock moment first comes anywhere on Earth."""
    return local.replace(tzinfo=UTC) - _EARLIEST


def is_within(moment: time, begin: time, end: time) -> bool:
    """Whether a time of day lies in [begin, end), which may reach over midnight."""
    if begin <= end:
        return begin <= moment < end
    return moment >= begin or moment < end


def quiet_until(now: datetime, zone: ZoneInfo, begin: time, end: time) -> datetime | None:
    """When the quiet hours that `now` lies in are over (UTC); None outside of them.

    `begin` = `end` means no quiet hours.
    """
    here = now.astimezone(zone)
    if begin == end or not is_within(here.time(), begin, end):
        return None
    day = here.date() if here.time() < end else here.date() + timedelta(days=1)
    over = instant(datetime.combine(day, end), zone)
    if over <= now:
        # The end comes twice tonight and the first time has passed.
        over = datetime.combine(day, end, tzinfo=zone).replace(fold=1).astimezone(UTC)
    return over
