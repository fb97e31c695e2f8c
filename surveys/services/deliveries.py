"""Sending: rows are the truth. Claim some, renew each just before it goes out, record each.

A row is claimed with SKIP LOCKED and a lease longer than any conversation with the mail server.
`attempt` fences: whoever lost the lease finds zero rows and sends nothing. Each result is
committed by itself, so a killed worker leaves one message in doubt, which keeps its Message-ID.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.models import Suppression
from cxportal.core.services.consent import suppression_add
from surveys.calc.delivery import CLAIMABLE, Event, next_state, retry_pause
from surveys.models import Campaign, Delivery, Survey
from surveys.queries.campaigns import SERVER_PROBLEM
from surveys.services.claims import (
    BATCH,
    deliveries_claim,
    delivery_release,
    delivery_renew,
    held,
    leases_expire,
)
from surveys.services.couriers import Courier, CourierDownError, Outcome
from surveys.services.mails import (
    Letter,
    letter_make,
    mail_language,
    message_for,
    recipient_of,
)

GAVE_UP = "gave_up"
_PROBLEM_SECONDS = 120

logger = logging.getLogger(__name__)


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
    letters: dict[tuple[int, int, int | None, str, bool], Letter] = field(default_factory=dict)

    def letter(self, campaign: Campaign, language: str, *, reminder: bool = False) -> Letter:
        version = campaign.survey.current_version_id
        key = (campaign.pk, campaign.version, version, language, reminder)
        if key not in self.letters:
            self.letters[key] = letter_make(campaign, language, reminder=reminder)
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


def delivery_send(*, desk: Desk, campaign: Campaign, delivery: Delivery) -> bool:
    """Send one claimed message; False when the claim no longer holds and nothing was sent."""
    desk.courier.ready()
    if not delivery_renew(delivery):
        delivery_release(delivery)
        return False
    language = mail_language(campaign, delivery.invitation.customer)
    letter = desk.letter(campaign, language, reminder=delivery.step > 0)
    message = message_for(letter, recipient_of(delivery))
    delivery_record(delivery=delivery, outcome=desk.courier.carry(message))
    return True


def delivery_record(*, delivery: Delivery, outcome: Outcome) -> None:
    """Write down what the mail server said; a bad address is not written to again."""
    if outcome.event is Event.ACCEPTED:
        _record_sent(delivery)
    else:
        _record_refusal(delivery, outcome)


@transaction.atomic
def _record_refusal(delivery: Delivery, outcome: Outcome) -> None:
    event, due_at = _after_refusal(delivery, outcome)
    customer = delivery.invitation.customer
    words = _without_address(outcome.words, customer.email)
    held(delivery).update(
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
    with connection.cursor() as cursor:
        cursor.execute(_SENT, [timezone.now(), delivery.pk, delivery.attempt])


_SENT = """
    UPDATE surveys_delivery SET state = 'sent', sent_at = %s, lease_until = NULL, reason = ''
    WHERE id = %s AND attempt = %s AND state <> 'sent'
"""


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
