"""XLSX and XLS as rows of texts, read in a process of its own (python-calamine).

calamine reads both formats in Rust; the limits around it are ours: the archive is unpacked and
measured first, cell references are looked at before anything claims memory for them.
"""

import re
import subprocess
import sys
from pathlib import Path

import orjson

from cxportal.core.file_limits import OLE, ZIP, Unreadable, unpacked

MAX_ROWS, MAX_COLUMNS, MAX_CELLS, MAX_SHEETS = 100_000, 16_384, 3_000_000, 60
_SECONDS = 15  # of waiting on a busy machine; the process itself may compute for four
_PROGRAM = Path(__file__).with_name("spreadsheet_process.py")
_REFERENCE = re.compile(rb'<(?:c|dimension)\b[^>]{0,200}?\b(?:r|ref)="([A-Z]{1,3})(\d{1,8})')
_DIMENSION = re.compile(rb'<dimension[^>]{0,100}ref="[A-Z]{1,3}\d{1,8}:([A-Z]{1,3})(\d{1,8})"')
Rows = list[list[str]]


def is_spreadsheet(content: bytes) -> bool:
    """True for what begins like XLSX or XLS."""
    return content.startswith((ZIP, OLE))


def read_spreadsheet(content: bytes) -> dict[str, Rows]:
    """Sheets by name in their order, rows as texts.

    Raises Unreadable "not_spreadsheet", "spreadsheet_encrypted", "sheet_too_large" and those of
    `unpacked`.
    """
    if content.startswith(ZIP):
        _check_archive(content)
    elif b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e" in content:
        raise Unreadable("spreadsheet_encrypted")
    command = [sys.executable, "-I", str(_PROGRAM), str(MAX_ROWS), str(MAX_CELLS)]
    try:
        done = subprocess.run(  # noqa: S603  # our own program, the file comes by its input
            command, input=content, capture_output=True, timeout=_SECONDS, check=True
        )
        answer = orjson.loads(done.stdout)
    except (subprocess.SubprocessError, orjson.JSONDecodeError) as error:
        raise Unreadable("not_spreadsheet") from error
    if "too_large" in answer:
        raise Unreadable(
            "sheet_too_large", place=answer["too_large"], rows=MAX_ROWS, cells=MAX_CELLS
        )
    sheets: dict[str, Rows] = answer["sheets"]
    return sheets


def _check_archive(content: bytes) -> None:
    members = unpacked(content)
    sheets = {n: data for n, data in members.items() if n.startswith("xl/worksheets/")}
    if not any(name.startswith("xl/") for name in members):
        raise Unreadable("not_spreadsheet")
    if len(sheets) > MAX_SHEETS:
        raise Unreadable("too_many_sheets", most=MAX_SHEETS)
    for name, data in sheets.items():
        if any(member in data[:2000] for member in (b"<!DOCTYPE", b"<!ENTITY")):
            raise Unreadable("xml_entities", place=name)
        column, row = _extent([*_REFERENCE.findall(data), *_DIMENSION.findall(data)])
        if column > MAX_COLUMNS or row > MAX_ROWS or column * row > MAX_CELLS:
            raise Unreadable("sheet_too_large", place=name, rows=MAX_ROWS, cells=MAX_CELLS)


def _extent(references: list[tuple[bytes, bytes]]) -> tuple[int, int]:
    """The rightmost column and the lowest row that cells claim."""
    if not references:
        return 0, 0
    right = max((cell[0] for cell in references), key=lambda letters: (len(letters), letters))
    return _column(right), max(int(row) for _letters, row in references)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
