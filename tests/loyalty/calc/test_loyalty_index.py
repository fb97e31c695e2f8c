"""The loyalty index by hand: boxes, the three groups, the matrix with behaviour."""

import pytest

from loyalty.calc.loyalty_index import (
    LOWER,
    SECOND,
    TOP,
    behaviour,
    box_of,
    loyalty_index,
)
from surveys.calc.definitions import standard_definition


@pytest.mark.parametrize(
    ("kind", "direction", "values", "boxes"),
    [
        ("csat", "high", (5, 4, 3, 1), (TOP, SECOND, LOWER, LOWER)),
        ("rating", "low", (1, 2, 3, 5), (TOP, SECOND, LOWER, LOWER)),
        ("nps", "high", (10, 9, 8, 7, 6, 0), (TOP, TOP, SECOND, SECOND, LOWER, LOWER)),
    ],
)
def test_the_best_answer_is_the_top_box(
    kind: str, direction: str, values: tuple[int, ...], boxes: tuple[int, ...]
) -> None:
    scale = standard_definition(kind, direction=direction)
    assert tuple(box_of(value, scale) for value in values) == boxes


def test_secure_is_top_on_all_three_and_favourable_second_or_better_on_all() -> None:
    # 20 customers: 7 all top; 4 + 3 at least second; 5 top twice but low once; 1 low throughout.
    answers = [((2, 2, 2), 7), ((2, 1, 2), 4), ((1, 1, 1), 3), ((2, 2, 0), 5), ((0, 0, 0), 1)]
    found = loyalty_index(answers, 10)
    assert (found.n, found.secure.count, found.favourable.count, found.others.count) == (
        20,
        7,
        7,
        6,
    )
    assert (found.secure.value, found.others.value) == (0.35, 0.3)
    # Wilson 7 of 20: .181 to .567 (Brown, Cai & DasGupta's formula by hand).
    interval = found.secure.interval
    assert interval is not None
    assert (round(interval.low, 3), round(interval.high, 3)) == (0.181, 0.567)


def test_too_few_customers_are_not_shown() -> None:
    found = loyalty_index([((2, 2, 2), 9)], 10)
    assert (found.n, found.secure.value, found.secure.interval) == (9, None, None)
    assert loyalty_index([], 10).secure.value is None


def test_four_kinds_of_customers_make_up_all_who_were_watched() -> None:
    counts = [
        (True, True, 6),
        (True, False, 2),
        (False, True, 1),
        (False, False, 3),
        (True, True, 4),
    ]
    found = behaviour(counts, 10)
    kinds = (found.loyalists, found.mercenaries, found.hostages, found.defectors)
    assert [kind.count for kind in kinds] == [10, 2, 1, 3] and found.n == 16
    assert sum(kind.value or 0 for kind in kinds) == pytest.approx(1)
