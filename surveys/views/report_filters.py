"""The filter bar of reports: what can be chosen, what was chosen, how to take it off again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.models.fields import text_in
from surveys.models import Survey
from surveys.queries.crosstables import group_choices, group_labels
from surveys.queries.group_words import group_words
from surveys.queries.selections import AnswerCondition, ReportFilter
from surveys.rendering import CompiledVersion

_CHOICES = ("single", "dropdown", "multiple", "image_choice")
#: Ranges offered for a scale: (word, lowest, highest).
_NPS = (("Promoters", 9, 10), ("Passives", 7, 8), ("Detractors", 0, 6))


@dataclass(frozen=True)
class Chip:
    """A filter that is on, and the address without it."""

    name: str
    value: str
    label: str
    url: str


@dataclass(frozen=True)
class Choosable:
    """One select: its label and (value, words), perhaps in groups."""

    name: str
    label: str
    options: list[tuple[str, str]] = field(default_factory=list)
    groups: list[tuple[str, list[tuple[str, str]]]] = field(default_factory=list)


@dataclass(frozen=True)
class FilterBar:
    """What surveys/_report_filters.html shows."""

    chips: list[Chip]
    choosable: list[Choosable]
    kinds: dict[str, str]
    compare: str
    named: dict[str, dict[str, str]]


def filter_bar(
    actor: Actor, query: QueryDict, wanted: ReportFilter, *, survey: Survey | None = None,
    version: CompiledVersion | None = None, answers: bool = True,
) -> FilterBar:  # fmt: skip
    """Read what the program can filter by: at most two queries, three with a survey."""
    keys = group_choices(actor)
    kinds = group_labels(keys)
    named = group_words(actor, keys)
    words = _answer_words(version) | {
        f"{kind}:{key}": f"{kinds[kind]}: {word}"
        for kind in keys
        for key, word in named[kind].items()
    }
    choosable = [
        Choosable(
            "group", kinds[kind], [(f"{kind}:{key}", named[kind].get(key, key)) for key in found]
        )
        for kind, found in keys.items()
    ]
    if survey is not None:
        numbers = list(survey.versions.order_by("number").values_list("number", flat=True))
        if len(numbers) > 1:
            options = [(str(n), _("Version %(number)d") % {"number": n}) for n in numbers]
            choosable.append(Choosable("version", _("Version"), options))
    if version is not None and answers:
        choosable.append(Choosable("answer", _("Answer"), groups=_answer_groups(version)))
    return FilterBar(
        chips=[_chip(query, name, value, kinds, words) for name, value in wanted.pairs()],
        choosable=choosable,
        kinds=kinds,
        compare=query.get("compare", "") if query.get("compare", "") in kinds else "",
        named=named,
    )


def _chip(
    query: QueryDict, name: str, value: str, kinds: Mapping[str, str], words: Mapping[str, str]
) -> Chip:
    left = [(n, v) for n, v in pairs_of(query) if (n, v) != (name, value) and n != "cursor"]
    before, _colon, after = value.partition(":")
    label = {
        "group": words.get(value) or f"{kinds.get(before, before)}: {after}",
        "version": _("Version %(number)s") % {"number": value},
    }.get(name) or words.get(value, value)
    return Chip(name, value, label, f"?{urlencode(left)}")


def pairs_of(query: QueryDict) -> Iterable[tuple[str, str]]:
    """Every name and value of an address."""
    return ((name, value) for name, values in query.lists() for value in values)


def _answer_groups(version: CompiledVersion) -> list[tuple[str, list[tuple[str, str]]]]:
    """Answers one may filter by, under their question's text."""
    found = []
    for question in version.questions.values():
        options = _options(question, version)
        if options:
            found.append((_text(question.get("text"), version) or question["code"], options))
    return found


def _options(question: Mapping[str, Any], version: CompiledVersion) -> list[tuple[str, str]]:
    code, kind = question["code"], question["kind"]
    if kind == "nps":
        return [
            (AnswerCondition(code, low=a, high=b).text, f"{_(word)} ({a}–{b})")
            for word, a, b in _NPS
        ]
    if kind in ("csat", "ces", "rating"):
        settings = question.get("settings") or {}
        low, high = {"csat": (1, 5), "ces": (1, 7)}.get(kind, (1, 5))
        low, high = int(settings.get("min", low)), int(settings.get("max", high))
        return [(f"{code}:{v}..{v}", str(v)) for v in range(high, low - 1, -1)]
    if kind not in _CHOICES:
        return []
    choices = question.get("choices") or ()
    return [(f"{code}:{c['code']}", _text(c.get("text"), version) or c["code"]) for c in choices]


def _answer_words(version: CompiledVersion | None) -> dict[str, str]:
    groups = _answer_groups(version) if version is not None else []
    return {value: f"{title[:40]}: {label}" for title, rows in groups for value, label in rows}


def _text(texts: Any, version: CompiledVersion) -> str:
    return text_in(texts, fallback=version.default_language)
