"""The history of a survey: saves of one person to one question in a row become one line."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.models import AuditEntry, text_in
from cxportal.core.queries.audit import HistoryEntry, entry_in_words
from surveys.models import Survey
from surveys.queries.versions import FIELD_WORDS
from surveys.templates_library import TEMPLATES

# Automatic saving writes often; this many entries make the lines of one page.
READ = 200
_ICONS = {"create": "plus-lg", "add": "plus-lg", "publish": "broadcast", "delete": "trash"}
_LOOKS = _ICONS | {"move": "arrow-down-up", "close": "lock", "reopen": "unlock", "update": "pencil"}


def survey_history(actor: Actor, survey: Survey, limit: int) -> list[HistoryEntry]:
    """The newest lines, in the shape components/timeline.html draws: one query."""
    entries = AuditEntry.objects.for_actor(actor).filter(
        object_type=survey._meta.label_lower, object_id=survey.pk
    )
    names = dict(survey.questions.values_list("code", "text"))
    groups = groupby(entries.order_by("-at", "-pk")[:READ], key=_same)
    lines = (_line(actor, list(group), names) for _key, group in groups)
    return [line for _place, line in zip(range(limit), lines, strict=False)]


def _same(entry: AuditEntry) -> tuple[Any, ...]:
    """What may stand in one line: the same person changing the same thing."""
    if not entry.action.endswith(".update"):
        return (entry.pk,)
    return (
        entry.actor_label,
        entry.action,
        entry.changes.get("question"),
        entry.changes.get("section"),
    )


def _line(actor: Actor, group: list[AuditEntry], names: dict[str, Any]) -> HistoryEntry:
    newest = group[0]
    verb = newest.action.partition(".")[2]
    return replace(
        entry_in_words(actor, newest),
        detail=_detail(newest, group, names),
        url="",
        icon=_LOOKS.get(verb, "dot"),
    )


def _detail(entry: AuditEntry, group: list[AuditEntry], names: dict[str, Any]) -> str:
    changes = entry.changes
    if "number" in changes:
        return _("Version %(number)s") % {"number": changes["number"]}
    if entry.action == "survey.create":
        return text_in(TEMPLATES.get(changes.get("template", ""), {}).get("name"))
    parts = [_question_words(changes, names), ", ".join(_fields(group))]
    return ": ".join(part for part in parts if part)


def _question_words(changes: dict[str, Any], names: dict[str, Any]) -> str:
    code = changes.get("question")
    if not code:
        return ""
    text = changes.get("deleted", {}).get("text") or names.get(code)
    return f"“{text_in(text) or code}”"


def _fields(group: Iterable[AuditEntry]) -> Iterator[str]:
    """Names of what was changed, each once."""
    changed = dict.fromkeys(name for entry in group for name in entry.changes)
    return (str(FIELD_WORDS[name]) for name in changed if name in FIELD_WORDS)
