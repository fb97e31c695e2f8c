"""Files that respondents bring: taken only as what they say they are, fetched by staff only."""

from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from cxportal.core.models import StoredFile
from cxportal.core.services.files import name_cleaned
from cxportal.core.tokens import new_secret
from surveys.calc.answers import Question
from surveys.calc.kinds import FILE_MEGABYTES, MAX_MEGABYTES, endings_of

#: Asked at each download.
PERMISSION = "surveys.view_responses"
_MEGABYTE = 1024 * 1024
_HEAD = 16
#: The first bytes of each kind of file; what begins otherwise is not what its name says.
_SIGNS: dict[str, tuple[bytes, ...]] = {
    "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
    "png": (b"\x89PNG\r\n\x1a\n",),
    "gif": (b"GIF87a", b"GIF89a"),
    "webp": (b"RIFF",),
    "pdf": (b"%PDF-",),
    "docx": (b"PK\x03\x04",),
    "xlsx": (b"PK\x03\x04",),
    "pptx": (b"PK\x03\x04",),
    "hwpx": (b"PK\x03\x04",),
    "hwp": (b"\xd0\xcf\x11\xe0",),
    "mp3": (b"ID3", b"\xff\xfb", b"\xff\xf3"),
    "webm": (b"\x1aE\xdf\xa3",),
}
#: Containers that say what they are after four bytes of length.
_BOXED = frozenset({"heic", "m4a", "mp4", "mov"})
_PLAIN = frozenset({"txt", "csv"})


@transaction.atomic
def answer_file_store(
    *, program_id: int, question: Question, file: "UploadedFile[bytes]"
) -> dict[str, Any] | str:
    """Keep a file for an answer: {"id", "name", "size"}; a code of FILE_FAULTS when it is too
    large or not what the question takes.

    The respondent has no account, so there is no actor: the link they hold is the permission.
    """
    name = name_cleaned(file.name or "")
    ending = name.rpartition(".")[2].lower()
    most = min(int((question.get("settings") or {}).get("max_mb") or FILE_MEGABYTES), MAX_MEGABYTES)
    size = file.size or 0
    head = file.read(_HEAD)
    file.seek(0)
    if size > most * _MEGABYTE:
        return "file_too_large"
    if ending not in endings_of(question) or not size or not looks_like(ending, head):
        return "file_type"
    stored = StoredFile(
        program_id=program_id,
        name=name,
        content_type="application/octet-stream",
        size=size,
        permission=PERMISSION,
    )
    stored.file.save(f"{new_secret()}.{ending}", file, save=False)
    stored.save()
    return {"id": stored.pk, "name": name, "size": size}


def looks_like(ending: str, head: bytes) -> bool:
    """True when the first bytes are those of a file with this ending."""
    if ending in _PLAIN:
        return b"\x00" not in head
    if ending in _BOXED:
        return head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free")
    return head.startswith(_SIGNS.get(ending, ()))


def answer_files_foreign(
    program_id: int, questions: Mapping[str, Question], answers: Mapping[str, Any]
) -> list[str]:
    """Codes of file questions whose answer names a file nobody brought along in this program.

    Asks the database only where an answer names a file at all.
    """
    named = {
        code: {int(file["id"]) for file in answers[code]}
        for code, question in questions.items()
        if question["kind"] == "file" and answers.get(code)
    }
    if not named:
        return []
    rows = StoredFile.unscoped.filter(  # unscoped: of the program named
        program_id=program_id, pk__in=set().union(*named.values()), permission=PERMISSION
    )
    known = set(rows.values_list("pk", flat=True))
    return [code for code, ids in named.items() if ids - known]
