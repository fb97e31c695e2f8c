"""Importance against performance, by worked figures and the published tables."""

import pytest

from journeys.calc.importance import (
    Kano,
    Quadrant,
    expectation_gap,
    experience_index,
    kano,
    kano_counts,
    mean_crosshair,
    opportunity,
    peak_end,
    quadrant,
)


@pytest.mark.parametrize(
    ("point", "expected"),
    [
        ((5, 1), Quadrant.CONCENTRATE_HERE),
        ((5, 5), Quadrant.KEEP_UP),
        ((1, 1), Quadrant.LOW_PRIORITY),
        ((1, 5), Quadrant.POSSIBLE_OVERKILL),
        ((3, 3), Quadrant.KEEP_UP),
    ],
)
def test_quadrants(point: tuple[float, float], expected: Quadrant) -> None:
    assert quadrant(*point, crosshair=(3, 3)) is expected


def test_crosshair_can_stand_at_the_means() -> None:
    assert mean_crosshair([(1, 4), (3, 2)]) == (2, 3)


@pytest.mark.parametrize(
    ("important", "satisfied", "score"), [(90, 30, 15), (100, 0, 20), (50, 80, 5), (0, 0, 0)]
)
def test_opportunity_runs_from_0_to_20(important: float, satisfied: float, score: float) -> None:
    assert opportunity(important, satisfied) == pytest.approx(score)
    with pytest.raises(ValueError, match=r"0\.\.100"):
        opportunity(101, 0)


def test_a_shortfall_is_negative() -> None:
    assert expectation_gap(3.2, 4.5) == pytest.approx(-1.3)


def test_either_side_at_zero_makes_the_experience_zero() -> None:
    assert experience_index(1, 0) == experience_index(0, 1) == 0
    assert experience_index(0.8, 0.5) == pytest.approx(40)
    with pytest.raises(ValueError, match=r"within 0\.\.1"):
        experience_index(1.1, 0.5)


def test_peak_and_end() -> None:
    assert peak_end([3, 1, 4, 5], neutral=3) == 5
    assert peak_end([3, 1, 4], neutral=3) == 2.5
    with pytest.raises(ValueError):
        peak_end([], neutral=3)


def test_kano_table() -> None:
    table = ["".join(kano(f, d) for d in range(1, 6)) for f in range(1, 6)]
    assert table == ["QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ"]
    assert kano_counts([(1, 5), (1, 5), (2, 5)]) == {Kano.ONE_DIMENSIONAL: 2, Kano.MUST_BE: 1}
    with pytest.raises(ValueError, match="1 to 5"):
        kano(0, 3)
