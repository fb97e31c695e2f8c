"""Events as people read them in a chat: what happened, about what, and the way there."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch
from django.utils import translation
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.calc.chat_formats import FORMATS, ChatMessage
from cxportal.core.models import Program, WebhookDelivery
from cxportal.core.registry import event_words, webhook_events


def chat_body(delivery: WebhookDelivery) -> dict[str, Any]:
    """The delivery as its chat service takes it, in the program's language."""
    program = Program.objects.get(pk=delivery.program_id)
    message = chat_message(program, delivery.event, delivery.payload.get("data") or {})
    return FORMATS[delivery.webhook.format](message)


def chat_message(program: Program, event: str, data: Mapping[str, Any]) -> ChatMessage:
    """An event in words; a floor says more of its own events in `registry.event_words`."""
    actor = Actor.system(program)
    with translation.override(program.default_language):
        label = str(webhook_events.get(event, "")) or _("A test of this address")
        words = event_words.get(event.partition(".")[0])
        lines, page = words(actor, data) if words else ([], "")
        return ChatMessage(
            title=f"{program.name}: {data.get('heading') or label}",
            lines=tuple(line for line in lines if line),
            url=f"{settings.SITE_URL.rstrip('/')}{page}" if page else "",
            link=_("Open in the CX portal"),
        )


def page_of(actor: Actor, name: str, pk: Any) -> str:
    """The path of a page; "" for one that is not there."""
    try:
        return actor.url(name, pk) if pk else ""
    except NoReverseMatch:
        return ""
