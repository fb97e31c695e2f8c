"""Every text of a survey by the name of its place, so that translators can work on a table.

A place is a path like "question:nps:text", "question:used:choice:app", "section:p1:title".
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Texts = dict[str, str]


@dataclass(frozen=True)
class PlacedText:
    """One text in all its languages."""

    place: str
    texts: Texts


def texts_of(document: Mapping[str, Any], keys: Mapping[int, str]) -> Iterator[PlacedText]:
    """The texts of a document that say something; `keys` name its sections by their number."""
    found = (
        PlacedText(place, dict(texts))
        for place, texts in _placed(document, keys)
        if any((texts or {}).values())
    )
    yield from found


def _placed(
    document: Mapping[str, Any], keys: Mapping[int, str]
) -> Iterator[tuple[str, Mapping[str, str]]]:
    for name in ("title", "welcome", "thanks"):
        yield f"survey:{name}", document.get(name) or {}
    for name, texts in ((document.get("theme") or {}).get("buttons") or {}).items():
        yield f"button:{name}", texts
    for number, ending in enumerate(document.get("endings") or ()):
        yield f"ending:{number}:text", ending.get("text") or {}
        yield f"ending:{number}:link", ending.get("link") or {}
    for quota in document.get("quotas") or ():
        yield f"quota:{quota['code']}:text", quota.get("text") or {}
    for section in document.get("sections") or ():
        yield f"section:{keys[section['id']]}:title", section.get("title") or {}
        for question in section.get("questions") or ():
            yield from _question(question)


def _question(question: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, str]]]:
    start, settings = f"question:{question['code']}", question.get("settings") or {}
    yield f"{start}:text", question.get("text") or {}
    yield f"{start}:help", question.get("help") or {}
    for end, texts in (settings.get("labels") or {}).items():
        yield f"{start}:label:{end}", texts
    if settings.get("unit"):
        yield f"{start}:unit", settings["unit"]
    for name, parts in (("choice", question.get("choices")), ("row", question.get("rows"))):
        for part in parts or ():
            yield f"{start}:{name}:{part['code']}", part.get("text") or {}
            if part.get("alt"):
                yield f"{start}:alt:{part['code']}", part["alt"]
    for column in settings.get("columns") or ():
        yield f"{start}:column:{column['code']}", column.get("text") or {}
        for choice in column.get("choices") or ():
            yield f"{start}:column:{column['code']}:{choice['code']}", choice.get("text") or {}


def translated(value: Mapping[str, str], given: Mapping[str, str] | None) -> Texts:
    """A text with the translations given; a blank one leaves what was there."""
    return {**value, **{code: text for code, text in (given or {}).items() if text.strip()}}


def question_translated(question: Mapping[str, Any], given: Mapping[str, Texts]) -> dict[str, Any]:
    """Text, help, settings, choices and rows of a question with the translations of its places."""
    start, settings = f"question:{question['code']}", dict(question.get("settings") or {})
    if settings.get("labels"):
        settings["labels"] = {
            end: translated(texts, given.get(f"{start}:label:{end}"))
            for end, texts in settings["labels"].items()
        }
    if settings.get("unit"):
        settings["unit"] = translated(settings["unit"], given.get(f"{start}:unit"))
    if settings.get("columns"):
        settings["columns"] = [_column(c, start, given) for c in settings["columns"]]
    choices = _parts(question.get("choices"), f"{start}:choice", given)
    for choice in choices:
        if choice.get("alt"):
            choice["alt"] = translated(choice["alt"], given.get(f"{start}:alt:{choice['code']}"))
    return {
        "text": translated(question.get("text") or {}, given.get(f"{start}:text")),
        "help": translated(question.get("help") or {}, given.get(f"{start}:help")),
        "settings": settings,
        "choices": choices,
        "rows": _parts(question.get("rows"), f"{start}:row", given),
    }


def _parts(parts: Any, start: str, given: Mapping[str, Texts]) -> list[dict[str, Any]]:
    return [
        {**part, "text": translated(part.get("text") or {}, given.get(f"{start}:{part['code']}"))}
        for part in parts or ()
    ]


def _column(column: Mapping[str, Any], start: str, given: Mapping[str, Texts]) -> dict[str, Any]:
    place = f"{start}:column:{column['code']}"
    changed = {**column, "text": translated(column.get("text") or {}, given.get(place))}
    if column.get("choices"):
        changed["choices"] = _parts(column["choices"], place, given)
    return changed
