"""Choices, rows and columns of a question: lines that repeat the same names in their order.

The form posts `<name>_code` and `<name>_<language>` once per line, and for choices what each sets
besides its words: `<name>_mark`, `<name>_score`; for columns `<name>_kind` and
`<name>_offers_<language>`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from cxportal.core.forms.base import LANGUAGE_NAMES
from surveys.forms.choice_lines import LONG_LIST, lines_of, parts_of
from surveys.forms.texts import merged
from surveys.services.drafts import MAX_CHOICES

BLANK_ROWS = 2
MARKS = ("other", "exclusive", "fixed")
_OFFERS = " | "


@dataclass(frozen=True)
class PartInput:
    """One language of one line."""

    name: str
    id: str
    language: str
    language_name: Any
    value: str
    is_main: bool


@dataclass(frozen=True)
class PartRow:
    """A line of the editor; `stored` is False for an empty one to be filled."""

    code: str
    inputs: list[PartInput]
    stored: bool
    mark: str = ""
    score: Any = ""
    image: str = ""
    kind: str = "single"
    offers: list[PartInput] = field(default_factory=list)


class PartsEditor:
    """The lines to show, and what was posted of them.

    `stored` are the parts as the document has them, `data` the posted form or None.
    """

    def __init__(
        self,
        name: str,
        stored: Iterable[Mapping[str, Any]],
        languages: list[str],
        data: Any,
        *,
        stem: str,
        first: int = 1,
    ) -> None:
        self.name, self.languages, self.data = name, languages, data
        self.stored = {str(part["code"]): dict(part) for part in stored}
        self.stem, self.first = stem, first

    @property
    def as_lines(self) -> bool:
        """True for a list too long to be edited field by field."""
        posted = self.data is not None and f"{self.name}_lines" in self.data
        return posted or (self.name == "choice" and len(self.stored) > LONG_LIST)

    @property
    def lines(self) -> str:
        """The parts as text, one a line (surveys/forms/choice_lines.py)."""
        if self.data is not None:
            return str(self.data.get(f"{self.name}_lines", ""))
        return lines_of(self.stored.values(), self.languages)

    @property
    def rows(self) -> list[PartRow]:
        """The stored (or just posted) lines and empty ones to add more."""
        parts = self.posted() if self.data is not None else list(self.stored.values())
        rows = [self._row(place, part, stored=True) for place, part in enumerate(parts)]
        number = max(
            self.first, _highest(self.stem, [*self.stored, *(p["code"] for p in parts)]) + 1
        )
        for extra in range(max(1, BLANK_ROWS - len(rows))):
            part = {"code": f"{self.stem}{number + extra}", "text": {}}
            rows.append(self._row(len(parts) + extra, part, stored=False))
        return rows

    def _row(self, place: int, part: Mapping[str, Any], *, stored: bool) -> PartRow:
        return PartRow(
            code=str(part["code"]),
            inputs=self._inputs(f"{self.name}_", f"{self.name}-{place}", part.get("text") or {}),
            stored=stored,
            mark=next((mark for mark in MARKS if part.get(mark)), ""),
            score=part.get("score", ""),
            image=str(part.get("image", "")),
            kind=part.get("kind", "single"),
            offers=self._inputs(
                f"{self.name}_offers_", f"{self.name}-{place}-offers", self._joined(part)
            ),
        )

    def _inputs(self, name: str, pk: str, texts: Mapping[str, str]) -> list[PartInput]:
        return [
            PartInput(
                name=f"{name}{code}",
                id=f"{pk}-{code}",
                language=code,
                language_name=LANGUAGE_NAMES.get(code, code),
                value=texts.get(code, ""),
                is_main=code == self.languages[0],
            )
            for code in self.languages
        ]

    def _joined(self, part: Mapping[str, Any]) -> dict[str, str]:
        offers = part.get("choices") or []
        return {
            code: _OFFERS.join(offer["text"].get(code, "") for offer in offers)
            for code in self.languages
        }

    def posted(self) -> list[dict[str, Any]]:
        """The lines in the order of the page; empty new ones are left out."""
        data = self.data
        assert isinstance(data, QueryDict)
        if f"{self.name}_lines" in data:
            return parts_of(str(data[f"{self.name}_lines"]), self.stored, self.languages)
        codes = data.getlist(f"{self.name}_code")[: MAX_CHOICES + 1]
        parts = []
        for place, code in enumerate(codes):
            before = self.stored.get(code, {})
            typed = self._typed(f"{self.name}_", place)
            if typed or code in self.stored:
                text = merged(before.get("text") or {}, typed, self.languages)
                parts.append({**before, "code": code, "text": text, **self._more(place, before)})
        return parts

    def _typed(self, name: str, place: int) -> dict[str, str]:
        typed = {code: self._at(f"{name}{code}", place) or "" for code in self.languages}
        return {code: text.strip() for code, text in typed.items() if text.strip()}

    def _at(self, name: str, place: int) -> str | None:
        column = self.data.getlist(name)
        return column[place] if place < len(column) else None

    def _more(self, place: int, before: Mapping[str, Any]) -> dict[str, Any]:
        more: dict[str, Any] = {}
        mark, score = self._at(f"{self.name}_mark", place), self._at(f"{self.name}_score", place)
        if mark is not None and not before.get(mark):
            more |= {name: name == mark for name in MARKS}
        if score is not None:
            more["score"] = _number(score)
        kind = self._at(f"{self.name}_kind", place)
        if kind is not None:
            more |= {"kind": kind, "choices": self._offers(place, before)}
        return more

    def _offers(self, place: int, before: Mapping[str, Any]) -> list[dict[str, Any]]:
        typed = {
            code: (self._at(f"{self.name}_offers_{code}", place) or "").split("|")
            for code in self.languages
        }
        stored = [offer["code"] for offer in before.get("choices") or []]
        count = max((len(words) for words in typed.values()), default=0)
        offers = []
        for number in range(count):
            text = {c: w[number].strip() for c, w in typed.items() if number < len(w)}
            text = {code: words for code, words in text.items() if words}
            if text:
                code = stored[number] if number < len(stored) else f"o{number + 1}"
                offers.append({"code": code, "text": text})
        return offers


def _number(text: str) -> float | int | None:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return None
    return int(number) if number.is_integer() else number


def _highest(stem: str, codes: Iterable[str]) -> int:
    found = [re.fullmatch(rf"{stem}(\d{{1,9}})", code) for code in codes]
    return max((int(match[1]) for match in found if match), default=0)


def rearranged(parts: list[dict[str, Any]], command: str) -> list[dict[str, Any]]:
    """The lines after a button of their list: "up:<code>", "down:<code>", "remove:<code>"."""
    verb, _colon, code = command.partition(":")
    codes = [part["code"] for part in parts]
    if code not in codes:
        return parts
    at = codes.index(code)
    rest = parts[:at] + parts[at + 1 :]
    if verb == "remove":
        return rest
    place = max(0, min(len(rest), at + (-1 if verb == "up" else 1)))
    return [*rest[:place], parts[at], *rest[place:]]
