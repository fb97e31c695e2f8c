"""How goals add up: the weighted mean over a hierarchy, with gaps left out."""

import pytest

from loyalty.calc.goal_tree import Branch, Leaf, fits_under, roll_up

TREE = [Branch(1, None, 1), Branch(2, 1, 3), Branch(3, 1, 1), Branch(4, 3, 1)]


def test_a_goal_is_the_weighted_mean_of_what_stands_under_it() -> None:
    leaves = [Leaf(10, 2, 1, 1.0), Leaf(11, 2, 1, 0.5), Leaf(12, 4, 5, 0.2)]
    sums = roll_up(TREE, leaves)
    assert sums[2].share == pytest.approx(0.75)
    assert sums[4].share == sums[3].share == pytest.approx(0.2)
    assert sums[1].share == pytest.approx((3 * 0.75 + 1 * 0.2) / 4)
    assert sums[1].terms == [(3, 0.75), (1, 0.2)]
    assert (sums[1].counted, sums[1].leaves, str(sums[1].state)) == (3, 3, "behind")


def test_the_whole_equals_its_leaves_by_the_product_of_their_weights() -> None:
    """Additive value over a hierarchy is additive over its ends (Keeney & Raiffa 1976)."""
    leaves = [Leaf(10, 2, 2, 0.9), Leaf(11, 2, 1, 0.3), Leaf(12, 4, 1, 0.6)]
    flat = 0.75 * (2 / 3 * 0.9 + 1 / 3 * 0.3) + 0.25 * 0.6
    assert roll_up(TREE, leaves)[1].share == pytest.approx(flat)


def test_what_has_no_value_does_not_count() -> None:
    sums = roll_up(TREE, [Leaf(10, 2, 1, 1.0), Leaf(12, 4, 1, None), Leaf(13, 2, 0, 0.0)])
    assert (sums[1].share, str(sums[1].state), str(sums[4].state)) == (1.0, "reached", "no_value")
    assert (sums[1].counted, sums[1].leaves) == (2, 3)


def test_no_goal_stands_under_itself_or_too_deep() -> None:
    parents = {branch.key: branch.parent for branch in TREE}
    assert not fits_under(1, 4, parents)
    assert not fits_under(3, 3, parents)
    assert fits_under(2, 4, parents)
    deep: dict[int, int | None] = {1: None, 2: 1, 3: 2, 4: 3, 5: 4, 6: None}
    assert fits_under(6, 4, deep)
    assert not fits_under(6, 5, deep)
    assert not fits_under(None, 5, deep)
