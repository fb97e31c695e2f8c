"""A pilot's effect is what it changed beyond the rest; the baseline is kept from the start."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from cxportal.core.actors import Actor
from journeys.calc.effect import difference_in_differences
from journeys.models import Action
from journeys.queries.effects import Worked
from journeys.services.action_parts import action_pilot_set
from journeys.services.actions import action_create, action_move
from surveys.calc.change import compare, estimate
from surveys.calc.definitions import standard_definition
from surveys.calc.histogram import Histogram
from surveys.models import Dimension, Metric
from tests.conftest import count_queries
from tests.journeys.queries.test_effects import (
    NOON,
    column,
    make_metric,
    make_touchpoint,
    seen,
    tally,
)

STARTED, CLOSED = date(2026, 4, 1), date(2026, 5, 1)
BEFORE, AFTER = date(2026, 3, 20), date(2026, 5, 10)


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOON)


def make_stores(actor: Actor) -> tuple[Dimension, Dimension]:
    rows = [Dimension(program=actor.program, kind="store", key=key) for key in ("A", "B")]
    first, second = Dimension.unscoped.bulk_create(rows)
    return first, second


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 1, tzinfo=UTC)


def make_pilot(actor: Actor, metric: Metric, pilot: list[int], other: list[int]) -> Action:
    action = action_create(
        actor=actor,
        title="x",
        touchpoint=make_touchpoint(actor, metric),
        column=column(actor, "doing"),
        at=at(STARTED),
    )
    action = action_pilot_set(actor=actor, action=action, pilot=pilot, comparison=other)
    return action_move(actor=actor, action=action, column=column(actor, "watching"), at=at(CLOSED))


def fill(metric: Metric, dimension: int, before: dict[int, int], after: dict[int, int]) -> None:
    tally(metric, BEFORE, before, dimension)
    tally(metric, AFTER, after, dimension)


LOW, HIGH = {9: 20, 3: 60}, {9: 60, 3: 20}  # NPS -50 and +50


@pytest.mark.parametrize("named", [True, False])
def test_only_what_the_pilot_gained_beyond_the_rest_counts(system: Actor, named: bool) -> None:
    metric, (pilot, rest) = make_metric(system), make_stores(system)
    fill(metric, pilot.pk, LOW, HIGH)
    fill(metric, rest.pk, LOW, LOW)
    fill(metric, 0, {9: 40, 3: 120}, {9: 80, 3: 80})
    action = make_pilot(system, metric, [pilot.pk], [rest.pk] if named else [])
    found = seen(system, action)
    main = found.metrics[0]
    assert (found.verdict, main.before.value, main.after.value) == (Worked.BETTER, -50, 50)
    assert main.rest is not None
    assert (main.rest[0].value, main.rest[1].value, main.effect.difference) == (-50, -50, 100)
    assert found.sentence.startswith("In the pilot Delivery NPS got better than elsewhere, by +100")


def test_a_tide_that_lifts_all_is_no_effect(system: Actor) -> None:
    metric, (pilot, rest) = make_metric(system), make_stores(system)
    fill(metric, pilot.pk, LOW, HIGH)
    fill(metric, rest.pk, LOW, HIGH)
    found = seen(system, make_pilot(system, metric, [pilot.pk], [rest.pk]))
    assert found.verdict is Worked.NONE
    assert "changed alike" in found.sentence


def test_too_few_in_one_group_is_too_early(system: Actor) -> None:
    metric, (pilot, rest) = make_metric(system), make_stores(system)
    fill(metric, pilot.pk, LOW, HIGH)
    fill(metric, rest.pk, LOW, {9: 5})
    assert seen(system, make_pilot(system, metric, [pilot.pk], [rest.pk])).verdict is Worked.EARLY


def test_the_baseline_is_what_it_was_when_work_began(system: Actor) -> None:
    metric, began, lately = make_metric(system), date(2026, 4, 10), date(2026, 4, 5)
    tally(metric, lately, HIGH)
    action = action_create(
        actor=system, title="x", touchpoint=make_touchpoint(system, metric), at=at(began)
    )
    assert action.baseline == {}
    action = action_move(actor=system, action=action, column=column(system, "doing"), at=at(began))
    kept: Any = action.baseline
    assert (kept["from"], kept["to"], kept["metrics"][0]["value"]) == (
        "2026-01-10",
        "2026-04-09",
        50,
    )
    tally(metric, lately + timedelta(days=1), LOW)
    action = action_move(
        actor=system, action=action, column=column(system, "watching"), at=at(CLOSED)
    )
    assert action.baseline == kept


def test_pilots_cost_no_query_more(system: Actor) -> None:
    metric, (pilot, rest) = make_metric(system), make_stores(system)
    fill(metric, pilot.pk, LOW, HIGH)
    action = make_pilot(system, metric, [pilot.pk], [rest.pk])
    with count_queries() as counted:
        seen(system, action)
    assert len(counted) == 3


NPS = standard_definition("nps")


def samples(rng: Any, shares: Any, n: int, runs: int) -> list[Histogram]:
    return [
        Histogram.from_counts([int(c) for c in row]) for row in rng.multinomial(n, shares, runs)
    ]


def shares(promoters: float, detractors: float) -> Any:
    """Shares of the eleven answers with these promoters and detractors."""
    row = np.zeros(11)
    row[[9, 10]] = promoters / 2
    row[[7, 8]] = (1 - promoters - detractors) / 2
    row[:7] = detractors / 7
    return row


def false_alarms(runs: int, n: int) -> float:
    rng = np.random.default_rng(7)
    one, two = (samples(rng, shares(0.5, 0.2), n, runs) for _ in range(2))
    return sum(
        compare(NPS, a, b).verdict == "real" for a, b in zip(one, two, strict=True)
    ) / runs  # fmt: skip


def recovered(runs: int, n: int) -> tuple[float, float]:
    """Mean effect found and how often it is found: +20 in the pilot, a trend of +10 everywhere."""
    rng = np.random.default_rng(11)
    groups = [
        samples(rng, shares(p, d), n, runs)
        for p, d in ((0.4, 0.3), (0.55, 0.15), (0.4, 0.3), (0.45, 0.25))
    ]
    found = [
        difference_in_differences(
            (estimate(NPS, a), estimate(NPS, b)), (estimate(NPS, c), estimate(NPS, d))
        )
        for a, b, c, d in zip(*groups, strict=True)
    ]
    shown = [f.difference for f in found if f.difference is not None]
    return float(np.mean(shown)), sum(f.outcome == "changed" for f in found) / runs


def test_no_effect_is_rarely_called_one() -> None:
    assert false_alarms(runs=400, n=120) <= 0.08


def test_a_planted_effect_is_found_beside_a_common_trend() -> None:
    mean, power = recovered(runs=300, n=400)
    assert mean == pytest.approx(20, abs=1.5)
    assert power > 0.7
