"""From an action's effect to money."""

from collections.abc import Callable

import pytest
from django.test import Client

from cxportal.core.actors import Actor
from journeys.models import Action
from journeys.queries.effects import effects_of
from loyalty.queries.effect_money import unit_worth, worth_of_effects
from loyalty.queries.propositions import proposition_effect
from loyalty.services.propositions import proposition_create
from surveys.models import Metric
from tests.loyalty.effects import make_answers, make_worked

pytestmark = pytest.mark.django_db


@pytest.fixture
def metric(system: Actor) -> Metric:
    return make_answers(system)


@pytest.fixture
def action(system: Actor, metric: Metric) -> Action:
    return make_worked(system, metric)


def test_a_change_is_worth_its_size_times_what_a_unit_goes_with(
    system: Actor, metric: Metric, action: Action
) -> None:
    unit = unit_worth(system, metric)
    # One per cent of 60 customers, who bring 1,000 instead of the mean of 150 … 159.
    assert unit is not None and unit.value == pytest.approx(0.6 * (1000 - 154.5))
    effects = effects_of(system, [action])
    change = effects[action.pk].metrics[0].effect.difference
    assert change == pytest.approx(50)
    worth = worth_of_effects(system, effects)[action.pk]
    assert worth.value == pytest.approx(50 * unit.value)
    assert worth.low < worth.value < worth.high and worth.is_told_apart


def test_promise_and_action_say_it_to_those_who_may_see_money(
    system: Actor, metric: Metric, action: Action, client_for: Callable[[str], Client]
) -> None:
    promise = proposition_create(
        actor=system, name={"en": "Known"}, promise={"en": "We know you"}, actions=[action]
    )
    [(_action, _seen, words)] = proposition_effect(system, promise).actions
    assert words.startswith("₩25.4K of profit a year (")
    page = client_for("manager").get(f"/p/acme/loyalty/propositions/{promise.pk}/")
    assert words in page.content.decode()
    for role, sees in (("manager", True), ("staff", False)):
        shown = client_for(role).get(f"/p/acme/actions/{action.pk}/").content.decode()
        assert (words in shown, "Known" in shown) == (sees, True)
