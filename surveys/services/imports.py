"""Surveys taken over from files of other tools and from our own, whole or not at all."""

import logging
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.bulk import MAX_ROWS
from cxportal.core.commands import audit
from cxportal.core.errors import DomainError
from cxportal.core.file_limits import MAX_BYTES
from cxportal.core.policies import authorise
from surveys.exchange.ledger import Unreadable, shortened
from surveys.exchange.reading import Read, read_survey
from surveys.import_words import refusal_sentence
from surveys.models import Survey, SurveyImport
from surveys.services.recording import responses_record
from surveys.services.survey_documents import survey_from_document
from surveys.services.surveys import survey_publish

logger = logging.getLogger(__name__)


@transaction.atomic
def survey_import(*, actor: Actor, name: str, content: bytes) -> SurveyImport:
    """Make a draft from a file, with a report of every element of it.

    Answers that a LimeSurvey archive brings are recorded; for that the survey is published.
    Raises DomainError "file_refused" (422) with place and reason, "too_large" (413); nothing is
    stored then.
    """
    authorise(actor, "surveys.change_surveys")
    read = _read(name, content)
    survey = survey_from_document(actor=actor, document=read.document)
    responses = _record(actor, survey, read) if read.answers else None
    report = read.ledger.as_dict()
    if responses is not None:
        report["responses"] = responses
    stored = SurveyImport(
        program=actor.program,
        survey=survey,
        file_name=shortened(name)[:200],
        format=read.format,
        report=report,
        created_by=actor.user,
    )
    stored.save()
    counts = {key: report[key] for key in ("found", "taken", "changed", "refused")}
    audit(
        actor=actor,
        action="survey.import",
        obj=survey,
        changes={"file": stored.file_name, "format": read.format, **counts},
    )
    return stored


def _read(name: str, content: bytes) -> Read:
    if len(content) > MAX_BYTES:
        raise DomainError("too_large", _("The file is larger than 20 MB."), status=413)
    try:
        return read_survey(content, name)
    except Unreadable as error:
        message = refusal_sentence(error)
        details = {"file": message, "place": error.place, "reason": error.code}
        raise DomainError("file_refused", message, details=details) from error
    except (TypeError, ValueError, LookupError, AttributeError, RecursionError) as error:
        # Nobody foresaw this file: it is refused like any other, and we want to know.
        logger.exception("unforeseen survey file")
        message = _("This file holds something that nobody foresaw. Nothing was stored.")
        raise DomainError("file_refused", message, details={"file": message}) from error


def _record(actor: Actor, survey: Survey, read: Read) -> dict[str, int]:
    """Record the answers of an archive; rows that do not fit are refused in the ledger."""
    found = [row for answers in read.answers for row in answers.rows]
    if not found:
        return {"found": 0, "taken": 0, "refused": 0}
    _publish(actor, survey)
    survey.refresh_from_db()
    taken = 0
    for start in range(0, len(found), MAX_ROWS):
        rows = found[start : start + MAX_ROWS]
        result = responses_record(
            actor=actor, survey=survey, rows=[_row(survey, row) for row in rows]
        )
        for row, outcome in zip(rows, result.rows, strict=True):
            if outcome["status"] == "failed":
                why = "; ".join(f"{k}: {v}" for k, v in outcome["errors"].items())
                row["entry"].refuse("answer_refused", why=shortened(why))
            else:
                taken += 1
    return {"found": len(found), "taken": taken, "refused": len(found) - taken}


def _publish(actor: Actor, survey: Survey) -> None:
    try:
        survey_publish(actor=actor, survey=survey)
    except DomainError as error:
        sentence = _("Its answers need the survey published, and that is not possible: %(why)s")
        raise DomainError("file_refused", sentence % {"why": error.message}) from error


def _row(survey: Survey, row: dict[str, Any]) -> dict[str, Any]:
    """A row as `responses_record` takes it; the same file again gives the same submissions."""
    moment: datetime = row["completed_at"]
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=survey.program.zone)
    return {
        "answers": row["answers"],
        "completed_at": moment.astimezone(UTC).isoformat(),
        "language": row["language"] or survey.default_language,
        "channel": "import",
        "submission_id": str(uuid5(NAMESPACE_URL, f"survey:{survey.pk}:{row['source']}")),
    }
