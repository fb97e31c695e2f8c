"""Pictures of a survey: its logo and those of its choices. Only real pictures, and small ones."""

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.policies import authorise
from cxportal.core.services.files import file_store
from surveys.models import Survey
from surveys.services.answer_files import looks_like
from surveys.services.drafts import invalid

MOST_BYTES = 1024 * 1024
_TYPES = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}


@transaction.atomic
def survey_picture_store(*, actor: Actor, survey: Survey, file: "File[bytes]") -> str:
    """Keep a picture; returns the name by which themes and choices call it ("file:<id>").

    Its kind is read from its first bytes, never from its name. Raises DomainError "invalid".
    """
    authorise(actor, "surveys.change_surveys", survey)
    head = file.read(16)
    file.seek(0)
    ending = next((end for end in _TYPES if looks_like(end, head)), "")
    if not ending or (file.size or 0) > MOST_BYTES:
        raise invalid(_("Bring a PNG, JPEG, GIF or WebP picture of at most 1 MB."), "logo")
    stored = file_store(
        actor=actor,
        name=f"picture.{ending}",
        content=file,
        content_type=_TYPES[ending],
        permission="surveys.view_surveys",
    )
    return f"file:{stored.pk}"
