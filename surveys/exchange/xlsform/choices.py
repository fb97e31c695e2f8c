"""The choice lists of a form; each use of a list takes its own copy."""

from __future__ import annotations

from dataclasses import dataclass, field

from surveys.exchange.draft import Item, Option, Texts
from surveys.exchange.ledger import Entry, Ledger
from surveys.exchange.texts import plain_text
from surveys.exchange.xlsform.sheets import TEXT_COLUMNS, Sheet

_OTHER: Texts = {"en": "Other", "ko": "기타"}
_USED = frozenset({"list_name", "name"})


@dataclass
class Lists:
    """Options by list name; `extra` are the filter columns' cells, by option."""

    lists: dict[str, list[Option]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    filters: dict[int, list[tuple[str, Entry]]] = field(default_factory=dict)
    used_filters: set[str] = field(default_factory=set)

    def options(self, name: str, item: Item) -> list[Option] | None:
        """Copies of a list's options for one question; None when there is no such list."""
        found = self.lists.get(name) or self.lists.get(name.replace(" ", "_"))
        if found is None:
            return None
        self.used |= {name, name.replace(" ", "_")}
        return [
            Option(o.source, o.text, o.entry, o.is_other, filters=o.filters, code="") for o in found
        ]

    def add_other(self, item: Item, main: str, languages: list[str]) -> None:
        """The choice that `or_other` stands for."""
        text = {code: words for code, words in _OTHER.items() if code in languages}
        item.choices.append(Option("other", text or {main: _OTHER["en"]}, item.entry, True))

    def close(self) -> None:
        """Refuse lists that no question uses, settle filter columns."""
        for name, options in self.lists.items():
            if name not in self.used:
                for option in options:
                    option.entry.refuse("unused_list", name=name)
        for cells in self.filters.values():
            for column, entry in cells:
                if entry.result:
                    continue
                entry.take("filter") if column in self.used_filters else entry.refuse("column")


def read_choices(sheets: list[Sheet], ledger: Ledger, languages: dict[str, str]) -> Lists:
    """Enter every row and every further cell of the sheets with choices."""
    lists = Lists()
    for sheet in sheets:
        _read_sheet(lists, sheet, ledger, languages)
    return lists


def _read_sheet(lists: Lists, sheet: Sheet, ledger: Ledger, languages: dict[str, str]) -> None:
    for row in sheet.rows:
        name, code = row.get("list_name"), row.get("name")
        place = f"{sheet.name}, row {row.number}"
        entry = ledger.found("choices", place, f"{name} {code}".strip() or "…")
        if not name or not code:
            entry.refuse("choice_without_name")
            for column, cell in row.cells.items():
                if column.name not in _USED | {"label"}:
                    mine = ledger.found("cells", f"{sheet.name}, {column.letter}{row.number}", cell)
                    mine.refuse("choice_without_name")
            continue
        option = Option(code, {}, entry)
        cells: list[tuple[str, Entry]] = []
        for column, cell in row.cells.items():
            if column.name == "label":
                _label(option, languages.get(column.language, ""), cell)
                if column.language:
                    mine = ledger.found(
                        "labels", f"{sheet.name}, {column.letter}{row.number}", cell
                    )
                    known = languages.get(column.language)
                    mine.take(known) if known else mine.refuse("unknown_language")
            elif column.name in TEXT_COLUMNS:
                mine = ledger.found("cells", f"{sheet.name}, {column.letter}{row.number}", cell)
                mine.refuse("media")
            elif column.name not in _USED:
                mine = ledger.found("cells", f"{sheet.name}, {column.letter}{row.number}", cell)
                option.filters[column.name] = cell
                cells.append((column.name, mine))
        entry.take()
        lists.lists.setdefault(name, []).append(option)
        lists.filters[id(option)] = cells


def _label(option: Option, language: str, cell: str) -> None:
    text, loss = plain_text(cell)
    if loss:
        option.entry.change(loss)
    if text and language:
        option.text.setdefault(language, text)
