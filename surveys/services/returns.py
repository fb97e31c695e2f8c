"""Messages that came back after they were sent: bounces and complaints, by report or webhook."""

import hmac
import re
from typing import Any

from django.db import transaction
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.commands import audit
from cxportal.core.errors import DomainError
from cxportal.core.models import Customer, Suppression
from cxportal.core.services.consent import suppression_add
from surveys.calc.returned_mail import BOUNCED, COMPLAINED, Returned, returned_read
from surveys.models import ConsentNotice, Delivery
from surveys.services.consent_letters import notice_message_id
from surveys.services.letters import message_id

# A campaign's mail (d) or a notice of consent (n).
_OURS = re.compile(r"<([dn])(\d{1,18})\.[0-9a-f]{24}@[^>]+>")
_REASONS = {BOUNCED: Suppression.Reason.BOUNCED, COMPLAINED: Suppression.Reason.COMPLAINED}


def report_take(raw: bytes) -> int:
    """Read one mail of the bounce mailbox; returns how many of our messages it speaks of."""
    return sum(returned_take(returned) for returned in returned_read(raw))


@transaction.atomic
def returned_take(returned: Returned) -> bool:
    """Write down that a message came back; False when it is none of ours or known already.

    The Message-ID is proof: nobody else can make one. A complaint, or an address that does not
    exist, is never written to again.
    """
    sent = _sent(returned.message_id)
    if sent is None or sent.came_back:
        return False
    address = _customer(sent).email
    words = returned.words or returned.status or returned.kind
    sent.came_back, sent.came_back_at = returned.kind, timezone.now()
    sent.reason = words.replace(address or "\x00", "…")[:200]
    sent.save(update_fields=["came_back", "came_back_at", "reason"])
    actor = Actor.system(sent.program)
    name = "delivery.return" if isinstance(sent, Delivery) else "consent_notice.return"
    audit(actor=actor, action=name, obj=sent, changes={"kind": returned.kind})
    if returned.kind == COMPLAINED or returned.for_good:
        _suppress(actor, address, returned.kind)
    return True


def _customer(sent: Delivery | ConsentNotice) -> Customer:
    return sent.invitation.customer if isinstance(sent, Delivery) else sent.consent.customer


def _sent(given: str) -> Delivery | ConsentNotice | None:
    """The row of the message, locked."""
    found = _OURS.fullmatch(given)
    if found is None:
        return None
    row: Delivery | ConsentNotice | None
    if found[1] == "d":
        deliveries = Delivery.unscoped.select_for_update(of=("self",))  # unscoped: proof below
        row = (
            deliveries.select_related("invitation__customer", "program")
            .filter(pk=int(found[2]))
            .first()
        )
        proof = "" if row is None else message_id(row)
    else:
        notices = ConsentNotice.unscoped.select_for_update(of=("self",))  # unscoped: proof below
        row = (
            notices.select_related("consent__customer", "program").filter(pk=int(found[2])).first()
        )
        proof = "" if row is None else notice_message_id(row)
    return row if row is not None and hmac.compare_digest(given, proof) else None


def _suppress(actor: Actor, address: str, kind: str) -> None:
    try:
        suppression_add(actor=actor, address=address, reason=_REASONS[kind])
    except DomainError:
        # The address was changed meanwhile to one that cannot be written to at all.
        return


def provider_event(sender: Any, event: Any, esp_name: str, **_more: Any) -> None:
    """A webhook of a mail provider, read by django-anymail; receiver of its tracking signal."""
    kinds = {"bounced": BOUNCED, "rejected": BOUNCED, "complained": COMPLAINED}
    kind = kinds.get(event.event_type)
    told = (event.metadata or {}).get("message_id") or event.message_id or ""
    if kind is None:
        return
    hard = kind == BOUNCED and event.reject_reason in ("invalid", "bounced")
    said = str(event.mta_response or event.description or "")[:200]
    status = "5.1.1" if hard else ""
    returned_take(Returned(kind, str(told), str(event.recipient or ""), status, said))
