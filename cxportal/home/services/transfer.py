"""A whole program as one file, and back: for moving to another portal, and for keeping.

The file is a zip of PostgreSQL's own text rows, one entry per table, with a manifest, the people
(without passwords: they set new ones by mail) and the stored files. Rows keep their numbers, so
the portal that takes the file must hold no program yet.
"""

import json
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, models, transaction
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit
from cxportal.core.errors import DomainError
from cxportal.core.memory import memory_renew
from cxportal.core.models import (
    Job,
    Membership,
    Program,
    Role,
    StoredFile,
    TenantModel,
    User,
)
from cxportal.core.models.records import IdempotencyRecord
from cxportal.home.demo.remove import program_remove
from cxportal.home.services.program_files import (
    FORMAT,
    FORMAT_VERSION,
    MANIFEST,
    damaged,
    foreign,
    manifest_of,
    migrations,
)

#: Jobs on a whole program.
EXPORT, ERASE = "program_export", "program_erase"
#: Answers kept for repeated calls belong to the old portal's clients.
_LEFT_OUT: tuple[type[models.Model], ...] = (IdempotencyRecord,)
_NULL = "\\N"
_PERSON = ("email", "name", "language", "is_active")
_FILES = "files/"
#: Called with rows read and rows in all.
Report = Callable[[int, int], None]
_REPORT_EVERY = 20_000  # rows


class _Table:
    """A table of the program: its name, stored columns, and which of them name people."""

    def __init__(self, name: str, columns: list[str], people: list[int], where: str) -> None:
        self.name, self.columns, self.people, self.where = name, columns, people, where

    @property
    def quoted(self) -> str:
        return ", ".join(connection.ops.quote_name(column) for column in self.columns)


