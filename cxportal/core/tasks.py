"""Celery entrances of the ground floor. Each works on due rows; a doubled tick changes nothing."""

from typing import Any

from celery import shared_task
from celery.signals import before_task_publish
from django.core.cache import cache
from django.utils import timezone

from cxportal.core.health import SCHEDULE_SEEN, WORKER_SEEN


@before_task_publish.connect(sender="cxportal.core.tasks.heartbeat", dispatch_uid="schedule-seen")
def schedule_seen(**_signal: Any) -> None:
    """The schedule says that it is alive whenever it asks the worker to."""
    cache.set(SCHEDULE_SEEN, timezone.now().timestamp(), 3600)


@shared_task
def heartbeat() -> None:
    """Say that a worker is alive."""
    cache.set(WORKER_SEEN, timezone.now().timestamp(), 3600)


@shared_task
def outbox_drain() -> None:
    """Hand waiting outbox rows to their consumers until none is left."""
    from cxportal.core.services.outbox import outbox_drain_all

    outbox_drain_all()


@shared_task
def jobs_sweep() -> None:
    """Run waiting jobs, and those whose worker died."""
    from cxportal.core.services.jobs import jobs_run_due

    jobs_run_due()


@shared_task
def webhooks_deliver() -> None:
    """Send due webhook deliveries."""
    from cxportal.core.services.webhooks import webhooks_deliver_due

    webhooks_deliver_due()


@shared_task
def reports_mail() -> None:
    """Mail scheduled reports that are due."""
    from cxportal.core.services.scheduled_reports import reports_mail_due

    reports_mail_due()


@shared_task
def retention_sweep() -> None:
    """Drop what is kept no longer than agreed: idempotency records, read notices, old drafts."""
    from cxportal.core.services.retention import retention_apply

    retention_apply()


@shared_task
def segments_sweep() -> None:
    """Bring stored members of rule segments up to date, program by program."""
    from cxportal.core.actors import Actor
    from cxportal.core.models import Program
    from cxportal.core.services.merges import merged_rows_follow
    from cxportal.core.services.segments import segments_refresh

    for program in Program.objects.order_by("pk"):
        merged_rows_follow(Actor.system(program))
        segments_refresh(Actor.system(program))
