"""The emotion curve goes through its points and never beyond them."""

from journeys.calc.emotions import curve, height_at


def test_points_stand_in_the_middle_of_their_columns_high_feelings_on_top() -> None:
    drawn = curve([5, None, -5, 0], height=124)
    assert [(p.column, p.x, p.y) for p in drawn.points] == [
        (0, 12.5, 12.0),
        (2, 62.5, 112.0),
        (3, 87.5, 62.0),
    ]
    assert height_at(0, 124) == 62


def test_the_path_joins_points_across_gaps_with_level_tangents() -> None:
    assert curve([5, None, -5], height=124).path == "M50 12C150 12 150 112 250 112"
    assert curve([None, 3], height=124).path == ""
    assert curve([], height=124).points == ()
