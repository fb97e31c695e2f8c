"""How numbers are written: scores with their sign, money by currency, shares, spoken times."""

from datetime import timedelta
from decimal import Decimal
from functools import lru_cache

from babel.dates import format_timedelta
from babel.numbers import (
    format_compact_currency,
    format_compact_decimal,
    format_currency,
    format_decimal,
)

Number = int | float | Decimal
MINUS = "−"
NONE = "–"
_WON_UNITS = ((10**12, "조"), (10**8, "억"), (10**4, "만"))
_COMPACT_FROM = 10_000


def plain_number(value: Number | None, digits: int = 0, language: str = "en") -> str:
    """A number with thousands separators and `digits` decimals; – where there is none."""
    if value is None:
        return NONE
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    text = format_decimal(_no_negative_zero(value, digits), pattern, locale=language)
    return str(text).replace("-", MINUS)


def axis_number(value: float, language: str = "en") -> str:
    """A number at an axis, as short as it can be: 0.5, −20, 1.2M; 120만."""
    if abs(value) < _COMPACT_FROM:
        return f"{value:g}".replace("-", MINUS)
    text = format_compact_decimal(value, locale=language, fraction_digits=2)
    return str(text).replace("-", MINUS)


def signed_number(value: Number | None, digits: int = 0, language: str = "en") -> str:
    """A number that says its sign, as NPS and differences do: +42, −3, 0."""
    text = plain_number(value, digits, language)
    return f"+{text}" if value is not None and round(float(value), digits) > 0 else text


def score_number(value: Number | None, unit: str = "", digits: int = 0) -> str:
    """A score in its unit: "nps" with sign, "percent" (0–100) with %, anything else plain."""
    if value is None:
        return NONE
    if unit == "nps":
        return signed_number(value, digits)
    return plain_number(value, digits) + ("%" if unit == "percent" else "")


def share_text(share: Number | None, digits: int = 0) -> str:
    """A share between 0 and 1 as per cent: 0.42 → 42%."""
    return NONE if share is None else plain_number(float(share) * 100, digits) + "%"


def money_text(amount: Number | None, currency: str, language: str, headline: bool = False) -> str:
    """Money with its currency; the headline form is short: ₩1.2M, in Korean 123만 원."""
    if amount is None:
        return NONE
    if not headline or abs(float(amount)) < _COMPACT_FROM:
        return str(format_currency(amount, currency, locale=language)).replace("-", MINUS)
    if language == "ko" and currency == "KRW":
        return _won_headline(amount)
    short = format_compact_currency(amount, currency, locale=language, fraction_digits=1)
    return str(short).replace("-", MINUS)


def _won_headline(amount: Number) -> str:
    size, unit = next((s, u) for s, u in _WON_UNITS if abs(float(amount)) >= s)
    count = float(amount) / size
    digits = 1 if abs(count) < 10 and size > 10**4 and round(count, 1) != round(count) else 0
    return f"{plain_number(count, digits)}{unit} 원"


def duration_text(seconds: Number | None, language: str = "en") -> str:
    """A duration, short: 48 s, 3 min 20 s, 1 h 5 min; 48초, 3분 20초."""
    if seconds is None:
        return NONE
    whole = round(float(seconds))
    units = ("시간", "분", "초") if language == "ko" else (" h", " min", " s")
    sizes = (whole // 3600, whole % 3600 // 60, whole % 60)
    parts = [f"{size}{unit}" for size, unit in zip(sizes, units, strict=True) if size]
    return " ".join(parts[:2]) or f"0{units[2]}"


def spoken_ago(passed: timedelta, language: str) -> str:
    """A time that has passed, or is to come when negative: 3 days ago, 3일 전, in 2 hours."""
    if abs(passed) < timedelta(minutes=1):
        return {"ko": "방금"}.get(language, "just now")
    # In minutes, from two days on in hours: finer than what is said, and few enough to remember.
    minutes = round(passed.total_seconds() / 60)
    coarse = 60 if abs(minutes) >= 2 * 24 * 60 else 1
    return _spoken(round(minutes / coarse) * coarse, language)


@lru_cache(maxsize=4096)
def _spoken(minutes: int, language: str) -> str:
    return str(format_timedelta(timedelta(minutes=-minutes), add_direction=True, locale=language))


def spoken_day(days: int, language: str) -> str:
    """A day that is `days` before today, or after it when negative: today, 3 days ago."""
    if days == 0:
        return {"ko": "오늘"}.get(language, "today")
    passed = timedelta(days=-days)
    return str(format_timedelta(passed, granularity="day", add_direction=True, locale=language))


def _no_negative_zero(value: Number, digits: int) -> Number:
    return 0 if round(float(value), digits) == 0 else value
