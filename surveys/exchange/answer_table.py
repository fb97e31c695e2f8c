"""Answers from a table: which column is which part of which question, and cells as answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

#: Columns about the response itself; "dim.<kind>" columns name groups such as the store.
META = ("submission_id", "external_id", "completed_at", "started_at", "language", "channel",
        "is_test")  # fmt: skip
DIMENSION = "dim."
_LISTS = frozenset({"multiple", "ranking"})
_SEPARATORS = (";", "|", "\n")
_NUMBERS = frozenset({"nps", "csat", "ces", "rating", "slider", "number", "constant_sum"})
_YES, _NO = frozenset({"true", "yes", "y", "1", "예", "네"}), frozenset({"false", "no", "n", "0"})


@dataclass(frozen=True)
class Target:
    """Where the cells of a column go.

    `path` are the parts of the answer below the question ("grid.price.now"); `beside` marks the
    text written beside a choice. `codes` maps what a cell may say (codes, and texts of choices in
    every language, in small letters) to choice codes.
    """

    code: str
    path: tuple[str, ...] = ()
    kind: str = ""
    many: bool = False
    beside: bool = False
    codes: Mapping[str, str] = field(default_factory=dict)


def targets_of(questions: Iterable[Mapping[str, Any]]) -> dict[str, Target]:
    """Every column that answers may have, by its name in small letters."""
    found: dict[str, Target] = {}
    for question in questions:
        for target in _targets(question):
            found[".".join((target.code, *target.path)).lower()] = target
    return found


def _targets(question: Mapping[str, Any]) -> Iterable[Target]:
    code, kind = question["code"], question["kind"]
    settings, choices = question.get("settings") or {}, question.get("choices") or ()
    codes = _codes(choices)
    if kind in ("matrix_single", "matrix_multiple"):
        for row in question.get("rows") or ():
            yield Target(code, (row["code"],), kind, kind == "matrix_multiple", codes=codes)
    elif kind == "side_by_side":
        for row in question.get("rows") or ():
            for column in settings.get("columns") or ():
                own = _codes(column.get("choices") or ())
                what = "number" if column.get("kind") == "number" else ""
                yield Target(code, (row["code"], column["code"]), what, codes=own)
    elif kind == "constant_sum":
        yield from (Target(code, (choice["code"],), kind) for choice in choices)
    elif kind == "best_worst":
        yield from (Target(code, (end,), kind, codes=codes) for end in ("best", "worst"))
    elif kind == "contact":
        fields = settings.get("fields") or ("name", "email", "phone")
        yield from (Target(code, (name,), kind) for name in fields)
    elif kind not in ("statement", "file"):
        many = kind in _LISTS or (kind == "image_choice" and bool(settings.get("multiple")))
        yield Target(code, (), kind, many, codes=codes)
        for choice in choices:
            if choice.get("other"):
                yield Target(code, (choice["code"],), kind, beside=True)


def _codes(choices: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    known: dict[str, str] = {}
    for choice in choices:
        for text in (choice.get("text") or {}).values():
            known.setdefault(str(text).strip().lower(), choice["code"])
    for choice in choices:
        known[choice["code"].lower()] = choice["code"]  # a code goes before a text
    return known


def row_answers(cells: Mapping[str, str], targets: Mapping[str, Target]) -> dict[str, Any]:
    """Answers by question code as the API takes them; blank cells are no answers."""
    answers: dict[str, Any] = {}
    for column, target in targets.items():
        text = cells.get(column, "").strip()
        if not text:
            continue
        if target.beside:
            answers[f"{target.code}.{target.path[0]}"] = text
            continue
        _put(answers, target, _value(text, target))
    return answers


def _put(answers: dict[str, Any], target: Target, value: Any) -> None:
    *above, last = (target.code, *target.path)
    here = answers
    for name in above:
        here = here.setdefault(name, {})
    here[last] = value


def _value(text: str, target: Target) -> Any:
    if target.many:
        parts = [text]
        if text.lower() not in target.codes:
            sign = next((s for s in _SEPARATORS if s in text), ",")
            parts = [part.strip() for part in text.split(sign) if part.strip()]
        return [target.codes.get(part.lower(), part) for part in parts]
    if target.codes:
        return target.codes.get(text.lower(), text)
    if target.kind in _NUMBERS:
        return _number(text)
    if target.kind == "consent":
        low = text.lower()
        return True if low in _YES else None if low in _NO else text
    return text


def _number(text: str) -> Any:
    try:
        number = float(text.replace(",", "") if text.count(",") and "." in text else text)
    except ValueError:
        return text
    return int(number) if number.is_integer() and abs(number) < 1e15 else number
