"""The ledger of points: earned, spendable, spent, expired, reversed. It only grows.

Each command locks the member's account, settles what is due, and writes one entry whose postings
add up to zero. The caller's key makes it happen once, whoever sends it how often.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, emit
from cxportal.core.errors import DomainError
from cxportal.core.models import Customer
from cxportal.core.policies import authorise
from loyalty.models.points import (
    PointsAccount,
    PointsEntry,
    PointsLot,
    PointsPosting,
    PointsScheme,
    PointsUse,
)

Kind, Book, State = PointsEntry.Kind, PointsPosting.Book, PointsLot.State
MAX_POINTS = 10**12
ENDLESS = datetime.max.replace(tzinfo=timezone.get_default_timezone())


@dataclass
class Draft:
    """An entry on its way: what goes where, and which lots pay."""

    kind: str
    points: int
    moves: list[tuple[str, int]]
    note: str = ""
    reverses: PointsEntry | None = None
    uses: list[tuple[PointsLot, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Asked:
    """What a caller wants: by which key, how many points, why, when, of which entry."""

    key: str
    kind: str
    points: int
    note: str = ""
    at: datetime | None = None
    of: PointsEntry | None = None


def scheme_of(actor: Actor) -> PointsScheme:
    """The program's scheme. Raises DomainError "no_scheme" where there is none or it is off."""
    scheme = PointsScheme.objects.for_actor(actor).first()
    if scheme is None or not scheme.is_active:
        raise DomainError("no_scheme", _("This program gives no points yet."), status=409)
    return scheme


@transaction.atomic
def member_enrol(*, actor: Actor, customer: Customer) -> PointsAccount:
    """Make a customer a member; one who is stays one. Raises DomainError."""
    authorise(actor, "loyalty.change_points", customer)
    scheme_of(actor)
    if customer.erased_at is not None or customer.merged_into_id is not None:
        raise DomainError("erased", _("This record can have no points."), status=409)
    account, is_new = PointsAccount.unscoped.get_or_create(  # unscoped: the actor's own program
        program=actor.program, customer=customer
    )
    if is_new:
        audit(actor=actor, action="points.enrol", obj=account)
        emit(actor=actor, event="points.enrolled", payload={"customer": customer.external_id})
    return account


@transaction.atomic
def points_earn(
    *, actor: Actor, account: PointsAccount, points: int, key: str, note: str = "",
    at: datetime | None = None,
) -> PointsEntry:  # fmt: skip
    """Give points that become spendable and expire by the scheme. The same key gives once."""
    scheme = scheme_of(actor)
    moment = at or timezone.now()
    ready = moment + timedelta(days=scheme.pending_days)
    book = str(Book.PENDING if ready > timezone.now() else Book.AVAILABLE)

    def draft(locked: PointsAccount) -> Draft:
        return Draft(Kind.EARN, points, [(str(Book.ISSUED), -points), (book, points)], note)

    entry, is_new = _post(actor, account, Asked(key, Kind.EARN, points, note, moment), draft)
    if is_new:
        _new_lot(entry, scheme, ready, moment)
        _tier_up(actor, account)
    return entry


@transaction.atomic
def points_spend(
    *, actor: Actor, account: PointsAccount, points: int, key: str, note: str = ""
) -> PointsEntry:
    """Spend points, those first that expire first. Raises DomainError "not_enough" (409)."""

    def draft(locked: PointsAccount) -> Draft:
        if locked.available < points:
            message = _("Only %(points)s points can be spent.") % {"points": locked.available}
            raise DomainError("not_enough", message, status=409, details={"points": message})
        moves = [(str(Book.AVAILABLE), -points), (str(Book.SPENT), points)]
        return Draft(Kind.SPEND, points, moves, note, uses=_taken(locked, points))

    return _post(actor, account, Asked(key, Kind.SPEND, points, note), draft)[0]


