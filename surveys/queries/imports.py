"""Reports of imports as a page shows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from cxportal.core.actors import Actor
from surveys.import_words import BECAME, RESULTS, kind_word, reason_sentence
from surveys.models import Question, SurveyImport
from surveys.queries.surveys import surveys_visible

PAGE = 200


def imports_visible(actor: Actor) -> QuerySet[SurveyImport]:
    """Reports of surveys the actor may see."""
    rows = SurveyImport.objects.for_actor(actor)
    return rows.filter(survey__in=surveys_visible(actor)).select_related("survey")


@dataclass(frozen=True)
class Line:
    """One element of the file, in words."""

    kind: str
    place: str
    name: str
    result: str
    result_word: str
    became: str
    reason: str


@dataclass(frozen=True)
class Lines:
    """A part of the elements that fit a filter; `next` and `previous` are places to go on from."""

    rows: list[Line]
    total: int
    next: int | None
    previous: int | None


def elements_of(
    report: Mapping[str, Any], *, result: str = "", kind: str = "", text: str = "", start: int = 0
) -> Lines:
    """The elements of a report with a result, of a kind, holding a text; PAGE at a time."""
    low = text.strip().casefold()
    fitting = [
        element
        for element in report["elements"]
        if (not result or element["result"] == result)
        and (not kind or element["kind"] == kind)
        and (not low or low in f"{element['place']} {element['name']}".casefold())
    ]
    start = max(0, min(start, len(fitting)))
    shown = fitting[start : start + PAGE]
    return Lines(
        rows=[_line(element) for element in shown],
        total=len(fitting),
        next=start + PAGE if start + PAGE < len(fitting) else None,
        previous=max(0, start - PAGE) if start else None,
    )


def _line(element: Mapping[str, Any]) -> Line:
    return Line(
        kind=kind_word(element["kind"]),
        place=element["place"],
        name=element["name"],
        result=element["result"],
        result_word=str(RESULTS[element["result"]]),
        became=_became(element["became"]),
        reason=reason_sentence(element),
    )


def kinds_of(report: Mapping[str, Any]) -> list[tuple[str, str, Mapping[str, int]]]:
    """(kind, its word, {"found", "taken", "changed", "refused"}) in the file's order."""
    return [(kind, kind_word(kind), row) for kind, row in report["kinds"].items()]


def _became(text: str) -> str:
    """ "single · came" with the kind in words; words of ours translated."""
    kind, dot, code = text.partition(" · ")
    if dot and kind in Question.Kind.values:
        return f"{Question.Kind(kind).label} · {code}"
    if text in Question.Kind.values:
        return str(Question.Kind(text).label)
    return str(BECAME.get(text, text))
