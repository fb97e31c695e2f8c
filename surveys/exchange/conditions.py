"""Conditions of a draft as our logic keeps them (docs/survey-json.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from surveys.calc.logic import condition_fault
from surveys.exchange.draft import Condition, Group, Item, Option, Test
from surveys.exchange.expressions import Untranslatable

_OPERATORS = {
    "equals": "is",
    "not_equals": "is_not",
    "less": "lt",
    "at_most": "lte",
    "greater": "gt",
    "at_least": "gte",
    "includes": "includes",
    "excludes": "excludes",
    "answered": "answered",
    "unanswered": "not_answered",
    "contains": "contains",
    "not_contains": "not_contains",
}
_LISTS = frozenset({"multiple", "ranking", "image_choice", "matrix_multiple"})


def kept(condition: Condition, known: Mapping[str, Item]) -> dict[str, Any]:
    """The condition in our shape; `known` are the questions asked before, by their names.

    Raises Untranslatable when it looks at another question or is too large.
    """
    made = _kept(condition, known)
    if condition_fault(made):
        raise Untranslatable("too large")
    return made


def _kept(condition: Condition, known: Mapping[str, Item]) -> dict[str, Any]:
    if isinstance(condition, Group):
        word = "all" if condition.every else "any"
        return {word: [_kept(part, known) for part in condition.parts]}
    item = known.get(condition.source)
    if item is None or not item.code:
        raise Untranslatable(condition.source)
    source = f"{'hidden' if item.kind == 'hidden' else 'answer'}.{item.code}"
    source += _part(condition, item)
    operator, value = _OPERATORS[condition.operator], condition.value
    if operator in ("answered", "not_answered"):
        return {"source": source, "operator": operator}
    many = item.kind in _LISTS
    if operator in ("includes", "excludes") and not many:
        operator = {"includes": "is", "excludes": "is_not"}[operator]
    elif operator in ("is", "is_not") and many:
        operator = {"is": "includes", "is_not": "excludes"}[operator]
    return {"source": source, "operator": operator, "value": _value(item, condition, value)}


def _part(test: Test, item: Item) -> str:
    if not test.row:
        return ""
    row = _by_source(item.rows, test.row)
    if row is None:
        raise Untranslatable(f"{test.source} {test.row}")
    if not test.column:
        return f".{row.code}"
    part = next((part for part in item.parts if part.source == test.column), None)
    if part is None:
        raise Untranslatable(f"{test.source} {test.column}")
    return f".{row.code}.{part.code}"


def _value(item: Item, test: Test, value: Any) -> Any:
    """The value of the file as ours: a choice by our code, a number as a number."""
    scale = item.settings.get("scale_values", {})
    text = str(scale.get(str(value), value))
    if test.operator in ("contains", "not_contains"):
        return text[:500]
    options = item.choices
    if test.column:
        options = next((part.choices for part in item.parts if part.source == test.column), [])
    if options:
        found = _by_source(options, text)
        if found is None:
            raise Untranslatable(f"{test.source} = {text}")
        return found.code
    try:
        number = float(text)
    except ValueError:
        return text[:500]
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def _by_source(options: list[Option], source: str) -> Option | None:
    exact = next((option for option in options if option.source == source), None)
    low = source.lower()
    return exact or next((option for option in options if option.source.lower() == low), None)
