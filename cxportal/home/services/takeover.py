"""A whole program's file brought by page: looked at, confirmed, taken over by the worker.

The command `manage.py transfer import` and this end in the same `program_import`.
"""

import logging
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from cxportal.core.actors import Actor
from cxportal.core.commands import audit
from cxportal.core.errors import DomainError
from cxportal.core.memory import CHECKED_EVERY
from cxportal.core.models import (
    Customer,
    Membership,
    Program,
    Role,
    StoredFile,
    Takeover,
    TenantModel,
    User,
)
from cxportal.core.policies import authorise
from cxportal.home.services.program_files import summary_of
from cxportal.home.services.transfer import program_import
from surveys.models import Response

#: Larger files are for the command, which reads them from the disk of the portal.
MAX_BYTES = 4 * 1024**3
KEPT = timedelta(days=7)
LEASE = timedelta(minutes=30)
_PROGRESS_SECONDS = 3600
logger = logging.getLogger(__name__)


def programs_in_the_way(user: User) -> list[Program]:
    """Programs the portal works for, beside which none can be taken over.

    What makes room: a program with nobody in it yet, and the demo, both owned by `user`.
    """
    return [program for program in Program.objects.order_by("pk") if not _gives_way(program, user)]


def _gives_way(program: Program, user: User) -> bool:
    owned = Membership.unscoped.filter(  # unscoped: whether the user owns every program there is
        program=program, user=user, role=Role.OWNER, is_active=True
    )
    return owned.exists() and (program.is_demo or not _has_people(program))


def _has_people(program: Program) -> bool:
    actor = Actor.system(program)
    models: list[type[TenantModel]] = [Customer, Response]
    return any(model.objects.for_actor(actor).exists() for model in models)


def takeover_of(user: User) -> Takeover | None:
    """The newest file this person brought."""
    return Takeover.objects.filter(user=user).order_by("-pk").first()


