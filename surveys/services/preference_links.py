"""Links to the preference page: at the foot of a mail, in a notice of consent, or one's own page.

A token names its row and proves that the message was received: "<id>-<proof>" of an invitation,
"n<id>-<proof>" of a notice.
"""

import hmac
from dataclasses import dataclass

from django.conf import settings

from cxportal.core.actors import Actor
from cxportal.core.models import Customer, Program
from cxportal.core.tokens import derive
from surveys.models import ConsentNotice, Delivery, Invitation
from surveys.services.links import unsubscribe_invitation, unsubscribe_token

NOTICE, PREFIX = "consent-notice", "n"
PREFERENCES = "preferences"


@dataclass(frozen=True)
class Door:
    """What a link opens: for whom, and the message that it came with."""

    token: str
    program: Program
    person: Customer
    invitation: Invitation | None = None
    notice: ConsentNotice | None = None

    @property
    def key(self) -> str:
        """Names the row in counters; no secret."""
        return self.token.partition("-")[0]

    @property
    def actor(self) -> Actor:
        """The portal itself acts: the token is the permission."""
        return Actor.system(self.program)

    @property
    def preferences_path(self) -> str:
        return f"/u/{self.token}/{PREFERENCES}/"


def door_of(token: str) -> Door | None:
    """What the token opens, None for any other text."""
    if token.startswith(PREFIX):
        return _notice_door(token)
    invitation = unsubscribe_invitation(token)
    if invitation is None:
        return None
    person = invitation.customer.merged_into or invitation.customer
    token = unsubscribe_token(invitation)
    return Door(token, invitation.program, person, invitation=invitation)


def _notice_door(token: str) -> Door | None:
    number, _dash, proof = token.removeprefix(PREFIX).partition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 19 and proof.isascii()):
        return None
    notice = (
        ConsentNotice.unscoped.filter(pk=int(number))  # unscoped: the token opens its own row only
        .select_related("program", "consent__customer__merged_into")
        .first()
    )
    if notice is None or not hmac.compare_digest(proof, derive(notice.nonce, NOTICE)):
        return None
    customer = notice.consent.customer
    token = notice_token(notice)
    return Door(token, notice.program, customer.merged_into or customer, notice=notice)


def notice_token(notice: ConsentNotice) -> str:
    """Names the notice and proves that it was received."""
    return f"{PREFIX}{notice.pk}-{derive(notice.nonce, NOTICE)}"


def notice_preferences_url(notice: ConsentNotice) -> str:
    """The preference page, opened from a notice."""
    return f"{settings.SITE_URL}/u/{notice_token(notice)}/{PREFERENCES}/"


def person_preferences_path(actor: Actor, customer: Customer) -> str:
    """The preference page of a person by their newest message; "" where they never got one."""
    invitation = (
        Invitation.objects.for_actor(actor)
        .filter(customer=customer, deliveries__state=Delivery.State.SENT)
        .order_by("-pk")
        .first()
    )
    if invitation is not None:
        return f"/u/{unsubscribe_token(invitation)}/{PREFERENCES}/"
    notices = ConsentNotice.objects.for_actor(actor).filter(consent__customer=customer)
    notice = notices.order_by("-pk").first()
    return f"/u/{notice_token(notice)}/{PREFERENCES}/" if notice is not None else ""