@transaction.atomic
def points_reverse(*, actor: Actor, entry: PointsEntry, key: str, note: str = "") -> PointsEntry:
    """Take an earning or a spending back, as far as it goes; once.

    Of an earning only what was not spent or expired comes back; a spending returns to its lots,
    and what has expired meanwhile expires again at the next settlement.
    """

    def draft(locked: PointsAccount) -> Draft:
        if entry.kind not in (Kind.EARN, Kind.SPEND, Kind.ADJUST):
            raise DomainError("not_reversible", _("This entry cannot be reversed."), status=409)
        if PointsEntry.objects.for_actor(actor).filter(reverses=entry).exists():
            raise DomainError("reversed", _("This entry was reversed already."), status=409)
        return _unspent(entry) if entry.kind == Kind.SPEND else _unearned(entry)

    asked = Asked(key, Kind.REVERSE, max(entry.points, 1), note, of=entry)
    return _post(actor, entry.account, asked, draft)[0]


def _unspent(entry: PointsEntry) -> Draft:
    for use in entry.uses.select_related("lot"):
        PointsLot.unscoped.filter(pk=use.lot_id).update(  # unscoped: of the locked account
            left=F("left") + use.points, state=State.ACTIVE
        )
    moves = [(str(Book.SPENT), -entry.points), (str(Book.AVAILABLE), entry.points)]
    return Draft(Kind.REVERSE, entry.points, moves, reverses=entry)


def _unearned(entry: PointsEntry) -> Draft:
    back = {Book.PENDING: 0, Book.AVAILABLE: 0}
    for lot in entry.lots.select_for_update():
        if lot.state in (State.PENDING, State.ACTIVE):
            back[Book.PENDING if lot.state == State.PENDING else Book.AVAILABLE] += lot.left
            lot.left, lot.state = 0, State.REVERSED
            lot.save(update_fields=["left", "state"])
    moves = [(str(book), -points) for book, points in back.items() if points]
    whole = sum(back.values())
    return Draft(Kind.REVERSE, whole, [*moves, (str(Book.ISSUED), whole)], reverses=entry)


def _post(
    actor: Actor, account: PointsAccount, asked: Asked, draft: Callable[[PointsAccount], Draft]
) -> tuple[PointsEntry, bool]:
    """Write one entry once: (entry, is new). A key used for something else is refused."""
    authorise(actor, "loyalty.change_points", account)
    _refuse_unfit(asked)
    try:
        with transaction.atomic():
            locked = PointsAccount.objects.for_actor(actor).select_for_update(of=("self",))
            mine = locked.get(pk=account.pk)
            known = _known(actor, asked.key)
            if known is not None:
                return _same(known, mine, asked), False
            account_settle(mine)
            made = draft(mine)
            made.note = made.note or asked.note
            entry = entry_write(mine, asked.key, made, asked.at or timezone.now())
            _told(actor, entry)
            return entry, True
    except IntegrityError:
        # Another till sent the same key for another member in this very moment.
        known = _known(actor, asked.key)
        if known is None:
            raise
        return _same(known, account, asked), False


def _refuse_unfit(asked: Asked) -> None:
    points, key = asked.points, asked.key
    if not 0 < points <= MAX_POINTS:
        message = _("Give a whole number of points above 0.")
        raise DomainError("invalid", message, details={"points": message})
    if not key.strip() or len(key) > 120 or "\x00" in key:
        message = _("Give a key of your own, at most 120 characters, that names this once.")
        raise DomainError("invalid", message, details={"key": message})


def _known(actor: Actor, key: str) -> PointsEntry | None:
    return PointsEntry.objects.for_actor(actor).filter(key=key).select_related("account").first()


def _same(known: PointsEntry, account: PointsAccount, asked: Asked) -> PointsEntry:
    of = asked.of
    wanted = (account.pk, asked.kind, of.pk if of else None)
    is_same = wanted == (known.account_id, known.kind, known.reverses_id)
    if not is_same or (of is None and known.points != asked.points):
        message = _("This key was used for something else.")
        raise DomainError("key_used", message, status=422, details={"key": message})
    return known


