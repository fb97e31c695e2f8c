"""Qualtrics' BooleanExpression as our conditions."""

import re
from collections.abc import Callable
from typing import Any

from surveys.exchange.draft import Condition, Group, Item, Test
from surveys.exchange.expressions import Untranslatable, joined
from surveys.exchange.qsf.elements import Json, keyed

_LOCATOR = re.compile(r"q://(QID[\w#]+)/([A-Za-z]+)(?:/([\w.~-]+))?(?:/([\w.~-]+))?")
_SIGNS = {
    "EqualTo": "equals", "NotEqualTo": "not_equals", "GreaterThan": "greater",
    "GreaterThanOrEqual": "at_least", "LessThan": "less", "LessThanOrEqual": "at_most",
    "Contains": "contains", "DoesNotContain": "not_contains", "Is": "equals",
    "IsNot": "not_equals", "MatchesRegex": "", "IsEqualTo": "equals",
}  # fmt: skip
_EMPTY = {
    "Empty": "unanswered", "NotEmpty": "answered", "IsEmpty": "unanswered",
    "IsNotEmpty": "answered", "Answered": "answered", "NotAnswered": "unanswered",
}  # fmt: skip
EMBEDDED = "embedded:"
Find = Callable[[str], Item | None]


def condition_of(expression: Any, find: Find) -> Condition | bool:
    """The condition of a whole expression. Raises Untranslatable naming the part.

    Within a set and between sets "and" binds stronger than "or", as Qualtrics evaluates them.
    """
    sets: list[tuple[str, Condition | bool]] = []
    for key, part in sorted(keyed(expression).items()):
        if not key.isdigit() or not isinstance(part, dict):
            continue
        tests: list[tuple[str, Condition | bool]] = [
            (str(test.get("Conjuction") or test.get("Conjunction") or ""), _test(test, find))
            for number, test in sorted(keyed(part).items(), key=_place)
            if number.isdigit() and isinstance(test, dict)
        ]
        if tests:
            word = {"AndIf": "And", "OrIf": "Or"}.get(str(part.get("Type")), "")
            sets.append((word, _chained(tests)))
    if not sets:
        raise Untranslatable("empty")
    return _chained(sets)


def _place(pair: tuple[str, Any]) -> int:
    return int(pair[0]) if pair[0].isdigit() else 10**6


def _chained(parts: list[tuple[str, Condition | bool]]) -> Condition | bool:
    runs: list[list[Condition | bool]] = [[]]
    for number, (word, part) in enumerate(parts):
        if number and word.lower() == "or":
            runs.append([])
        runs[-1].append(part)
    return joined(False, [joined(True, run) for run in runs])


def _test(test: Json, find: Find) -> Condition:
    kind = str(test.get("LogicType", "Question"))
    operator, right = str(test.get("Operator", "")), test.get("RightOperand", "")
    if kind == "EmbeddedField":
        name = str(test.get("LeftOperand", ""))
        item = find(EMBEDDED + name)
        if item is None:
            raise Untranslatable(name)
        return _compared(item.source, operator, right)
    if kind != "Question":
        raise Untranslatable(kind)
    left = str(test.get("LeftOperand") or test.get("ChoiceLocator") or "")
    found = _LOCATOR.fullmatch(left)
    item = find(found[1]) if found else None
    if found is None or item is None:
        raise Untranslatable(left[:60])
    return _of_question(item, found, operator, right)


def _of_question(item: Item, found: re.Match[str], operator: str, right: Any) -> Condition:
    what, first, second = found[2], found[3] or "", found[4] or ""
    if operator in ("Selected", "NotSelected", "SelectedChoice"):
        return _chosen(item, first, second, operator == "NotSelected")
    if operator in ("Displayed", "NotDisplayed"):
        raise Untranslatable(operator)
    if what in (
        "ChoiceTextEntryValue",
        "ChoiceNumericEntryValue",
        "SelectedChoicesRecode",
        "SelectableChoice",
        "ChoiceGroup",
        "Score",
    ):
        if what == "Score" or (what == "ChoiceGroup" and "Count" in first):
            raise Untranslatable(what)
        row = first if item.rows and any(r.source == first for r in item.rows) else ""
        column = item.parts[0].source if row and item.parts else ""
        return _compared(item.source, operator, right, row, column)
    raise Untranslatable(what)  # fmt: skip


def _chosen(item: Item, first: str, second: str, is_not: bool) -> Condition:
    if item.rows:
        if not second:
            raise Untranslatable(f"{item.source}/{first}")
        rows = {row.source for row in item.rows}
        row, code = (first, second) if first in rows else (second, first)
        many = item.kind == "matrix_multiple"
        operators = ("includes", "excludes") if many else ("equals", "not_equals")
        return Test(item.source, operators[is_not], code, row)
    if item.kind in ("multiple", "ranking", "image_choice"):
        return Test(item.source, "excludes" if is_not else "includes", first)
    return Test(item.source, "not_equals" if is_not else "equals", first)


def _compared(source: str, operator: str, right: Any, row: str = "", column: str = "") -> Condition:
    if operator in _EMPTY:
        return Test(source, _EMPTY[operator], None, row, column)
    sign = _SIGNS.get(operator)
    if not sign:
        raise Untranslatable(operator)
    if right in ("", None):
        empty = {"equals": "unanswered", "not_equals": "answered"}.get(sign)
        if empty is None:
            raise Untranslatable(operator)
        return Test(source, empty, None, row, column)
    return Test(source, sign, right, row, column)


def group_of(parts: list[Condition]) -> Condition | None:
    """All of them, None when there is none."""
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else Group(True, tuple(parts))