@transaction.atomic
def takeover_look(*, actor: Actor, file: "File[bytes]") -> Takeover:
    """Keep the file and read what it says of itself; nothing is taken over yet.

    A file brought before is let go. Raises DomainError for a file this portal cannot take.
    """
    authorise(actor, "core.change_program")
    user = _person_of(actor)
    if (file.size or 0) > MAX_BYTES:
        sentence = _("The file is larger than %(most)d MB.") % {"most": MAX_BYTES // 1024**2}
        raise DomainError("too_large", sentence, status=413)
    summary = asdict(summary_of(file))
    _refuse_open(user)
    _let_go(Takeover.objects.filter(user=user))
    file.seek(0)
    found = Takeover(user=user, size=file.size or 0, summary=summary)
    found.file.save("program.zip", file, save=False)
    found.save()
    changes = {"program": summary["slug"], "rows": summary["rows"]}
    audit(actor=actor, action="program.take_over_look", obj=actor.program, changes=changes)
    return found


@transaction.atomic
def takeover_begin(*, actor: Actor) -> Takeover:
    """Queue what was looked at. Raises DomainError "not_empty" when other programs are there."""
    authorise(actor, "core.change_program")
    found = _draft(actor)
    refuse_beside(programs_in_the_way(found.user))
    found.state = Takeover.State.QUEUED
    found.save(update_fields=["state"])
    audit(actor=actor, action="program.take_over", obj=actor.program)
    return found


@transaction.atomic
def takeover_discard(*, actor: Actor) -> None:
    """Let the file go that was looked at."""
    authorise(actor, "core.change_program")
    _let_go(Takeover.objects.filter(pk=_draft(actor).pk))


def refuse_beside(others: list[Program]) -> None:
    """Raises DomainError "not_empty" naming the programs in the way."""
    if others:
        names = ", ".join(program.name for program in others)
        sentence = _(
            "This portal works for %(names)s already. A program keeps the numbers of its records,"
            " so it can only be taken over by a portal of its own."
        )
        raise DomainError("not_empty", sentence % {"names": names}, status=409)


def takeovers_run_due() -> int:
    """Take over what waits, and what a worker left when it died; returns how many."""
    ran = 0
    while (found := _claim()) is not None:
        _run(found)
        ran += 1
    _let_go(Takeover.objects.filter(created_at__lt=timezone.now() - KEPT))
    return ran


def progress_of(takeover: Takeover) -> tuple[int, int]:
    """(rows taken over so far, rows in all)."""
    done, total = cache.get(_key(takeover), (0, takeover.summary.get("rows", 0)))
    return done, total


def _person_of(actor: Actor) -> User:
    if actor.user is None:
        raise DomainError("invalid", _("Sign in to take a program over."), status=403)
    return actor.user


def _draft(actor: Actor) -> Takeover:
    rows = Takeover.objects.select_for_update().filter(user=_person_of(actor))
    found = rows.filter(state=Takeover.State.DRAFT).order_by("-pk").first()
    if found is None:
        raise DomainError("no_file", _("Choose the exported file first."), status=409)
    return found


def _refuse_open(user: User) -> None:
    if Takeover.objects.filter(user=user, state__in=("queued", "running")).exists():
        raise DomainError("busy", _("A program is being taken over already."), status=409)


def _let_go(rows: Any) -> None:
    """Delete rows with their files, those under way excepted."""
    for row in rows.exclude(state__in=("queued", "running")):
        _drop_file(row)
        row.delete()


def _drop_file(row: Takeover) -> None:
    if row.file:
        storage, name = row.file.storage, str(row.file.name)
        transaction.on_commit(lambda: storage.delete(name))


@transaction.atomic
def _claim() -> Takeover | None:
    now = timezone.now()
    due = Q(state=Takeover.State.QUEUED) | Q(state=Takeover.State.RUNNING, lease_until__lt=now)
    rows = Takeover.objects.select_for_update(skip_locked=True, of=("self",)).filter(due)
    found = rows.select_related("user").order_by("pk").first()
    if found is not None:
        found.state, found.lease_until = Takeover.State.RUNNING, now + LEASE
        found.save(update_fields=["state", "lease_until"])
    return found


def _run(takeover: Takeover) -> None:
    with override(takeover.user.language or None):
        try:
            program = _take(takeover)
        except DomainError as error:
            state, message = Takeover.State.FAILED, error.message[:500]
        except Exception:
            logger.exception("takeover %s failed", takeover.pk)
            state = Takeover.State.FAILED
            message = _("It failed. Nothing half done was kept. Try again or ask an operator.")
        else:
            state, message = Takeover.State.DONE, ""
            takeover.summary["slug"] = program.slug
    takeover.state, takeover.message, takeover.finished_at = state, message, timezone.now()
    takeover.save(update_fields=["state", "message", "finished_at", "summary"])
    with transaction.atomic():
        _drop_file(takeover)


def _take(takeover: Takeover) -> Program:
    """Make room, import, and forget the files of what made room."""
    refuse_beside(programs_in_the_way(takeover.user))
    leaving = list(Program.objects.all())
    files = StoredFile.unscoped.filter(program__in=leaving)  # unscoped: of programs erased here
    old = list(files.values_list("file", flat=True))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "program.zip"
        with takeover.file.open("rb") as source, path.open("wb") as target:
            for block in source.chunks(1 << 20):
                target.write(block)
        program, counts = program_import(
            path=path, instead_of=leaving, owner=takeover.user, report=_reporter(takeover)
        )
    for name in old:
        default_storage.delete(name)
    time.sleep(0 if settings.TESTING else CHECKED_EVERY)  # until every process has forgotten
    logger.info("program %s was taken over: %s rows", program.slug, sum(counts.values()))
    return program


def _reporter(takeover: Takeover) -> Callable[[int, int], None]:
    key = _key(takeover)
    return lambda done, total: cache.set(key, (done, total), _PROGRESS_SECONDS)


def _key(takeover: Takeover) -> str:
    return f"takeover-{takeover.pk}"
