"""Reads of value propositions: side by side, and what they changed, down to money."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.calc.numbers import money_text
from cxportal.core.policies import may
from journeys.models import Action
from journeys.queries.actions import ActionTie
from journeys.queries.effects import ActionEffect, effects_of
from loyalty.calc.effect_money import Worth
from loyalty.models import CustomerValue, ValueProposition
from loyalty.queries.effect_money import worth_of_effects
from loyalty.queries.nps_money import nps_metrics
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
    """What came of a promise: its metric, its actions' effects and what these are worth, the money
    of whom it is for.
    """

    review: MetricReview | None
    actions: list[tuple[Action, ActionEffect | None, str]]
    customers: int
    present: Decimal
    future: Decimal

    @property
    def measured(self) -> int:
        """How many of the actions have a verdict to show."""
        return sum(effect is not None for _action, effect, _worth in self.actions)


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
    worths = worth_of_effects(actor, effects) if may(actor, "loyalty.view_value") else {}
    return PropositionEffect(
        review,
        [(action, effects.get(action.pk), _in_money(actor, worths, action)) for action in actions],
        sums["n"],
        sums["now"] or zero, sums["then"] or zero,
    )  # fmt: skip


def _in_money(actor: Actor, worths: Mapping[int, Worth], action: Action) -> str:
    worth = worths.get(action.pk)
    return "" if worth is None else worth_words(actor, worth)


def promises_of_action(actor: Actor, action: Action) -> Iterable[ActionTie]:
    """The promises an action makes true, and what its effect is worth, for the action's page."""
    if not may(actor, "loyalty.view_propositions"):
        return
    for row in ValueProposition.objects.for_actor(actor).filter(actions=action):
        url = actor.url("loyalty:proposition-detail", row.pk)
        yield ActionTie(_("Makes true"), str(row), url)
    if not may(actor, "loyalty.view_value"):
        return
    for worth in worth_of_effects(actor, effects_of(actor, [action])).values():
        words = worth_words(actor, worth)
        yield ActionTie(_("Worth of the effect"), words, money_url(actor))


def money_url(actor: Actor) -> str:
    """Where money is told by group, "" where nobody was asked for an NPS yet."""
    return actor.url("loyalty:nps-money") if nps_metrics(actor) else ""


def worth_words(actor: Actor, worth: Worth) -> str:
    """₩12M a year (₩3M … ₩21M): what goes with the change, not proof."""
    language, currency = get_language() or "en", actor.program.currency
    shown = [
        money_text(Decimal(round(part)), currency, language, True)
        for part in (worth.value, worth.low, worth.high)
    ]
    words = _("%(value)s of profit a year (%(low)s … %(high)s)")
    return words % dict(zip(("value", "low", "high"), shown, strict=True))
