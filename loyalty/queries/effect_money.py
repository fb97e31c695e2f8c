"""From an action's effect to money: what the change of its touchpoint's score goes with a year."""

from collections.abc import Mapping

from cxportal.core.actors import Actor
from journeys.queries.effects import ActionEffect, Worked
from loyalty.calc.effect_money import Worth, worth_of_change, worth_of_share, worth_of_step
from loyalty.queries.nps_money import money_by_answer, nps_money
from surveys.calc.definitions import Unit
from surveys.models import Metric
from surveys.queries.scores import definition_of


def unit_worth(actor: Actor, metric: Metric) -> Worth | None:
    """What one unit of a metric goes with a year; None where too few customers answered.

    An NPS by the page “NPS and money”, a share by those who answered favourably, a mean by the
    slope of profit on the answer.
    """
    definition = definition_of(metric)
    if definition.unit is Unit.POINTS:
        worth = nps_money(actor, metric).worth
        ends = worth.intervals.get("mean")
        return None if worth.mean is None or ends is None else Worth(worth.mean, *ends)
    table = money_by_answer(actor, metric)
    values, profit = table[:, 0], table[:, 2]
    if definition.unit is Unit.MEAN:
        return worth_of_step(values, profit)
    low = definition.direction == "low"
    good = values <= definition.top_from if low else values >= definition.top_from
    return worth_of_share(good, profit)


def worth_of_effects(actor: Actor, effects: Mapping[int, ActionEffect]) -> dict[int, Worth]:
    """{action: worth of its effect} for actions with a verdict; one query per deciding metric."""
    units: dict[int, Worth | None] = {}
    found: dict[int, Worth] = {}
    for pk, effect in effects.items():
        if effect.verdict not in (Worked.BETTER, Worked.WORSE):
            continue
        main = effect.metrics[0]
        if main.metric.pk not in units:
            units[main.metric.pk] = unit_worth(actor, main.metric)
        unit, change, margin = units[main.metric.pk], main.effect.difference, main.effect.margin
        if unit is not None and change is not None and margin is not None:
            found[pk] = worth_of_change(change, margin, unit)
    return found
