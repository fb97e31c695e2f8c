"""A member's notices, in words."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from cxportal.core.actors import Actor
from cxportal.core.models import Notification
from cxportal.core.registry import notification_sentences


@dataclass(frozen=True)
class Notice:
    """A notice and its sentence in the reader's language."""

    notification: Notification
    text: str


def notifications_of(actor: Actor) -> QuerySet[Notification]:
    """One's own notices."""
    return Notification.objects.for_actor(actor).filter(membership=actor.membership)


def in_words(notification: Notification) -> Notice:
    """Fill the sentence of the notice's kind; an unknown kind shows its own words."""
    params: dict[str, Any] = notification.params
    sentence = notification_sentences.get(notification.kind)
    if sentence is None:
        return Notice(notification, str(params.get("text") or notification.kind.replace("_", " ")))
    try:
        return Notice(notification, str(sentence) % params)
    except (KeyError, TypeError, ValueError):
        return Notice(notification, str(sentence))
