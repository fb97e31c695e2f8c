"""A person's wish not to be asked any more, from the link in a message."""

from django.db import transaction

from cxportal.core.actors import Actor
from cxportal.core.commands import audit
from cxportal.core.errors import DomainError
from cxportal.core.models import Channel, Consent, Customer, Suppression
from cxportal.core.services.consent import consent_record, suppression_add
from surveys.models import Campaign, Invitation
from surveys.queries.skip_rules import ADVERTISING, PURPOSE

SOURCE = "unsubscribe link"


@transaction.atomic
def invitation_unsubscribe(*, invitation: Invitation) -> None:
    """Stop messages by the invitation's channel to the person and their address, at once.

    Twice is the same as once. At the foot of advertising it refuses advertising as well. The
    token in the link is the permission, so the portal itself acts.
    """
    actor, campaign = Actor.system(invitation.program), invitation.campaign
    customer = invitation.customer.merged_into or invitation.customer
    by_sms = campaign.channel == Campaign.Channel.SMS
    channel = Channel.SMS if by_sms else Channel.EMAIL
    refused = False
    for purpose in (PURPOSE, ADVERTISING) if campaign.is_advertising else (PURPOSE,):
        if not _has_refused(actor, customer, channel, purpose):
            consent_record(
                actor=actor,
                customer=customer,
                channel=channel,
                purpose=purpose,
                granted=False,
                source=SOURCE,
            )
            refused = True
    if refused:
        audit(actor=actor, action="invitation.unsubscribe", obj=invitation)
    _suppress(actor, customer.phone if by_sms else customer.email, channel)


def _has_refused(actor: Actor, customer: Customer, channel: Channel, purpose: str) -> bool:
    newest = (
        Consent.objects.for_actor(actor)
        .filter(customer=customer, channel=channel, purpose=purpose)
        .order_by("-at", "-pk")
        .first()
    )
    return newest is not None and not newest.granted


def _suppress(actor: Actor, address: str, channel: Channel) -> None:
    if not address:
        return
    reason = Suppression.Reason.UNSUBSCRIBED
    try:
        suppression_add(actor=actor, address=address, reason=reason, channel=channel)
    except DomainError:
        # An address nobody can write to needs no suppressing; the refusal above stands.
        return
