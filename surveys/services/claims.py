"""Who holds a message: claimed with SKIP LOCKED, leased, renewed just before it goes out.

A lease is longer than any conversation with the mail server, and `attempt` fences: whoever lost
the lease finds zero rows and sends nothing.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, cast

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.db.models.sql import UpdateQuery
from django.utils import timezone

from surveys.calc.delivery import CLAIMABLE, Event, next_state
from surveys.models import Campaign, Delivery, Invitation, SkipReason, Survey
from surveys.queries.audience import skip_case
from surveys.services.mails import message_id

BATCH = 50
# MAIL, RCPT, DATA and the message may each wait for the server's answer, and the clock has slack.
_WAITS_PER_MESSAGE = 6


def lease_length() -> timedelta:
    """How long a claimed row stays with its worker."""
    return timedelta(seconds=_WAITS_PER_MESSAGE * settings.EMAIL_TIMEOUT)


@transaction.atomic
def deliveries_claim(*, campaign: Campaign, limit: int = BATCH) -> list[Delivery]:
    """Take up to `limit` due rows for this worker; whoever must not be written to is skipped.

    Returns the rows to send, with invitation and customer, each with its new `attempt`.
    """
    now = timezone.now()
    rows = list(
        _sendable(campaign, now)
        .annotate(skip=skip_case("invitation__customer__", invitation="invitation__"))
        .select_related("invitation__customer")
        .order_by("due_at")[:limit]
    )
    for reason in {row.skip for row in rows if row.skip}:
        _skip([row.pk for row in rows if row.skip == reason], reason)
    claimed: list[Delivery] = [row for row in rows if not row.skip]
    Delivery.unscoped.filter(  # unscoped: the rows locked above
        pk__in=[row.pk for row in claimed]
    ).update(
        state=Delivery.State.SENDING, attempt=F("attempt") + 1, lease_until=now + lease_length()
    )
    for row in claimed:
        row.state, row.attempt = Delivery.State.SENDING, row.attempt + 1
    return claimed


def _sendable(campaign: Campaign, now: datetime) -> QuerySet[Delivery]:
    return Delivery.unscoped.select_for_update(  # unscoped: one campaign, named by the worker
        skip_locked=True, of=("self",)
    ).filter(
        campaign=campaign,
        campaign__state=Campaign.State.RUNNING,
        campaign__survey__state=Survey.State.OPEN,
        state__in=CLAIMABLE,
        due_at__lte=now,
    )


def _skip(ids: list[int], reason: str) -> None:
    Delivery.unscoped.filter(pk__in=ids).update(  # unscoped: rows the caller holds
        state=Delivery.State.SKIPPED, reason=reason, lease_until=None
    )


def delivery_renew(delivery: Delivery) -> bool:
    """Hold the lease on, asking again whether the person may be written to at this instant.

    One statement whose conditions stand on the row itself: an older attempt matches zero rows.
    """
    now = timezone.now()
    delivery.first_attempt_at = delivery.first_attempt_at or now
    values = {
        _PK: delivery.pk,
        _ATTEMPT: delivery.attempt,
        _NOW: now,
        _LEASE: now + lease_length(),
        _MESSAGE_ID: message_id(delivery),
    }
    statement, places = _renewal()
    with connection.cursor() as cursor:
        filled: list[Any] = [values.get(place, place) for place in places]
        cursor.execute(statement, filled)
        return bool(cursor.rowcount)


# Stand in the renewal where each message has its own value.
_PK, _ATTEMPT, _MESSAGE_ID = 987_654_321, 31_999, "message-id"
_NOW = datetime(1999, 1, 1, tzinfo=UTC)
_LEASE = datetime(1999, 1, 2, tzinfo=UTC)


@lru_cache(maxsize=1)
def _renewal() -> tuple[str, tuple[Any, ...]]:
    """The statement of `delivery_renew` with its places, put together once per process.

    The rules of `skip_case` make it long; building it anew for each message would take longer
    than the message itself.
    """
    allowed = (
        Invitation.unscoped.filter(  # unscoped: bound to the delivery's own invitation
            pk=OuterRef("invitation_id"),
            campaign__state=Campaign.State.RUNNING,
            campaign__survey__state=Survey.State.OPEN,
        )
        .annotate(skip=skip_case("customer__", invitation=""))
        .filter(skip="")
    )
    mine = held(Delivery(pk=_PK, attempt=_ATTEMPT)).filter(Exists(allowed))
    update = cast(Any, mine.query.chain(UpdateQuery))
    update.add_update_values(
        {
            "lease_until": _LEASE,
            "message_id": _MESSAGE_ID,
            "first_attempt_at": Coalesce("first_attempt_at", _NOW),
        }
    )
    statement, places = update.get_compiler(connection=connection).as_sql()
    return statement, tuple(places)


def held(delivery: Delivery) -> QuerySet[Delivery]:
    """The row while it still is this worker's."""
    return Delivery.unscoped.filter(  # unscoped: the row this worker claimed
        pk=delivery.pk, attempt=delivery.attempt, state=Delivery.State.SENDING
    )


def delivery_release(delivery: Delivery) -> None:
    """Give a claimed row up: skipped when the person or campaign is out, else back in the queue."""
    with transaction.atomic():
        row = (
            held(delivery)
            .select_for_update(of=("self",))
            .annotate(skip=skip_case("invitation__customer__", invitation="invitation__"))
            .select_related("campaign")
            .first()
        )
        if row is None:
            return
        stopped = row.campaign.state == Campaign.State.STOPPED
        reason = row.skip or (SkipReason.STOPPED.value if stopped else "")
        if reason:
            _skip([row.pk], reason)
        else:
            held(delivery).update(state=Delivery.State.QUEUED, lease_until=None)


def leases_expire() -> int:
    """Free the rows of workers that died; the next claim sends them with the same Message-ID."""
    dead = Delivery.unscoped.filter(  # unscoped: the worker serves all programs
        state=Delivery.State.SENDING, lease_until__lt=timezone.now()
    )
    stopped = Q(campaign__state=Campaign.State.STOPPED)
    skipped = dead.filter(stopped).update(
        state=Delivery.State.SKIPPED, reason=SkipReason.STOPPED, lease_until=None
    )
    return skipped + dead.exclude(stopped).update(
        state=next_state(Delivery.State.SENDING, Event.LEASE_EXPIRED).value, lease_until=None
    )
