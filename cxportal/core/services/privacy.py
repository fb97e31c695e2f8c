"""What a person may do with their own data: see, correct, decide, take along, be erased.

The link is the right: who holds it acts for the person. It is derived from a stored nonce, so that
it can be shown again while a copy of the database alone opens nothing.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit
from cxportal.core.models import Channel, Consent, Customer, CustomerEvent, PrivacyLink
from cxportal.core.policies import authorise
from cxportal.core.queries.consent import consents_latest
from cxportal.core.registry import personal_exports
from cxportal.core.services.consent import consent_record, suppression_withdraw
from cxportal.core.services.customers import customer_update
from cxportal.core.services.erasure import customer_erase
from cxportal.core.tokens import derive, derived_pair, hash_of

LINK = "privacy"
VALID = timedelta(days=30)
PURPOSES = {
    "survey": _("Being asked for your opinion"),
    "marketing": _("Offers and news"),
}
CHANNELS = (Channel.EMAIL, Channel.SMS, Channel.PHONE)
SOURCE = "privacy page"
#: Where a channel's address stands.
ADDRESSES = {Channel.EMAIL.value: "email", Channel.SMS.value: "phone"}


@transaction.atomic
def privacy_link(*, actor: Actor, customer: Customer) -> str:
    """Address of the person's own page; the same one while it is valid for a week more."""
    authorise(actor, "core.record_consent", customer)
    soon = timezone.now() + timedelta(days=7)
    links = PrivacyLink.objects.for_actor(actor).filter(customer=customer, expires_at__gt=soon)
    link = links.order_by("-pk").first()
    if link is None:
        nonce, hashed = derived_pair(LINK)
        link = PrivacyLink.unscoped.create(  # unscoped: the actor's own program
            program=actor.program, customer=customer, nonce=nonce, token_hash=hashed,
            expires_at=timezone.now() + VALID,
        )  # fmt: skip
        audit(actor=actor, action="customer.privacy_link", obj=customer)
    return f"{settings.SITE_URL}/my/{derive(link.nonce, LINK)}/"


def privacy_link_send(*, actor: Actor, customer: Customer) -> bool:
    """Mail the person the address of their own page; False without an address or a mail server.

    It goes to the address on record only, so that a forwarded mail opens nobody's data.
    """
    if not customer.email:
        return False
    link = privacy_link(actor=actor, customer=customer)
    context = {"program": actor.program, "link": link, "days": VALID.days}
    with override(customer.language or actor.program.default_language):
        subject = gettext("Your data at %(program)s") % {"program": actor.program.name}
        text = render_to_string("core/mail/privacy_link.txt", context)
    message = EmailMessage(" ".join(subject.split()), text, to=[customer.email])
    try:
        return bool(message.send())
    except OSError:  # refused, unreachable, timed out: smtplib's errors are OSErrors
        return False


def privacy_link_find(token: str) -> PrivacyLink | None:
    """The link a token opens; None for an unknown or expired one, or an erased person."""
    if not token.isascii() or len(token) > 100:
        return None
    link = (
        PrivacyLink.unscoped.filter(  # unscoped: the token opens its own row only
            token_hash=hash_of(token, LINK), expires_at__gt=timezone.now(),
            customer__erased_at=None,
        )
        .select_related("program", "customer__merged_into")
        .first()
    )  # fmt: skip
    return link


def person_of(link: PrivacyLink) -> tuple[Actor, Customer]:
    """Whom the link speaks for, and the actor that acts for them."""
    customer = link.customer.merged_into or link.customer
    return Actor.system(link.program), customer


def person_correct(*, link: PrivacyLink, values: Mapping[str, str]) -> Customer:
    """Change name, e-mail, phone or language as the person says. Raises DomainError."""
    actor, customer = person_of(link)
    changes: dict[str, Any] = {
        n: values[n] for n in ("name", "email", "phone", "language") if n in values
    }
    return customer_update(actor=actor, customer=customer, **changes)


def person_decide(*, link: PrivacyLink, decisions: Mapping[tuple[str, str], bool]) -> int:
    """Record what the link's person decides, as `decisions_record` does."""
    actor, customer = person_of(link)
    return decisions_record(actor=actor, customer=customer, decisions=decisions, source=SOURCE)


@transaction.atomic
def decisions_record(
    *, actor: Actor, customer: Customer, decisions: Mapping[tuple[str, str], bool], source: str
) -> int:
    """Record {(purpose, channel): agrees} where it differs from the last word; returns how many.

    Who agrees again takes an earlier "write to me no more" of that channel back; refusals of
    other purposes stand.
    """
    latest = {(c.purpose, c.channel): c.granted for c in consents_latest(actor, customer)}
    changed = {key: granted for key, granted in decisions.items() if latest.get(key) != granted}
    for (purpose, channel), granted in changed.items():
        consent_record(
            actor=actor, customer=customer, channel=channel, purpose=purpose, granted=granted,
            source=source, text_version="my-1",
        )  # fmt: skip
        if granted and channel in ADDRESSES:
            address = getattr(customer, ADDRESSES[channel])
            suppression_withdraw(actor=actor, channel=channel, address=address)
    return len(changed)


def person_erase(*, link: PrivacyLink) -> None:
    """Erase the person who asks for it, everywhere."""
    actor, customer = person_of(link)
    customer_erase(actor=actor, customer=customer)


def person_data(actor: Actor, customer: Customer) -> dict[str, Any]:
    """Everything known of a person, to take along: plain values, by subject."""
    data: dict[str, Any] = {"person": _person(customer)}
    data["events"] = list(
        CustomerEvent.objects.for_actor(actor).filter(customer=customer)
        .order_by("occurred_at").values("kind", "occurred_at", "place", "data")
    )  # fmt: skip
    data["consents"] = list(
        Consent.objects.for_actor(actor).filter(customer=customer).order_by("at")
        .values("purpose", "channel", "granted", "text_version", "source", "at")
    )  # fmt: skip
    for name, export in personal_exports.items():
        data[name] = export(actor, customer)
    return data


def _person(customer: Customer) -> dict[str, Any]:
    names = ("external_id", "kind", "name", "email", "phone", "language", "attributes")
    return {name: getattr(customer, name) for name in names} | {
        "known_since": customer.created_at, "value_segment": customer.value_segment,
    }  # fmt: skip
