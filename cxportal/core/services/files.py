"""Files somebody brought or the portal made; named by the server, fetched with a check."""

import re
import unicodedata

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit
from cxportal.core.errors import Denied, DomainError
from cxportal.core.models import StoredFile
from cxportal.core.policies import authorise
from cxportal.core.tokens import new_secret

MAX_BYTES = 50 * 1024 * 1024
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}$")


@transaction.atomic
def file_store(
    *,
    actor: Actor,
    name: str,
    content: "bytes | File[bytes]",
    content_type: str = "application/octet-stream",
    permission: str = "",
    max_bytes: int = MAX_BYTES,
) -> StoredFile:
    """Keep a file under a name of the server's choice; `name` is only shown.

    `permission` is asked again at each download; without one only its maker may fetch it.
    `max_bytes` is larger for files the portal made itself. Raises DomainError "too_large" (413).
    """
    authorise(actor, "core.view_program")
    file = ContentFile(content) if isinstance(content, bytes) else content
    if (file.size or 0) > max_bytes:
        sentence = _("The file is larger than %(most)d MB.") % {"most": max_bytes // 1024**2}
        raise DomainError("too_large", sentence, status=413)
    shown = name_cleaned(name)
    suffix = _SUFFIX.search(shown)
    stored = StoredFile(
        program=actor.program,
        name=shown,
        content_type=content_type[:100],
        size=file.size or 0,
        permission=permission,
        created_by=actor.user,
    )
    stored.file.save(new_secret() + (suffix[0].lower() if suffix else ""), file, save=False)
    stored.save()
    audit(actor=actor, action="file.store", obj=stored)
    return stored


def name_cleaned(name: str) -> str:
    """A file name to show: no path, no control characters, at most 200 characters."""
    last = re.split(r"[\\/]", name)[-1]
    plain = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip(" .")
    return plain[-200:] or _("file")


@transaction.atomic
def file_fetch(*, actor: Actor, stored: StoredFile) -> "File[bytes] | None":
    """The open file, when the actor may have it now; None when its bytes are gone.

    Raises Denied: without a permission of its own the file is its maker's alone.
    """
    own = actor.user is not None and stored.created_by_id == actor.user.pk
    if stored.permission:
        authorise(actor, stored.permission, stored)
    elif not own and not actor.is_system:
        raise Denied("core.download_file")
    try:
        file: File[bytes] = stored.file.storage.open(str(stored.file.name), "rb")
    except FileNotFoundError:
        return None
    audit(actor=actor, action="file.download", obj=stored)
    return file


@transaction.atomic
def file_delete(*, actor: Actor, stored: StoredFile) -> None:
    """Remove the row, and its bytes once that is certain. Its maker may, and owners."""
    own = actor.user is not None and stored.created_by_id == actor.user.pk
    authorise(actor, "core.view_program" if own else "core.change_program", stored)
    audit(actor=actor, action="file.delete", obj=stored)
    storage, path = stored.file.storage, str(stored.file.name)
    stored.delete()
    transaction.on_commit(lambda: storage.delete(path))