def entry_write(account: PointsAccount, key: str, made: Draft, at: datetime) -> PointsEntry:
    """The entry, its postings, its uses of lots, and the balances, in one transaction."""
    entry = PointsEntry.unscoped.create(  # unscoped: of the locked account's program
        program_id=account.program_id, account=account, key=key, kind=made.kind,
        points=made.points, at=at, note=made.note[:200], reverses=made.reverses,
    )  # fmt: skip
    assert sum(points for _book, points in made.moves) == 0
    PointsPosting.unscoped.bulk_create(  # unscoped: the same
        PointsPosting(
            program_id=account.program_id, entry=entry, account=account, book=book, points=points
        )
        for book, points in made.moves
    )
    PointsUse.unscoped.bulk_create(  # unscoped: the same
        PointsUse(program_id=account.program_id, entry=entry, lot=lot, points=points)
        for lot, points in made.uses
    )
    for book, points in made.moves:
        if book in (Book.AVAILABLE, Book.PENDING):
            setattr(account, book, getattr(account, book) + points)
    account.save(update_fields=["available", "pending"])
    return entry


def _told(actor: Actor, entry: PointsEntry) -> None:
    changes = {"kind": entry.kind, "points": entry.points}
    audit(actor=actor, action=f"points.{entry.kind}", obj=entry.account, changes=changes)
    payload = {"key": entry.key, "kind": entry.kind, "points": entry.points}
    emit(actor=actor, event="points.moved", payload=payload)


def _new_lot(
    entry: PointsEntry, scheme: PointsScheme, ready: datetime, moment: datetime
) -> PointsLot:
    is_ready = ready <= timezone.now()
    days = scheme.expiry_days
    return PointsLot.unscoped.create(  # unscoped: of the entry's program
        program_id=entry.program_id, account=entry.account, entry=entry,
        state=State.ACTIVE if is_ready else State.PENDING, points=entry.points,
        left=entry.points, active_from=ready,
        expires_at=moment + timedelta(days=days) if days else None,
    )  # fmt: skip


def _taken(account: PointsAccount, points: int) -> list[tuple[PointsLot, int]]:
    """Take points from the lots, those first that expire first."""
    wanted, uses = points, []
    lots = PointsLot.unscoped.filter(account=account, state=State.ACTIVE)  # unscoped: locked above
    for lot in sorted(lots, key=lambda lot: (lot.expires_at or ENDLESS, lot.pk)):
        part = min(lot.left, wanted)
        if part:
            lot.left -= part
            lot.state = State.ACTIVE if lot.left else State.SPENT
            lot.save(update_fields=["left", "state"])
            uses.append((lot, part))
            wanted -= part
    if wanted:
        raise AssertionError("lots and balance differ")
    return uses


def account_settle(account: PointsAccount) -> None:
    """Make spendable what is ready, expire what is over. The account is locked by the caller."""
    now = timezone.now()
    lots = PointsLot.unscoped.filter(account=account)  # unscoped: of the locked account
    for lot in lots.filter(state=State.PENDING, active_from__lte=now).order_by("pk"):
        lot.state = State.ACTIVE
        lot.save(update_fields=["state"])
        moves = [(str(Book.PENDING), -lot.left), (str(Book.AVAILABLE), lot.left)]
        entry_write(account, f"lot:{lot.pk}:activate", Draft(Kind.ACTIVATE, lot.left, moves), now)
    for lot in lots.filter(state=State.ACTIVE, expires_at__lte=now, left__gt=0).order_by("pk"):
        gone, lot.left, lot.state = lot.left, 0, State.EXPIRED
        lot.save(update_fields=["left", "state"])
        moves = [(str(Book.AVAILABLE), -gone), (str(Book.EXPIRED), gone)]
        draft = Draft(Kind.EXPIRE, gone, moves, uses=[(lot, gone)])
        entry_write(account, f"lot:{lot.pk}:expire:{lot.uses.count()}", draft, now)


def _tier_up(actor: Actor, account: PointsAccount) -> None:
    from loyalty.services.points_tiers import tier_review

    tier_review(actor, account, may_fall=False)
