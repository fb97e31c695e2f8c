"""Comments from a file: CSV or XLSX, looked at before anything is written, refused row by row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.bulk import MAX_ROWS, BulkResult
from cxportal.core.errors import DomainError
from cxportal.core.imports import MAX_BYTES, Table, read_csv
from cxportal.core.policies import authorise
from cxportal.core.spreadsheets import is_spreadsheet, read_spreadsheet
from journeys.models import Touchpoint
from journeys.services.voice import comment_place
from surveys.exchange.ledger import Unreadable
from surveys.import_words import refusal_sentence
from surveys.models import Comment
from surveys.services.comment_rows import (
    FIELDS,
    CommentKnown,
    comment_row_checked,
    comments_record,
)

COLUMNS = (*(name for name in FIELDS if name != "is_test"), "touchpoint")
SHOWN = 20


@dataclass(frozen=True)
class FilePreview:
    """What a file holds: rows that will be taken, and what is wrong with the others."""

    total: int
    good: int
    rows: list[dict[str, Any]] = field(default_factory=list)
    faults: list[tuple[int, dict[str, str]]] = field(default_factory=list)


def table_of(content: bytes) -> Table:
    """Read CSV or the first sheet of a spreadsheet. Raises DomainError."""
    if not is_spreadsheet(content):
        return read_csv(content, required=["text"], known=COLUMNS, max_rows=MAX_ROWS)
    if len(content) > MAX_BYTES:
        raise DomainError("too_large", _("The file is larger than 20 MB. Split it."), status=413)
    try:
        sheets = read_spreadsheet(content)
    except Unreadable as error:
        sentence = str(refusal_sentence(error))
        raise DomainError("not_a_table", sentence, details={"file": sentence}) from error
    return _table_of_sheet(next(iter(sheets.values()), []))


def _table_of_sheet(rows: list[list[str]]) -> Table:
    head = [str(name).strip().lower() for name in (rows[0] if rows else [])]
    while head and not head[-1]:
        head.pop()
    strange = [name for name in head if name not in COLUMNS]
    if "text" not in head or strange:
        sentence = _("The first line must name the columns. Known are: %(known)s.")
        words = sentence % {"known": ", ".join(COLUMNS)}
        raise DomainError("unknown_columns", words, details={"file": words})
    if len(rows) - 1 > MAX_ROWS:
        message = _("The file has more than %(max)s rows. Split it.") % {"max": MAX_ROWS}
        raise DomainError("too_many_rows", message, status=413)
    table = Table(head)
    for line, cells in enumerate(rows[1:], start=2):
        row = dict(zip(head, [str(cell) for cell in cells] + [""] * len(head), strict=False))
        if any(text.strip() for text in row.values()):
            table.rows.append((line, row))
    return table


def file_preview(*, actor: Actor, content: bytes) -> FilePreview:
    """What would become of each row; writes nothing. Raises DomainError for an unreadable file."""
    authorise(actor, "surveys.record_comments")
    table = table_of(content)
    rows = [_row(cells) for _line, cells in table.rows]
    known, places = CommentKnown(actor, rows), _touchpoints(actor)
    faults = []
    for (line, cells), row in zip(table.rows, rows, strict=True):
        errors = comment_row_checked(actor, row, known)[1] | _place_errors(cells, places)
        if errors:
            faults.append((line, errors))
    shown = [dict(cells) for _line, cells in table.rows[:SHOWN]]
    return FilePreview(len(rows), len(rows) - len(faults), shown, faults)


@transaction.atomic
def comments_import(*, actor: Actor, content: bytes) -> BulkResult:
    """Take the good rows of a file; each failed one says its line."""
    authorise(actor, "surveys.record_comments")
    table, places = table_of(content), _touchpoints(actor)
    good = [(line, c) for line, c in table.rows if not _place_errors(c, places)]
    result = comments_record(actor=actor, rows=[_row(cells) for _line, cells in good])
    for (line, cells), row in zip(good, result.rows, strict=True):
        row["line"] = line
        place = cells.get("touchpoint", "").strip().lower()
        if place and row["status"] == "created" and row.get("id"):
            comment = Comment.objects.for_actor(actor).get(pk=row["id"])
            comment_place(actor=actor, comment=comment, touchpoint=places[place])
    for line, cells in table.rows:
        errors = _place_errors(cells, places)
        if errors:
            result.add(cells.get("external_id", ""), "failed", errors)
            result.rows[-1]["line"] = line
    return result


def _row(cells: Mapping[str, str]) -> dict[str, Any]:
    """A comment's row; an empty cell is absent."""
    return {
        name: text.strip() for name, text in cells.items() if name != "touchpoint" and text.strip()
    }


def _touchpoints(actor: Actor) -> dict[str, Touchpoint]:
    """By code and by name in every language, in small letters."""
    found: dict[str, Touchpoint] = {}
    for touchpoint in Touchpoint.objects.for_actor(actor).select_related("program"):
        for word in (*touchpoint.name.values(), touchpoint.code):
            found[word.strip().lower()] = touchpoint
    return found


def _place_errors(cells: Mapping[str, str], places: Mapping[str, Touchpoint]) -> dict[str, str]:
    place = cells.get("touchpoint", "").strip().lower()
    if place and place not in places:
        return {"touchpoint": _("There is no touchpoint “%(name)s”.") % {"name": place[:60]}}
    return {}
