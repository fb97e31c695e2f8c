"""Shares that move are tested as a family; a score effect needs answers on both sides."""

import pytest

from surveys.calc.change import Verdict
from surveys.calc.themes import Sums, as_family, movement, net, score_effect


def test_a_share_moves_by_agresti_and_caffo() -> None:
    """Agresti & Caffo (2000), one success and one failure added: 7/12 against 2/12."""
    change = movement((1, 10), (6, 10), min_n=10)
    assert change.difference == pytest.approx(50)
    assert change.low == pytest.approx(100 * (5 / 12) - change.margin)  # type: ignore[operator]
    assert change.verdict is Verdict.REAL


def test_too_few_comments_are_too_early() -> None:
    assert movement((1, 9), (6, 10), min_n=10).verdict is Verdict.TOO_EARLY
    assert movement((0, 0), (0, 0), min_n=0).verdict is Verdict.TOO_EARLY


def test_many_topics_cry_wolf_no_more_than_one() -> None:
    changes = [movement((20, 200), (34, 200), min_n=10) for _ in range(10)]
    assert changes[0].verdict is Verdict.REAL
    assert {change.verdict for change in as_family(changes)} == {Verdict.NONE}
    assert as_family(changes[:1])[0].verdict is Verdict.REAL


def test_the_score_effect_is_a_difference_of_means() -> None:
    low, high = Sums(20, 800.0, 20 * 1600.0 + 400), Sums(30, 2400.0, 30 * 6400.0 + 600)
    everyone = Sums(50, low.total + high.total, low.squares + high.squares)
    effect = score_effect(low, everyone)
    assert effect is not None
    assert effect.difference == pytest.approx(-40)
    assert effect.verdict is Verdict.REAL
    assert score_effect(Sums(9, 1, 1), everyone) is None


def test_net_is_praise_less_complaint() -> None:
    assert net(6, 2, 10) == 40
    assert net(0, 0, 0) == 0
