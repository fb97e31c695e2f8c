"""Answers from a table: a CSV or Excel file onto a published survey, each row on its own."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import orjson
from django.db import transaction
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.bulk import MAX_ROWS, BulkResult
from cxportal.core.commands import audit
from cxportal.core.errors import DomainError
from cxportal.core.file_limits import MAX_BYTES
from cxportal.core.imports import Table, read_csv
from cxportal.core.models import Job, StoredFile
from cxportal.core.policies import authorise
from cxportal.core.services.files import file_delete, file_store
from cxportal.core.services.jobs import job_progress, job_queue
from cxportal.core.spreadsheets import is_spreadsheet, read_spreadsheet
from surveys.exchange.answer_table import DIMENSION, META, Target, row_answers, targets_of
from surveys.exchange.ledger import Unreadable, shortened
from surveys.import_words import refusal_sentence
from surveys.models import Survey
from surveys.rendering import compiled_version
from surveys.services.exports import job_maker
from surveys.services.recording import responses_record

IMPORT_JOB = "responses_import"
#: Rows in one transaction; a page records no more at once. Rows of the longest table.
BATCH, LONGEST = 1_000, 100_000
SHOWN_FAULTS = 100
Lines = Sequence[tuple[int, Mapping[str, str]]]
_YES = frozenset({"true", "yes", "y", "1"})
_SHOWN = 5


@transaction.atomic
def responses_import(*, actor: Actor, survey: Survey, name: str, content: bytes) -> BulkResult:
    """Record the rows of a CSV or XLSX file as complete answers.

    The first line names the columns: question codes ("nps", "used", "grid.price",
    "used.other"), those of META and "dim.<group>". Choices are given by code or by their words,
    several with “;” between them. A row that does not fit fails alone; `rows` carry its line.
    The same file again changes nothing. Raises DomainError "file_refused", "unknown_columns",
    "too_many_rows" (413), "survey_closed" (409).
    """
    authorise(actor, "surveys.change_responses", survey)
    table = _table(content, MAX_ROWS)
    targets = _checked_targets(survey, table)
    result = _record(actor, survey, table.rows, targets)
    _note(actor, survey, name, result, len(table.rows))
    return result


@transaction.atomic
def responses_import_begin(
    *, actor: Actor, survey: Survey, name: str, content: bytes
) -> BulkResult | Job:
    """Record a table that is small at once; queue a longer one, of at most LONGEST rows.

    Raises like `responses_import`, before anything is queued.
    """
    authorise(actor, "surveys.change_responses", survey)
    table = _table(content, LONGEST)
    if len(table.rows) <= BATCH:
        return responses_import(actor=actor, survey=survey, name=name, content=content)
    _checked_targets(survey, table)
    stored = file_store(actor=actor, name=name, content=content)
    user = actor.user.pk if actor.user else None
    params = {"survey": survey.pk, "source": stored.pk, "name": shortened(name), "user": user}
    return job_queue(actor=actor, kind=IMPORT_JOB, params=params)


def responses_import_run(actor: Actor, job: Job) -> dict[str, Any]:
    """The job: a transaction for each batch; begun anew after a crash, it takes no row twice."""
    surveys, files = Survey.objects.for_actor(actor), StoredFile.objects.for_actor(actor)
    survey = surveys.select_related("program").filter(pk=job.params["survey"]).first()
    stored = files.filter(pk=job.params["source"]).first()
    if survey is None or stored is None:
        raise DomainError("gone", _("The survey or its file is gone."))
    maker = job_maker(actor, job.params)
    table = _table(stored.file.read(), LONGEST)
    targets, whole = _checked_targets(survey, table), BulkResult()
    for start in range(0, len(table.rows), BATCH):
        part = _record(maker, survey, table.rows[start : start + BATCH], targets)
        whole.created += part.created
        whole.unchanged += part.unchanged
        whole.failed += part.failed
        faults = [row for row in part.rows if row["status"] == "failed"]
        whole.rows += faults[: SHOWN_FAULTS - len(whole.rows)]
        job_progress(job, done=min(start + BATCH, len(table.rows)), total=len(table.rows))
    _note(maker, survey, job.params["name"], whole, len(table.rows))
    file_delete(actor=actor, stored=stored)
    return whole.as_dict()


def _checked_targets(survey: Survey, table: Table) -> dict[str, Target]:
    if survey.current_version_id is None:
        raise DomainError("survey_closed", _("Publish the survey first."), status=409)
    version = compiled_version(survey.current_version_id)
    targets = targets_of(version.questions.values())
    _check_columns(table, targets)
    return targets


def _record(
    actor: Actor, survey: Survey, lines: Lines, targets: Mapping[str, Target]
) -> BulkResult:
    rows = [_row(survey, line, cells, targets) for line, cells in lines]
    result = responses_record(actor=actor, survey=survey, rows=rows)
    for (line, cells), row in zip(lines, result.rows, strict=True):
        row["line"], row["external_id"] = line, cells.get("external_id", "")
    return result


def _note(actor: Actor, survey: Survey, name: str, result: BulkResult, rows: int) -> None:
    changes = {"file": shortened(name), "rows": rows, "failed": result.failed}
    audit(actor=actor, action="response.import", obj=survey, changes=changes)


def _table(content: bytes, most: int) -> Table:
    if len(content) > MAX_BYTES:
        raise DomainError("too_large", _("The file is larger than 20 MB."), status=413)
    table = _of_spreadsheet(content) if is_spreadsheet(content) else read_csv(content)
    if len(table.rows) > most:
        message = _("The file has more than %(max)s rows. Split it.") % {"max": most}
        raise DomainError("too_many_rows", message, status=413)
    return table


def _of_spreadsheet(content: bytes) -> Table:
    try:
        sheets = read_spreadsheet(content)
    except Unreadable as error:
        message = refusal_sentence(error)
        raise DomainError("file_refused", message, details={"file": message}) from error
    rows = next(iter(sheets.values()), [])
    if not rows or not any(cell.strip() for cell in rows[0]):
        raise DomainError("file_refused", _("Its first line names no columns."))
    columns = [cell.strip().lower() for cell in rows[0]]
    doubled = next((name for name in columns if name and columns.count(name) > 1), "")
    if doubled:
        message = _("The column “%(name)s” stands twice.") % {"name": doubled[:60]}
        raise DomainError("file_refused", message, details={"file": message})
    found = [
        (number, dict(zip(columns, cells, strict=False)))
        for number, cells in enumerate(rows[1:], 2)
        if any(cell.strip() for cell in cells)
    ]
    return Table([name for name in columns if name], found)


def _check_columns(table: Table, targets: Mapping[str, Target]) -> None:
    strange = [
        name
        for name in table.columns
        if name not in targets and name not in META and not name.startswith(DIMENSION)
    ]
    if strange:
        message = _("No question of the survey has these columns: %(names)s.")
        names = ", ".join(name[:60] or "–" for name in strange[:_SHOWN])
        sentence = message % {"names": names}
        raise DomainError("unknown_columns", sentence, details={"file": sentence})
    if not any(name in targets for name in table.columns):
        sentence = _("The first line must name at least one question by its code.")
        raise DomainError("missing_columns", sentence, details={"file": sentence})


def _row(
    survey: Survey, line: int, cells: Mapping[str, str], targets: Mapping[str, Target]
) -> dict[str, Any]:
    given = {name: cells[name].strip() for name in META if cells.get(name, "").strip()}
    content = orjson.dumps(dict(cells), option=orjson.OPT_SORT_KEYS).decode()
    own = str(uuid5(NAMESPACE_URL, f"answers:{survey.pk}:{line}:{content}"))
    dimensions = {
        name.removeprefix(DIMENSION): text.strip()
        for name, text in cells.items()
        if name.startswith(DIMENSION) and text.strip()
    }
    row: dict[str, Any] = {
        "channel": "import",
        "submission_id": own,
        **given,
        "answers": row_answers(cells, targets),
        "is_test": given.get("is_test", "").lower() in _YES,
    }
    for name in ("completed_at", "started_at"):
        if name in given:
            row[name] = _moment(survey, given[name])
    return {**row, "dimensions": dimensions} if dimensions else row


def _moment(survey: Survey, text: str) -> Any:
    """A time without zone is the program's; what is no time is refused where it is recorded."""
    try:
        moment = parse_datetime(text)
        day = parse_date(text) if moment is None else None
    except ValueError:
        return text
    if day is not None:
        moment = datetime(day.year, day.month, day.day)  # noqa: DTZ001  # its zone comes next
    if moment is not None and moment.tzinfo is None:
        moment = moment.replace(tzinfo=survey.program.zone)
    return moment or text
