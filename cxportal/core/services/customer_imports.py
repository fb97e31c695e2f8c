"""Customers from a CSV file: a few at once, many as a job with progress."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.bulk import MAX_ROWS, BulkResult
from cxportal.core.commands import audit
from cxportal.core.errors import DomainError
from cxportal.core.imports import ATTRIBUTE, Table, read_csv
from cxportal.core.models import Job, StoredFile
from cxportal.core.policies import authorise
from cxportal.core.services.customer_rows import FIELDS
from cxportal.core.services.customers import customers_bulk_upsert
from cxportal.core.services.files import file_delete, file_store
from cxportal.core.services.jobs import job_progress, job_queue

IMPORT_JOB = "customers_import"
AT_ONCE = 1_000  # rows; more become a job
SHOWN_ERRORS = 200
_TRUE, _FALSE = ("true", "yes", "1", "y"), ("false", "no", "0", "n", "")


@transaction.atomic
def customers_import(*, actor: Actor, name: str, content: bytes) -> BulkResult | Job:
    """Import a CSV file with the columns of `FIELDS` and “attributes.<key>”.

    Up to 1,000 rows are taken at once, more become a job. Raises DomainError for a file that
    cannot be read; a bad row fails alone.
    """
    authorise(actor, "core.change_customers")
    table = _table(content)
    if len(table.rows) <= AT_ONCE:
        audit(actor=actor, action="customers.import", obj=None, changes={"rows": len(table.rows)})
        return _imported(actor, table.rows)
    stored = file_store(actor=actor, name=name, content=content, content_type="text/csv")
    return job_queue(actor=actor, kind=IMPORT_JOB, params={"file": stored.pk, "name": stored.name})


def _table(content: bytes) -> Table:
    known = [name for name in FIELDS if name != "attributes"]
    table = read_csv(content, required=["external_id"], known=known)
    if not table.rows:
        raise DomainError("not_csv", _("The file has no rows below its first line."))
    return table


def customers_import_run(actor: Actor, job: Job) -> dict[str, Any]:
    """The job: in batches, each in its own transaction; a repeat after a crash changes nothing."""
    stored = StoredFile.objects.for_actor(actor).filter(pk=job.params["file"]).first()
    if stored is None:
        raise DomainError("gone", _("The file is gone. Bring it again."))
    with stored.file.open("rb") as file:
        table = _table(file.read())
    sums = BulkResult()
    for start in range(0, len(table.rows), AT_ONCE):
        batch = table.rows[start : start + AT_ONCE]
        _add(sums, _imported(actor, batch))
        job_progress(job, done=start + len(batch), total=len(table.rows))
    file_delete(actor=actor, stored=stored)
    return sums.as_dict()


def _add(sums: BulkResult, part: BulkResult) -> None:
    """Add a batch's counts; of the rows only failed ones are kept, and not without end."""
    for name in ("created", "updated", "unchanged", "failed"):
        setattr(sums, name, getattr(sums, name) + getattr(part, name))
    failed = [row for row in part.rows if row["status"] == "failed"]
    sums.rows += failed[: SHOWN_ERRORS - len(sums.rows)]


def _imported(actor: Actor, rows: Iterable[tuple[int, Mapping[str, str]]]) -> BulkResult:
    lines = list(rows)
    assert len(lines) <= MAX_ROWS
    result = customers_bulk_upsert(actor=actor, rows=[_as_row(cells) for _line, cells in lines])
    for (line, _cells), row in zip(lines, result.rows, strict=True):
        row["line"] = line
    return result


def _as_row(cells: Mapping[str, str]) -> dict[str, Any]:
    """An empty cell leaves the stored value alone."""
    row: dict[str, Any] = {}
    attributes: dict[str, Any] = {}
    for name, text in cells.items():
        value = text.strip()
        if name == "external_id":
            row[name] = value
        elif not value:
            continue
        elif name.startswith(ATTRIBUTE):
            attributes[name.removeprefix(ATTRIBUTE)] = _typed(value)
        else:
            row[name] = _flag(value) if name == "is_test" else value
    return {**row, "attributes": attributes} if attributes else row


def _flag(value: str) -> Any:
    if value.lower() in _TRUE:
        return True
    return False if value.lower() in _FALSE else value


def _typed(value: str) -> Any:
    """Numbers become numbers, unless they start with 0 like a postal code."""
    digits = value.removeprefix("-")
    if digits.isascii() and digits.isdigit() and len(digits) <= 15:
        return int(value) if digits == "0" or not digits.startswith("0") else value
    return value
