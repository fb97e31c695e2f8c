"""LimeSurvey's default values: answers that stand there beforehand, in both layouts of texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from surveys.exchange.draft import Item
from surveys.exchange.ledger import Entry
from surveys.exchange.lss.questions import Asked
from surveys.exchange.lss.tables import Row
from surveys.exchange.lss.texts import row_entry

if TYPE_CHECKING:
    from surveys.exchange.lss.reading import Structure

_MOST = 2000  # characters


def read_defaults(structure: Structure) -> None:
    """Settle `defaultvalues` and, where a file has them apart, their texts per language."""
    tables = structure.document.tables
    apart: dict[str, tuple[Row, Entry]] = {}
    texts = "defaultvalue_l10ns"
    for number, row in enumerate(tables.get("defaultvalues", []), 1):
        value = row.get("defaultvalue", "")
        entry = row_entry(structure.ledger, "defaultvalues", number, value or row.get("dvid", ""))
        if value:
            _settle(structure, row, row, entry)
        elif texts in tables:
            apart[row.get("dvid", "")] = row, entry
        else:
            entry.take()  # an empty one is none
    for number, row in enumerate(tables.get(texts, []), 1):
        entry = row_entry(structure.ledger, texts, number, row.get("defaultvalue", ""))
        whole, above = apart.get(row.get("dvid", ""), (None, None))
        if whole is None or above is None:
            entry.refuse("orphan")
            continue
        above.take()
        _settle(structure, whole, row, entry)


def _settle(structure: Structure, row: Row, words: Row, entry: Entry) -> None:
    """`row` says of which question, `words` what and in which language."""
    value = words.get("defaultvalue", "")[:_MOST]
    asked = structure.asked.get(row.get("qid", ""))
    item = asked.items[0] if asked and asked.items else None
    language = structure.languages.of(words)
    if asked is None or item is None:
        entry.refuse("orphan" if asked is None else "question_refused")
    elif not value.strip():
        entry.take()
    elif "{" in value:
        entry.refuse("calculation")
    elif item.kind == "hidden":
        item.settings["default"] = value[:200]
        entry.take("default")
    elif language == structure.languages.main:
        _put(asked, item, row, value, entry)
    elif any(given == value for given, _entry in item.defaults):
        entry.take("default")
    else:
        entry.refuse("prefilled_language")


def _put(asked: Asked, item: Item, row: Row, value: str, entry: Entry) -> None:
    """An answer, or of a multiple choice one of its choices that is ticked."""
    below = (row.get("sqid", "0") or "0").strip()
    if below in ("", "0"):
        item.defaults.append((value, entry))
        return
    option = next((b.option for b in asked.subquestions if b.key == below), None)
    if item.kind == "multiple" and option is not None and value == "Y":
        item.defaults.append((option.source, entry))
    else:
        entry.refuse("prefilled")
