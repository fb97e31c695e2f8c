"""An XLSForm as a draft: settings, choices, groups and questions with their cells.

The reader is ours, on python-calamine: pyxform turns a form into XForms XML and stops at the
first fault, so neither the cells an element came from nor what it dropped could be told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from surveys.exchange.codes import language_code
from surveys.exchange.draft import Draft, Item, Page, Texts
from surveys.exchange.ledger import Entry, Ledger, Unreadable
from surveys.exchange.texts import plain_text
from surveys.exchange.xlsform.cells import read_cells
from surveys.exchange.xlsform.choices import Lists, read_choices
from surveys.exchange.xlsform.expressions import settle_expressions
from surveys.exchange.xlsform.sheets import Row, Sheet, read_sheets, understood
from surveys.exchange.xlsform.types import RowType, row_type

#: Sheets with choices: of the form, of its selects from outside, and as they were once called.
CHOICES = ("choices", "choices and columns", "external_choices")
_HANGUL = re.compile(r"[\uac00-\ud7a3]")


@dataclass
class Open:
    """A group or repeat whose end has not come."""

    row: int
    name: str
    title: Texts
    page: Page
    repeat: bool


@dataclass
class Form:
    """What was read so far; items by their name in the file."""

    ledger: Ledger
    draft: Draft
    lists: Lists
    languages: dict[str, str] = field(default_factory=dict)
    main: str = "en"
    names: dict[str, Item] = field(default_factory=dict)
    groups: list[Open] = field(default_factory=list)
    # The groups each page lies in, by the identity of their first pages.
    chains: dict[int, list[int]] = field(default_factory=dict)
    filters: list[tuple[Item, Entry, str]] = field(default_factory=list)
    conditions: list[tuple[Item | Page, Entry, str]] = field(default_factory=list)

    def texts(self, row: Row, name: str, entry: Entry) -> Texts:
        """The texts of a column per language, cells of their own languages entered apart."""
        found: Texts = {}
        for column, cell in row.cells.items():
            if column.name != name:
                continue
            code = self.languages.get(column.language, "")
            text, loss = plain_text(cell)
            if loss:
                entry.change(loss)
            if code and text:
                found.setdefault(code, text)
        return found


def read_xlsform(content: bytes, name: str, ledger: Ledger) -> Draft:
    """The draft of a form. Raises Unreadable "no_survey_sheet", "no_type_column",
    "duplicate_column", "not_closed", "not_opened", "no_questions" …
    """
    sheets = {sheet.strip(): rows for sheet, rows in read_sheets(content, name).items()}
    known = {sheet.lower(): sheet for sheet in sheets}
    if "survey" not in known:
        raise Unreadable("no_survey_sheet")
    survey = understood("survey", sheets[known["survey"]])
    if not any(column.name == "type" for column in survey.columns):
        raise Unreadable("no_type_column", place="survey, row 1")
    choices = [understood(name, sheets[known[name]]) for name in CHOICES if name in known]
    settings = understood("settings", sheets.get(known.get("settings", ""), []))
    form = Form(ledger, Draft("xlsform"), Lists())
    _languages(form, survey, choices, settings)
    _settings(form, settings, name)
    form.lists = read_choices(choices, ledger, form.languages)
    _rows(form, survey)
    settle_expressions(form)
    form.lists.close()
    _other_sheets(ledger, sheets)
    if not form.draft.items:
        raise Unreadable("no_questions", place="survey")
    return form.draft


def _languages(form: Form, survey: Sheet, choices: list[Sheet], settings: Sheet) -> None:
    row = settings.rows[0] if settings.rows else Row(0)
    default = row.get("default_language")
    spoken = [name for sheet in (survey, *choices) for name in sheet.languages()]
    named = [name for name in dict.fromkeys(spoken) if name]
    taken: dict[str, str] = {}
    for number, name in enumerate(named, 1):
        entry = form.ledger.found("languages", f"columns, language {number}", name)
        code = language_code(name)
        if not code or len(code) > 8:
            entry.refuse("unknown_language")
            continue
        taken[name] = code
        entry.take(code) if code == name.lower() else entry.change("language_named", code)
    plain = language_code(default) if default and default.lower() != "default" else ""
    sample = " ".join(r.get("label") for r in survey.rows[:50])
    guessed = "ko" if _HANGUL.search(sample) else "en"
    bare = any(c.name == "label" and not c.language for c in survey.columns)
    form.main = plain or (guessed if bare else next(iter(taken.values()), guessed))
    form.languages = {"": form.main, **taken}
    form.draft.languages = list(dict.fromkeys([form.main, *taken.values()]))


def _settings(form: Form, sheet: Sheet, file_name: str) -> None:
    title = ""
    for row in sheet.rows:
        for column, cell in row.cells.items():
            place = f"settings, {column.letter}{row.number}"
            entry = form.ledger.found("survey_settings", place, f"{column.header}: {cell}")
            if row is not sheet.rows[0]:
                entry.refuse("second_row")
            elif column.name == "form_title":
                title = plain_text(cell)[0]
                entry.take("title")
            elif column.name == "default_language":
                entry.take(form.main)
            elif column.name in (
                "form_id",
                "version",
                "instance_name",
                "public_key",
                "submission_url",
                "auto_send",
                "auto_delete",
                "name",
            ):
                entry.refuse("internal")
            elif column.name == "style":
                entry.refuse("look")
            else:
                entry.refuse("setting")  # fmt: skip
    form.draft.title = {form.main: (title or file_name.rpartition(".")[0] or "XLSForm")[:200]}


def _rows(form: Form, sheet: Sheet) -> None:
    form.draft.pages.append(Page())
    for row in sheet.rows:
        text = row.get("type")
        place = f"survey, row {row.number}"
        if not text:
            entry = form.ledger.found("rows", place, next(iter(row.cells.values())))
            entry.refuse("no_type")
            read_cells(form, row, entry, None)
            continue
        type_ = row_type(text)
        name = row.get("name")
        entry = form.ledger.found(_WHAT[type_.what], place, f"{text} {name}".strip())
        _ROWS[type_.what](form, row, type_, entry)
    if form.groups:
        left = form.groups[-1]
        raise Unreadable("not_closed", place=f"survey, row {left.row}", name=left.name)
    form.draft.pages = [page for page in form.draft.pages if page.items]


_WHAT = {"begin": "groups", "end": "group_ends", "question": "questions", "refused": "questions"}


def _begin(form: Form, row: Row, type_: RowType, entry: Entry) -> None:
    title = form.texts(row, "label", entry)
    page = Page(title=title, entry=entry)
    repeat = type_.plain == "repeat"
    form.groups.append(Open(row.number, row.get("name"), title, page, repeat))
    _add_page(form, page)
    entry.change("repeat_once", "page") if repeat else entry.take("page")
    if type_.list_name:
        entry.change("repeat_once", "page")
    read_cells(form, row, entry, page)


def _end(form: Form, row: Row, type_: RowType, entry: Entry) -> None:
    if not form.groups:
        raise Unreadable("not_opened", place=f"survey, row {row.number}")
    form.groups.pop()
    entry.take()
    read_cells(form, row, entry, None)
    outer = form.groups[-1] if form.groups else None
    _add_page(form, Page(entry=outer.page.entry if outer else None))


def _add_page(form: Form, page: Page) -> None:
    form.draft.pages.append(page)
    form.chains[id(page)] = [id(group.page) for group in form.groups]


def _refused(form: Form, row: Row, type_: RowType, entry: Entry) -> None:
    if type_.reason == "times_kept":
        entry.change("times_kept")
    else:
        entry.refuse(type_.reason, type=type_.plain)
    read_cells(form, row, entry, None)


def _question(form: Form, row: Row, type_: RowType, entry: Entry) -> None:
    name = row.get("name")
    item = Item(name or f"row_{row.number}", type_.kind, entry)
    item.text = form.texts(row, "label", entry)
    item.help = form.texts(row, "hint", entry)
    if type_.reason:
        entry.change(type_.reason, type_.kind)
    if type_.list_name:
        found = form.lists.options(type_.list_name, item)
        if found is None:
            entry.refuse("no_list", name=type_.list_name)
            read_cells(form, row, entry, None)
            return
        item.choices = found
        if type_.other and not any(option.source == "other" for option in found):
            form.lists.add_other(item, form.main, form.draft.languages)
    item.settings |= _KIND_SETTINGS.get(type_.plain, {})
    entry.take(type_.kind)
    form.names.setdefault(name, item)
    form.draft.pages[-1].items.append(item)
    item.aliases = [group.name for group in form.groups]
    read_cells(form, row, entry, item)


_KIND_SETTINGS: dict[str, dict[str, Any]] = {
    "range": {"min": 0, "max": 10},
    "decimal": {"decimals": 6},
    "integer": {"decimals": 0},
    "int": {"decimals": 0},
    "image": {"types": ["image"]},
    "photo": {"types": ["image"]},
    "audio": {"types": ["media"]},
    "video": {"types": ["media"]},
}
_ROWS = {"begin": _begin, "end": _end, "question": _question, "refused": _refused}


def _other_sheets(ledger: Ledger, sheets: dict[str, list[list[str]]]) -> None:
    for name, rows in sheets.items():
        if name.lower() in ("survey", *CHOICES, "settings"):
            continue
        ledger.found("sheets", name, name).refuse("other_sheet")
        for number, row in enumerate(rows, 1):
            text = " ".join(cell for cell in row if cell.strip())
            if text:
                ledger.found("rows", f"{name}, row {number}", text).refuse("other_sheet")
