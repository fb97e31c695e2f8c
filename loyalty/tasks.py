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


@shared_task
def points_sweep() -> None:
    """Settle lots that are due, let tiers fall, and prove every program's ledger once a day."""
    from cxportal.core.actors import Actor
    from loyalty.models import PointsScheme
    from loyalty.services.points_tiers import points_prove, points_settle_due

    for scheme in PointsScheme.unscoped.select_related("program"):  # unscoped: every program
        points_settle_due(Actor.system(scheme.program))
        points_prove(Actor.system(scheme.program))


@shared_task
def values_sweep() -> None:
    """Recompute the customers' values of programs that were not recomputed for a day."""
    from loyalty.services.value import values_rebuild_stale

    values_rebuild_stale()
