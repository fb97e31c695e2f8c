"""Due times in working hours: evenings, week-ends and public holidays do not count.

Holidays are those of the package `holidays` (Korean ones include substitute days and both lunar
feasts).
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache

import holidays

MONDAY_TO_FRIDAY = (0, 1, 2, 3, 4)
#: Countries whose holidays a program may observe; "" is none.
COUNTRIES = ("KR", "US", "GB", "JP", "SG", "")
# Ten years without a working day means that nobody works.
_MOST_DAYS = 3_660


@dataclass(frozen=True)
class WorkingTime:
    """When people work: days (0 Monday … 6 Sunday), from `opens` to `closes` in `zone`.

    `country` is a code of `holidays`; `closed` are further days nobody works.
    """

    zone: tzinfo
    days: Collection[int] = MONDAY_TO_FRIDAY
    opens: time = time(9)
    closes: time = time(18)
    country: str = "KR"
    closed: Collection[date] = field(default_factory=frozenset)

    def is_working_day(self, day: date) -> bool:
        """True when people work on the day."""
        if day.weekday() not in self.days or day in self.closed:
            return False
        return day not in holidays_of(self.country, day.year)

    def due(self, start: datetime, hours: float) -> datetime:
        """The moment when `hours` of work have passed since `start`.

        Raises ValueError when nobody ever works.
        """
        left = timedelta(hours=hours)
        day = start.astimezone(self.zone).date()
        for _ in range(_MOST_DAYS):
            begin, end = self._shift(day)
            begin = max(begin, start)
            if self.is_working_day(day) and begin < end:
                if left <= end - begin:
                    return begin + left
                left -= end - begin
            day += timedelta(days=1)
        raise ValueError("nobody works on any day")

    def hours_between(self, start: datetime, end: datetime) -> float:
        """Hours of work between two moments; 0 when `end` is not later."""
        total, day = timedelta(), start.astimezone(self.zone).date()
        last = end.astimezone(self.zone).date()
        while day <= last:
            begin, stop = self._shift(day)
            if self.is_working_day(day):
                total += max(min(stop, end) - max(begin, start), timedelta())
            day += timedelta(days=1)
        return total.total_seconds() / 3600

    def _shift(self, day: date) -> tuple[datetime, datetime]:
        return (
            datetime.combine(day, self.opens, self.zone),
            datetime.combine(day, self.closes, self.zone),
        )


@lru_cache(maxsize=64)
def holidays_of(country: str, year: int) -> frozenset[date]:
    """Public holidays of a country in a year; none for ""."""
    if not country:
        return frozenset()
    return frozenset(holidays.country_holidays(country, years=year))
