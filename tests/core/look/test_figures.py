"""A score says its margin, its n and whether it really changed."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation

from cxportal.core.figures import shown_change, shown_score


def score(**given: Any) -> Any:
    return SimpleNamespace(**{"value": 42.3, "margin": 6.1, "n": 1318, "hidden": False, **given})


def change(value: float, verdict: str) -> Any:
    return SimpleNamespace(value=value, verdict=verdict)


def test_a_score_is_shown_with_margin_and_n() -> None:
    shown = shown_score(score(), unit="nps")
    assert shown is not None
    assert (shown.value, shown.margin, shown.n, shown.few) == ("+42", "6", "1,318", "")


def test_small_scales_keep_a_decimal() -> None:
    shown = shown_score(score(value=5.44, margin=0.31))
    assert shown is not None
    assert (shown.value, shown.margin) == ("5.4", "0.3")


def test_too_few_answers_show_how_many_are_missing_and_nothing_else() -> None:
    shown = shown_score(score(value=80, n=4, hidden=True, minimum=5))
    assert shown is not None
    assert shown.few == "too few (4 of 5)"
    assert (shown.value, shown.margin, shown.n, shown.change) == ("", "", "", None)


@pytest.mark.parametrize("nothing", [None, score(n=0), score(value=None)])
def test_nothing_measured_shows_nothing(nothing: Any) -> None:
    assert shown_score(nothing) is None


def test_a_real_change_says_its_size_direction_and_meaning() -> None:
    up = shown_change(change(9.2, "real"), 0)
    down = shown_change(change(-17, "real"), 0)
    assert up is not None and down is not None
    assert (up.size, up.direction, up.tone, up.word) == ("9", "up", "good", "real change")
    assert (down.size, down.direction, down.tone) == ("17", "down", "bad")


def test_where_low_is_good_a_rise_is_bad() -> None:
    rise = shown_change(change(0.4, "real"), 1, lower_is_better=True)
    assert rise is not None
    assert (rise.size, rise.tone) == ("0.4", "bad")


def test_what_is_not_shown_to_be_a_change_has_no_arrow() -> None:
    flat, early = shown_change(change(2, "none"), 0), shown_change(change(9, "early"), 0)
    assert flat is not None and early is not None
    assert (flat.word, flat.size, flat.icon) == ("no change shown", "", "")
    assert (early.word, early.size, early.icon) == ("too early", "", "")
    assert shown_change(None, 0) is None


def test_the_words_are_korean_for_korean_readers() -> None:
    with translation.override("ko"):
        shown = shown_score(score(n=4, hidden=True))
    assert shown is not None
    assert shown.few == "응답 부족 (10건 중 4건)"
