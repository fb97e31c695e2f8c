"""Exports of answers and scores: a job that writes one file, which its maker then fetches."""

import codecs
import tempfile
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.files import File
from django.db import connection, transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg import sql

from cxportal.core.actors import Actor
from cxportal.core.commands import audit
from cxportal.core.errors import DomainError
from cxportal.core.exports import CONTENT_TYPES, write_file
from cxportal.core.models import Job, Membership, StoredFile, text_in
from cxportal.core.policies import authorise
from cxportal.core.services.files import file_store
from cxportal.core.services.jobs import job_progress, job_queue
from surveys.calc.columns import Column, Type
from surveys.models import Response, Survey
from surveys.queries.exports import (
    CODEBOOK_HEAD,
    ExportTable,
    codebook_rows,
    export_statement,
    export_table,
)
from surveys.queries.periods import period_from
from surveys.queries.score_exports import SCORE_COLUMNS, score_rows
from surveys.queries.scores import Period
from surveys.queries.selections import ReportFilter, Selection

RESPONSES, SCORES = "responses_export", "scores_export"
FORMATS = ("csv", "xlsx", "jsonl", "parquet", "sav")
TYPES = {
    **CONTENT_TYPES,
    "parquet": "application/vnd.apache.parquet",
    "sav": "application/x-spss-sav",
}
PERMISSION = "surveys.export_responses"
BATCH = 5_000
MAX_BYTES = 4 * 1024**3
#: Packages that some formats need; both are optional.
NEEDED = {"parquet": ("polars",), "sav": ("polars", "pyreadstat")}
_EVERYTHING = "from=2017-01-01"


def formats_here() -> list[str]:
    """Formats this portal can write: some need packages that may be left out."""
    return [f for f in FORMATS if all(find_spec(name) for name in NEEDED.get(f, ()))]


@transaction.atomic
def responses_export(
    *,
    actor: Actor,
    survey: Survey,
    format: str = "csv",
    query: str = "",
    partial: bool = False,
    bom: bool = True,
) -> Job:
    """Queue an export of a survey's answers as `query` filters them (everything when empty).

    `partial` takes answers that were not finished along. Raises DomainError "unknown_format",
    "too_few" for an anonymous survey with fewer answers than its threshold.
    """
    authorise(actor, PERMISSION, survey)
    _check_format(format)
    if survey.anonymous:
        complete = Response.objects.for_actor(actor).filter(survey=survey, status="complete")
        if complete.count() < actor.program.anonymity_n:
            raise DomainError("too_few", _("Too few answers of an anonymous survey to hand out."))
    audit(actor=actor, action="responses.export", obj=survey, changes={"format": format})
    return job_queue(
        actor=actor,
        kind=RESPONSES,
        params={
            "survey": survey.pk,
            "format": format,
            "query": query[:4000],
            "partial": partial and not survey.anonymous,
            "bom": bom,
            "personal": actor.exports_personal_data,
            "user": actor.user.pk if actor.user else None,
        },
    )


@transaction.atomic
def scores_export(*, actor: Actor, format: str = "csv", query: str = "", bom: bool = True) -> Job:
    """Queue an export of every score fact of the program in a period, with its metric.

    One row per score; enough to compute every number of the program's report anew.
    """
    authorise(actor, PERMISSION)
    _check_format(format)
    audit(actor=actor, action="scores.export", obj=None, changes={"format": format})
    params = {"format": format, "query": query[:4000], "bom": bom}
    params["user"] = actor.user.pk if actor.user else None
    return job_queue(actor=actor, kind=SCORES, params=params)


def _check_format(format: str) -> None:
    if format not in formats_here():
        sentence = _("This portal cannot write this format.")
        raise DomainError("unknown_format", sentence, details={"format": sentence})


def responses_export_run(actor: Actor, job: Job) -> dict[str, Any]:
    """The job: writes the file and its codebook, and keeps both for whoever asked."""
    params = job.params
    survey = Survey.objects.for_actor(actor).filter(pk=params["survey"]).first()
    if survey is None:
        raise DomainError("gone", _("The survey is gone."))
    maker = job_maker(actor, params)
    table = export_table(maker, survey)
    selection = _selection(actor, survey, params["query"])
    name = f"responses-{survey.pk}-{timezone.now():%Y%m%d-%H%M}"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.{params['format']}"
        count = table_write(path, table, selection, job=job, params=params)
        stored = _keep(maker, path, params["format"])
        book = Path(folder) / f"{name}-codebook.csv"
        languages = survey.languages or [actor.program.default_language]
        write_file(book, [*CODEBOOK_HEAD, *languages], codebook_rows(table, languages))
        codebook_file = _keep(maker, book, "csv")
    return {"file": stored.pk, "codebook": codebook_file.pk, "row_count": count}


def scores_export_run(actor: Actor, job: Job) -> dict[str, Any]:
    """The job of `scores_export`."""
    params = job.params
    period = _period(actor, params["query"])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"scores-{timezone.now():%Y%m%d-%H%M}.{params['format']}"
        rows = score_rows(actor, period)
        count = rows_write(path, SCORE_COLUMNS, _reported(rows, job, 0), params)
        stored = _keep(job_maker(actor, params), path, params["format"])
    return {"file": stored.pk, "row_count": count}


def job_maker(actor: Actor, params: dict[str, Any]) -> Actor:
    """Whoever asked, with the rights they have now; the portal without personal data for a key."""
    member = Membership.objects.for_actor(actor).filter(user_id=params["user"], is_active=True)
    found = member.select_related("program", "user").first() if params["user"] else None
    if found is not None:
        return Actor.member(found)
    if params["user"]:
        raise DomainError("denied", _("Whoever asked for this is no member any more."))
    rights = {"personal_data:export"} if params.get("personal") else set()
    return Actor(
        program=actor.program,
        role="api_key",
        language=actor.language,
        scopes=frozenset({"program:read", *rights}),
    )