def program_export(*, program: Program, path: Path) -> dict[str, int]:
    """Write the program to a new file; returns rows by table. One consistent moment."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        with zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED) as archive:
            counts = {
                table.name: _write_rows(cursor, archive, table, program) for table in _tables()
            }
            people = _people_of(cursor, program)
            _write_files(archive, program)
            manifest = {
                "format": FORMAT,
                "format_version": FORMAT_VERSION,
                "program": program.slug,
                "name": program.name,
                "made_at": datetime.now(UTC).isoformat(),
                "migrations": migrations(),
                "tables": {
                    t.name: {"columns": t.columns, "rows": counts[t.name]} for t in _tables()
                },
                "people": people,
            }
            archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
    return counts


def program_import(
    *,
    path: Path,
    instead_of: Sequence[Program] = (),
    owner: User | None = None,
    report: Report = lambda _done, _total: None,
) -> tuple[Program, dict[str, int]]:
    """Take a program's file over, all of it or nothing; returns it and rows by table.

    Rows keep their numbers, so no other program may be there; those of `instead_of` are erased
    first. `owner` stays and owns what came. Raises DomainError "not_a_program", "damaged",
    "other_version", "not_empty".
    """
    saved: list[str] = []
    try:
        with zipfile.ZipFile(path) as archive, transaction.atomic():
            return _import(archive, instead_of, owner, report, saved)
    except BaseException as fault:
        for name in saved:
            default_storage.delete(name)
        if isinstance(fault, zipfile.BadZipFile | OSError) and not saved:
            raise foreign() from fault
        if isinstance(fault, zipfile.BadZipFile | OSError | DatabaseError | _Unreadable):
            raise damaged() from fault
        raise


class _Unreadable(ValueError):
    """A row or a name in the file that no export writes."""


def _import(
    archive: zipfile.ZipFile,
    instead_of: Sequence[Program],
    owner: User | None,
    report: Report,
    saved: list[str],
) -> tuple[Program, dict[str, int]]:
    manifest = manifest_of(archive)
    for program in instead_of:
        program_remove(program, spared=owner)
    if Program.objects.exists():
        raise DomainError("not_empty", _("A program can be taken over by an empty portal only."))
    people = _people_taken(manifest)
    counts = _read_tables(archive, manifest, people, report)
    program = _the_one(manifest)
    _save_files(archive, program, saved)
    _stop_jobs(program)
    _make_owner(program, owner)
    audit(actor=Actor.system(program), action="program.import", obj=program)
    transaction.on_commit(memory_renew)
    return program, counts


def _read_tables(
    archive: zipfile.ZipFile, manifest: Mapping[str, Any], people: dict[str, int], report: Report
) -> dict[str, int]:
    told = manifest["tables"]
    total, done, counts = sum(int(table["rows"]) for table in told.values()), 0, {}
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table in _tables():
            if table.name not in told:
                raise _Unreadable(table.name)
            with archive.open(f"rows/{table.name}") as rows:
                counted = _counted(rows, partial(_report_from, report, done, total))
                counts[table.name] = _read_rows(cursor, table, counted, people)
            if counts[table.name] != told[table.name]["rows"]:
                raise _Unreadable(table.name)
            done += counts[table.name]
            report(done, total)
        for table in _tables():
            _continue_numbers(cursor, table)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return counts


def _report_from(report: Report, before: int, total: int, number: int) -> None:
    report(before + number, total)


def _counted(rows: Any, report: Callable[[int], None]) -> Iterator[bytes]:
    for number, row in enumerate(rows, start=1):
        yield row
        if number % _REPORT_EVERY == 0:
            report(number)


def _the_one(manifest: Mapping[str, Any]) -> Program:
    """The program that came; a file with rows of another one was made by no export."""
    programs = list(Program.objects.all())
    if [program.slug for program in programs] != [manifest["program"]]:
        raise _Unreadable("core_program")
    return programs[0]


def _save_files(archive: zipfile.ZipFile, program: Program, saved: list[str]) -> None:
    """Keep the files; where a name is taken on this disk the row follows the new name."""
    rows = StoredFile.objects.for_actor(Actor.system(program))
    for entry in archive.namelist():
        if not entry.startswith(_FILES):
            continue
        name = entry.removeprefix(_FILES)
        try:
            with archive.open(entry) as content:
                kept = default_storage.save(name, File(content, name=name))
        except SuspiciousFileOperation as fault:
            raise _Unreadable(entry) from fault
        saved.append(kept)
        if kept != name:
            rows.filter(file=name).update(file=kept)


def _make_owner(program: Program, owner: User | None) -> None:
    """Whoever brought the file has all of it already, and answers for it here."""
    if owner is None:
        return
    rights = {"sees_personal_data": True, "exports_personal_data": True, "is_active": True}
    Membership.unscoped.update_or_create(  # unscoped: of the program that just came
        program=program, user=owner, defaults={"role": Role.OWNER, **rights}
    )


def _stop_jobs(program: Program) -> None:
    """The export itself, or an erasure that waited there, is not begun again here."""
    open_jobs = Job.objects.for_actor(Actor.system(program)).filter(
        kind__in=(EXPORT, ERASE), state__in=[Job.State.QUEUED, Job.State.RUNNING]
    )
    open_jobs.update(state=Job.State.FAILED, message=_("Left behind by the move of the program."))


def _tables() -> Iterator[_Table]:
    """The program's own row, every tenant table, and the link tables between them."""
    yield _table_of(Program, "id = %s")
    tenants = [model for model in apps.get_models() if issubclass(model, TenantModel)]
    for model in sorted(tenants, key=lambda m: m._meta.db_table):
        if model not in _LEFT_OUT:
            yield _table_of(model, "program_id = %s")
    for model in tenants:
        yield from _links_of(model)


def _table_of(model: type[models.Model], where: str) -> _Table:
    stored = [
        f for f in model._meta.local_concrete_fields if not isinstance(f, models.GeneratedField)
    ]
    people = [at for at, field in enumerate(stored) if field.related_model is User]
    return _Table(model._meta.db_table, [str(f.column) for f in stored], people, where)


def _links_of(model: type[TenantModel]) -> Iterator[_Table]:
    own = connection.ops.quote_name(model._meta.db_table)
    for field in model._meta.local_many_to_many:
        through = field.remote_field.through
        if through is None or not through._meta.auto_created:
            continue
        column = connection.ops.quote_name(field.m2m_column_name())
        where = f"{column} IN (SELECT id FROM {own} WHERE program_id = %s)"  # noqa: S608  # own names
        yield _table_of(through, where)


