"""Days of the Korean law on consent to advertising (Network Act, article 50)."""

from datetime import date

#: Article 50(7) and Decree article 62-2: the result is told within 14 days of the decision.
RESULT_DAYS = 14
#: Article 50(8) and Decree article 62-3: confirmed every two years from the day of consent.
ROUND_YEARS = 2


def reconfirm_day(agreed: date, until: date) -> date:
    """The last day, not after `until`, on which a multiple of two years since `agreed` is over.

    Where none is over by then, the day on which the first two years are.
    """
    rounds = max(1, (until.year - agreed.year) // ROUND_YEARS)
    day = years_from(agreed, rounds * ROUND_YEARS)
    return years_from(agreed, (rounds - 1) * ROUND_YEARS) if rounds > 1 and day > until else day


def years_from(day: date, years: int) -> date:
    """The same day some years later; the 29th of February counts as the 28th in other years."""
    year = day.year + years
    leap_day = day.month == 2 and day.day == 29
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return day.replace(year=year, day=28 if leap_day and not is_leap else day.day)
