"""Celery entrances of the roof."""

from celery import shared_task


@shared_task
def digests_send() -> None:
    """Send the digests that are due this Monday morning."""
    from cxportal.home.services.digest import digests_send_due

    digests_send_due()


@shared_task
def takeovers_sweep() -> None:
    """Take over the programs that wait, and those whose worker died."""
    from cxportal.home.services.takeover import takeovers_run_due

    takeovers_run_due()
