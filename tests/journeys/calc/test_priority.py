"""Ranking of actions: worked figures and the way each factor pulls."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.calc.priority import Band, band, ice, priority, rice

factor = st.integers(1, 5)


def test_priority_runs_from_4_to_100() -> None:
    assert priority(importance=5, urgency=5, effect=5, cost=1) == pytest.approx(100)
    assert priority(importance=1, urgency=1, effect=1, cost=5) == pytest.approx(4)
    assert priority(importance=4, urgency=3, effect=5, cost=2) == pytest.approx(64)


def test_an_open_factor_leaves_priority_open() -> None:
    assert priority(importance=4, urgency=None, effect=5, cost=2) is None
    assert band(None) is None


@pytest.mark.parametrize("wrong", [0, 6])
def test_factors_outside_the_scale_are_refused(wrong: int) -> None:
    with pytest.raises(ValueError, match="from 1 to 5"):
        priority(importance=1, urgency=1, effect=1, cost=wrong)


@given(factor, factor, factor, st.integers(1, 4))
def test_more_benefit_raises_and_more_cost_lowers(i: int, u: int, e: int, c: int) -> None:
    here = priority(importance=i, urgency=u, effect=e, cost=c)
    dearer = priority(importance=i, urgency=u, effect=e, cost=c + 1)
    assert here is not None
    assert dearer is not None
    assert dearer < here
    if i < 5:
        better = priority(importance=i + 1, urgency=u, effect=e, cost=c)
        assert better is not None
        assert better > here


def test_bands_begin_at_60_and_30() -> None:
    assert [band(v) for v in (100, 60, 59.9, 30, 29.9)] == [
        Band.HIGH,
        Band.HIGH,
        Band.MEDIUM,
        Band.MEDIUM,
        Band.LOW,
    ]


def test_rice_and_ice() -> None:
    assert rice(reach=500, impact=2, confidence=80, effort=4) == pytest.approx(200)
    assert ice(impact=0.5, confidence=50, effort=2) == pytest.approx(0.125)


@pytest.mark.parametrize(("impact", "confidence", "effort"), [(4, 80, 1), (2, 70, 1), (2, 80, 0)])
def test_values_rice_does_not_know_are_refused(
    impact: float, confidence: int, effort: float
) -> None:
    with pytest.raises(ValueError):
        rice(reach=1, impact=impact, confidence=confidence, effort=effort)
