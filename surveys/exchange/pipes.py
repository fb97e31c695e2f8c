"""Answers inside later texts: other tools' pipes as {{answer.code}}."""

from __future__ import annotations

import re
from collections.abc import Mapping

from surveys.exchange.draft import Item, Texts
from surveys.exchange.ledger import Entry

_PIPES = {
    "lss": re.compile(r"\{(?![\s{])((?:[^{}]|\{[^{}]*\}){1,500})\}(?!\})"),
    "qsf": re.compile(r"\$\{([a-z]+://[^{}]{1,300})\}"),
    "xlsform": re.compile(r"\$\{\s*([^{}\s]{1,100})\s*\}"),
}
_LSS_NAME = re.compile(r"([A-Za-z][A-Za-z0-9]*)(?:\.(?:NAOK|shown|value|code))?")
_QSF_ANSWER = re.compile(r"q://(QID\w+)/(?:ChoiceGroup/Selected\w*|ChoiceTextEntryValue\S*)")
_QSF_FIELD = re.compile(r"e://Field/(.+)")
#: Kinds whose answer reads well inside a sentence.
_READABLE = frozenset(
    [
        "single",
        "dropdown",
        "multiple",
        "short_text",
        "long_text",
        "number",
        "date",
        "time",
        "email",
        "phone",
        "hidden",
        "rating",
        "nps",
        "csat",
        "ces",
        "slider",
    ]
)
_GAP = "…"


def piped(texts: Texts, format_: str, known: Mapping[str, Item], entry: Entry) -> list[str]:
    """Replace pipes in all languages; returns those that could not be, now a gap in the text."""
    pattern = _PIPES.get(format_)
    if pattern is None:
        return []
    gone: list[str] = []

    def replaced(match: re.Match[str]) -> str:
        tag = _tag(match[1].strip(), format_, known)
        if tag:
            return tag
        gone.append(match[0])
        return _GAP

    for language, text in texts.items():
        texts[language] = pattern.sub(replaced, text)
    if gone:
        entry.change("pipe_gone", part=gone[0])
    return list(dict.fromkeys(gone))


def _tag(name: str, format_: str, known: Mapping[str, Item]) -> str:
    source = name
    if format_ == "lss":
        found = _LSS_NAME.fullmatch(name)
        source = found[1] if found else ""
    elif format_ == "qsf":
        answer, field = _QSF_ANSWER.fullmatch(name), _QSF_FIELD.fullmatch(name)
        source = answer[1] if answer else f"embedded:{field[1]}" if field else ""
    item = known.get(source)
    if item is None or item.kind not in _READABLE:
        return ""
    head = "hidden" if item.kind == "hidden" else "answer"
    return f"{{{{{head}.{item.code}|{_GAP}}}}}"
