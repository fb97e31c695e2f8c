"""Tables that somebody brought, CSV or spreadsheet, read as far as they can be.

Unlike `imports.read_csv`, which refuses a file for one bad line, a line that cannot be read is
kept with its reason, so that the others can go through. Column names stay as they were written.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from cxportal.core.errors import DomainError
from cxportal.core.file_limits import MAX_BYTES, Unreadable, check_size
from cxportal.core.file_words import file_refusal
from cxportal.core.imports import MAX_CELL, MAX_COLUMNS, MAX_ROWS, delimiter_of
from cxportal.core.spreadsheets import is_spreadsheet, read_spreadsheet

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_LOST = "\ufffd"  # stands for what could not be read
Cells = list[str]


@dataclass
class TableFile:
    """A table as read: `rows` are (line, cells by column); `faults` say why a line is no row."""

    columns: list[str]
    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    faults: dict[int, str] = field(default_factory=dict)


def read_table(content: bytes) -> TableFile:
    """Read CSV (UTF-8, CP949 or UTF-16) or the first sheet of a spreadsheet.

    Raises DomainError "not_a_table", "too_large", "too_many_rows".
    """
    if len(content) > MAX_BYTES:
        raise DomainError("too_large", _("The file is larger than 20 MB. Split it."), status=413)
    try:
        check_size(content)
        lines = _sheet_lines(content) if is_spreadsheet(content) else _csv_lines(content)
        return _table(lines)
    except Unreadable as error:
        raise _refused(file_refusal(error)) from error
    except csv.Error as error:
        raise _refused(_("A quotation mark is not closed or stands in the wrong place.")) from error


def _refused(reason: str) -> DomainError:
    message = _("This file cannot be read as a table. %(reason)s") % {"reason": reason}
    return DomainError("not_a_table", message, details={"file": message})


def _sheet_lines(content: bytes) -> Iterator[tuple[int, Cells]]:
    rows = next(iter(read_spreadsheet(content).values()), [])
    yield from enumerate(rows, start=1)


def _csv_lines(content: bytes) -> Iterator[tuple[int, Cells]]:
    text = _decoded(content)
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter_of(text.lstrip()), strict=True
    )
    for cells in reader:
        yield reader.line_num, cells


def _decoded(content: bytes) -> str:
    """The text; letters that fit no encoding become U+FFFD, which only their rows pay for."""
    if content.startswith(_UTF16):
        return content.decode("utf-16", "replace")
    for encoding in ("utf-8-sig", "cp949"):
        try:
            return content.decode(encoding).replace("\x00", _LOST)
        except UnicodeDecodeError:
            continue
    lines = content.splitlines()
    good = {code: sum(_reads(line, code) for line in lines) for code in ("utf-8-sig", "cp949")}
    likely = max(good, key=lambda code: good[code])
    if good[likely] * 2 < len(lines):
        raise Unreadable("encoding", encoding="UTF-8")
    return content.decode(likely, "replace").replace("\x00", _LOST)


def _reads(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _table(lines: Iterable[tuple[int, Cells]]) -> TableFile:
    found = iter(lines)
    head = next((cells for _line, cells in found if any(cell.strip() for cell in cells)), [])
    table = TableFile(_columns(head))
    for line, cells in found:
        if not any(cell.strip() for cell in cells):
            continue
        if len(table.rows) >= MAX_ROWS:
            message = _("The file has more than %(max)s rows. Split it.") % {"max": MAX_ROWS}
            raise DomainError("too_many_rows", message, status=413)
        fault = _fault(cells, len(table.columns))
        if fault:
            table.faults[line] = fault
        padded = [*cells, *[""] * len(table.columns)]
        table.rows.append((line, dict(zip(table.columns, padded, strict=False))))
    if not table.rows:
        raise _refused(_("The file has no rows below its first line."))
    return table


def _columns(head: Cells) -> list[str]:
    """The names in the first line; a blank or doubled one gets its number."""
    names = [name.strip().lstrip("\ufeff") for name in head]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise _refused(_("Its first line names no columns."))
    if len(names) > MAX_COLUMNS:
        raise _refused(_("It has more than %(max)s columns.") % {"max": MAX_COLUMNS})
    seen: Counter[str] = Counter()
    columns = []
    for number, name in enumerate(names, start=1):
        shown = name[:120] or _("Column %(n)s") % {"n": number}
        seen[shown.lower()] += 1
        columns.append(shown if seen[shown.lower()] == 1 else f"{shown} ({number})")
    return columns


def _fault(cells: Cells, width: int) -> str:
    """Why a line is no row of this table; "" when it is one. Short lines end in empty cells."""
    if any(cell.strip() for cell in cells[width:]):
        counts = {"found": len(cells), "wanted": width}
        return _("It has %(found)s cells instead of %(wanted)s.") % counts
    if any(_LOST in cell for cell in cells):
        return _("It holds letters that are neither UTF-8 nor CP949.")
    if any(len(cell) > MAX_CELL for cell in cells):
        return _("A cell has more than 20,000 characters.")
    return ""
