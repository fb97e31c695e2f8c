"""Writing CSV that a spreadsheet opens without running anything in it."""

import csv
import os
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_BOM = "\ufeff"  # by it spreadsheets know that the file is UTF-8


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


def write_rows(file: IO[str], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write head and rows as guarded CSV; returns the number of rows."""
    writer = csv.writer(file)
    writer.writerow([cell(name) for name in columns])
    count = 0
    for row in rows:
        writer.writerow([cell(value) for value in row])
        count += 1
    return count


def write_file(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write a CSV file by rename: it is there whole or not at all, nothing else stays behind."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(_BOM)
            count = write_rows(file, columns, rows)
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    return count
