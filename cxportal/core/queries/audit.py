"""Who did what: on one object, and over the whole program."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import QuerySet
from django.urls import NoReverseMatch
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.models import AuditEntry
from cxportal.core.registry import audit_fields, audit_words, object_pages

SHOWN = 50
SHOWN_VALUE = 80
SYSTEM = "system"
_CUSTOMER = "core.customer"


@dataclass(frozen=True)
class HistoryEntry:
    """One command in words, in the shape components/timeline.html draws."""

    at: datetime
    who: str
    text: str
    detail: str = ""
    url: str = ""
    object_label: str = ""
    icon: str = "dot"
    tone: str = "neutral"


def history_of(actor: Actor, obj: models.Model, limit: int = SHOWN) -> list[HistoryEntry]:
    """The newest commands on an object the actor was allowed to fetch."""
    entries = AuditEntry.objects.for_actor(actor).filter(
        object_type=obj._meta.label_lower, object_id=obj.pk
    )
    return [entry_in_words(actor, entry) for entry in entries.order_by("-at", "-pk")[:limit]]


def audit_listed(actor: Actor) -> QuerySet[AuditEntry]:
    """The trail of the program."""
    return AuditEntry.objects.for_actor(actor)


def entry_in_words(actor: Actor, entry: AuditEntry) -> HistoryEntry:
    """An entry as people read it; customers are named only to those who may see persons."""
    subject, _dot, verb = entry.action.partition(".")
    word = audit_words.get(entry.action) or audit_words.get(verb) or verb.replace("_", " ")
    hidden = entry.object_type == _CUSTOMER and not actor.sees_personal_data
    return HistoryEntry(
        at=entry.at,
        who=_("the portal") if entry.actor_label == SYSTEM else entry.actor_label,
        text=str(word),
        detail=changes_in_words(entry.object_type, entry.changes),
        url=_page(actor, entry),
        object_label=f"#{entry.object_id}" if hidden else entry.object_label or subject,
    )


def _page(actor: Actor, entry: AuditEntry) -> str:
    name = object_pages.get(entry.object_type)
    if name is None or entry.object_id is None:
        return ""
    try:
        return actor.url(name, entry.object_id)
    except NoReverseMatch:
        return ""


def changes_in_words(object_type: str, changes: Mapping[str, Any]) -> str:
    """“Name: Ann → Anna · Language: – → ko”."""
    return " · ".join(_change(object_type, name, value) for name, value in changes.items())


def _change(object_type: str, name: str, value: Any) -> str:
    label = _label(object_type, name)
    if isinstance(value, list) and len(value) == 2:
        before, after = value
        if before == after == "•":
            return _("%(field)s changed") % {"field": label}
        return f"{label}: {_shown(before)} → {_shown(after)}"
    return f"{label}: {_shown(value)}"


def _label(object_type: str, name: str) -> str:
    try:
        found = apps.get_model(object_type)._meta.get_field(name)
    except (LookupError, ValueError, FieldDoesNotExist):
        known = audit_fields.get(f"{object_type}.{name}")
        return str(known or name.replace("_", " ").capitalize())
    return str(getattr(found, "verbose_name", name)).capitalize()


def _shown(value: Any) -> str:
    if value in (None, "", [], {}):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        text = " / ".join(str(v) for v in value.values())
    elif isinstance(value, list):
        text = ", ".join(str(v) for v in value)
    else:
        text = str(value)
    return text if len(text) <= SHOWN_VALUE else text[: SHOWN_VALUE - 1] + "…"


def audit_actions(actor: Actor) -> list[str]:
    """The actions that stand in the trail, for its filter."""
    rows = AuditEntry.objects.for_actor(actor).order_by().values_list("action", flat=True)
    return sorted(set(rows.distinct()))
