"""The further cells of a row: each is entered and settled by the column it stands in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from surveys.exchange.draft import Item, Page
from surveys.exchange.ledger import Entry
from surveys.exchange.xlsform.sheets import Column, Row

if TYPE_CHECKING:
    from surveys.exchange.xlsform.reading import Form

_YES = frozenset({"yes", "true", "true()", "1", "y", "required"})
_NO = frozenset({"no", "false", "false()", "0", "n", ""})
_EMAIL = re.compile(r"regex\s*\(\s*\.\s*,\s*['\"][^'\"]*@[^'\"]*['\"]\s*\)\s*$")
_CALL = re.compile(r"[a-z-]+\([^()]*\)")
_PARAMETER = re.compile(r"([\w-]+)\s*=\s*([^\s;,]+)")


def read_cells(form: Form, row: Row, owner: Entry, target: Item | Page | None) -> None:
    """Enter all cells but type, name and the plain label; None as target: owner is refused."""
    for column, cell in row.cells.items():
        if column.name in ("type", "name") or (column.name == "label" and not column.language):
            continue
        kind = "labels" if column.name == "label" else "cells"
        place = f"survey, {column.letter}{row.number}"
        entry = form.ledger.found(kind, place, cell)
        if target is None:
            entry.refuse("with_its_row")
        else:
            _settle(form, entry, column, cell, target)


def _settle(form: Form, entry: Entry, column: Column, cell: str, target: Item | Page) -> None:
    name = column.name
    if name in ("label", "hint"):
        known = form.languages.get(column.language)
        page_hint = name == "hint" and isinstance(target, Page)
        if not known:
            entry.refuse("unknown_language")
        else:
            entry.refuse("column") if page_hint else entry.take(known)
    elif name == "relevant":
        form.conditions.append((target, entry, cell))
    elif name == "appearance":
        _appearance(entry, cell, target)
    elif isinstance(target, Item) and name in _ITEM_CELLS:
        _ITEM_CELLS[name](form, entry, cell, target)
    elif name in ("image", "audio", "video"):
        entry.refuse("media")
    elif name == "repeat_count":
        entry.refuse("repeat_count")
    else:
        entry.refuse("column")


def _appearance(entry: Entry, cell: str, target: Item | Page) -> None:
    words = set(cell.lower().split())
    if isinstance(target, Item):
        if target.kind == "single" and words & {"minimal", "autocomplete", "search", "dropdown"}:
            target.kind = "dropdown"
            entry.take("dropdown")
            return
        if target.kind == "short_text" and "multiline" in words:
            target.kind = "long_text"
            entry.take("long_text")
            return
        if target.kind == "short_text" and "numbers" in words:
            target.kind = "number"
            entry.take("number")
            return
    entry.refuse("look")


def _required(form: Form, entry: Entry, cell: str, item: Item) -> None:
    if cell.lower() in _YES:
        item.required = True
        entry.take("required")
    elif cell.lower() in _NO:
        entry.take()
    else:
        entry.change("kept_as_note", "note", part=cell)
        item.notes.append(f"required: {cell}")


def _constraint(form: Form, entry: Entry, cell: str, item: Item) -> None:
    from surveys.exchange.xlsform.expressions import limits_of

    found = limits_of(cell, item.kind)
    if found is None and item.kind == "short_text" and _EMAIL.match(cell):
        item.kind = "email"
        entry.change("pattern_email", "email")
    elif found is None:
        entry.change("kept_as_note", "note", part=cell)
        item.notes.append(f"constraint: {cell}")
    else:
        item.settings |= found
        entry.take(", ".join(f"{name} {value}" for name, value in found.items()))


def _filter(form: Form, entry: Entry, cell: str, item: Item) -> None:
    form.filters.append((item, entry, cell))


def _parameters(form: Form, entry: Entry, cell: str, item: Item) -> None:
    found = dict(_PARAMETER.findall(cell))
    names = {"start": "min", "end": "max", "step": "step"}
    if item.kind == "slider" and found.keys() <= names.keys():
        try:
            item.settings |= {names[key]: int(float(value)) for key, value in found.items()}
        except ValueError:
            entry.refuse("setting")
            return
        entry.take()
    elif found.get("randomize") == "true" and item.choices:
        item.settings["random"] = True
        entry.take("random")
    else:
        entry.refuse("setting")


def _default(form: Form, entry: Entry, cell: str, item: Item) -> None:
    if item.kind == "hidden":
        item.settings["default"] = cell[:200]
        entry.take("default")
    elif "${" in cell or _CALL.search(cell):
        entry.refuse("calculation")
    else:
        values = cell.split() if item.kind == "multiple" else [cell]
        item.defaults += [(value, entry) for value in values]


def _read_only(form: Form, entry: Entry, cell: str, item: Item) -> None:
    entry.take() if cell.lower() in _NO else entry.refuse("read_only")


def _calculation(form: Form, entry: Entry, cell: str, item: Item) -> None:
    entry.change("kept_as_note", "note", part=cell)
    item.notes.append(f"calculation: {cell}")


def _message(form: Form, entry: Entry, cell: str, item: Item) -> None:
    entry.refuse("message")


def _guidance(form: Form, entry: Entry, cell: str, item: Item) -> None:
    entry.change("kept_as_note", "note", part=cell)
    item.notes.append(cell)


_ITEM_CELLS = {
    "required": _required,
    "constraint": _constraint,
    "choice_filter": _filter,
    "parameters": _parameters,
    "default": _default,
    "read_only": _read_only,
    "calculation": _calculation,
    "constraint_message": _message,
    "required_message": _message,
    "no_app_error": _message,
    "guidance_hint": _guidance,
}
