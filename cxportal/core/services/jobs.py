"""Long work with progress: queued as a row, run by the worker, resumed after a crash."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from cxportal.core.models import Job, Membership
from cxportal.core.registry import job_runners, job_titles
from cxportal.core.services.notifications import notify

LEASE = timedelta(minutes=10)


@transaction.atomic
def job_queue(*, actor: Actor, kind: str, params: dict[str, Any] | None = None) -> Job:
    """Queue a job of a registered kind; the worker takes it within seconds."""
    if kind not in job_runners:
        raise LookupError(f"no runner for job {kind}")
    return Job.unscoped.create(  # unscoped: written for the actor's own program
        program=actor.program, kind=kind, params=params or {}, started_by=actor.user
    )


def job_progress(job: Job, *, done: int, total: int, message: str = "") -> None:
    """Report progress and keep the lease; call it at most about once a second."""
    now = timezone.now()
    job.done, job.total, job.message, job.lease_until = done, total, message[:500], now + LEASE
    job.save(update_fields=["done", "total", "message", "lease_until"])


def jobs_run_due(*, limit: int = 5) -> int:
    """Run waiting jobs and those whose lease ran out; returns how many were run."""
    ran = 0
    while ran < limit and (job := _claim()) is not None:
        _run(job)
        ran += 1
    return ran


@transaction.atomic
def _claim() -> Job | None:
    now = timezone.now()
    due = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, lease_until__lt=now)
    job = (
        Job.unscoped.select_for_update(skip_locked=True, of=("self",))  # unscoped: all programs
        .filter(due)
        .select_related("program", "started_by")
        .order_by("id")
        .first()
    )
    if job is None:
        return None
    job.state, job.started_at, job.lease_until = Job.State.RUNNING, now, now + LEASE
    job.save(update_fields=["state", "started_at", "lease_until"])
    return job


def _run(job: Job) -> None:
    actor = Actor.system(job.program)
    language = job.started_by.language if job.started_by else ""
    with override(language or job.program.default_language):
        try:
            job.result = job_runners[job.kind](actor, job)
            job.state = Job.State.DONE
        except DomainError as error:
            job.state, job.message = Job.State.FAILED, error.message[:500]
        except Exception as error:
            job.state = Job.State.FAILED
            job.message = _("It failed. Nothing half done was kept. Try again or ask an operator.")
            job.result = {"error": type(error).__name__}
            _log_failure(job)
    job.finished_at = timezone.now()
    names = ("state", "message", "result", "finished_at")
    rows = Job.unscoped.filter(pk=job.pk)  # unscoped: the job that was run
    # A job that erased its own program has nobody left to tell.
    if rows.update(**{name: getattr(job, name) for name in names}):
        _tell(actor, job)


def _tell(actor: Actor, job: Job) -> None:
    """A notice to whoever started it, who may have left the page long ago."""
    members = Membership.objects.for_actor(actor).filter(user=job.started_by, is_active=True)
    member = members.first() if job.started_by else None
    if member is not None:
        title = str(job_titles.get(job.kind, job.kind))
        kind = "job_done" if job.state == Job.State.DONE else "job_failed"
        url = actor.url("core:job-detail", job.pk)
        notify(actor=actor, membership=member, kind=kind, params={"job": title}, url=url)


def _log_failure(job: Job) -> None:
    import logging

    logging.getLogger(__name__).exception("job %s %s failed", job.pk, job.kind)
