"""Points earned of points possible, not-applicable in neither sum."""

import pytest

from surveys.calc.checklists import Item, Score, Visit, scores_by_store, visit_points

ITEMS = [Item("greet", 2, "Entrance"), Item("clean", 1, "Entrance"), Item("advice", 3, "Desk")]


@pytest.mark.parametrize(
    ("answers", "earned", "possible"),
    [
        ({"greet": "yes", "clean": "yes", "advice": "yes"}, 6, 6),
        ({"greet": "no", "clean": "no", "advice": "no"}, 0, 6),
        ({"greet": "yes", "clean": "partly", "advice": "no"}, 2.5, 6),
        ({"greet": "yes", "clean": "na", "advice": "partly"}, 3.5, 5),  # 2 + 1.5 of 2 + 3
        ({"greet": "na", "clean": "na", "advice": "na"}, 0, 0),
        ({"greet": "yes"}, 2, 2),
        ({"greet": "perhaps", "clean": "yes"}, 1, 1),
        ({}, 0, 0),
    ],
)
def test_a_visit_earns_its_weighted_share(
    answers: dict[str, str], earned: float, possible: float
) -> None:
    assert visit_points(ITEMS, answers) == (earned, possible)


def test_stores_and_touchpoints_are_summed_before_they_are_divided() -> None:
    visits = [
        Visit("a", {"greet": "yes", "clean": "yes", "advice": "no"}),
        Visit("a", {"greet": "no", "clean": "na", "advice": "na"}),
        Visit("b", {"greet": "na", "clean": "na", "advice": "partly"}),
    ]
    table = scores_by_store(ITEMS, visits)
    whole, parts = table["a"]
    assert whole == Score(3, 8, 2)
    assert whole.share == 0.375  # not the mean of 50 % and 0 %
    assert parts == {"Entrance": Score(3, 5, 2), "Desk": Score(0, 3, 1)}
    whole, parts = table["b"]
    assert (whole.share, parts["Entrance"].share) == (0.5, None)
    assert scores_by_store(ITEMS, []) == {}
