"""Tables out: CSV, XLSX and JSON Lines, streamed, and nothing in them runs in a spreadsheet."""

import csv
import io
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import orjson
from xlsxwriter import Workbook

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
#: The same for PostgreSQL: what a text begins with, after what may stand before it.
FORMULA_PATTERN = "^[ \n\u00a0\ufeff]*[=+@\t\r＝＋－＠-]"
#: What a text that the pattern finds may begin with.
FORMULA_LETTERS = "".join(_FORMULA_STARTS) + " \n\u00a0\ufeff"
BOM = "\ufeff"  # by it spreadsheets know that the file is UTF-8
_MOST_SHEET_ROWS = 1_048_575  # below the head
_MOST_CELL_TEXT = 32_767
#: Format → content type, for downloads.
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/x-ndjson",
}
Rows = Iterable[Sequence[Any]]


def cell(value: Any) -> str:
    """A value as text; what a spreadsheet would run as a formula gets a leading '.

    Numbers stay numbers: a negative amount is no formula.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if not isinstance(value, str):
        return str(value)
    # A formula may also hide behind spaces or a line break inside the cell.
    return f"'{value}" if value.lstrip(" \n\u00a0\ufeff").startswith(_FORMULA_STARTS) else value


def write_rows(
    file: IO[bytes], columns: Sequence[str], rows: Rows, *, kind: str = "csv", bom: bool = True
) -> int:
    """Write a table as "csv", "xlsx" or "jsonl" into an open binary file, row by row.

    Returns the number of rows. `bom` marks a CSV as UTF-8 for spreadsheets. Memory stays the
    same however many rows there are. Raises ValueError for more rows than a sheet holds.
    """
    return _WRITERS[kind](file, columns, rows, bom)


def _write_csv(file: IO[bytes], columns: Sequence[str], rows: Rows, bom: bool) -> int:
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=False)
    try:
        if bom:
            text.write(BOM)
        writer = csv.writer(text)
        writer.writerow([cell(name) for name in columns])
        count = 0
        for row in rows:
            writer.writerow([cell(value) for value in row])
            count += 1
        text.flush()
    finally:
        text.detach()  # the file stays open for its owner
    return count


def _write_xlsx(file: IO[bytes], columns: Sequence[str], rows: Rows, bom: bool) -> int:
    # Formulas, links and numbers in texts stay the texts they are.
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = Workbook(file, options)
    try:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        for place, name in enumerate(columns):
            sheet.write_string(0, place, name[:_MOST_CELL_TEXT], bold)
        sheet.freeze_panes(1, 0)
        count = 0
        for count, row in enumerate(rows, start=1):
            if count > _MOST_SHEET_ROWS:
                raise ValueError(f"a sheet holds at most {_MOST_SHEET_ROWS} rows")
            for place, value in enumerate(row):
                _write_sheet_cell(sheet, count, place, value)
    finally:
        book.close()
    return count


def _write_sheet_cell(sheet: Any, line: int, place: int, value: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(line, place, value)
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(line, place, value)
    else:
        text = value if isinstance(value, str) else cell(value)
        sheet.write_string(line, place, text[:_MOST_CELL_TEXT])


def _write_jsonl(file: IO[bytes], columns: Sequence[str], rows: Rows, bom: bool) -> int:
    count = 0
    for row in rows:
        pairs = zip(columns, row, strict=True)
        file.write(orjson.dumps(dict(pairs), default=str, option=orjson.OPT_APPEND_NEWLINE))
        count += 1
    return count


_WRITERS: dict[str, Callable[[IO[bytes], Sequence[str], Rows, bool], int]] = {
    "csv": _write_csv,
    "xlsx": _write_xlsx,
    "jsonl": _write_jsonl,
}


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A place to write to that becomes `path` at the end: there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    os.close(handle)
    part = Path(name)
    try:
        yield part
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)


def write_file(path: Path, columns: Sequence[str], rows: Rows, *, bom: bool = True) -> int:
    """Write a table in the format its suffix names; a broken export leaves nothing behind."""
    with whole_file(path) as part, part.open("wb") as file:
        return write_rows(file, columns, rows, kind=path.suffix.removeprefix("."), bom=bom)
