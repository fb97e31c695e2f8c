"""What the roof adds to the ground floor's registries, once, at start-up."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.models import Job
from cxportal.core.registry import audit_words, job_runners, job_titles
from cxportal.core.services.jobs import job_progress
from cxportal.home.services.transfer import ERASE, EXPORT
from cxportal.home.services.whole_program import whole_erase_run, whole_export_run


def run_demo(actor: Actor, job: Job) -> dict[str, Any]:
    """Fill the demo program as a job with progress."""
    from cxportal.home.demo.load import Size, demo_fill

    def report(done: int, total: int, message: str) -> None:
        job_progress(job, done=done, total=total, message=message)

    size = Size.small() if job.params.get("small") else Size()
    return demo_fill(actor.program, size=size, report=report)


job_runners |= {"demo": run_demo, EXPORT: whole_export_run, ERASE: whole_erase_run}
job_titles |= {EXPORT: _("Export of the whole program"), ERASE: _("Erasure of the whole program")}
audit_words |= {
    "program.export": _("exported as a whole"),
    "program.erase": _("to be erased"),
    "program.import": _("taken over"),
    "program.take_over_look": _("another program's file looked at"),
    "program.take_over": _("to make room for another program"),
}
