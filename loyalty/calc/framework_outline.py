"""A framework as people write it: one line a statement, both languages beside each other.

    # Process | 프로세스
    There is a defined process. | 정해진 프로세스가 있습니다. ×2
    > Look for a written owner. | 문서로 정한 담당자가 있는지 봅니다.

`#` begins a section, `>` says how to judge the statement above, `×2` is a weight; `|` stands
between the languages, in the order of the program. Codes stay with texts, so that rounds remain
comparable.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from loyalty.calc.frameworks import FORMAT, FORMAT_VERSION, items_of

_WEIGHT = re.compile(r"\s*[×x*]\s*(\d+(?:\.\d+)?)\s*$")
_NOT_CODE = re.compile(r"[^a-z0-9]+")
_CODE_LENGTH = 50


def outline_write(document: Mapping[str, Any], languages: Sequence[str]) -> str:
    """The sections and statements of a document as text."""
    lines: list[str] = []
    for section in document["sections"]:
        lines += ["", "# " + _line(section["name"], languages)]
        for item in section["items"]:
            weight = float(item.get("weight", 1))
            tail = "" if weight == 1 else f" ×{weight:g}"
            lines.append(_line(item["text"], languages) + tail)
            if item.get("guidance"):
                lines.append("> " + _line(item["guidance"], languages))
    return "\n".join(lines).strip() + "\n"


def levels_write(document: Mapping[str, Any], languages: Sequence[str]) -> str:
    """The levels of a document, one a line, the lowest first."""
    return "\n".join(_line(level, languages) for level in document["levels"]) + "\n"


def outline_read(
    text: str, languages: Sequence[str], known: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """Sections with their statements; what `known` says of a text (code, reference) stays with it.

    Statements before the first section are under one that is called like nothing: "–".
    """
    before = _Before(known)
    sections: list[dict[str, Any]] = []
    for line in (line.strip() for line in text.splitlines()):
        if not line:
            continue
        if line.startswith("#"):
            sections.append(before.section(_texts(line.lstrip("# "), languages)))
            continue
        if not sections:
            sections.append(before.section(_texts("–", languages)))
        items = sections[-1]["items"]
        if line.startswith(">"):
            if items:
                items[-1]["guidance"] = _texts(line.lstrip("> "), languages)
            continue
        weight = _WEIGHT.search(line)
        item = before.item(_texts(_WEIGHT.sub("", line), languages))
        if weight:
            item["weight"] = float(weight[1])
        items.append(item)
    return sections


def framework_from_outline(
    *,
    code: str,
    name: Mapping[str, str],
    description: Mapping[str, str],
    levels: str,
    outline: str,
    languages: Sequence[str],
    known: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A document in the exchange format, not yet checked."""
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "code": code,
        "name": dict(name),
        "description": dict(description),
        "source": (known or {}).get("source", ""),
        "levels": [_texts(line, languages) for line in levels.splitlines() if line.strip()],
        "sections": outline_read(outline, languages, known),
    }


def code_of(texts: Mapping[str, str], taken: Iterable[str], stem: str) -> str:
    """A free code made of the English text, else of the stem and a number."""
    base = _NOT_CODE.sub("-", texts.get("en", "").lower()).strip("-")[:_CODE_LENGTH].strip("-")
    used = set(taken)
    numbered = (f"{base or stem}-{number}" for number in range(1, len(used) + 2))
    return next(c for c in ([base] if base else []) + list(numbered) if c not in used)


class _Before:
    """What a framework said so far, found again by any of its texts."""

    def __init__(self, known: Mapping[str, Any] | None) -> None:
        sections = known["sections"] if known else []
        items = list(items_of(known)) if known else []
        self.sections = {text: s for s in sections for text in s["name"].values()}
        self.items = {text: item for item in items for text in item["text"].values()}
        self.taken = {row["code"] for row in [*sections, *items]}
        self.used: set[str] = set()

    def section(self, texts: dict[str, str]) -> dict[str, Any]:
        return {"code": self._code(self.sections, texts, "section"), "name": texts, "items": []}

    def item(self, texts: dict[str, str]) -> dict[str, Any]:
        old = next((self.items[t] for t in texts.values() if t in self.items), {})
        made = {"code": self._code(self.items, texts, "statement"), "text": texts}
        return made | ({"reference": old["reference"]} if "reference" in old else {})

    def _code(self, known: Mapping[str, Any], texts: dict[str, str], stem: str) -> str:
        old = next((known[text]["code"] for text in texts.values() if text in known), "")
        code = old if old and old not in self.used else code_of(texts, self.taken, stem)
        self.taken.add(code)
        self.used.add(code)
        return code


def _line(texts: Mapping[str, str], languages: Sequence[str]) -> str:
    said = [texts.get(code, "") for code in languages]
    while len(said) > 1 and not said[-1]:
        said.pop()
    return " | ".join(said)


def _texts(line: str, languages: Sequence[str]) -> dict[str, str]:
    parts = [part.strip() for part in line.split("|")]
    pairs = zip(languages, parts, strict=False)
    return {code: text for code, text in pairs if text}
