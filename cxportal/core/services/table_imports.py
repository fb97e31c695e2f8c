"""Files of customers, transactions …: columns told apart, looked at first, taken in batches."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.bulk import BulkResult
from cxportal.core.commands import audit, lock
from cxportal.core.errors import DomainError
from cxportal.core.models import ImportFault, Job, TableImport
from cxportal.core.policies import authorise
from cxportal.core.registry import ImportTarget, import_targets
from cxportal.core.services.files import file_delete, file_store
from cxportal.core.services.jobs import job_progress, job_queue
from cxportal.core.table_files import TableFile, read_table

IMPORT_JOB = "table_import"
BATCH = 1_000  # rows in one transaction; a file of no more is taken at once
LOOKED_AT = 200  # rows that a preview tries
EXAMPLES = 3
DRAFTS, FAULTS = timedelta(days=7), timedelta(days=90)
_BETWEEN = re.compile(r"[\s_\-./()\[\]:*]+")
Lines = Sequence[tuple[int, Mapping[str, str]]]


def target_of(table_import: TableImport) -> ImportTarget:
    """What the rows of this import become."""
    return import_targets[table_import.kind]


@transaction.atomic
def table_import_start(*, actor: Actor, kind: str, name: str, content: bytes) -> TableImport:
    """Keep a file and guess what its columns hold; nothing is taken yet.

    Raises DomainError for a file that is no table, or too large.
    """
    target = import_targets[kind]
    authorise(actor, target.permission)
    table = read_table(content)
    stored = file_store(actor=actor, name=name, content=content)
    return TableImport.unscoped.create(  # unscoped: written for the actor's own program
        program=actor.program,
        kind=kind,
        name=stored.name,
        file=stored,
        columns=table.columns,
        mapping=columns_guessed(target, table.columns),
        total=len(table.rows),
        created_by=actor.user,
    )


def columns_guessed(target: ImportTarget, columns: Iterable[str]) -> dict[str, str]:
    """{column: field or ""}: by the words each field is known by; each field once."""
    known = {
        _plain(word): column.name
        for column in target.columns
        for word in (*column.words, column.name, str(column.label))
    }
    guessed: dict[str, str] = {}
    for name in columns:
        if target.free and name.lower().startswith(target.free):
            found = target.free + name[len(target.free) :]
        else:
            found = known.get(_plain(name), "")
        guessed[name] = "" if found in guessed.values() else found
    return guessed


def _plain(head: str) -> str:
    return _BETWEEN.sub("", head.lower())


@transaction.atomic
def table_import_map(
    *, actor: Actor, table_import: TableImport, mapping: Mapping[str, str]
) -> TableImport:
    """Say what each column holds. Raises DomainError "invalid" naming the columns."""
    target = target_of(table_import)
    authorise(actor, target.permission, table_import)
    stored = lock(table_import)
    _refuse_started(stored)
    _check_mapping(target, stored, mapping)
    stored.mapping = {name: mapping.get(name, "") for name in stored.columns}
    stored.save(update_fields=["mapping"])
    return stored


def _refuse_started(table_import: TableImport) -> None:
    if not table_import.is_draft:
        message = _("This import has begun. Bring the file again.")
        raise DomainError("import_started", message, status=409)


def _check_mapping(
    target: ImportTarget, table_import: TableImport, mapping: Mapping[str, str]
) -> None:
    known = {column.name for column in target.columns}
    errors: dict[str, str] = {}
    seen: set[str] = set()
    for name in table_import.columns:
        field_name = mapping.get(name, "")
        is_free = bool(target.free) and field_name.startswith(target.free)
        if field_name and field_name not in known and not is_free:
            errors[name] = _("There is no such field.")
        elif field_name and field_name in seen:
            errors[name] = _("Another column fills this field already.")
        seen.add(field_name)
    missing = [str(c.label) for c in target.columns if c.required and c.name not in seen]
    if missing:
        names = ", ".join(missing)
        errors[""] = _("Say which columns hold these: %(names)s.") % {"names": names}
    if errors:
        message = " ".join(dict.fromkeys(errors.values()))
        raise DomainError("invalid", message, details=errors)


@dataclass(frozen=True)
class Preview:
    """What a file holds and what would become of its first rows.

    `examples` are the first filled cells of each column; `rows` are {line, cells, status, errors}
    of the rows tried, none while `problem` says which columns are missing.
    """

    examples: dict[str, list[str]]
    problem: str = ""
    result: BulkResult = field(default_factory=BulkResult)
    rows: list[dict[str, Any]] = field(default_factory=list)


def table_import_preview(*, actor: Actor, table_import: TableImport) -> Preview:
    """Try the first rows for real and take everything back: what is said is what would happen."""
    target = target_of(table_import)
    authorise(actor, target.permission, table_import)
    table = _table_of(table_import)
    examples = _examples(table)
    try:
        _check_mapping(target, table_import, table_import.mapping)
    except DomainError as error:
        return Preview(examples, error.message)
    lines = table.rows[:LOOKED_AT]
    with transaction.atomic():
        result = _written(actor, table_import, table, lines)
        transaction.set_rollback(True)
    rows = [
        {**row, "cells": _cells(table_import, cells)}
        for (_line, cells), row in zip(lines, result.rows, strict=True)
    ]
    return Preview(examples, "", result, rows)


def _examples(table: TableFile) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {name: [] for name in table.columns}
    for _line, cells in table.rows[:LOOKED_AT]:
        for name, text in cells.items():
            if text.strip() and len(found[name]) < EXAMPLES and text.strip() not in found[name]:
                found[name].append(text.strip())
    return found


def _cells(table_import: TableImport, cells: Mapping[str, str]) -> dict[str, str]:
    """{field: text} of the columns that are taken."""
    mapping = table_import.mapping
    return {mapping[name]: text.strip() for name, text in cells.items() if mapping.get(name)}


def _table_of(table_import: TableImport) -> TableFile:
    stored = table_import.file
    if stored is None:
        raise DomainError("gone", _("The file is gone. Bring it again."))
    with stored.file.open("rb") as file:
        return read_table(file.read())


def _written(actor: Actor, table_import: TableImport, table: TableFile, lines: Lines) -> BulkResult:
    """Write some lines; every line gets its row in the answer, in the same order."""
    target = target_of(table_import)
    firsts = _first_lines(table_import, table)
    refused: dict[int, dict[str, str]] = {}
    good: list[tuple[int, Mapping[str, str]]] = []
    for line, cells in lines:
        key = _cells(table_import, cells).get(target.key, "")
        if line in table.faults:
            refused[line] = {"": table.faults[line]}
        elif key and firsts[key] != line:
            sentence = _("Line %(line)s of this file has the same value.")
            refused[line] = {target.key: sentence % {"line": firsts[key]}}
        else:
            good.append((line, cells))
    done = target.write(actor, [target.row(_cells(table_import, cells)) for _l, cells in good])
    answers = {line: row for (line, _cells_), row in zip(good, done.rows, strict=True)}
    result = BulkResult()
    for line, cells in lines:
        row = answers.get(line)
        key = _cells(table_import, cells).get(target.key, "")
        if row is None:
            result.add(key, "failed", refused[line])
        else:
            result.add(row["external_id"], row["status"], row["errors"])
        result.rows[-1]["line"] = line
    return result


def _first_lines(table_import: TableImport, table: TableFile) -> dict[str, int]:
    """Value of the key → the first readable line that has it."""
    key = target_of(table_import).key
    column = next((name for name, f in table_import.mapping.items() if f == key), None)
    firsts: dict[str, int] = {}
    for line, cells in table.rows:
        if line not in table.faults and column is not None:
            firsts.setdefault(cells[column].strip(), line)
    return firsts


@transaction.atomic
def table_import_begin(*, actor: Actor, table_import: TableImport) -> TableImport:
    """Take the rows: a small file at once, a large one as a job with progress.

    Raises DomainError "invalid" while a needed field has no column.
    """
    target = target_of(table_import)
    authorise(actor, target.permission, table_import)
    stored = lock(table_import)
    _refuse_started(stored)
    _check_mapping(target, stored, stored.mapping)
    stored.started_at = timezone.now()
    audit(
        actor=actor,
        action=f"{stored.kind}.import",
        obj=stored,
        changes={"rows": stored.total, "columns": sorted(filter(None, stored.mapping.values()))},
    )
    if stored.total > BATCH:
        stored.job = job_queue(actor=actor, kind=IMPORT_JOB, params={"import": stored.pk})
        stored.save(update_fields=["started_at", "job"])
        return stored
    stored.save(update_fields=["started_at"])
    table = _table_of(stored)
    _batch(actor, stored, table)
    return _finish(actor, stored)


@transaction.atomic
def table_import_resume(*, actor: Actor, table_import: TableImport) -> TableImport:
    """Go on behind the last whole batch after the job failed. Raises DomainError otherwise."""
    authorise(actor, target_of(table_import).permission, table_import)
    stored = lock(table_import)
    job = stored.job
    if stored.is_draft or stored.finished_at or (job and job.state != Job.State.FAILED):
        raise DomainError("not_stopped", _("This import has not stopped."), status=409)
    stored.job = job_queue(actor=actor, kind=IMPORT_JOB, params={"import": stored.pk})
    stored.save(update_fields=["job"])
    return stored


def table_import_run(actor: Actor, job: Job) -> dict[str, Any]:
    """The job: batch by batch; after a crash it goes on behind the last whole batch."""
    found = TableImport.objects.for_actor(actor).filter(pk=job.params["import"]).first()
    if found is None:
        raise DomainError("gone", _("The file is gone. Bring it again."))
    if found.finished_at is None:
        table = _table_of(found)
        while found.done < found.total:
            with transaction.atomic():
                found = lock(found)
                _batch(actor, found, table)
            job_progress(job, done=found.done, total=found.total)
        with transaction.atomic():
            found = _finish(actor, found)
    counts = {n: getattr(found, n) for n in ("created", "updated", "unchanged", "failed")}
    return {**counts, "import": found.pk}


def _batch(actor: Actor, table_import: TableImport, table: TableFile) -> None:
    """The next rows, their counts and their faults, in the caller's transaction."""
    lines = table.rows[table_import.done : table_import.done + BATCH]
    result = _written(actor, table_import, table, lines)
    for name in ("created", "updated", "unchanged", "failed"):
        setattr(table_import, name, getattr(table_import, name) + getattr(result, name))
    table_import.done += len(lines)
    table_import.save(update_fields=["created", "updated", "unchanged", "failed", "done"])
    ImportFault.unscoped.bulk_create(  # unscoped: written for the actor's own program
        ImportFault(
            program=actor.program,
            table_import=table_import,
            line=line,
            cells={name: text.replace("\x00", "") for name, text in cells.items()},
            errors=row["errors"],
        )
        for (line, cells), row in zip(lines, result.rows, strict=True)
        if row["status"] == "failed"
    )


