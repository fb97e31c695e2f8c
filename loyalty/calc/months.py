"""Months as their first days."""

from datetime import date


def month_of(day: date) -> date:
    """First day of the month."""
    return day.replace(day=1)


def month_shift(month: date, by: int) -> date:
    """The month `by` months later (earlier when negative)."""
    count = month.year * 12 + month.month - 1 + by
    return date(count // 12, count % 12 + 1, 1)


def months_up_to(last: date, count: int) -> list[date]:
    """The `count` months that end with `last`, oldest first."""
    return [month_shift(month_of(last), step - count + 1) for step in range(count)]
