"""Sending: rows are the truth. Claim some, renew each just before it goes out, record each.

A row is claimed with SKIP LOCKED and a lease longer than any conversation with the mail server.
`attempt` fences: whoever lost the lease finds zero rows and sends nothing. Each result is
committed by itself, so a killed worker leaves one message in doubt, which keeps its Message-ID.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.models import Suppression
from cxportal.core.services.consent import suppression_add
from surveys.calc.delivery import CLAIMABLE, Event, next_state, retry_pause
from surveys.models import Campaign, Delivery, Invitation, SkipReason, Survey
from surveys.queries.audience import skip_case
from surveys.queries.campaigns import SERVER_PROBLEM
from surveys.services.couriers import Courier, CourierDownError, Outcome
from surveys.services.mails import (
    Letter,
    letter_make,
    mail_language,
    message_for,
    message_id,
    recipient_of,
)

BATCH = 50
# MAIL, RCPT, DATA and the message may each wait for the server's answer, and the clock has slack.
_WAITS_PER_MESSAGE = 6
GAVE_UP = "gave_up"

_PROBLEM_SECONDS = 120

logger = logging.getLogger(__name__)


def lease_length() -> timedelta:
    """How long a claimed row stays with its worker."""
    return timedelta(seconds=_WAITS_PER_MESSAGE * settings.EMAIL_TIMEOUT)


@dataclass
class Sent:
    """What one round of sending did."""

    handed_over: int = 0
    claimed: int = 0
    server_problem: str = ""


@dataclass
class Desk:
    """What a sender keeps between messages: the connection and the written letters."""

    courier: Courier
    letters: dict[tuple[int, int, int | None, str], Letter] = field(default_factory=dict)

    def letter(self, campaign: Campaign, language: str) -> Letter:
        key = (campaign.pk, campaign.version, campaign.survey.current_version_id, language)
        if key not in self.letters:
            self.letters[key] = letter_make(campaign, language)
        return self.letters[key]


def deliveries_send(
    *, seconds: float, batch: int = BATCH, clock: Callable[[], float] = time.monotonic
) -> Sent:
    """Send what is due, campaign by campaign in turns, for about so many seconds."""
    done, end = Sent(), clock() + seconds
    leases_expire()
    with Courier() as courier:
        desk = Desk(courier)
        while clock() < end and not done.server_problem:
            before = done.claimed
            for campaign in campaigns_due():
                _send_batch(desk, campaign, done, batch)
                if clock() >= end or done.server_problem:
                    break
            if done.claimed == before:
                break
    return done


def campaigns_due() -> list[Campaign]:
    """Running campaigns of open surveys that have a message due."""
    due = Delivery.unscoped.filter(  # unscoped: the worker serves all programs
        campaign_id=OuterRef("pk"), state__in=CLAIMABLE, due_at__lte=timezone.now()
    )
    return list(
        Campaign.unscoped.filter(  # unscoped: the worker serves all programs
            Exists(due), state=Campaign.State.RUNNING, survey__state=Survey.State.OPEN
        )
        .select_related("program", "survey__current_version")
        .order_by("pk")
    )


def _send_batch(desk: Desk, campaign: Campaign, done: Sent, batch: int) -> None:
    try:
        desk.courier.ready()
        cache.delete(SERVER_PROBLEM)
    except CourierDownError as error:
        _say_down(done, error)
        return
    claims = deliveries_claim(campaign=campaign, limit=batch)
    done.claimed += len(claims)
    for position, delivery in enumerate(claims):
        try:
            done.handed_over += delivery_send(desk=desk, campaign=campaign, delivery=delivery)
        except CourierDownError as error:
            _say_down(done, error)
            for rest in claims[position:]:
                delivery_release(rest)
            return


def _say_down(done: Sent, error: CourierDownError) -> None:
    done.server_problem = str(error) or "?"
    cache.set(SERVER_PROBLEM, done.server_problem, _PROBLEM_SECONDS)
    logger.warning("mail server: %s", done.server_problem)


@transaction.atomic
def deliveries_claim(*, campaign: Campaign, limit: int = BATCH) -> list[Delivery]:
    """Take up to `limit` due rows for this worker; whoever must not be written to is skipped.

    Returns the rows to send, with invitation and customer, each with its new `attempt`.
    """
    now = timezone.now()
    rows = list(
        _sendable(campaign, now)
        .annotate(skip=skip_case("invitation__customer__"))
        .select_related("invitation__customer")
        .order_by("due_at", "pk")[:limit]
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


def delivery_send(*, desk: Desk, campaign: Campaign, delivery: Delivery) -> bool:
    """Send one claimed message; False when the claim no longer holds and nothing was sent."""
    desk.courier.ready()
    if not delivery_renew(delivery):
        delivery_release(delivery)
        return False
    letter = desk.letter(campaign, mail_language(campaign, delivery.invitation.customer))
    message = message_for(letter, recipient_of(delivery))
    delivery_record(delivery=delivery, outcome=desk.courier.carry(message))
    return True


def delivery_renew(delivery: Delivery) -> bool:
    """Hold the lease on, asking again whether the person may be written to at this instant.

    One statement whose conditions stand on the row itself: an older attempt matches zero rows.
    """
    now = timezone.now()
    allowed = (
        Invitation.unscoped.filter(  # unscoped: bound to the delivery's own invitation
            pk=OuterRef("invitation_id"),
            campaign__state=Campaign.State.RUNNING,
            campaign__survey__state=Survey.State.OPEN,
        )
        .annotate(skip=skip_case("customer__"))
        .filter(skip="")
    )
    renewed = _mine(delivery).filter(Exists(allowed))
    delivery.first_attempt_at = delivery.first_attempt_at or now
    return bool(
        renewed.update(
            lease_until=now + lease_length(),
            message_id=message_id(delivery),
            first_attempt_at=Coalesce("first_attempt_at", now),
        )
    )


def _mine(delivery: Delivery) -> QuerySet[Delivery]:
    """The row while it still is this worker's."""
    return Delivery.unscoped.filter(  # unscoped: the row this worker claimed
        pk=delivery.pk, attempt=delivery.attempt, state=Delivery.State.SENDING
    )


