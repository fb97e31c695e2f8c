"""What people agreed to, and who is never written to."""

from collections.abc import Iterable

from django.db.models import QuerySet

from cxportal.core.actors import Actor
from cxportal.core.calc.addresses import address_normalised
from cxportal.core.models import Channel, Consent, Customer, Suppression


def consents_latest(actor: Actor, customer: Customer) -> list[Consent]:
    """The newest decision per channel and purpose."""
    return list(
        Consent.objects.for_actor(actor)
        .filter(customer=customer)
        .order_by("channel", "purpose", "-at", "-pk")
        .distinct("channel", "purpose")
    )


def consent_log(actor: Actor, customer: Customer) -> QuerySet[Consent]:
    """Every entry, newest first."""
    return Consent.objects.for_actor(actor).filter(customer=customer).order_by("-at", "-pk")


def suppressed(actor: Actor, addresses: Iterable[str], channel: str = Channel.EMAIL) -> set[str]:
    """Those of the addresses that must not be written to, in their normalised form."""
    wanted = {address_normalised(channel, address) for address in addresses if address}
    rows = Suppression.objects.for_actor(actor).filter(channel=channel, address__in=wanted)
    return set(rows.values_list("address", flat=True))
