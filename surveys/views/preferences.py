"""What a person wants to be written about and how: from the link at the foot of a mail."""

from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from cxportal.core.models import Channel
from cxportal.core.queries.consent import consents_latest
from cxportal.core.services.privacy import PURPOSES, decisions_record, privacy_link_send
from surveys.services.consent_notices import consent_keep, consent_to_keep
from surveys.services.preference_links import Door

CHANNELS = (Channel.EMAIL, Channel.SMS)
SOURCE = "preference page"
#: Mails with the link to the person's own page that one link asks for in a day.
_MAILS_A_DAY = 3


def preferences_answered(request: HttpRequest, door: Door) -> str:
    """Do what a POST asks for; returns what the page says then (`said`)."""
    actor, customer = door.actor, door.person
    if request.POST.get("wish") == "keep":
        return "kept" if consent_keep(door=door) else "saved"
    if request.POST.get("wish") == "data":
        may = _may_send(door)
        return "sent" if may and privacy_link_send(actor=actor, customer=customer) else "later"
    decisions = {
        (purpose, channel.value): said == "yes"
        for purpose in PURPOSES
        for channel in CHANNELS
        if (said := request.POST.get(f"{purpose}-{channel.value}", "")) in ("yes", "no")
    }
    decisions_record(actor=actor, customer=customer, decisions=decisions, source=SOURCE)
    return "saved"


def preferences_context(request: HttpRequest, door: Door) -> dict[str, Any]:
    """What the page shows: each purpose and channel with the last decision."""
    actor, customer = door.actor, door.person
    latest = {(c.purpose, c.channel): c.granted for c in consents_latest(actor, customer)}
    said = {
        "saved": _("Your decision is recorded."),
        "kept": _("Your consent is confirmed."),
        "sent": _("A mail with the link to your data is on its way to your address."),
        "later": _("The mail could not be sent now. Please try again tomorrow."),
    }
    return {
        "rows": [
            {
                "name": f"{purpose}-{channel.value}",
                "purpose": label,
                "channel": channel.label,
                "granted": latest.get((purpose, channel.value)),
            }
            for purpose, label in PURPOSES.items()
            for channel in CHANNELS
        ],
        "said": said.get(request.GET.get("done", ""), ""),
        "to_keep": consent_to_keep(door),
        "has_address": bool(customer.email),
    }


def _may_send(door: Door) -> bool:
    name = f"privacy-mail:{door.key}"
    try:
        cache.add(name, 0, 86_400)
        return int(cache.incr(name)) <= _MAILS_A_DAY
    except (RedisError, ValueError):
        return False


def redirect_to(path: str) -> HttpResponse:
    """Go on by a reading request."""
    answer = HttpResponse(status=303)
    answer.headers["Location"] = path
    return answer
