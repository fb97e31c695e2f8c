"""Verdicts on simulated actions, a small seeded sample; the full size is the probe S73."""

from surveys.calc.metrics import Kind, standard_definition
from tests.journeys.verdicts import changed_share, computed_power, planted

NPS = standard_definition(Kind.NPS)
USUAL = {10: 0.5, 8: 0.3, 3: 0.2}
BETTER = {10: 0.6, 8: 0.25, 3: 0.15}


def test_without_an_effect_few_actions_are_said_to_have_changed_anything() -> None:
    assert changed_share(NPS, USUAL, USUAL, 150, runs=400, seed=7) <= 0.06 + 0.033


def test_a_true_effect_is_found_as_often_as_computed() -> None:
    power = computed_power(NPS, USUAL, BETTER, 200)
    assert 0.45 < power < 0.55
    assert abs(changed_share(NPS, USUAL, BETTER, 200, runs=400, seed=7) - power) <= 0.03 + 0.075


def test_a_planted_effect_is_recovered_under_a_common_trend() -> None:
    seen = planted(NPS, (USUAL, {10: 0.7, 8: 0.2, 3: 0.1}), (USUAL, BETTER), 300, runs=200, seed=7)
    assert abs(seen.mean - 15) < 3
    assert seen.held > 0.9
    common = planted(NPS, (USUAL, BETTER), (USUAL, BETTER), 300, runs=200, seed=7)
    assert common.changed <= 0.1
