"""A person's wish not to be asked any more, from the link in a mail."""

from django.db import transaction

from cxportal.core.actors import Actor
from cxportal.core.commands import audit
from cxportal.core.errors import DomainError
from cxportal.core.models import Channel, Consent, Suppression
from cxportal.core.services.consent import consent_record, suppression_add
from surveys.models import Invitation
from surveys.queries.skip_rules import PURPOSE

SOURCE = "unsubscribe link"


@transaction.atomic
def invitation_unsubscribe(*, invitation: Invitation) -> None:
    """Stop survey mails to the person and their address, at once; twice is the same as once.

    The token in the mail's link is the permission, so the portal itself acts.
    """
    actor = Actor.system(invitation.program)
    customer = invitation.customer
    if not _has_refused(actor, invitation):
        consent_record(
            actor=actor,
            customer=customer,
            channel=Channel.EMAIL,
            purpose=PURPOSE,
            granted=False,
            source=SOURCE,
        )
        audit(actor=actor, action="invitation.unsubscribe", obj=invitation)
    _suppress(actor, customer.email)


def _has_refused(actor: Actor, invitation: Invitation) -> bool:
    newest = (
        Consent.objects.for_actor(actor)
        .filter(customer=invitation.customer, channel=Channel.EMAIL, purpose=PURPOSE)
        .order_by("-at", "-pk")
        .first()
    )
    return newest is not None and not newest.granted


def _suppress(actor: Actor, address: str) -> None:
    if not address:
        return
    try:
        suppression_add(actor=actor, address=address, reason=Suppression.Reason.UNSUBSCRIBED)
    except DomainError:
        # An address nobody can write to needs no suppressing; the refusal above stands.
        return