def _write_rows(cursor: Any, archive: zipfile.ZipFile, table: _Table, program: Program) -> int:
    name = connection.ops.quote_name(table.name)
    select = f"SELECT {table.quoted} FROM {name} WHERE {table.where} ORDER BY 1"  # noqa: S608  # own names
    count = 0
    with (
        archive.open(f"rows/{table.name}", "w", force_zip64=True) as file,
        cursor.copy(f"COPY ({select}) TO STDOUT", [program.pk]) as copy,
    ):
        for block in copy:
            count += bytes(block).count(b"\n")
            file.write(bytes(block))
    return count


def _read_rows(cursor: Any, table: _Table, rows: Any, people: Mapping[str, int]) -> int:
    name = connection.ops.quote_name(table.name)
    count = 0
    with cursor.copy(f"COPY {name} ({table.quoted}) FROM STDIN") as copy:
        for line in rows:
            count += 1
            copy.write(_with_people(line, table.people, people) if table.people else line)
    return count


def _with_people(line: bytes, columns: list[int], people: Mapping[str, int]) -> bytes:
    """Another portal numbers its people differently; tabs inside a value are escaped."""
    try:
        cells = line.decode().rstrip("\n").split("\t")
        for at in columns:
            if cells[at] != _NULL:
                cells[at] = str(people[cells[at]])
    except (LookupError, UnicodeDecodeError) as fault:
        raise _Unreadable(line[:80]) from fault
    return ("\t".join(cells) + "\n").encode()


def _people_of(cursor: Any, program: Program) -> dict[str, dict[str, Any]]:
    """Everybody a row of the program names, by their number here."""
    found: set[int] = set()
    for table in _tables():
        for at in table.people:
            column = connection.ops.quote_name(table.columns[at])
            name = connection.ops.quote_name(table.name)
            cursor.execute(
                f"SELECT DISTINCT {column} FROM {name} WHERE {table.where}"  # noqa: S608  # own names
                f" AND {column} IS NOT NULL",
                [program.pk],
            )
            found |= {row[0] for row in cursor.fetchall()}
    people = User.objects.filter(pk__in=found)
    return {str(user.pk): {name: getattr(user, name) for name in _PERSON} for user in people}


def _people_taken(manifest: Mapping[str, Any]) -> dict[str, int]:
    """The number here of everybody the file names; who has an account here keeps it as it is."""
    try:
        return {str(old): _person(values) for old, values in manifest["people"].items()}
    except (LookupError, TypeError, AttributeError) as fault:
        raise _Unreadable("people") from fault


def _person(values: Mapping[str, Any]) -> int:
    known = User.objects.filter(email__iexact=values["email"]).first()
    if known is None:
        known = User(**{name: values[name] for name in _PERSON})
        known.set_unusable_password()
        known.save()
    return known.pk


def _write_files(archive: zipfile.ZipFile, program: Program) -> None:
    rows = StoredFile.objects.for_actor(Actor.system(program))
    for name in rows.values_list("file", flat=True):
        if default_storage.exists(name):
            with default_storage.open(name) as file:
                _copy_file(archive, f"{_FILES}{name}", file)


def _copy_file(archive: zipfile.ZipFile, name: str, file: Any) -> None:
    with archive.open(name, "w", force_zip64=True) as target:
        while block := file.read(1 << 20):
            target.write(block)


def _continue_numbers(cursor: Any, table: _Table) -> None:
    """Number on after the rows that came; never lower, so that no number comes a second time."""
    if "id" not in table.columns:
        return
    name = connection.ops.quote_name(table.name)
    cursor.execute(
        "SELECT setval(seq, greatest((SELECT max(id) FROM " + name + "),"  # noqa: S608  # own name
        " pg_sequence_last_value(seq::regclass), 1))"
        " FROM (SELECT pg_get_serial_sequence(%s, 'id') AS seq) s WHERE seq IS NOT NULL",
        [table.name],
    )
