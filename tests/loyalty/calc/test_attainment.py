"""How far a KPI is from its target."""

from datetime import date

import pytest

from loyalty.calc.attainment import State, attainment, state_of, weighted_attainment
from loyalty.calc.months import month_shift, months_up_to


@pytest.mark.parametrize(
    ("value", "target", "high", "share"),
    [
        (40, 40, True, 1.0),
        (45, 40, True, 1.0),
        (36, 40, True, 0.9),
        (-5, 40, True, 0.0),
        (-30, -20, True, 0.0),
        (5, 4, False, 0.8),
        (3, 4, False, 1.0),
    ],
)
def test_attainment_is_the_reached_share_of_the_target(
    value: float, target: float, high: bool, share: float
) -> None:
    assert attainment(value, target, high_is_good=high) == pytest.approx(share)


def test_a_kpi_says_in_one_word_how_it_stands() -> None:
    assert state_of(None, 4) is State.NO_VALUE
    assert state_of(4, None) is State.NO_TARGET
    assert state_of(4, 4) is State.REACHED
    assert state_of(3.7, 4) is State.CLOSE
    assert state_of(3.5, 4) is State.BEHIND


def test_a_view_is_the_weighted_mean_of_its_attainments() -> None:
    assert weighted_attainment([(1.0, 1), (0.5, 3)]) == pytest.approx(0.625)
    assert weighted_attainment([]) is None
    assert weighted_attainment([(0.5, 0)]) is None


def test_months_step_over_the_year() -> None:
    assert month_shift(date(2026, 1, 1), -1) == date(2025, 12, 1)
    assert months_up_to(date(2026, 2, 14), 3) == [
        date(2025, 12, 1),
        date(2026, 1, 1),
        date(2026, 2, 1),
    ]