def _selection(actor: Actor, survey: Survey, query: str) -> Selection:
    wanted = ReportFilter.read(QueryDict(query))
    return Selection(actor, survey, _period(actor, query), wanted)


def _period(actor: Actor, query: str) -> Period:
    """The period of an address; everything where it names none."""
    asked = QueryDict(query)
    named = any(asked.get(name) for name in ("from", "to", "days"))
    return period_from(actor, asked if named else QueryDict(_EVERYTHING)).period


def _keep(maker: Actor, path: Path, format: str) -> StoredFile:
    with path.open("rb") as file:
        return file_store(
            actor=maker,
            name=path.name,
            content=File(file, name=path.name),
            content_type=TYPES[format],
            permission=PERMISSION if maker.user is None else "",
            max_bytes=MAX_BYTES,
        )


def table_write(
    path: Path,
    table: ExportTable,
    selection: Selection,
    *,
    job: Job | None = None,
    params: dict[str, Any],
) -> int:
    """Write the table to `path`; returns the number of rows. CSV goes straight from PostgreSQL."""
    statement = export_statement(
        table, selection, partial=params.get("partial", False), guarded=path.suffix == ".csv"
    )
    if path.suffix == ".csv":
        return _copy(path, table, statement, bom=params.get("bom", True))
    return rows_write(path, table.columns, _reported(_rows(statement), job, 0), params)


def _copy(path: Path, table: ExportTable, statement: sql.Composed, *, bom: bool) -> int:
    copy = sql.SQL("COPY ({}) TO STDOUT WITH (FORMAT csv)").format(statement)
    with path.open("wb") as file, transaction.atomic(), connection.cursor() as cursor:
        # Room to sort some hundred thousand answers without going to the disk.
        cursor.execute("SET LOCAL work_mem = '64MB'")
        if bom:
            file.write(codecs.BOM_UTF8)
        file.write((",".join(column.name for column in table.columns) + "\r\n").encode())
        with cursor.copy(copy) as source:
            for block in source:
                file.write(block)
        return int(cursor.cursor.rowcount)


def _rows(statement: sql.Composed) -> Iterator[Sequence[Any]]:
    """Rows by a cursor of the server, so that memory stays the same."""
    with transaction.atomic():
        connection.ensure_connection()
        with connection.create_cursor(name="responses_export") as cursor:
            cursor.itersize = BATCH
            cursor.execute(statement)
            for row in cursor:
                yield [_plain(value) for value in row]


def _plain(value: Any) -> Any:
    """Numbers as every format writes them."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _reported(
    rows: Iterator[Sequence[Any]], job: Job | None, total: int
) -> Iterator[Sequence[Any]]:
    """The rows, with the job's progress told every batch."""
    done, source = 0, iter(rows)
    while batch := list(islice(source, BATCH)):
        yield from batch
        done += len(batch)
        if job is not None:
            job_progress(job, done=done, total=max(total, done))


def rows_write(
    path: Path, columns: Sequence[Column], rows: Iterator[Sequence[Any]], params: dict[str, Any]
) -> int:
    """Write rows in the format the suffix names."""
    names = [column.name for column in columns]
    frames = {".parquet": _write_parquet, ".sav": _write_sav}
    writer: Callable[..., int] | None = frames.get(path.suffix)
    if writer is not None:
        return writer(path, columns, rows)
    return write_file(path, names, rows, bom=params.get("bom", True))


def _frame(columns: Sequence[Column], rows: Iterator[Sequence[Any]]) -> Any:
    import polars

    kinds = {Type.TEXT: polars.String, Type.FLAG: polars.Float64}
    schema = {column.name: kinds.get(column.type, polars.Float64) for column in columns}
    batches = iter(lambda: list(islice(rows, BATCH)), [])
    frames = [
        polars.DataFrame(_typed(columns, batch), schema=schema, orient="row") for batch in batches
    ]
    return polars.concat(frames) if frames else polars.DataFrame(schema=schema)


def _typed(columns: Sequence[Column], batch: list[Sequence[Any]]) -> list[list[Any]]:
    texts = [column.type is Type.TEXT for column in columns]
    return [
        [
            None if value is None else str(value) if text else float(value)
            for value, text in zip(row, texts, strict=True)
        ]
        for row in batch
    ]


def _write_parquet(path: Path, columns: Sequence[Column], rows: Iterator[Sequence[Any]]) -> int:
    frame = _frame(columns, rows)
    frame.write_parquet(path)
    return int(frame.height)


def _write_sav(path: Path, columns: Sequence[Column], rows: Iterator[Sequence[Any]]) -> int:
    """SPSS: variable labels in the reader's language, value labels, level of measurement."""
    import pyreadstat

    frame = _frame(columns, rows)
    labels: dict[str, str | None] = {
        column.name: (text_in(column.label) or column.name)[:255] for column in columns
    }
    values: dict[str, dict[Any, str]] = {
        column.name: {code: (text_in(texts) or code)[:120] for code, texts in column.values.items()}
        for column in columns
        if column.values
    }
    flags = {0.0: _("No"), 1.0: _("Yes")}
    values |= {column.name: flags for column in columns if column.type is Type.FLAG}
    pyreadstat.write_sav(
        frame,
        str(path),
        column_labels=labels,
        variable_value_labels=values,
        variable_measure={column.name: column.measure.value for column in columns},
    )
    return int(frame.height)
