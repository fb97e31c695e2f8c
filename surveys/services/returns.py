"""Messages that came back after they were sent: bounces and complaints, by report or webhook."""

import hmac
import re
from typing import Any

from django.db import transaction
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.commands import audit
from cxportal.core.errors import DomainError
from cxportal.core.models import Suppression
from cxportal.core.services.consent import suppression_add
from surveys.calc.returned_mail import BOUNCED, COMPLAINED, Returned, returned_read
from surveys.models import Delivery
from surveys.services.letters import message_id

_OURS = re.compile(r"<d(\d{1,18})\.[0-9a-f]{24}@[^>]+>")
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
    delivery = _delivery(returned.message_id)
    if delivery is None or delivery.came_back:
        return False
    words = returned.words or returned.status or returned.kind
    delivery.came_back, delivery.came_back_at = returned.kind, timezone.now()
    delivery.reason = words.replace(delivery.invitation.customer.email or "\x00", "…")[:200]
    delivery.save(update_fields=["came_back", "came_back_at", "reason"])
    actor = Actor.system(delivery.program)
    audit(actor=actor, action="delivery.return", obj=delivery, changes={"kind": returned.kind})
    if returned.kind == COMPLAINED or returned.for_good:
        _suppress(actor, delivery, returned.kind)
    return True


def _delivery(given: str) -> Delivery | None:
    found = _OURS.fullmatch(given)
    if found is None:
        return None
    delivery = (
        Delivery.unscoped.select_for_update(of=("self",))  # unscoped: the proof opens its own row
        .select_related("invitation__customer", "program")
        .filter(pk=int(found[1]))
        .first()
    )
    if delivery is None or not hmac.compare_digest(given, message_id(delivery)):
        return None
    return delivery


def _suppress(actor: Actor, delivery: Delivery, kind: str) -> None:
    try:
        suppression_add(
            actor=actor, address=delivery.invitation.customer.email, reason=_REASONS[kind]
        )
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
