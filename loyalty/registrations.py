"""What this floor adds to the ground floor's registries, once, at start-up."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.calc.numbers import money_text, plain_number
from cxportal.core.models import Customer
from cxportal.core.policies import may
from cxportal.core.registry import (
    Condition,
    NavigationItem,
    SearchHit,
    TimelineEntry,
    customer_facts,
    navigation,
    outbox_consumers,
    search,
    segment_conditions,
    timeline,
)
from loyalty.models import Transaction, ValueProposition
from loyalty.queries.value import value_of
from loyalty.services.transactions import TOPIC
from loyalty.services.value import value_consume

navigation.append(
    NavigationItem(
        "loyalty",
        gettext_lazy("Loyalty"),
        "loyalty:overview",
        "gem",
        "loyalty.view_propositions",
        80,
    )
)
outbox_consumers[TOPIC] = value_consume


def transaction_entries(actor: Actor, customer: Customer, limit: int) -> Iterable[TimelineEntry]:
    """Purchases and refunds on the customer's time line."""
    if not may(actor, "loyalty.view_transactions"):
        return
    rows = Transaction.objects.for_actor(actor).filter(customer=customer)
    for row in rows.order_by("-occurred_at", "-id")[:limit]:
        amount = money_text(row.amount, actor.program.currency, get_language() or "en")
        where = " · ".join(part for part in (row.product, row.store, row.channel) if part)
        text = f"{row.get_kind_display()} {amount}"
        yield TimelineEntry(at=row.occurred_at, kind="transaction", text=text, detail=where)


timeline.append(transaction_entries)


def value_facts(actor: Actor, customer: Customer) -> Iterable[tuple[str, str]]:
    """What the customer has brought so far."""
    value = value_of(actor, customer.pk) if may(actor, "loyalty.view_value") else None
    if value is None:
        return
    language = get_language() or "en"
    currency = actor.program.currency
    yield _("Past value"), money_text(value.past_value, currency, language)
    yield _("Revenue so far"), money_text(value.revenue, currency, language)
    yield _("Number of transactions"), plain_number(value.transactions, 0, language)


customer_facts.append(value_facts)


def proposition_hits(actor: Actor, text: str, limit: int) -> Iterable[SearchHit]:
    """Value propositions whose name or promise holds the text."""
    if not may(actor, "loyalty.view_propositions"):
        return
    holds = Q(name__icontains=text) | Q(promise__icontains=text)
    for row in ValueProposition.objects.for_actor(actor).filter(holds)[:limit]:
        url = actor.url("loyalty:proposition-detail", row.pk)
        yield SearchHit(kind=_("Value proposition"), label=str(row), url=url)


search.append(proposition_hits)


def _number_q(path: str) -> Any:
    def to_q(operator: str, value: Any) -> Q:
        return Q(**{f"{path}__{'gt' if operator == 'gt' else 'lt'}": value})

    return to_q


for name, label in (
    ("past_value", gettext_lazy("Past value")),
    ("revenue", gettext_lazy("Revenue so far")),
    ("transactions", gettext_lazy("Number of transactions")),
):
    segment_conditions[name] = Condition(name, label, ("gt", "lt"), _number_q(f"value__{name}"))
