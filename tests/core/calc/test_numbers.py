"""Numbers are written the same on every page, in mails and in exports."""

from datetime import timedelta
from decimal import Decimal

import pytest

from cxportal.core.calc.numbers import (
    axis_number,
    money_text,
    plain_number,
    score_number,
    share_text,
    signed_number,
    spoken_ago,
    spoken_day,
)


def test_nothing_measured_is_a_dash_and_never_a_zero() -> None:
    assert plain_number(None) == "–"
    assert signed_number(None) == "–"
    assert score_number(None, "nps") == "–"
    assert share_text(None) == "–"
    assert money_text(None, "KRW", "ko") == "–"


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (42, 0, "+42"), (-12.4, 0, "−12"), (0, 0, "0"), (0.04, 1, "0.0"), (-0.2, 0, "0"),
        (1204, 0, "+1,204"),
    ],
)  # fmt: skip
def test_differences_and_nps_say_their_sign(value: float, digits: int, expected: str) -> None:
    assert signed_number(value, digits) == expected


def test_an_axis_says_large_numbers_in_short() -> None:
    assert [axis_number(v) for v in (0.5, -20, 1_250_000)] == ["0.5", "−20", "1.25M"]
    assert axis_number(1_200_000, "ko") == "120만"


def test_a_score_is_written_in_its_unit() -> None:
    assert score_number(41.6, "nps") == "+42"
    assert score_number(67.6, "percent") == "68%"
    assert score_number(5.44, "", 1) == "5.4"
    assert share_text(0.4251, 1) == "42.5%"


@pytest.mark.parametrize(
    ("amount", "currency", "language", "headline", "expected"),
    [
        (1_234_000, "KRW", "ko", False, "₩1,234,000"),
        (1_234_000, "KRW", "en", False, "₩1,234,000"),
        (1_234_000, "KRW", "ko", True, "123만 원"),
        (1_234_000, "KRW", "en", True, "₩1.2M"),
        (9_900, "KRW", "ko", True, "₩9,900"),
        (320_000_000, "KRW", "ko", True, "3.2억 원"),
        (1_300_000_000_000, "KRW", "ko", True, "1.3조 원"),
        (-1_234_000, "KRW", "ko", True, "−123만 원"),
        (Decimal("12.50"), "USD", "en", False, "$12.50"),
    ],
)
def test_money_carries_its_currency_and_is_short_in_headlines(
    amount: float, currency: str, language: str, headline: bool, expected: str
) -> None:
    assert money_text(amount, currency, language, headline) == expected


@pytest.mark.parametrize(
    ("passed", "english", "korean"),
    [
        (timedelta(seconds=20), "just now", "방금"),
        (timedelta(minutes=2), "2 minutes ago", "2분 전"),
        (timedelta(days=3), "3 days ago", "3일 전"),
        (-timedelta(hours=2), "in 2 hours", "2시간 후"),
    ],
)
def test_times_are_spoken(passed: timedelta, english: str, korean: str) -> None:
    assert spoken_ago(passed, "en") == english
    assert spoken_ago(passed, "ko") == korean


@pytest.mark.parametrize(
    ("days", "english", "korean"),
    [(0, "today", "오늘"), (1, "1 day ago", "1일 전"), (-2, "in 2 days", "2일 후")],
)
def test_days_are_counted_as_days(days: int, english: str, korean: str) -> None:
    assert spoken_day(days, "en") == english
    assert spoken_day(days, "ko") == korean
