"""Conversion from step to step, over those who left a step."""

from journeys.calc.steps import Way, stays, step_rates


def test_who_still_stands_in_a_step_says_nothing_about_it() -> None:
    # Four went all the way, three were lost in the second step, two still stand there.
    ways = [Way(2)] * 4 + [Way(1, lost=True)] * 3 + [Way(1)] * 2
    first, second = step_rates(ways, 3)
    assert (first.onward, first.left, first.share) == (9, 9, 1.0)
    assert (second.onward, second.left) == (4, 7)
    assert step_rates([Way(0)], 2)[0].share is None


def test_a_stay_ends_with_the_next_move() -> None:
    assert stays([(0.0, 0), (2.5, 1), (10.0, 3)]) == [(0, 2.5), (1, 7.5)]
    assert stays([(0.0, 0)]) == []
