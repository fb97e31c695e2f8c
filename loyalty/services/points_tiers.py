"""Tiers, the daily settlement, the daily proof, and points for what was bought."""

from datetime import timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, Sum
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.commands import audit
from cxportal.core.models import Customer, OutboxEvent, Program
from loyalty.models import Transaction
from loyalty.models.points import (
    PointsAccount,
    PointsCampaign,
    PointsEntry,
    PointsLot,
    PointsPosting,
    PointsProof,
    PointsScheme,
    PointsTier,
)
from loyalty.services.points import account_settle, points_earn, points_reverse

TIER_DAYS = timedelta(days=365)
_UNBALANCED = """
SELECT 'entry', p.entry_id FROM loyalty_pointsposting p WHERE p.program_id = %(program)s
GROUP BY p.entry_id HAVING sum(p.points) <> 0
"""
_DIFFERENT = """
SELECT 'account', a.id FROM loyalty_pointsaccount a
LEFT JOIN LATERAL (
  SELECT coalesce(sum(points) FILTER (WHERE book = 'available'), 0) AS available,
    coalesce(sum(points) FILTER (WHERE book = 'pending'), 0) AS pending
  FROM loyalty_pointsposting p WHERE p.account_id = a.id) posted ON true
LEFT JOIN LATERAL (
  SELECT coalesce(sum(l.left) FILTER (WHERE state = 'active'), 0) AS available,
    coalesce(sum(l.left) FILTER (WHERE state = 'pending'), 0) AS pending
  FROM loyalty_pointslot l WHERE l.account_id = a.id) held ON true
WHERE a.program_id = %(program)s AND (
  (a.available, a.pending) <> (posted.available, posted.pending)
  OR (a.available, a.pending) <> (held.available, held.pending))
"""


def tier_review(actor: Actor, account: PointsAccount, *, may_fall: bool) -> None:
    """Move a member to the tier that the points earned in 365 days reach."""
    since = timezone.now() - TIER_DAYS
    earned = PointsEntry.objects.for_actor(actor).filter(account=account, at__gte=since)
    points = earned.filter(kind=PointsEntry.Kind.EARN).aggregate(n=Sum("points"))["n"] or 0
    tiers = PointsTier.objects.for_actor(actor).filter(threshold__lte=points)
    reached = tiers.order_by("-threshold").first()
    before = account.tier
    falls = before is not None and (reached is None or reached.threshold < before.threshold)
    if reached == before or (falls and not may_fall):
        return
    account.tier, account.tier_since = reached, timezone.localdate()
    account.save(update_fields=["tier", "tier_since"])
    changes = {"tier": [before.code if before else "", reached.code if reached else ""]}
    audit(actor=actor, action="points.tier", obj=account, changes=changes)


def points_settle_due(actor: Actor) -> int:
    """Settle every account with lots that are due, and let tiers rise and fall."""
    now = timezone.now()
    lots = PointsLot.objects.for_actor(actor)
    ready = Q(state=PointsLot.State.PENDING, active_from__lte=now)
    over = Q(state=PointsLot.State.ACTIVE, expires_at__lte=now, left__gt=0)
    due = set(lots.filter(ready | over).values_list("account", flat=True))
    for pk in sorted(due):
        with transaction.atomic():
            accounts = PointsAccount.objects.for_actor(actor).select_for_update(of=("self",))
            account_settle(accounts.get(pk=pk))
    members = PointsAccount.objects.for_actor(actor).exclude(tier=None).select_related("tier")
    for account in members.iterator(chunk_size=500):
        tier_review(actor, account, may_fall=True)
    return len(due)


@transaction.atomic
def points_prove(actor: Actor) -> PointsProof:
    """Hold entries, postings, lots and balances against each other; keep the result."""
    named = {"program": actor.program_id}
    wrong: list[list[Any]] = []
    with connection.cursor() as cursor:
        for statement in (_UNBALANCED, _DIFFERENT):
            cursor.execute(statement, named)
            wrong += [list(row) for row in cursor.fetchall()]
    accounts = PointsAccount.objects.for_actor(actor)
    sums = accounts.aggregate(available=Sum("available"), pending=Sum("pending"))
    issued = PointsPosting.objects.for_actor(actor).aggregate(n=Sum("points"))["n"] or 0
    if issued != 0:
        wrong.append(["program", issued])
    return PointsProof.unscoped.create(  # unscoped: the actor's own program
        program=actor.program, is_right=not wrong, wrong=wrong[:100], accounts=accounts.count(),
        entries=PointsEntry.objects.for_actor(actor).count(),
        available=sums["available"] or 0, pending=sums["pending"] or 0,
    )  # fmt: skip