def _finish(actor: Actor, table_import: TableImport) -> TableImport:
    stored, table_import.file = table_import.file, None
    table_import.finished_at = timezone.now()
    table_import.save(update_fields=["file", "finished_at"])
    if stored is not None:
        file_delete(actor=Actor.system(actor.program), stored=stored)
    return table_import


def imports_forget(actor: Actor, marks: Iterable[str]) -> None:
    """Drop refused rows and waiting files that name an erased person."""
    marks = list(marks)
    rows = ImportFault.objects.for_actor(actor).alias(
        as_text=Cast("cells", TextField()), said=Cast("errors", TextField())
    )
    for mark in marks:
        (rows.filter(as_text__contains=mark) | rows.filter(said__contains=mark)).delete()
    for waiting in TableImport.objects.for_actor(actor).filter(started_at=None):
        if any(mark in text for text in _texts(waiting) for mark in marks):
            _drop(waiting)


def _texts(table_import: TableImport) -> Iterable[str]:
    try:
        table = _table_of(table_import)
    except (DomainError, OSError):
        return []
    return (text for _line, cells in table.rows for text in cells.values())


def _drop(table_import: TableImport) -> None:
    stored = table_import.file
    table_import.delete()
    if stored is not None:
        file_delete(actor=Actor.system(stored.program), stored=stored)


def imports_drop_old(now: datetime) -> None:
    """Files that nobody took in within a week, and what was refused long ago."""
    old = TableImport.unscoped.select_related("file__program")  # unscoped: housekeeping
    for waiting in old.filter(started_at=None, created_at__lt=now - DRAFTS):
        with transaction.atomic():
            _drop(waiting)
    late = ImportFault.unscoped.filter(  # unscoped: housekeeping
        table_import__finished_at__lt=now - FAULTS
    )
    late.delete()
