"""A whole program as one file, and its erasure, as jobs somebody starts from a page."""

import logging
import tempfile
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit
from cxportal.core.errors import DomainError
from cxportal.core.models import Job, StoredFile
from cxportal.core.policies import authorise
from cxportal.core.services.files import file_store
from cxportal.core.services.jobs import job_queue
from cxportal.home.demo.remove import program_remove
from cxportal.home.services.transfer import ERASE, EXPORT, program_export

PERMISSION = "core.export_personal_data"
MAX_BYTES = 64 * 1024**3
logger = logging.getLogger(__name__)


@transaction.atomic
def whole_export(*, actor: Actor) -> Job:
    """Queue the export of the whole program. Needs the right to export personal data."""
    authorise(actor, "core.change_program")
    authorise(actor, PERMISSION)
    audit(actor=actor, action="program.export", obj=actor.program)
    return job_queue(actor=actor, kind=EXPORT)


def whole_export_run(actor: Actor, job: Job) -> dict[str, Any]:
    """Write the file and keep it for who started the job."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "program.zip"
        counts = program_export(program=actor.program, path=path)
        name = f"{actor.program.slug}-{timezone.now():%Y-%m-%d}.zip"
        with path.open("rb") as content:
            stored = file_store(
                actor=Actor.system(actor.program),
                name=name,
                content=File(content, name=name),
                content_type="application/zip",
                permission=PERMISSION,
                max_bytes=MAX_BYTES,
            )
    return {"file": stored.pk, "row_count": sum(counts.values())}


@transaction.atomic
def whole_erase(*, actor: Actor, confirmed: str) -> Job:
    """Queue the erasure of the whole program, for good.

    `confirmed` is the program's address, typed by whoever wants it. Raises DomainError "invalid".
    """
    authorise(actor, "core.change_program")
    if confirmed.strip() != actor.program.slug:
        message = _("Type the program's address exactly as it stands here.")
        raise DomainError("invalid", message, details={"confirmed": message})
    audit(actor=actor, action="program.erase", obj=actor.program)
    return job_queue(actor=actor, kind=ERASE)


def whole_erase_run(actor: Actor, job: Job) -> dict[str, Any]:
    """Remove every row and file of the program; the job goes with it."""
    program = actor.program
    names = list(StoredFile.objects.for_actor(actor).values_list("file", flat=True))
    removed = program_remove(program)
    for name in names:
        default_storage.delete(name)
    logger.warning("program %s was erased: %s rows, %s files", program.slug, removed, len(names))
    return {"rows": removed}
