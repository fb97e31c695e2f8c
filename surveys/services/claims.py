"""Who holds a message: claimed with SKIP LOCKED, leased, renewed just before it goes out.

A lease is longer than any conversation with the mail server, and `attempt` fences: whoever lost
the lease finds zero rows and sends nothing.
"""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, cast

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.db.models.sql import UpdateQuery
from django.utils import timezone

from cxportal.core.prepared import prepared_cursor
from surveys.calc.delivery import CLAIMABLE, Event, next_state
from surveys.models import Campaign, Delivery, Invitation, SkipReason, Survey
from surveys.queries.contacts import Contact, contacts_over, day_of, policy_of, quiet_over
from surveys.queries.skip_rules import skip_case
from surveys.services.invitations import invitations_lock
from surveys.services.letters import message_id
from surveys.services.triggers import LATEST

# A claim costs as much as some forty sends; more of them at once wait longer for other campaigns.
BATCH = 200
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
    # Two senders must see each other's claims, or both write to a person of two campaigns.
    invitations_lock(campaign.program_id)
    rows = list(
        _sendable(campaign, now)
        .annotate(skip=_skip_case(campaign))
        .select_related("invitation__customer")
        .order_by("due_at")[:limit]
    )
    for row in rows:
        row.campaign = campaign
    skipped = {row.pk: str(row.skip) for row in rows if row.skip}
    claimed = _one_each(_awake(campaign, [row for row in rows if not row.skip], now))
    skipped |= _refused_now(campaign, claimed, now)
    for reason in set(skipped.values()):
        _skip([pk for pk, why in skipped.items() if why == reason], reason)
    claimed = [row for row in claimed if row.pk not in skipped]
    _take(campaign, claimed, now)
    return claimed


def _skip_case(campaign: Campaign) -> Case:
    return skip_case(
        "invitation__customer__",
        channel=campaign.channel,
        invitation="invitation__",
        advertising=campaign.is_advertising,
    )


def _awake(campaign: Campaign, rows: list[Delivery], now: datetime) -> list[Delivery]:
    """Put off whom it is quiet for until their morning; returns the others."""
    policy, awake = policy_of(campaign), []
    later: dict[datetime, list[int]] = defaultdict(list)
    for row in rows:
        over = quiet_over(campaign, row, policy, now)
        if over is None:
            awake.append(row)
        else:
            later[over].append(row.pk)
    for over, ids in later.items():
        Delivery.unscoped.filter(pk__in=ids).update(due_at=over)  # unscoped: rows locked above
    return awake


def _one_each(rows: list[Delivery]) -> list[Delivery]:
    """One message per person at a time: the next claim looks at what this one has sent."""
    seen: dict[int, Delivery] = {}
    for row in rows:
        seen.setdefault(row.invitation.customer_id, row)
    return list(seen.values())


def _refused_now(campaign: Campaign, rows: list[Delivery], now: datetime) -> dict[int, str]:
    """{delivery id: reason} of first messages that come too often or too late by now."""
    first = [row for row in rows if row.step == 0]
    today = {row.pk: day_of(campaign, row, now) for row in first}
    late = {
        row.pk: SkipReason.TOO_LATE.value
        for row in first
        if campaign.timing == Campaign.Timing.EVENT
        and row.invitation.contact_on is not None
        and today[row.pk] - row.invitation.contact_on > LATEST
    }
    contacts = [
        Contact(row.invitation_id, row.invitation.customer_id, today[row.pk]) for row in first
    ]
    over = contacts_over(campaign, contacts)
    often = {row.pk: over[row.invitation_id] for row in first if row.invitation_id in over}
    return often | late


def _take(campaign: Campaign, rows: list[Delivery], now: datetime) -> None:
    """Write the claim down, and on which day each person is asked."""
    moved: dict[date, list[int]] = defaultdict(list)
    for row in rows:
        day = day_of(campaign, row, now)
        if row.step == 0 and row.invitation.contact_on != day:
            moved[day].append(row.invitation_id)
    for day, ids in moved.items():
        Invitation.unscoped.filter(pk__in=ids).update(contact_on=day)  # unscoped: of rows locked
    Delivery.unscoped.filter(  # unscoped: the rows locked above
        pk__in=[row.pk for row in rows]
    ).update(
        state=Delivery.State.SENDING, attempt=F("attempt") + 1, lease_until=now + lease_length()
    )
    for row in rows:
        row.state, row.attempt = Delivery.State.SENDING, row.attempt + 1


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


#: A message was taken by the server; whoever has the row by now is not disturbed.
SENT = """
    UPDATE surveys_delivery SET state = 'sent', sent_at = %s, lease_until = NULL, reason = ''
    WHERE id = %s AND attempt = %s AND state <> 'sent'
"""


def delivery_renew(delivery: Delivery, *, sent: Delivery | None = None) -> bool:
    """Hold the lease on, asking again whether the person may be written to at this instant.

    One statement whose conditions stand on the row itself: an older attempt matches zero rows.
    `sent`, the message before, is written down as sent by the same statement.
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
    statement, places = _renewal(delivery.campaign.channel, delivery.campaign.is_advertising)
    filled: list[Any] = [values.get(place, place) for place in places]
    if sent is not None:
        statement = f"WITH before AS ({SENT} RETURNING 1) {statement}"
        filled = [now, sent.pk, sent.attempt, *filled]
    with prepared_cursor() as cursor:
        cursor.execute(statement, filled)
        return bool(cursor.rowcount)


# Stand in the renewal where each message has its own value.
_PK, _ATTEMPT, _MESSAGE_ID = 987_654_321, 31_999, "message-id"
_NOW = datetime(1999, 1, 1, tzinfo=UTC)
_LEASE = datetime(1999, 1, 2, tzinfo=UTC)


@lru_cache(maxsize=10)
def _renewal(channel: str, advertising: bool) -> tuple[str, tuple[Any, ...]]:
    """The statement of `delivery_renew` with its places, put together once per process and channel.

    The rules of `skip_case` make it long; building it anew for each message would take longer
    than the message itself.
    """
    allowed = (
        Invitation.unscoped.filter(  # unscoped: bound to the delivery's own invitation
            pk=OuterRef("invitation_id"),
            campaign__state=Campaign.State.RUNNING,
            campaign__survey__state=Survey.State.OPEN,
        )
        .annotate(
            skip=skip_case("customer__", channel=channel, invitation="", advertising=advertising)
        )
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
            .annotate(skip=_skip_case(delivery.campaign))
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


def delivery_put_off(delivery: Delivery, until: datetime) -> None:
    """Put a claimed message back into the queue until a later moment."""
    held(delivery).update(state=Delivery.State.QUEUED, lease_until=None, due_at=until)


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
