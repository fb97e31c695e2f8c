"""The sheets of a form with headers understood, whatever file they came in."""

import csv
import io
import re
from dataclasses import dataclass, field

from cxportal.core.file_limits import decoded
from cxportal.core.spreadsheets import Rows, is_spreadsheet, read_spreadsheet
from surveys.exchange.codes import language_code
from surveys.exchange.ledger import Unreadable, shortened

MAX_ROWS, MAX_COLUMNS, MAX_CELL = 20_000, 1_000, 20_000
SHEETS = ("survey", "choices", "settings", "external_choices", "entities", "osm")
#: Older and other names of columns.
_ALIASES = {
    "command": "type", "tag": "name", "value": "name", "caption": "label",
    "list name": "list_name", "list_name": "list_name", "itemgroup": "itemgroup",
    "relevance": "relevant", "skip": "relevant", "required_message": "required_message",
    "requiredmsg": "required_message", "constraint message": "constraint_message",
    "constraint_msg": "constraint_message", "constraintmsg": "constraint_message",
    "calculate": "calculation", "read only": "read_only", "readonly": "read_only",
    "choice filter": "choice_filter", "count": "repeat_count", "repeat count": "repeat_count",
    "jr:count": "repeat_count", "default value": "default", "label_": "label", "hints": "hint",
    "guidance hint": "guidance_hint", "guidance": "guidance_hint", "form title": "form_title",
    "title": "form_title", "form id": "form_id", "id_string": "form_id", "set form id": "form_id",
    "set form title": "form_title", "default language": "default_language", "audio": "audio",
    "image": "image", "video": "video", "big-image": "image", "jr:constraintmsg":
    "constraint_message", "jr:requiredmsg": "required_message", "noapperrorstring": "no_app_error",
}  # fmt: skip
#: Columns whose texts may come per language.
TEXT_COLUMNS = frozenset({
    "label", "hint", "guidance_hint", "constraint_message", "required_message", "image", "audio",
    "video", "no_app_error",
})  # fmt: skip
_MARKDOWN = re.compile(r"^\s*\|")


@dataclass(frozen=True)
class Column:
    """A column: `name` as ours calls it, `language` as the file says it ("" for none)."""

    name: str
    language: str
    header: str
    letter: str


@dataclass
class Row:
    """A row that holds something; `number` as a spreadsheet counts it."""

    number: int
    cells: dict[Column, str] = field(default_factory=dict)

    def get(self, name: str, language: str | None = None) -> str:
        """The text of a column, in a language of the file when one is asked for."""
        for column, text in self.cells.items():
            if column.name == name and (language is None or column.language == language):
                return text
        return ""


@dataclass
class Sheet:
    """A sheet of the form."""

    name: str
    columns: list[Column]
    rows: list[Row]

    def languages(self) -> list[str]:
        """Languages its columns name, in order; "" for columns without one."""
        return list(dict.fromkeys(c.language for c in self.columns if c.name in TEXT_COLUMNS))


def read_sheets(content: bytes, name: str = "") -> dict[str, Rows]:
    """The rows of each sheet by its name. Raises Unreadable."""
    if is_spreadsheet(content):
        return read_spreadsheet(content)
    text = decoded(content)
    first = next((line for line in text.splitlines() if line.strip()), "")
    if name.lower().endswith(".md") or _MARKDOWN.match(first):
        return _markdown(text)
    return _csv(text)


def _csv(text: str) -> dict[str, Rows]:
    """The rows of a CSV: one sheet with a header, or sheets one below the other as pyxform
    writes them (their name in the first column).
    """
    head = text[:4096].split("\n", 1)[0]
    if head.count(",") + head.count(";") + head.count("\t") > MAX_COLUMNS * 3:
        raise Unreadable("too_many_columns", place="line 1", most=MAX_COLUMNS)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(head), strict=False)
    rows: Rows = []
    try:
        for cells in reader:
            if len(cells) > MAX_COLUMNS:
                place = f"line {reader.line_num}"
                raise Unreadable("too_many_columns", place=place, most=MAX_COLUMNS)
            rows.append(cells)
            if len(rows) > MAX_ROWS:
                raise Unreadable("too_many_rows", place=f"line {reader.line_num}", most=MAX_ROWS)
    except csv.Error as error:
        raise Unreadable("not_csv", place=f"line {reader.line_num or 1}") from error
    first = next((r for r in rows if any(c.strip() for c in r)), [])
    if first and first[0].strip().lower() in SHEETS and not any(c.strip() for c in first[1:]):
        return _stacked(rows)
    return {"survey": rows}


