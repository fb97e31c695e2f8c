"""Files that respondents bring along: checked by size and by what they are, then stored."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import UploadedFile
from django.core.signing import BadSignature, Signer

from surveys.calc.answers import Question
from surveys.rendering_questions import FIELD, FILE_SALT
from surveys.services.answer_files import answer_file_store

if TYPE_CHECKING:
    from surveys.views.visits import Visit


def answer_files(
    visit: "Visit", question: Question, parts: Mapping[str, Sequence[str]]
) -> dict[str, list[str]]:
    """What the form says of files: those kept before, by their signed names, and new ones.

    A file that cannot be taken becomes a word, by which the check says why.
    """
    kept = [_kept(token) for token in parts.get("", ()) if token]
    stored = visit.stored_files.get(question["code"])
    if stored is None:
        new = visit.request.FILES.getlist(FIELD + question["code"])
        stored = visit.stored_files[question["code"]] = [_store(visit, question, f) for f in new]
    return {"": [*kept, *stored]}


def _kept(token: str) -> str:
    try:
        return json.dumps(Signer(salt=FILE_SALT).unsign_object(token))
    except (BadSignature, ValueError):
        return "?"


def _store(visit: "Visit", question: Question, file: "UploadedFile[bytes]") -> str:
    program_id = visit.target.program_id
    found = answer_file_store(program_id=program_id, question=question, file=file)
    return found if isinstance(found, str) else json.dumps(found)
