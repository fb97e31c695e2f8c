"""A survey as files: our JSON, XLSForm, codebook, a form for paper."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from xlsxwriter import Workbook

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from cxportal.core.exports import CONTENT_TYPES, cell, write_file
from cxportal.core.models import text_in
from cxportal.core.pdf import CONTENT_TYPE as PDF
from cxportal.core.policies import may
from surveys.calc.logic_document import targets_of
from surveys.exchange.codebook import codebook, codebook_columns, codebook_rows
from surveys.exchange.native import written
from surveys.exchange.xlsform.writing import xlsform_sheets
from surveys.models import Question, Survey
from surveys.paper import paper_pdf
from surveys.queries.surveys import survey_document

JSON = "application/json"
XLSX = CONTENT_TYPES["xlsx"]
Document = dict[str, Any]


@dataclass(frozen=True)
class SurveyFile:
    """A file to be handed out."""

    name: str
    content_type: str
    content: bytes


def exported_document(actor: Actor, survey: Survey) -> Document:
    """What of a survey leaves the house: the draft for those who edit it, else what is published.

    Numbers of the database stay here; pages that rules name get their name as a code. Notes to
    colleagues go to those who may change the survey. Raises DomainError "never_published" (409).
    """
    if not may(actor, "surveys.change_surveys", survey):
        version = survey.current_version
        if version is None:
            raise DomainError("never_published", gettext("Publish the survey first."), status=409)
        return _without_numbers(version.document)
    document = _without_numbers(survey_document(survey))
    notes = Question.objects.for_actor(actor).filter(survey=survey).exclude(note="")
    by_code = dict(notes.values_list("code", "note"))
    for section in document["sections"]:
        for question in section["questions"]:
            if question["code"] in by_code:
                question["note"] = by_code[question["code"]]
    checklist = {name: rows for name, rows in _checklist(survey).items() if rows}
    own = {"checklist": checklist} if checklist else {}
    return {"purpose": survey.purpose, **document, **own}


def _checklist(survey: Survey) -> Document:
    """Weights and owners of stores, as far as they are set."""
    items = survey.checklist_items.order_by("question_code")
    stores = survey.checklist_stores.order_by("code")
    return {
        "items": [
            {"code": i.question_code, "touchpoint": i.touchpoint, "weight": float(i.weight)}
            for i in items
        ],
        "stores": [{"code": s.code, "competitor": s.competitor} for s in stores],
    }


def _without_numbers(document: Document) -> Document:
    targets = targets_of(document)
    sections = []
    for section in document["sections"]:
        kept = {name: value for name, value in section.items() if name != "id"}
        own = f"p{section.get('id', '')}"
        if not kept.get("code") and f"section:{own}" in targets:
            kept["code"] = own
        sections.append({**kept, "questions": [dict(q) for q in section["questions"]]})
    return {**document, "sections": sections}


def survey_file(actor: Actor, survey: Survey, kind: str, language: str = "") -> SurveyFile:
    """The survey as a file of a kind of FILES; texts of papers in one language.

    Raises DomainError "unknown_format" (404).
    """
    if kind not in FILES:
        raise DomainError("unknown_format", gettext("There is no such format."), status=404)
    document = exported_document(actor, survey)
    main = document["default_language"]
    chosen = language if language in document["languages"] else main
    made = FILES[kind].write(document, chosen, actor)
    stem = slugify(text_in(document["title"], main)) or f"survey-{survey.pk}"
    spec = FILES[kind]
    return SurveyFile(f"{stem[:60]}{spec.ending}", spec.content_type, made)


def _json(document: Document, _language: str, _actor: Actor) -> bytes:
    return written(document)


def _xlsform(document: Document, _language: str, _actor: Actor) -> bytes:
    file = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = Workbook(file, options)
    bold = book.add_format({"bold": True})
    for name, (columns, rows) in xlsform_sheets(document).items():
        sheet = book.add_worksheet(name)
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column, bold)
        for number, row in enumerate(rows, 1):
            for place, text in enumerate(row):
                if text:
                    sheet.write_string(number, place, text[:32_767])
    book.close()
    return file.getvalue()


def _codebook(ending: str) -> Callable[[Document, str, Actor], bytes]:
    def write(document: Document, _language: str, _actor: Actor) -> bytes:
        if ending == "json":
            return orjson.dumps(codebook(document), option=orjson.OPT_INDENT_2)
        with TemporaryDirectory() as folder:
            path = Path(folder) / f"codebook.{ending}"
            write_file(path, codebook_columns(document), codebook_rows(document))
            return path.read_bytes()

    return write


def _texts(document: Document, _language: str, _actor: Actor) -> bytes:
    """XLSForm as CSV, sheet below sheet, as pyxform reads it."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    for name, (columns, rows) in xlsform_sheets(document).items():
        writer.writerow([name, *[""] * len(columns)])
        for row in (columns, *rows):
            writer.writerow(["", *map(cell, row)])
    return file.getvalue().encode()


def _pdf(document: Document, language: str, actor: Actor) -> bytes:
    return paper_pdf(document, language, program=str(actor.program), made_at=timezone.now())


@dataclass(frozen=True)
class FileKind:
    """A way to write a survey."""

    label: Any
    about: Any
    ending: str
    content_type: str
    write: Callable[[Document, str, Actor], bytes]


FILES: dict[str, FileKind] = {
    "json": FileKind(
        _("Our JSON"),
        _("Everything of the survey; the same survey again by taking it over."),
        ".json",
        JSON,
        _json,
    ),
    "xlsform": FileKind(
        _("XLSForm"), _("For ODK and KoboToolbox, as Excel."), ".xlsx", XLSX, _xlsform
    ),
    "xlsform-csv": FileKind(
        _("XLSForm as CSV"),
        _("The same, sheet below sheet."),
        ".csv",
        CONTENT_TYPES["csv"],
        _texts,
    ),
    "codebook": FileKind(
        _("Codebook"),
        _("Every column of the answers: wording, type, choices with codes."),
        "-codebook.xlsx",
        XLSX,
        _codebook("xlsx"),
    ),
    "codebook-csv": FileKind(
        _("Codebook as CSV"),
        _("The same as a table of texts."),
        "-codebook.csv",
        CONTENT_TYPES["csv"],
        _codebook("csv"),
    ),
    "codebook-json": FileKind(
        _("Codebook as JSON"),
        _("The same for programs."),
        "-codebook.json",
        JSON,
        _codebook("json"),
    ),
    "pdf": FileKind(_("PDF"), _("To be printed or sent round."), ".pdf", PDF, _pdf),
}
