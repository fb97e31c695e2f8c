"""Consent is a log that only grows; the suppression list stops every message at once."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.calc.addresses import address_normalised
from cxportal.core.commands import audit, emit
from cxportal.core.errors import DomainError
from cxportal.core.models import Channel, Consent, Customer, Suppression
from cxportal.core.policies import authorise

RECONFIRM_YEARS = 2  # consent to advertising is confirmed again every two years


@transaction.atomic
def consent_record(
    *,
    actor: Actor,
    customer: Customer,
    channel: str,
    granted: bool,
    purpose: str = "survey",
    text_version: str = "",
    source: str = "",
    night: bool = False,
    at: datetime | None = None,
) -> Consent:
    """Write down what a person decided; earlier entries stay. Raises DomainError "invalid"."""
    authorise(actor, "core.record_consent", customer)
    _check_channel(channel)
    moment = at or timezone.now()
    if moment > timezone.now():
        raise DomainError("invalid", _("A consent cannot lie in the future."))
    consent = Consent.unscoped.create(  # unscoped: written for the actor's own program
        program=actor.program,
        customer=customer,
        channel=channel,
        purpose=purpose[:30],
        granted=granted,
        text_version=text_version[:60],
        source=(source or actor.label)[:60],
        night=night and granted,
        reconfirm_by=_years_later(moment.date()) if granted else None,
        at=moment,
    )
    audit(
        actor=actor,
        action="customer.consent",
        obj=customer,
        changes={"channel": channel, "purpose": purpose, "granted": granted},
    )
    emit(actor=actor, event="consent.recorded", payload=_told(consent))
    return consent


def _years_later(day: date) -> date:
    leap_day = day.month == 2 and day.day == 29
    return day.replace(year=day.year + RECONFIRM_YEARS, day=28 if leap_day else day.day)


def _told(consent: Consent) -> dict[str, Any]:
    return {
        "customer": consent.customer.external_id,
        "channel": consent.channel,
        "purpose": consent.purpose,
        "granted": consent.granted,
        "at": consent.at.isoformat(),
    }


def _check_channel(channel: str) -> None:
    if channel not in Channel.values:
        message = _("Choose one of: %(kinds)s.") % {"kinds": ", ".join(Channel.values)}
        raise DomainError("invalid", message, details={"channel": message})


@transaction.atomic
def suppression_add(
    *,
    actor: Actor,
    address: str,
    reason: str = Suppression.Reason.MANUAL,
    channel: str = Channel.EMAIL,
    note: str = "",
) -> Suppression:
    """Stop every message to an address; adding it again changes nothing."""
    authorise(actor, "core.change_suppressions")
    _check_channel(channel)
    if reason not in Suppression.Reason.values:
        raise DomainError("invalid", _("This reason is not known."))
    text = _checked_address(channel, address)
    row, is_new = Suppression.unscoped.get_or_create(  # unscoped: the actor's own program
        program=actor.program,
        channel=channel,
        address=text,
        defaults={"reason": reason, "note": note[:200]},
    )
    if is_new:
        audit(actor=actor, action="suppression.add", obj=row, changes={"reason": reason})
        emit(actor=actor, event="suppression.added", payload={"channel": channel, "address": text})
    return row


def _checked_address(channel: str, address: str) -> str:
    text = address_normalised(channel, address)
    try:
        if not text or len(text) > 254 or "\x00" in text:
            raise ValidationError("")
        if channel == Channel.EMAIL:
            validate_email(text)
    except ValidationError:
        message = _("This is not an address one can write to.")
        raise DomainError("invalid", message, details={"address": message}) from None
    return text


@transaction.atomic
def suppression_remove(*, actor: Actor, suppression: Suppression) -> None:
    """Allow messages again; only what was entered by hand or bounced, never a person's own wish.

    Raises DomainError "own_wish" (409).
    """
    authorise(actor, "core.change_suppressions", suppression)
    wish = (Suppression.Reason.UNSUBSCRIBED, Suppression.Reason.COMPLAINED)
    if suppression.reason in wish:
        message = _("This person asked not to be written to. Only they can take it back.")
        raise DomainError("own_wish", message, status=409)
    audit(actor=actor, action="suppression.remove", obj=suppression)
    suppression.delete()


@transaction.atomic
def suppression_withdraw(*, actor: Actor, channel: str, address: str) -> int:
    """Take a person's own wish back because they themselves agreed again; returns how many.

    An address that bounced or complained stays suppressed.
    """
    authorise(actor, "core.change_suppressions")
    rows = Suppression.objects.for_actor(actor).filter(
        channel=channel,
        address=address_normalised(channel, address),
        reason=Suppression.Reason.UNSUBSCRIBED,
    )
    for row in rows:
        audit(actor=actor, action="suppression.remove", obj=row)
    return rows.delete()[0]