def delivery_release(delivery: Delivery) -> None:
    """Give a claimed row up: skipped when the person or campaign is out, else back in the queue."""
    with transaction.atomic():
        row = (
            _mine(delivery)
            .select_for_update(of=("self",))
            .annotate(skip=skip_case("invitation__customer__"))
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
            _mine(delivery).update(state=Delivery.State.QUEUED, lease_until=None)


@transaction.atomic
def delivery_record(*, delivery: Delivery, outcome: Outcome) -> None:
    """Write down what the mail server said; a bad address is not written to again."""
    if outcome.event is Event.ACCEPTED:
        _record_sent(delivery)
        return
    event, due_at = _after_refusal(delivery, outcome)
    customer = delivery.invitation.customer
    words = _without_address(outcome.words, customer.email)
    _mine(delivery).update(
        # Giving up is a step from "soft", which a last refusal passes through.
        state=_state_after(event),
        due_at=due_at,
        lease_until=None,
        reason=(GAVE_UP if event is Event.GIVE_UP else words)[:200],
    )
    if outcome.bad_address:
        _suppress(delivery, words)


def _state_after(event: Event) -> str:
    if event is Event.GIVE_UP:
        soft = next_state(Delivery.State.SENDING, Event.REFUSED_FOR_NOW)
        return next_state(soft, event).value
    return next_state(Delivery.State.SENDING, event).value


def _record_sent(delivery: Delivery) -> None:
    """Also when the lease ran out meanwhile and nobody else took the row: it did go out."""
    Delivery.unscoped.filter(  # unscoped: the row this worker claimed
        pk=delivery.pk, attempt=delivery.attempt
    ).exclude(state=Delivery.State.SENT).update(
        state=Delivery.State.SENT, sent_at=timezone.now(), lease_until=None, reason=""
    )


def _after_refusal(delivery: Delivery, outcome: Outcome) -> tuple[Event, datetime]:
    now = timezone.now()
    if outcome.event is not Event.REFUSED_FOR_NOW:
        return outcome.event, delivery.due_at
    pause = retry_pause(delivery.attempt, now - (delivery.first_attempt_at or now))
    return (Event.GIVE_UP, delivery.due_at) if pause is None else (outcome.event, now + pause)


def _without_address(words: str, address: str) -> str:
    """Servers repeat the address in their answer; not all who read the reason may see it."""
    return words.replace(address, "…") if address else words


def _suppress(delivery: Delivery, words: str) -> None:
    suppression_add(
        actor=Actor.system(delivery.program),
        address=delivery.invitation.customer.email,
        reason=Suppression.Reason.BOUNCED,
        note=words,
    )


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
