"""Whoever takes reports from each other gets nobody, or enough people."""

import random
from datetime import date
from itertools import combinations, product

import pytest

from surveys.calc.anonymity import blocks, cells, counted

K = 5


def month(number: int) -> date:
    return date(2026, number, 1)


def test_months_are_joined_until_they_hold_enough() -> None:
    counts = {month(1): 3, month(2): 0, month(3): 4, month(4): 9, month(6): 2}
    assert blocks(counts, K) == [(month(1), month(3)), (month(4), month(6))]
    assert blocks({month(1): 4}, K) == []
    assert blocks({}, K) == []


@pytest.mark.parametrize("size", [0, 4, 5, 9, 10, 47, 200])
def test_everybody_is_in_one_cell_of_enough(size: int) -> None:
    rng = random.Random(size)
    keys = [rng.choice("abcd") for _ in range(size)]
    found = cells(keys, K)
    assert sorted(place for cell in found for place in cell) == (
        list(range(size)) if size >= K else []
    )
    assert all(len(cell) >= K for cell in found)


def test_alike_people_are_kept_together_where_there_are_enough() -> None:
    keys = ["a"] * 23 + ["b"] * 17
    found = cells(keys, K)
    pure = [cell for cell in found if len({keys[place] for place in cell}) == 1]
    assert len(pure) >= 6
    # Of 23 in group a at most four, and those of one cell, are not counted.
    assert len(counted(found, [key == "a" for key in keys])) >= 15


def test_no_union_difference_or_overlap_of_filters_holds_a_few() -> None:
    rng = random.Random(1)
    people = [tuple(rng.choice("xyz") for _ in range(3)) for _ in range(60)]
    found = cells(people, K)

    def view(wanted: tuple[str | None, ...]) -> set[int]:
        fits = [all(w in (None, v) for w, v in zip(wanted, p, strict=True)) for p in people]
        return set(counted(found, fits))

    views = [view(wanted) for wanted in product((None, "x", "y", "z"), repeat=3)]
    for a, b in combinations(views, 2):
        assert all(len(part) == 0 or len(part) >= K for part in (a - b, b - a, a & b, a | b))
    for a, b, c in combinations(views, 3):
        parts = (a - b - c, (a & b) - c, (a | b) - c, a & b & c, a ^ b ^ c)
        assert all(len(part) == 0 or len(part) >= K for part in parts)
