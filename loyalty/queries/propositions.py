"""Reads of value propositions: side by side, and what they changed, down to money."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum

from cxportal.core.actors import Actor
from journeys.models import Action
from journeys.queries.effects import ActionEffect, effects_of
from loyalty.models import CustomerValue, ValueProposition
from surveys.queries.scores import MetricReview, last_days, metric_reviews

MOST_COMPARED = 4


def propositions_compared(actor: Actor, asked: Sequence[int]) -> list[ValueProposition]:
    """The asked ones, or the newest; at most four."""
    rows = ValueProposition.objects.for_actor(actor).select_related("segment")
    rows = rows.filter(pk__in=asked) if asked else rows.order_by("-updated_at")
    return list(rows.prefetch_related("touchpoints", "drivers", "actions")[:MOST_COMPARED])


def propositions_by_driver(actor: Actor) -> dict[int, list[ValueProposition]]:
    """{driver: the promises that answer it}, in one query and one for the links."""
    found: dict[int, list[ValueProposition]] = {}
    rows: Any = ValueProposition.objects.for_actor(actor).order_by("pk")
    for proposition in rows.prefetch_related("drivers"):
        for driver in proposition.drivers.all():
            found.setdefault(driver.pk, []).append(proposition)
    return found


@dataclass(frozen=True)
class PropositionEffect:
    """What came of a promise: its metric, its actions' effects, the money of whom it is for."""

    review: MetricReview | None
    actions: list[tuple[Action, ActionEffect | None]]
    customers: int
    present: Decimal
    future: Decimal

    @property
    def measured(self) -> int:
        """How many of the actions have a verdict to show."""
        return sum(effect is not None for _action, effect in self.actions)


def proposition_effect(actor: Actor, proposition: ValueProposition) -> PropositionEffect:
    """Read in a few queries; an association, not proof."""
    actions: list[Any] = list(
        proposition.actions.select_related("column", "owner__user", "touchpoint", "stage")
    )
    effects = effects_of(actor, actions)
    review = None
    if proposition.metric is not None:
        review = metric_reviews(actor=actor, metrics=[proposition.metric], period=last_days(actor))[
            0
        ]
    values = CustomerValue.objects.for_actor(actor).filter(customer__is_test=False)
    if proposition.segment_id is not None:
        values = values.filter(customer__segments=proposition.segment_id)
    sums = values.aggregate(n=Count("pk"), now=Sum("present_value"), then=Sum("future_value"))
    zero = Decimal()
    return PropositionEffect(
        review, [(action, effects.get(action.pk)) for action in actions], sums["n"],
        sums["now"] or zero, sums["then"] or zero,
    )  # fmt: skip
