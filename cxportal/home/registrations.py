"""What the roof adds to the ground floor's registries, once, at start-up."""

from typing import Any

from cxportal.core.actors import Actor
from cxportal.core.models import Job
from cxportal.core.registry import job_runners
from cxportal.core.services.jobs import job_progress


def run_demo(actor: Actor, job: Job) -> dict[str, Any]:
    """Fill the demo program as a job with progress."""
    from cxportal.home.demo.load import Size, demo_fill

    def report(done: int, total: int, message: str) -> None:
        job_progress(job, done=done, total=total, message=message)

    size = Size.small() if job.params.get("small") else Size()
    return demo_fill(actor.program, size=size, report=report)


job_runners["demo"] = run_demo
