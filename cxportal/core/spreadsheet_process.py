"""Reads a spreadsheet from standard input, writes its sheets as JSON to standard output.

Run as a process of its own under limits of memory and time, because a few bytes can claim
millions of cells. Imports nothing of the portal.
"""

import json
import resource
import sys
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

MAX_MEMORY = 768 * 1024 * 1024  # bytes of address space, interpreter included
MAX_SECONDS = 4


def plain(value: Any) -> str:
    """A cell as text; whole numbers without a point, truth as TRUE and FALSE."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return "" if value is None else str(value)


def trimmed(cells: list[str]) -> list[str]:
    """Without the blank cells at the end."""
    while cells and not cells[-1].strip():
        cells.pop()
    return cells


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    from python_calamine import CalamineWorkbook

    max_rows, max_cells = int(sys.argv[1]), int(sys.argv[2])
    workbook = CalamineWorkbook.from_filelike(BytesIO(sys.stdin.buffer.read()))
    sheets: dict[str, list[list[str]]] = {}
    for name in workbook.sheet_names:
        sheet = workbook.get_sheet_by_name(name)
        height, width = sheet.total_height, sheet.total_width
        if height > max_rows or height * width > max_cells:
            sys.stdout.write(json.dumps({"too_large": name}))
            return 0
        rows = sheet.to_python(skip_empty_area=False) if height else []
        sheets[name] = [trimmed([plain(cell) for cell in row]) for row in rows]
    sys.stdout.write(json.dumps({"sheets": sheets}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
