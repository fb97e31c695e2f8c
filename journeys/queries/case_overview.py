"""For the head of service: how cases go, who has how many, and what keeps coming back."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from cxportal.core.actors import Actor
from journeys.calc.case_times import Share, median_hours
from journeys.models import OPEN_CASES, Case, CaseState, RootCause, Touchpoint
from journeys.queries.case_follow_up import Recovery, recovery_of
from journeys.queries.case_rules import case_rules_of, working_time
from journeys.queries.cases import is_late
from surveys.models import Score
from surveys.queries.responses import DETRACTOR, group_of

DAYS = 90
#: A pattern is at least so many cases of one cause at one touchpoint.
PATTERN = 5
#: Times are worked out for this many cases, those closed last.
MOST = 2_000


@dataclass(frozen=True)
class OwnerLoad:
    """What one person has: open, overdue and closed cases."""

    name: str
    open: int
    late: int
    closed: int


@dataclass(frozen=True)
class Pattern:
    """Cases of the last 90 days with one cause at one touchpoint; `before` of the 90 before."""

    cause: RootCause
    touchpoint: Touchpoint | None
    count: int
    before: int
    without_action: int

    @property
    def key(self) -> str:
        """How the page names it."""
        return f"{self.cause.pk}:{self.touchpoint.pk if self.touchpoint else 0}"


@dataclass(frozen=True)
class Overview:
    """Figures of the last 90 days; hours are working hours.

    `recovered` counts customers who answered again after their case was closed and are no
    detractors any more.
    """

    opened: int
    closed: int
    open: int
    late: int
    in_time: Share
    reached: Share
    told: Share
    recovered: Share
    contact_hours: float | None
    close_hours: float | None
    owners: list[OwnerLoad] = field(default_factory=list)
    patterns: list[Pattern] = field(default_factory=list)
    recovery: Recovery = field(default_factory=lambda: Recovery(Share(0, 0), Share(0, 0)))


def case_overview(actor: Actor) -> Overview:
    """Everything the page shows, in a constant few queries."""
    now = timezone.now()
    since = now - timedelta(days=DAYS)
    rows: QuerySet[Any] = Case.objects.for_actor(actor)
    counts = rows.aggregate(
        opened=Count("pk", filter=Q(opened_at__gte=since)),
        closed=Count("pk", filter=Q(closed_at__gte=since)),
        open=Count("pk", filter=Q(state__in=OPEN_CASES)),
        late=Count("pk", filter=is_late(now)),
    )
    closed = list(rows.filter(closed_at__gte=since).order_by("-closed_at")[:MOST])
    work = working_time(actor, case_rules_of(actor))
    contacted = [c for c in closed if c.contacted_at]
    return Overview(
        **counts,
        in_time=Share(sum(c.closed_at <= c.due_at for c in closed), len(closed)),
        reached=Share(sum(c.reached_at is not None for c in closed), len(closed)),
        told=Share(sum(c.customer_told for c in closed), len(closed)),
        recovered=_recovered(actor, closed),
        contact_hours=median_hours(
            [work.hours_between(c.opened_at, c.contacted_at) for c in contacted]
        ),
        close_hours=median_hours([work.hours_between(c.opened_at, c.closed_at) for c in closed]),
        owners=_owners(rows, now, since),
        patterns=case_patterns(actor),
        recovery=recovery_of(actor, since),
    )


def _owners(rows: QuerySet[Any], now: datetime, since: datetime) -> list[OwnerLoad]:
    found = (
        rows.exclude(owner=None)
        .values("owner__user__name", "owner__user__email")
        .annotate(
            open=Count("pk", filter=Q(state__in=OPEN_CASES)),
            late=Count("pk", filter=is_late(now)),
            closed=Count("pk", filter=Q(closed_at__gte=since)),
        )
        .order_by("-open", "owner__user__name")
    )
    return [
        OwnerLoad(
            row["owner__user__name"] or row["owner__user__email"],
            row["open"],
            row["late"],
            row["closed"],
        )
        for row in found[:100]
    ]


def _recovered(actor: Actor, closed: Iterable[Case]) -> Share:
    """Customers of closed cases by their first answer afterwards, on a recommendation metric."""
    ended = {c.customer_id: c.closed_at for c in closed if c.customer_id and c.closed_at}
    scores: QuerySet[Any] = Score.objects.for_actor(actor)
    later = scores.filter(customer__in=ended, metric__kind="nps").select_related(
        "metric__program", "response"
    )
    first: dict[int, Score] = {}
    for score in later.order_by("response__completed_at", "pk"):
        at = score.response.completed_at
        if score.customer_id not in first and at and at > ended[score.customer_id]:
            first[score.customer_id] = score
    good = sum(group_of(score.metric, score.value) != DETRACTOR for score in first.values())
    return Share(good, len(first))


def case_patterns(actor: Actor) -> list[Pattern]:
    """Causes that came back at a touchpoint, most cases first; three queries."""
    now = timezone.now()
    rows: QuerySet[Any] = Case.objects.for_actor(actor)
    since, earlier = now - timedelta(days=DAYS), now - timedelta(days=2 * DAYS)
    recent = Q(opened_at__gte=since)
    found = (
        rows.filter(opened_at__gte=earlier, state=CaseState.CLOSED)
        .exclude(root_cause=None)
        .values("root_cause", "touchpoint")
        .annotate(
            count=Count("pk", filter=recent),
            before=Count("pk", filter=~recent),
            without_action=Count("pk", filter=recent & Q(action=None)),
        )
        .filter(count__gte=PATTERN)
        .order_by("-count", "root_cause", "touchpoint")[:20]
    )
    listed = list(found)
    causes: QuerySet[Any] = RootCause.objects.for_actor(actor)
    places: QuerySet[Any] = Touchpoint.objects.for_actor(actor)
    by_cause = causes.in_bulk([row["root_cause"] for row in listed])
    by_place = places.in_bulk([row["touchpoint"] for row in listed if row["touchpoint"]])
    return [
        Pattern(
            by_cause[row["root_cause"]],
            by_place.get(row["touchpoint"]),
            row["count"],
            row["before"],
            row["without_action"],
        )
        for row in listed
    ]
