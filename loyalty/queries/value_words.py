"""A customer's value in plain words, and the questions a segment's rule may ask about it."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.calc.numbers import money_text, plain_number
from cxportal.core.models import Customer
from cxportal.core.policies import may
from cxportal.core.registry import Condition
from loyalty.models import ValueSegment
from loyalty.queries.value import moves_of, rules_for, segment_name, value_of

SHOWN_MOVES = 5


def value_facts(actor: Actor, customer: Customer) -> Iterable[tuple[str, str]]:
    """The published facts: segment and lifetime value."""
    if not may(actor, "loyalty.view_value"):
        return
    if customer.value_segment:
        yield _("Value segment"), segment_name(rules_for(actor), customer.value_segment)
    if customer.lifetime_value is not None:
        language = get_language() or "en"
        amount = money_text(customer.lifetime_value, actor.program.currency, language)
        yield _("Lifetime value"), amount


def value_panel(actor: Actor, customer: Customer) -> tuple[str, dict[str, Any]] | None:
    """What the customer is worth and why, for the customer's page."""
    value = value_of(actor, customer.pk) if may(actor, "loyalty.view_value") else None
    if value is None:
        return None
    rules = rules_for(actor)
    moves = [
        {
            "on": move.on,
            "came_from": segment_name(rules, move.came_from),
            "went_to": segment_name(rules, move.went_to),
        }
        for move in moves_of(actor, customer.pk, SHOWN_MOVES)
    ]
    return "loyalty/_customer_value.html", {
        "value": value,
        "segment": segment_name(rules, value.segment),
        "years": rules.horizon_years,
        "currency": actor.program.currency,
        "expected": None
        if value.expected_purchases is None
        else plain_number(value.expected_purchases, 1),
        "moves": moves,
    }


def _number_q(path: str) -> Any:
    def to_q(operator: str, value: Any) -> Q:
        return Q(**{f"{path}__{'gt' if operator == 'gt' else 'lt'}": value})

    return to_q


def _segment_q(operator: str, value: Any) -> Q:
    if operator in ("is_set", "is_not_set"):
        return Q(value_segment="") if operator == "is_not_set" else ~Q(value_segment="")
    wanted = value if isinstance(value, list) else [value]
    found = Q(value_segment__in=[str(v) for v in wanted])
    return ~found if operator == "is_not" else found


def value_conditions() -> dict[str, Condition]:
    """What a segment's rule may ask about a customer's money."""
    numbers = {
        "past_value": gettext_lazy("Past value"),
        "future_value": gettext_lazy("Future value"),
        "potential": gettext_lazy("Profit held by competitors"),
        "revenue": gettext_lazy("Revenue so far"),
        "transactions": gettext_lazy("Number of transactions"),
        "alive": gettext_lazy("Probability of still being a customer (0 to 1)"),
        "recency_cell": gettext_lazy("Recency, 1 to 5"),
        "frequency_cell": gettext_lazy("Frequency, 1 to 5"),
        "money_cell": gettext_lazy("Money, 1 to 5"),
    }
    found = {
        name: Condition(name, label, ("gt", "lt"), _number_q(f"value__{name}"))
        for name, label in numbers.items()
    }
    choices = tuple(ValueSegment.choices)
    label = gettext_lazy("Value segment")
    operators = ("is", "is_not", "in", "is_set", "is_not_set")
    found["value_segment"] = Condition("value_segment", label, operators, _segment_q, choices)
    return found
