"""A first reading of comments: sure ones are right, others are left open."""

import pytest

from surveys.calc.text import Sentiment, guess_language, sentiment


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("배송이 빨라요", "ko"),
        ("App이 자꾸 crash 나요", "ko"),
        ("Delivery was fast", "en"),
        ("I love the Hanbit 홍삼 gift set you sell", "en"),
        ("12345 !!", None),
        ("", None),
    ],
)
def test_language_is_told_by_script(text: str, language: str | None) -> None:
    assert guess_language(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "직원이 정말 친절해요",
        "불만이 없어요",
        "어렵지 않고 쉬웠어요",
        "문제 없이 잘 받았습니다",
        "Great service",
        "no problem at all, easy",
        "not bad",
    ],
)
def test_praise_is_positive(text: str) -> None:
    assert sentiment(text) is Sentiment.POSITIVE


@pytest.mark.parametrize(
    "text",
    [
        "불친절하고 오래 기다렸어요",
        "별로 안 좋아요",
        "친절하지 않았습니다",
        "제품은 좋은데 배송이 너무 느리고 포장이 엉망",
        "not good",
        "The staff wasn’t helpful",
        "The staff was friendly but delivery was slow and rude",
    ],
)
def test_blame_is_negative(text: str) -> None:
    assert sentiment(text) is Sentiment.NEGATIVE


@pytest.mark.parametrize(
    "text", ["보통입니다", "It was okay", "", "7", "good but slow", "素晴らしい"]
)
def test_what_is_unclear_is_left_open(text: str) -> None:
    assert sentiment(text) is Sentiment.UNKNOWN


def test_language_can_be_given() -> None:
    assert sentiment("good", "ko") is Sentiment.UNKNOWN
