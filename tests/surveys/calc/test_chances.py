"""Lots: the same for the same person, evenly spread, shares without gap or overlap."""

from itertools import pairwise

import pytest

from surveys.calc.chances import ABOVE_ALL, bound, lot, turn


def test_a_lot_is_the_md5_of_seed_and_person() -> None:
    # printf 'abc:1' | md5sum
    assert lot("abc", 1) == "7faac3319aba94a00596f1e271d9da82"
    assert lot("abc", 1) != lot("abd", 1)


def test_parts_cover_everybody_once() -> None:
    for parts in (1, 2, 3, 7, 52):
        bounds = [turn(number, parts) for number in range(parts)]
        assert bounds[0][0] == "0" * 8
        assert bounds[-1][1] == ABOVE_ALL
        assert all(a[1] == b[0] for a, b in pairwise(bounds))
        assert turn(parts, parts) == bounds[0]


def test_a_share_holds_about_its_share() -> None:
    drawn = sum(lot("holdout:1", person) < bound(10, 100) for person in range(20_000))
    assert 1_850 < drawn < 2_150
    assert not any(lot("x", person) < bound(0, 100) for person in range(100))
    assert all(lot("x", person) < bound(100, 100) for person in range(100))


def test_a_share_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match="share"):
        bound(2, 1)
