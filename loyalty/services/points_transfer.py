"""Points of two members' records that became one, or two again."""

from django.db import transaction
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.policies import authorise
from loyalty.models.points import PointsAccount, PointsLot
from loyalty.services.points import Book, Draft, Kind, State, entry_write


@transaction.atomic
def points_transfer(
    *, actor: Actor, source: PointsAccount, target: PointsAccount,
    only_from: PointsAccount | None = None,
) -> int:  # fmt: skip
    """Move what is left in the source's lots to the target, with its expiry; returns points.

    `only_from` moves nothing but what once came from that account: a merge taken apart.
    """
    authorise(actor, "loyalty.change_points", source)
    rows = PointsAccount.objects.for_actor(actor).select_for_update(of=("self",))
    locked = {a.pk: a for a in rows.filter(pk__in=[source.pk, target.pk]).order_by("pk")}
    giver, taker = locked[source.pk], locked[target.pk]
    lots = PointsLot.objects.for_actor(actor).filter(account=giver, left__gt=0)
    if only_from is not None:
        lots = lots.filter(origin__account=only_from)
    moved = 0
    for lot in lots.filter(state__in=[State.PENDING, State.ACTIVE]).order_by("pk"):
        moved += _move_lot(lot, giver, taker)
    return moved


def _move_lot(lot: PointsLot, giver: PointsAccount, taker: PointsAccount) -> int:
    """One lot's rest as a new lot of the taker: out through issued, in through issued."""
    points, state, now = lot.left, lot.state, timezone.now()
    book = str(Book.PENDING if state == State.PENDING else Book.AVAILABLE)
    lot.left, lot.state = 0, State.SPENT
    lot.save(update_fields=["left", "state"])
    key = f"lot:{lot.pk}:to:{taker.pk}:{lot.uses.count()}"
    out = Draft(Kind.TRANSFER, points, [(book, -points), (str(Book.ISSUED), points)])
    out.uses = [(lot, points)]
    entry_write(giver, f"{key}:out", out, now)
    into = Draft(Kind.TRANSFER, points, [(str(Book.ISSUED), -points), (book, points)])
    entry = entry_write(taker, f"{key}:in", into, now)
    PointsLot.unscoped.create(  # unscoped: of the locked account's program
        program_id=taker.program_id, account=taker, entry=entry, origin=lot, state=state,
        points=points, left=points, active_from=lot.active_from, expires_at=lot.expires_at,
    )  # fmt: skip
    return points
