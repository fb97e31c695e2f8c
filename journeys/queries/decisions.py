"""What review meetings decided."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from cxportal.core.actors import Actor
from journeys.models import ReviewDecision


def decisions_since(actor: Actor, since: datetime | None = None) -> QuerySet[Any]:
    """Decisions whose action still stands, the newest first."""
    rows: QuerySet[Any] = ReviewDecision.objects.for_actor(actor).filter(action__deleted_at=None)
    if since is not None:
        rows = rows.filter(decided_at__gte=since)
    return rows.select_related("journey", "action__owner__user", "action__stage").order_by(
        "-decided_at", "-pk"
    )
