"""Our own JSON: the same survey out and in again, byte for byte (docs/survey-json.md)."""

from collections.abc import Mapping
from typing import Any

import orjson

from surveys.exchange.ledger import Ledger, Unreadable

FORMAT, VERSION = "cxportal-survey", 1
_OWN = frozenset([
    "purpose", "title", "welcome", "thanks", "languages", "default_language", "anonymous",
    "theme", "settings", "quotas", "endings", "checklist",
])  # fmt: skip
_SECTION = frozenset({"code", "title", "logic", "questions"})
_QUESTION = frozenset([
        "code", "kind", "text", "help", "required", "settings", "rows", "logic", "choices",
        "note",
    ])  # fmt: skip


def is_native(text: str) -> bool:
    """True for a file that says so near its beginning."""
    return f'"{FORMAT}"' in text[:2000]


def written(document: Mapping[str, Any]) -> bytes:
    """The file of a survey: keys sorted, so that the same survey is the same bytes."""
    envelope = {"format": FORMAT, "version": VERSION, "survey": document}
    options = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(envelope, option=options)


def read_native(text: str, ledger: Ledger) -> dict[str, Any]:
    """The document with its parts entered; what it means is checked when it is stored.

    Raises Unreadable "not_json", "not_native" with the place, "version".
    """
    try:
        data = orjson.loads(text.lstrip("\ufeff"))
    except orjson.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise Unreadable("not_json", place=place) from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise Unreadable("not_native", place="format")
    if data.get("version") != VERSION:
        raise Unreadable("version", place="version", version=data.get("version"))
    survey = data.get("survey")
    if not isinstance(survey, dict) or not isinstance(survey.get("sections"), list):
        raise Unreadable("not_native", place="survey.sections")
    for name in data.keys() - {"format", "version", "survey"}:
        ledger.found("other", name, name).refuse("no_counterpart")
    for name, value in survey.items():
        if name == "sections":
            continue
        entry = ledger.found("survey_settings", f"survey.{name}", name)
        entry.take() if name in _OWN else entry.refuse("no_counterpart")
        if name in ("quotas", "endings") and isinstance(value, list):
            for number in range(len(value)):
                ledger.found(name, f"survey.{name}[{number}]", "").take()
    sections = [_section(part, i, ledger) for i, part in enumerate(survey["sections"])]
    if not any(section["questions"] for section in sections):
        raise Unreadable("no_questions", place="survey.sections")
    return {**{n: value for n, value in survey.items() if n in _OWN}, "sections": sections}


def _section(section: Any, number: int, ledger: Ledger) -> dict[str, Any]:
    place = f"survey.sections[{number}]"
    if not isinstance(section, Mapping) or not isinstance(section.get("questions", []), list):
        raise Unreadable("not_native", place=place)
    ledger.found("groups", place, section.get("code", "")).take("page")
    for name in section.keys() - _SECTION:
        ledger.found("other", f"{place}.{name}", name).refuse("no_counterpart")
    questions = [
        _question(part, f"{place}.questions[{i}]", ledger)
        for i, part in enumerate(section.get("questions", []))
    ]
    return {**{n: v for n, v in section.items() if n in _SECTION}, "questions": questions}


def _question(question: Any, place: str, ledger: Ledger) -> dict[str, Any]:
    if not isinstance(question, Mapping) or not isinstance(question.get("code"), str):
        raise Unreadable("not_native", place=place)
    code = question["code"]
    ledger.found("questions", place, code).take(f"{question.get('kind')} · {code}")
    for name in question.keys() - _QUESTION:
        ledger.found("other", f"{place}.{name}", name).refuse("no_counterpart")
    for name in ("choices", "rows"):
        parts = question.get(name, [])
        if not isinstance(parts, list):
            raise Unreadable("not_native", place=f"{place}.{name}")
        for number, part in enumerate(parts):
            mine = part.get("code") if isinstance(part, Mapping) else ""
            ledger.found(name, f"{place}.{name}[{number}]", mine).take()
    return {name: value for name, value in question.items() if name in _QUESTION}
