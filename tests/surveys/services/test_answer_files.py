"""Files named in an answer: only those that came along with answers of this program."""

from typing import Any

from django.core.files.base import ContentFile

from cxportal.core.actors import Actor
from cxportal.core.models import Program, StoredFile
from surveys.models import Response
from surveys.services.answer_files import PERMISSION
from surveys.services.questions import question_add
from surveys.services.recording import responses_record
from surveys.services.surveys import survey_create, survey_publish


def stored(program: Program, permission: str) -> dict[str, Any]:
    made = StoredFile.unscoped.create(
        program=program,
        name="bill.pdf",
        size=3,
        permission=permission,
        file=ContentFile(b"pdf", name="bill.pdf"),
    )
    return {"id": made.pk, "name": "bill.pdf", "size": 3}


def test_an_answer_names_only_files_brought_along_with_answers(
    system: Actor, program: Program, other_program: Program, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    survey = survey_create(actor=system, title="Proof")
    question_add(actor=system, survey=survey, kind="file", code="bill", text={"en": "Bill"})
    survey_publish(actor=system, survey=survey)
    survey.refresh_from_db()
    own, inner = stored(program, PERMISSION), stored(program, "core.change_program")
    foreign = stored(other_program, PERMISSION)
    rows = [{"answers": {"bill": [file]}} for file in (own, inner, foreign)]
    result = responses_record(actor=system, survey=survey, rows=rows)
    assert [row["status"] for row in result.rows] == ["created", "failed", "failed"]
    assert list(result.rows[1]["errors"]) == ["answers.bill"]
    assert Response.objects.for_actor(system).get().answers["bill"][0]["id"] == own["id"]
