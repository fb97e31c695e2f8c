"""Pictures and files for maps: only real pictures stand on cards."""

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from cxportal.core.models import StoredFile
from cxportal.core.policies import authorise, may
from cxportal.core.services.files import file_store
from surveys.services.answer_files import looks_like

PERMISSION = "journeys.view_journeys"
MOST_BYTES = 5 * 1024 * 1024
#: Ending → type of the pictures every browser shows and that hold no script.
PICTURES = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}
_HEAD = 16


@transaction.atomic
def map_file_store(*, actor: Actor, name: str, content: "File[bytes]") -> StoredFile:
    """Keep a file for maps and insights; whoever sees journeys may fetch it.

    A picture is known by its first bytes, never by its name. Raises DomainError "too_large".
    """
    if not may(actor, "journeys.change_insights"):
        authorise(actor, "journeys.change_journeys")
    return file_store(
        actor=actor,
        name=name,
        content=content,
        content_type=_picture_type(content) or "application/octet-stream",
        permission=PERMISSION,
        max_bytes=MOST_BYTES,
    )


@transaction.atomic
def picture_store(*, actor: Actor, name: str, content: "File[bytes]") -> StoredFile:
    """Keep a picture for a card. Raises DomainError "invalid" for anything else."""
    authorise(actor, "journeys.change_journeys")
    if not _picture_type(content):
        message = _("Bring a PNG, JPEG, GIF or WebP picture of at most 5 MB.")
        raise DomainError("invalid", message, details={"picture": message})
    return map_file_store(actor=actor, name=name, content=content)


def is_picture(file: StoredFile) -> bool:
    """Whether a browser may show it in place."""
    return file.content_type in PICTURES.values()


def _picture_type(content: "File[bytes]") -> str:
    head = content.read(_HEAD)
    content.seek(0)
    return next((kind for end, kind in PICTURES.items() if looks_like(end, head)), "")
