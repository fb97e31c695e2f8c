"""Long work and how far it is."""

from django.db.models import QuerySet

from cxportal.core.actors import Actor
from cxportal.core.models import Job
from cxportal.core.registry import job_titles


def jobs_listed(actor: Actor) -> QuerySet[Job]:
    """Jobs of the program; those who do not lead see their own."""
    jobs = Job.objects.for_actor(actor).select_related("started_by")
    if actor.role in ("staff", "viewer"):
        return jobs.filter(started_by=actor.user)
    return jobs


def job_title(job: Job) -> str:
    """What a job is called."""
    return str(job_titles.get(job.kind, job.kind.replace("_", " ").capitalize()))
