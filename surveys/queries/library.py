"""The library of a program, and what may be copied from its other surveys."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from cxportal.core.actors import Actor
from cxportal.core.models import text_in
from surveys.models import LibraryItem, Question, Survey
from surveys.queries.outline import ICONS
from surveys.queries.surveys import surveys_visible

SHOWN_SURVEYS = 20


@dataclass(frozen=True)
class AskedLine:
    """A question of an item as lists show it."""

    icon: str
    kind: str
    text: str


@dataclass(frozen=True)
class LibraryRow:
    """An item with its questions and languages."""

    item: LibraryItem
    questions: list[AskedLine]
    languages: list[str]


def library_items(actor: Actor, text: str = "") -> QuerySet[LibraryItem]:
    """Items by name; with a text those whose name or wording holds it."""
    rows = LibraryItem.objects.for_actor(actor).select_related("created_by")
    if text:
        said = rows.annotate(said=Cast("document", TextField()))
        found = said.filter(Q(name__icontains=text) | Q(said__icontains=text))
        rows = rows.filter(pk__in=found.values("pk"))
    return rows.order_by("name", "pk")


def library_rows(items: list[LibraryItem]) -> list[LibraryRow]:
    """The same with what each asks."""
    return [LibraryRow(item, _lines(item.document), _languages(item)) for item in items]


def _lines(document: dict[str, Any]) -> list[AskedLine]:
    lines = []
    for question in document["questions"]:
        kind = Question.Kind(question["kind"])
        words = text_in(question["text"]) or question["code"]
        lines.append(AskedLine(ICONS[kind], str(kind.label), words))
    return lines


def _languages(item: LibraryItem) -> list[str]:
    found = {code for q in item.document["questions"] for code, text in q["text"].items() if text}
    return sorted(found, key=lambda code: (code != item.default_language, code))


def surveys_titled(actor: Actor, text: str, besides: Survey | None = None) -> QuerySet[Survey]:
    """Surveys the actor may see whose title holds the text in some language, newest first."""
    rows = surveys_visible(actor)
    if text:
        holds = Q(sort_title__icontains=text)
        for code in actor.program.languages:
            holds |= Q(**{f"title__{code}__icontains": text})
        rows = rows.filter(holds)
    if besides is not None:
        rows = rows.exclude(pk=besides.pk)
    return rows.order_by("-updated_at", "-pk")
