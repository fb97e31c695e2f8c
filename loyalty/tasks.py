"""Celery entrances of the growing floor."""

from celery import shared_task


@shared_task
def scorecards_sweep() -> None:
    """Bring the open months of every scorecard up to date; close last month where that is due."""
    from cxportal.core.actors import Actor
    from cxportal.core.models import Program
    from loyalty.services.scorecard import scorecard_tend

    for program in Program.objects.order_by("pk"):
        scorecard_tend(actor=Actor.system(program))
