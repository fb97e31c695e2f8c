"""Attributes of LimeSurvey's questions: each row is used by a question's shape, is at a value
that changes nothing, or is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from surveys.exchange.draft import Texts
from surveys.exchange.ledger import Entry, Ledger, shortened
from surveys.exchange.lss.kinds import ATTRIBUTE_NEUTRAL, LOOKS
from surveys.exchange.lss.tables import Row

#: Settled when all questions are known (surveys/exchange/lss/filters.py).
LATER = ("array_filter", "array_filter_exclude")


@dataclass
class Attributes:
    """The attributes of one question, by name."""

    rows: dict[str, list[tuple[str, str, Entry]]] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """The value, "" when there is none; the row counts as taken."""
        value = ""
        for _language, text, entry in self.rows.get(name, ()):
            if text:
                entry.take()
            value = value or text
        return value

    def number(self, name: str) -> int | None:
        """A whole number, None for anything else; the row counts as taken when it is one."""
        text = self.peek(name)
        try:
            number = int(float(text))
        except (ValueError, OverflowError):
            return None
        self.get(name)
        return number

    def peek(self, name: str) -> str:
        """The value without using it."""
        return next((text for _l, text, _e in self.rows.get(name, ()) if text), "")

    def change(self, name: str, reason: str) -> None:
        """The attribute is there in another way."""
        for _language, text, entry in self.rows.get(name, ()):
            if text:
                entry.change(reason)

    def refuse(self, name: str, reason: str) -> None:
        """The attribute has no place here."""
        for _language, text, entry in self.rows.get(name, ()):
            if text:
                entry.refuse(reason)

    def texts(self, name: str, languages: dict[str, str], main: str) -> Texts:
        """A text per language; the rows count as taken."""
        found: Texts = {}
        for language, text, entry in self.rows.get(name, ()):
            code = languages.get(language, "") if language else main
            if text and code:
                found.setdefault(code, text)
                entry.take()
        return found

    def close(self) -> None:
        """Settle what no shape asked for."""
        for name, rows in self.rows.items():
            for _language, text, entry in rows:
                if entry.result or (name in LATER and text.strip()):
                    continue
                if text.strip() in ATTRIBUTE_NEUTRAL:
                    entry.take()
                else:
                    entry.refuse("look" if name in LOOKS else "attribute")

    def orphaned(self) -> None:
        """The file holds no such question."""
        for rows in self.rows.values():
            for _language, _text, entry in rows:
                entry.refuse("orphan")


def read_attributes(rows: list[Row], ledger: Ledger) -> dict[str, Attributes]:
    """Enter all rows; attributes by question number."""
    found: dict[str, Attributes] = {}
    for number, row in enumerate(rows, 1):
        name, value = row.get("attribute", ""), row.get("value", "")
        place = f"question_attributes, row {number}"
        said = shortened(f"{name}: {value}" if value else name)
        entry = ledger.found("question_attributes", place, said)
        mine = found.setdefault(row.get("qid", ""), Attributes())
        mine.rows.setdefault(name, []).append((row.get("language", ""), value, entry))
    return found
