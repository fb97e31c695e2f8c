"""Conditions of single rows and choices: their own relevance, and LimeSurvey's array filters."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from surveys.exchange.draft import Condition, Group, Item, Option, Test
from surveys.exchange.ledger import Entry
from surveys.exchange.lss.questions import Asked

if TYPE_CHECKING:
    from surveys.exchange.lss.reading import Structure

Translate = Callable[[Entry, str, list[str]], "Condition | bool"]
_FILTERS = (("array_filter", False), ("array_filter_exclude", True))


def read_row_conditions(structure: Structure, translate: Translate) -> None:
    """Settle what says when a row or a choice of a question is offered."""
    for asked in structure.asked.values():
        if not asked.items:
            continue
        item = asked.items[0]
        for below in asked.subquestions:
            if below.relevance:
                entry, text = below.relevance
                found = translate(entry, text, item.notes)
                if not isinstance(found, bool):
                    _only(below.option, found, entry)
        for name, excludes in _FILTERS:
            _filter(structure, asked, item, name, excludes)


def _filter(structure: Structure, asked: Asked, item: Item, name: str, excludes: bool) -> None:
    """Rows are offered for what was taken (or not) in other questions, code by code."""
    for _language, text, entry in asked.attributes.rows.get(name, ()):
        sources = [_named(structure, title) for title in text.replace(",", ";").split(";")]
        known = [source for source in sources if source is not None]
        if not text.strip():
            continue  # settled as an attribute that says nothing
        if not known or item.kind == "hidden":
            entry.refuse("carry")
            continue
        for below in asked.subquestions:
            tests = [_test(source, below.option.source, excludes) for source in known]
            for test in tests:
                if test is not None:
                    _only(below.option, test, entry)
        entry.take("filter")


def _named(structure: Structure, title: str) -> Item | None:
    wanted = title.strip().lower()
    found = next((a for a in structure.asked.values() if a.title.lower() == wanted), None)
    return found.items[0] if found and found.items else None


def _test(source: Item, code: str, excludes: bool) -> Test | None:
    """The row of this code only where the source has taken it; None where it does not offer it."""
    low = code.lower()
    if source.kind in ("multiple", "ranking"):
        if any(option.source.lower() == low for option in source.choices):
            return Test(source.source, "excludes" if excludes else "includes", code)
    elif any(row.source.lower() == low for row in source.rows):
        column = source.parts[0].source if source.parts else ""
        return Test(source.source, "unanswered" if excludes else "answered", None, code, column)
    return None


def _only(option: Option, condition: Condition, entry: Entry) -> None:
    before = option.shown_if
    option.shown_if = condition if before is None else Group(True, (before, condition))
    option.shown_entry = option.shown_entry or entry
