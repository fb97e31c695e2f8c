"""Reads of points: who has how many, what they are worth, what expires."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.models import Customer
from cxportal.core.policies import may
from loyalty.models.points import (
    PointsAccount,
    PointsEntry,
    PointsLot,
    PointsProof,
    PointsScheme,
    PointsTier,
)

SOON = timedelta(days=90)
SHOWN_ENTRIES = 50


def accounts_ranked(actor: Actor) -> QuerySet[Any]:
    """Members with their customers and tiers."""
    accounts = PointsAccount.objects.for_actor(actor).filter(customer__merged_into=None)
    return accounts.select_related("customer", "tier")


@dataclass(frozen=True)
class PointsSummary:
    """The scheme at a glance; money in the program's currency."""

    scheme: PointsScheme | None
    members: int
    available: int
    pending: int
    expiring: int
    liability: Decimal
    tiers: list[tuple[PointsTier, int]]
    proof: PointsProof | None


def points_summary(actor: Actor) -> PointsSummary:
    """Members, points outstanding, what they would cost, what expires in 90 days, the proof."""
    scheme = PointsScheme.objects.for_actor(actor).first()
    sums = PointsAccount.objects.for_actor(actor).aggregate(
        members=Count("pk"), available=Sum("available"), pending=Sum("pending")
    )
    available, pending = sums["available"] or 0, sums["pending"] or 0
    soon = PointsLot.objects.for_actor(actor).filter(
        state=PointsLot.State.ACTIVE, expires_at__lte=timezone.now() + SOON
    )
    tiers = PointsTier.objects.for_actor(actor).annotate(members=Count("accounts"))
    return PointsSummary(
        scheme=scheme,
        members=sums["members"],
        available=available,
        pending=pending,
        expiring=soon.aggregate(n=Sum("left"))["n"] or 0,
        liability=(available + pending) * (scheme.point_value if scheme else Decimal()),
        tiers=[(tier, tier.members) for tier in tiers],
        proof=PointsProof.objects.for_actor(actor).order_by("-pk").first(),
    )


def entries_of(actor: Actor, account: PointsAccount) -> list[PointsEntry]:
    """A member's newest entries."""
    rows = PointsEntry.objects.for_actor(actor).filter(account=account)
    return list(rows.select_related("reversed_by").order_by("-pk")[:SHOWN_ENTRIES])


def lots_of(actor: Actor, account: PointsAccount) -> list[PointsLot]:
    """What is left, by expiry."""
    rows = PointsLot.objects.for_actor(actor).filter(account=account, left__gt=0)
    return list(rows.order_by("expires_at", "pk"))


def points_panel(actor: Actor, customer: Customer) -> tuple[str, dict[str, Any]] | None:
    """A member's points on the customer's page."""
    if not may(actor, "loyalty.view_points"):
        return None
    account = accounts_ranked(actor).filter(customer=customer).first()
    may_enrol = may(actor, "loyalty.change_points") and customer.erased_at is None
    if account is None and not (may_enrol and _is_open(actor)):
        return None
    return "loyalty/_customer_points.html", {"account": account, "customer": customer}


def _is_open(actor: Actor) -> bool:
    return PointsScheme.objects.for_actor(actor).filter(is_active=True).exists()
