"""What happened with one customer, from every floor, newest first."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.actors import Actor
from cxportal.core.models import Consent, Customer, CustomerEvent
from cxportal.core.registry import TimelineEntry, timeline

# The events nearly every client sends; others show the name the client gave them.
EVENT_WORDS = {
    "purchase": gettext_lazy("Purchase"),
    "transaction": gettext_lazy("Transaction"),
    "return": gettext_lazy("Return"),
    "delivery": gettext_lazy("Delivery"),
    "call": gettext_lazy("Call"),
    "visit": gettext_lazy("Visit"),
    "signup": gettext_lazy("Sign-up"),
    "complaint": gettext_lazy("Complaint"),
    "cancellation": gettext_lazy("Cancellation"),
}


def customer_timeline(actor: Actor, customer: Customer, limit: int = 50) -> list[TimelineEntry]:
    """The newest entries of all floors together."""
    entries = [entry for source in timeline for entry in source(actor, customer, limit)]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:limit]


def event_entries(actor: Actor, customer: Customer, limit: int) -> Iterable[TimelineEntry]:
    """Events from the client's systems."""
    events = CustomerEvent.objects.for_actor(actor).filter(customer=customer)
    for event in events.order_by("-occurred_at")[:limit]:
        text = str(EVENT_WORDS.get(event.kind) or event.kind.replace("_", " ").capitalize())
        yield TimelineEntry(event.occurred_at, "event", text, detail=event.place)


def consent_entries(actor: Actor, customer: Customer, limit: int) -> Iterable[TimelineEntry]:
    """What the person agreed to and refused."""
    consents = Consent.objects.for_actor(actor).filter(customer=customer)
    for consent in consents.order_by("-at")[:limit]:
        channel = consent.get_channel_display()
        text = (
            _("Consent given: %(channel)s")
            if consent.granted
            else _("Consent refused: %(channel)s")
        )
        yield TimelineEntry(consent.at, "consent", text % {"channel": channel})
