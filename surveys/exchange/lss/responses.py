"""Answers in a LimeSurvey archive, as rows of our question codes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from surveys.exchange.draft import Draft, Item
from surveys.exchange.ledger import Entry, Ledger
from surveys.exchange.lss.kinds import KINDS, OTHER_CODE
from surveys.exchange.lss.tables import Document, Row

_COLUMN = re.compile(r"_?(\d+)X(\d+)X(\d+)(.*)")
_NEW_COLUMN = re.compile(r"_?Q(\d+)((?:_S\w+)*)(_\w+|#\d+)?")
_OURS = frozenset({"id", "submitdate", "startlanguage", "startdate", "datestamp"})
_NOT_OURS = frozenset({"token", "lastpage", "seed", "ipaddr", "refurl"})


@dataclass
class Answers:
    """The answers of one member of an archive.

    `rows` hold {"answers", "completed_at" (a moment without zone), "language", "source"}; rows
    that were not finished are refused in the ledger.
    """

    member: str
    raw: list[tuple[Row, Entry]]
    columns: dict[str, tuple[Item, str]]
    languages: dict[str, str]
    rows: list[dict[str, Any]] = field(default_factory=list)

    def translate(self) -> None:
        """After the questions have their codes: every row by them."""
        for row, entry in self.raw:
            made = self._row(row, entry)
            if made is not None:
                self.rows.append(made)
        self.raw = []

    def _row(self, row: Row, entry: Entry) -> dict[str, Any] | None:
        answers: dict[str, Any] = {}
        for column, (item, suffix) in self.columns.items():
            value = row.get(column, "")
            if value not in ("", None) and item.code:
                _put(answers, item, suffix, value)
        submitted = row.get("submitdate", "").strip()
        if not submitted:
            entry.refuse("unfinished")
            return None
        try:
            moment = datetime.fromisoformat(submitted)
        except ValueError:
            entry.refuse("no_date")
            return None
        entry.take()
        language = self.languages.get(row.get("startlanguage", ""), "")
        return {
            "answers": answers,
            "completed_at": moment,
            "language": language,
            "source": row.get("id", ""),
            "entry": entry,
        }


def read_answers(
    document: Document, draft: Draft, survey: Document, ledger: Ledger, member: str
) -> Answers:
    """Enter all rows and columns of a .lsr."""
    rows = document.tables.get("responses", [])
    raw = [
        (row, ledger.found("responses", f"{member}, row {number}", f"id {row.get('id', '')}"))
        for number, row in enumerate(rows, 1)
    ]
    columns: dict[str, tuple[Item, str]] = {}
    names = dict.fromkeys(name for row in rows for name in row)
    find = _Finder(draft, survey)
    for name in names:
        entry = ledger.found("response_columns", f"{member}, {name}", name)
        if name in _OURS:
            entry.take()
            continue
        found = find(name)
        if found is None:
            entry.refuse("internal" if name in _NOT_OURS else "column_without_question")
            continue
        columns[name] = found
        entry.take(found[0].source)
    languages = {code: _code(code, draft) for code in survey.lists.get("languages", [])}
    return Answers(member, raw, columns, languages)


def _code(name: str, draft: Draft) -> str:
    from surveys.exchange.codes import language_code

    code = language_code(name)
    return code if code in draft.languages else ""


class _Finder:
    """The item and the part of it that a column of answers belongs to."""

    def __init__(self, draft: Draft, survey: Document) -> None:
        rows = [*survey.tables.get("questions", []), *survey.tables.get("subquestions", [])]
        self.titles = {row.get("qid", ""): row.get("title", "") for row in rows}
        self.types = {row.get("qid", ""): row.get("type", "") for row in rows}
        self.items: dict[str, Item] = {}
        for item in draft.items:
            self.items.setdefault(item.source, item)

    def __call__(self, column: str) -> tuple[Item, str] | None:
        old, new = _COLUMN.fullmatch(column), _NEW_COLUMN.fullmatch(column)
        if old:
            return self._by_digits(old[3], old[4])
        if new and new[1] in self.titles:
            below = [self.titles.get(part, part) for part in new[2].split("_S") if part]
            return self._item(new[1], "_".join(below) + (new[3] or "").replace("_C", ""))
        return None

    def _by_digits(self, digits: str, rest: str) -> tuple[Item, str] | None:
        for cut in range(len(digits), 0, -1):
            if digits[:cut] in self.titles and KINDS.get(self.types[digits[:cut]]):
                return self._item(digits[:cut], digits[cut:] + rest)
        return None

    def _item(self, qid: str, suffix: str) -> tuple[Item, str] | None:
        title = self.titles[qid]
        if suffix.lstrip("_") == "comment" and f"{title}_comment" in self.items:
            return self.items[f"{title}_comment"], ""
        if suffix and f"{title}_{suffix}" in self.items:
            return self.items[f"{title}_{suffix}"], ""
        item = self.items.get(title)
        return (item, suffix) if item else None


def _put(answers: dict[str, Any], item: Item, suffix: str, value: str) -> None:
    code, kind = item.code, item.kind
    if kind in ("multiple", "consent") and not item.rows:
        _choose(answers, item, suffix, value)
    elif kind in ("single", "dropdown"):
        found = _code_of(item.choices, OTHER_CODE if suffix == "other" else value)
        if suffix == "other":
            answers[f"{code}.other"] = value
        answers.setdefault(code, found or value)
    elif kind == "ranking":
        found = _code_of(item.choices, value)
        answers.setdefault(code, []).append(found or value)
    elif kind in ("matrix_single", "matrix_multiple"):
        _put_row(answers, item, suffix, value)
    elif kind == "side_by_side":
        _put_cell(answers, item, suffix, value)
    elif kind == "constant_sum":
        part = _code_of(item.choices, suffix)
        answers.setdefault(code, {})[part or suffix] = _number(value)
    elif kind in ("rating", "number", "slider", "nps"):
        answers[code] = _number(value)
    elif kind == "date":
        answers[code] = value[:10]
    elif kind != "file" and not suffix:
        answers[code] = value


def _choose(answers: dict[str, Any], item: Item, suffix: str, value: str) -> None:
    if item.kind == "consent":
        answers[item.code] = value in ("Y", "1")
        return
    if suffix == "other":
        found = _code_of(item.choices, OTHER_CODE)
        answers[f"{item.code}.{found}"] = value
    else:
        found = _code_of(item.choices, suffix) if value == "Y" else ""
    if found:
        answers.setdefault(item.code, []).append(found)


def _put_row(answers: dict[str, Any], item: Item, suffix: str, value: str) -> None:
    name, _, column = suffix.partition("_")
    row = _code_of(item.rows, suffix) or _code_of(item.rows, name)
    if not row:
        return
    mine = answers.setdefault(item.code, {})
    if item.kind == "matrix_multiple":
        choice = _code_of(item.choices, column)
        if choice and value not in ("0", "N"):
            mine.setdefault(row, []).append(choice)
    else:
        mine[row] = _code_of(item.choices, value) or value


def _put_cell(answers: dict[str, Any], item: Item, suffix: str, value: str) -> None:
    name, mark, column = suffix.partition("#")
    row = _code_of(item.rows, name)
    part = item.parts[0] if item.parts else None
    if mark and column.isdigit() and int(column) < len(item.parts):
        part = item.parts[int(column)]
    elif not row:
        row, part = _split(item, suffix)
    if row and part is not None:
        cell: Any = value
        if part.kind == "single":
            cell = _code_of(part.choices, value) or value
        elif part.kind == "number":
            cell = _number(value)
        answers.setdefault(item.code, {}).setdefault(row, {})[part.code] = cell


def _split(item: Item, suffix: str) -> tuple[str, Item | None]:
    for row in item.rows:
        for part in item.parts:
            if suffix == f"{row.source}_{part.source}":
                return row.code, part
    return "", None


def _code_of(options: Any, source: str) -> str:
    found = next((option.code for option in options if option.source == source), "")
    return str(found)


def _number(value: str) -> Any:
    try:
        number = float(value)
    except ValueError:
        return value
    return int(number) if number.is_integer() else number