def _delimiter(head: str) -> str:
    return max(",;\t", key=head.count)


def _stacked(rows: Rows) -> dict[str, Rows]:
    sheets: dict[str, Rows] = {}
    current = ""
    for cells in rows:
        name = cells[0].strip().lower() if cells else ""
        if name:
            current = name
            sheets.setdefault(current, [])
            if not any(cell.strip() for cell in cells[1:]):
                continue
        if current:
            sheets[current].append(cells[1:])
    return sheets


def _markdown(text: str) -> dict[str, Rows]:
    """Tables whose rows begin with |; a sheet's name stands alone in the first cell."""
    sheets: dict[str, Rows] = {}
    current = ""
    for number, line in enumerate(text.splitlines(), 1):
        if not _MARKDOWN.match(line):
            continue
        cells = [c.strip().replace("\\|", "|") for c in re.split(r"(?<!\\)\|", line.strip())[1:-1]]
        if cells and all(re.fullmatch(r":?-*:?", cell) for cell in cells):
            continue
        if len(cells) > MAX_COLUMNS or number > MAX_ROWS:
            raise Unreadable("too_many_columns", place=f"line {number}", most=MAX_COLUMNS)
        name = cells[0].strip().lower() if cells else ""
        if name in SHEETS and not any(cells[1:]):
            current = name
            sheets.setdefault(current, [])
            continue
        if name in SHEETS and name not in sheets:
            current = name
            sheets[current] = [cells[1:]]
            continue
        if current:
            sheets[current].append(cells[1:] if not cells[0] else cells)
    if not sheets:
        raise Unreadable("no_survey_sheet")
    return sheets


def understood(name: str, rows: Rows) -> Sheet:
    """A sheet with its first filled row as headers.

    Raises Unreadable "duplicate_column" with the cell, "too_many_columns", "too_many_rows".
    """
    at = next((i for i, row in enumerate(rows) if any(cell.strip() for cell in row)), None)
    if at is None:
        return Sheet(name, [], [])
    heads = rows[at]
    if len(heads) > MAX_COLUMNS:
        raise Unreadable("too_many_columns", place=f"{name}, row {at + 1}", most=MAX_COLUMNS)
    if len(rows) > MAX_ROWS:
        raise Unreadable("too_many_rows", place=name, most=MAX_ROWS)
    columns = [_column(head, i) if head.strip() else None for i, head in enumerate(heads)]
    _refuse_twice(name, at + 1, [c for c in columns if c])
    found = []
    for number, cells in enumerate(rows[at + 1 :], at + 2):
        row = Row(number)
        for column, cell in zip(columns, cells, strict=False):
            if column and cell.strip():
                row.cells[column] = cell.strip()[:MAX_CELL]
        if row.cells:
            found.append(row)
    return Sheet(name, [c for c in columns if c], found)


def letter(index: int) -> str:
    """The letter of a column, A for 0."""
    text, number = "", index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


def _column(header: str, index: int) -> Column:
    parts = [part.strip() for part in re.split(r"::|(?<!jr):(?!:)", header.strip()) if part.strip()]
    low = [" ".join(part.lower().split()) for part in parts] or [""]
    if low[0] in ("bind", "body", "control", "media") and len(low) > 1:
        parts, low = parts[1:], low[1:]
    name = _ALIASES.get(low[0], low[0].replace(" ", "_"))
    language = parts[-1] if len(parts) > 1 else ""
    if len(parts) == 1:
        # "label English" and "label_English" are seen as well.
        found = re.fullmatch(r"(label|hint|caption)[ _](.+)", low[0])
        if found and language_code(found[2]):
            name, language = _ALIASES.get(found[1], found[1]), found[2]
    return Column(name, language, header.strip(), letter(index))


def _refuse_twice(sheet: str, row: int, columns: list[Column]) -> None:
    seen: dict[tuple[str, str], Column] = {}
    for column in columns:
        first = seen.setdefault((column.name, column.language.lower()), column)
        if first is not column:
            raise Unreadable(
                "duplicate_column",
                place=f"{sheet}, {column.letter}{row}",
                name=shortened(column.header),
                first=f"{first.letter}{row}",
            )