def points_consume(program_id: int, rows: list[OutboxEvent]) -> None:
    """Outbox consumer: members get points for what they bought, refunds take them back."""
    program = Program.objects.get(pk=program_id)
    actor = Actor.system(program)
    scheme = PointsScheme.objects.for_actor(actor).filter(is_active=True).first()
    if scheme is None:
        return
    customers = {customer for row in rows for customer in row.payload["customers"]}
    accounts = PointsAccount.objects.for_actor(actor).filter(customer__in=customers)
    for account in accounts.select_related("tier").order_by("pk"):
        _reward(actor, scheme, account)


def _reward(actor: Actor, scheme: PointsScheme, account: PointsAccount) -> None:
    known = set(
        PointsEntry.objects.for_actor(actor).filter(account=account, key__startswith="tx:")
        .values_list("key", flat=True)
    )  # fmt: skip
    bought = Transaction.objects.for_actor(actor).filter(
        customer=account.customer_id, occurred_at__gte=account.enrolled_at - timedelta(days=1)
    )
    for row in bought.order_by("occurred_at", "pk"):
        key = f"tx:{row.pk}"
        points = points_for(actor, scheme, account, row)
        if key in known or points == 0:
            continue
        if row.kind == Transaction.Kind.PURCHASE:
            points_earn(actor=actor, account=account, points=points, key=key, at=row.occurred_at)
        elif row.kind == Transaction.Kind.REFUND:
            _take_back(actor, account, row, key)


def _take_back(actor: Actor, account: PointsAccount, row: Transaction, key: str) -> None:
    """A refund reverses the earning of the newest purchase of the same amount, if there is one."""
    bought = Transaction.objects.for_actor(actor).filter(
        customer=account.customer_id, amount=-row.amount, occurred_at__lte=row.occurred_at
    )
    keys = [f"tx:{pk}" for pk in bought.order_by("-occurred_at").values_list("pk", flat=True)]
    entries = PointsEntry.objects.for_actor(actor).filter(
        account=account, key__in=keys, kind=PointsEntry.Kind.EARN, reversed_by=None
    )
    entry = entries.select_related("account").order_by("-at").first()
    if entry is not None:
        points_reverse(actor=actor, entry=entry, key=key)


def points_for(actor: Actor, scheme: PointsScheme, account: PointsAccount, row: Transaction) -> int:
    """Points of a transaction: amount · rate · tier · best campaign, rounded down."""
    tier = account.tier.multiplier if account.tier else Decimal(1)
    day = timezone.localdate(row.occurred_at, actor.program.zone)
    campaigns = PointsCampaign.objects.for_actor(actor).filter(
        starts_on__lte=day, ends_on__gte=day, channel__in=["", row.channel],
        store__in=["", row.store], product__in=["", row.product],
    )  # fmt: skip
    best = max([Decimal(1), *campaigns.values_list("multiplier", flat=True)])
    whole = abs(row.amount) * scheme.earn_rate * tier * best
    return int(whole.to_integral_value(rounding=ROUND_DOWN))


@transaction.atomic
def points_follow_merge(actor: Actor, kept: Customer, merged: Customer, undone: bool) -> None:
    """Two members became one: the points come along, with their expiry; and go back."""
    from loyalty.services.points_transfer import points_transfer

    accounts = {
        account.customer_id: account
        for account in PointsAccount.objects.for_actor(actor).filter(customer__in=[kept, merged])
    }
    ours, theirs = accounts.get(kept.pk), accounts.get(merged.pk)
    if ours is None or theirs is None:
        return
    if undone:
        points_transfer(actor=actor, source=ours, target=theirs, only_from=theirs)
    else:
        points_transfer(actor=actor, source=theirs, target=ours)
