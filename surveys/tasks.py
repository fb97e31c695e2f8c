"""Celery entrances of the listening floor."""

from celery import shared_task


@shared_task
def campaigns_sweep() -> None:
    """Fill due occurrences and send due deliveries of running campaigns."""


@shared_task
def scores_check() -> None:
    """Hold rebuilt against incremental tallies and mend what differs."""
