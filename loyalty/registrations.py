"""What this floor adds to the ground floor's registries, once, at start-up."""

from collections.abc import Iterable

from django.utils.translation import get_language, gettext_lazy, pgettext_lazy

from cxportal.core.actors import Actor
from cxportal.core.calc.numbers import money_text
from cxportal.core.models import Customer
from cxportal.core.policies import may
from cxportal.core.registry import (
    Named,
    NavigationItem,
    TimelineEntry,
    audit_words,
    customer_facts,
    customer_panels,
    customer_patterns,
    erasers,
    figure_feeds,
    import_targets,
    job_runners,
    job_titles,
    merge_followers,
    moved_words,
    named_records,
    navigation,
    outbox_consumers,
    outside_sources,
    pages,
    personal_exports,
    place_notes,
    segment_conditions,
    signs_of_life,
    timeline,
    value_segment_names,
    webhook_events,
)
from journeys.queries.actions import action_ties
from journeys.queries.paths import sighting_sources
from loyalty.models import Competitor, Driver, Transaction, ValueProposition
from loyalty.queries.figure_feeds import CHURN, PARTICIPATION, REPEAT, RIVALS
from loyalty.queries.nps_money import stakes_in_words
from loyalty.queries.outside import BENCHMARKS
from loyalty.queries.patterns import PATTERNS
from loyalty.queries.points import points_panel
from loyalty.queries.propositions import promises_of_action
from loyalty.queries.sightings import transaction_sightings
from loyalty.queries.value import segment_names
from loyalty.queries.value_words import value_conditions, value_facts, value_panel
from loyalty.services.driver_files import DRIVERS
from loyalty.services.people import (
    bought_since,
    points_forget_customer,
    points_of_person,
    transactions_forget_customer,
    transactions_of_person,
    value_follows_merge,
    value_of_person,
)
from loyalty.services.points_tiers import points_consume, points_follow_merge
from loyalty.services.transaction_files import TRANSACTIONS
from loyalty.services.transactions import POINTS_TOPIC, TOPIC
from loyalty.services.value import REBUILD_JOB, value_consume, values_rebuild_run

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
figure_feeds |= {
    "repeat-orders": REPEAT,
    "churn": CHURN,
    "participation": PARTICIPATION,
    "rivals": RIVALS,
}
outbox_consumers[TOPIC] = value_consume
import_targets |= {"transactions": TRANSACTIONS, "drivers": DRIVERS}
sighting_sources.append(transaction_sightings)
action_ties.append(promises_of_action)
outbox_consumers[POINTS_TOPIC] = points_consume
erasers += [transactions_forget_customer, points_forget_customer]
signs_of_life.append(bought_since)
merge_followers += [value_follows_merge, points_follow_merge]
personal_exports |= {
    "transactions": transactions_of_person,
    "value": value_of_person,
    "points": points_of_person,
}
moved_words |= {
    "loyalty.transaction.customer": gettext_lazy("Transactions"),
    "loyalty.customervalue.customer": gettext_lazy("Customer value"),
    "loyalty.pointsaccount.customer": gettext_lazy("Points"),
    "loyalty.valuemove.customer": gettext_lazy("Moves between value segments"),
}
customer_patterns |= PATTERNS
job_runners[REBUILD_JOB] = values_rebuild_run
job_titles[REBUILD_JOB] = gettext_lazy("Values of all customers")
audit_words |= {
    "rebuild": pgettext_lazy("audit", "recomputed"),
    "enrol": pgettext_lazy("audit", "made a member"),
    "earn": pgettext_lazy("audit", "gave points"),
    "spend": pgettext_lazy("audit", "spent points"),
    "reverse": pgettext_lazy("audit", "took points back or gave them back"),
    "tier": pgettext_lazy("audit", "moved to another tier"),
    "fit": pgettext_lazy("audit", "fitted"),
}
webhook_events |= {
    "values.rebuilt": gettext_lazy("Customers' values were recomputed"),
    "points.enrolled": gettext_lazy("A customer became a member"),
    "points.moved": gettext_lazy("Points were earned, spent or taken back"),
}


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


value_segment_names.append(segment_names)
pages["portfolio"] = "loyalty:portfolio"
customer_facts.append(value_facts)
place_notes.append(stakes_in_words)
outside_sources.append(BENCHMARKS)
customer_panels += [value_panel, points_panel]


named_records += [
    Named(
        gettext_lazy("Value proposition"),
        ValueProposition,
        "loyalty:proposition-detail",
        "loyalty.view_propositions",
        ("name", "promise"),
    ),
    Named(gettext_lazy("Driver"), Driver, "loyalty:driver-edit", "loyalty.change_propositions"),
    Named(
        gettext_lazy("Competitor"),
        Competitor,
        "loyalty:competitor-edit",
        "loyalty.change_propositions",
    ),
]


segment_conditions |= value_conditions()
