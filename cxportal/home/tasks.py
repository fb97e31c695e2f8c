"""Celery entrances of the roof."""

from celery import shared_task


@shared_task
def digests_send() -> None:
    """Send the digests that are due this Monday morning."""
    from cxportal.home.services.digest import digests_send_due

    digests_send_due()
