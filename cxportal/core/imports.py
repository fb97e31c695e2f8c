"""Reading CSV that somebody brought: capped, in UTF-8 or CP949, refused with line and reason."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from cxportal.core.errors import DomainError

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 100_000
MAX_COLUMNS = 100
MAX_CELL = 20_000
ATTRIBUTE = "attributes."
_DELIMITERS = ",;\t|"
_SNIFFED = 4096  # characters
# What files look like that people take for CSV.
_OTHER_FORMATS = {
    b"PK\x03\x04": "XLSX",
    b"\xd0\xcf\x11\xe0": "XLS",
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"\x1f\x8b": "GZIP",
}


@dataclass(frozen=True)
class Table:
    """A CSV file as read: `rows` hold (line number, {column: text}); blank lines are left out."""

    columns: list[str]
    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)


def read_csv(
    content: bytes,
    *,
    required: Sequence[str] = (),
    known: Iterable[str] | None = None,
    max_rows: int = MAX_ROWS,
) -> Table:
    """Read a file with a head line; column names are compared in small letters.

    `required` columns must be there; with `known`, others are refused (“attributes.…” passes).
    Raises DomainError "not_csv", "too_large", "too_many_rows", "missing_columns",
    "unknown_columns".
    """
    text = _decoded(content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)
    try:
        columns = _columns(next(reader, []))
        _check_columns(columns, required, known)
        return Table(columns, _rows(reader, columns, max_rows))
    except csv.Error as error:
        raise _not_csv(reader.line_num or 1, _csv_reason(error)) from error


def _decoded(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise DomainError("too_large", _("The file is larger than 20 MB. Split it."), status=413)
    for start, name in _OTHER_FORMATS.items():
        if content.startswith(start):
            raise _not_csv(1, _("it is a %(format)s file. Save it as CSV first") % {"format": name})
    for encoding in ("utf-8-sig", "cp949"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
    else:
        raise _not_csv(line, _("its letters are neither UTF-8 nor CP949"))
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise _not_csv(line, _("it holds NUL characters"))
    if not text.strip():
        raise _not_csv(1, _("it is empty"))
    return text


def delimiter_of(text: str) -> str:
    """The separator that stands most often in the head line."""
    head = text[:_SNIFFED].split("\n", 1)[0]
    return max(_DELIMITERS, key=head.count)


def _columns(head: list[str]) -> list[str]:
    columns = [_column(name) for name in head]
    if not any(columns):
        raise _not_csv(1, _("its first line names no columns"))
    if len(columns) > MAX_COLUMNS:
        reason = _("it has more than %(max)s columns") % {"max": MAX_COLUMNS}
        raise _not_csv(1, reason)
    doubled = sorted({name for name in columns if columns.count(name) > 1})
    if doubled:
        raise _not_csv(1, _("column “%(name)s” stands twice") % {"name": doubled[0][:60]})
    return columns


def _column(name: str) -> str:
    """Small letters; the key of an attribute keeps its own."""
    text = name.strip()
    if text.lower().startswith(ATTRIBUTE):
        return ATTRIBUTE + text[len(ATTRIBUTE) :]
    return text.lower()


def _check_columns(
    columns: list[str], required: Sequence[str], known: Iterable[str] | None
) -> None:
    missing = [name for name in required if name not in columns]
    if missing:
        message = _("The first line must name these columns: %(names)s.")
        raise DomainError("missing_columns", message % {"names": ", ".join(missing)})
    if known is None:
        return
    allowed = set(known)
    strange = [c for c in columns if c not in allowed and not c.startswith(ATTRIBUTE)]
    if strange:
        message = _("These columns are not known: %(names)s. Known are: %(known)s.")
        shown = ", ".join(name[:60] or "–" for name in strange[:5])
        names = {"names": shown, "known": ", ".join(sorted(allowed))}
        raise DomainError("unknown_columns", message % names)


def _rows(
    reader: Iterable[list[str]], columns: list[str], max_rows: int
) -> list[tuple[int, dict[str, str]]]:
    rows: list[tuple[int, dict[str, str]]] = []
    for cells in reader:
        line: int = reader.line_num  # type: ignore[attr-defined]
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(columns):
            counts = {"found": len(cells), "wanted": len(columns)}
            raise _not_csv(line, _("it has %(found)s cells instead of %(wanted)s") % counts)
        if any(len(cell) > MAX_CELL for cell in cells):
            raise _not_csv(line, _("a cell has more than 20,000 characters"))
        if len(rows) >= max_rows:
            message = _("The file has more than %(max)s rows. Split it.") % {"max": max_rows}
            raise DomainError("too_many_rows", message, status=413)
        rows.append((line, dict(zip(columns, cells, strict=True))))
    return rows


def _csv_reason(error: csv.Error) -> str:
    if "field larger" in str(error):
        return _("a cell has more than 20,000 characters")
    return _("a quotation mark is not closed or stands in the wrong place")


def _not_csv(line: int, reason: str) -> DomainError:
    message = _("This file cannot be read as CSV. Line %(line)s: %(reason)s.")
    words = {"line": line, "reason": reason}
    return DomainError("not_csv", message % words, details={"file": message % words, "line": line})
