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
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.models import Channel, Suppression
from cxportal.core.prepared import prepared_cursor
from cxportal.core.services.consent import suppression_add
from surveys.calc.delivery import CLAIMABLE, Event, next_state, retry_pause
from surveys.models import Campaign, Delivery, Survey
from surveys.queries.campaigns import problem_key
from surveys.queries.contacts import quiet_over
from surveys.queries.retries import GAVE_UP
from surveys.services.claims import (
    BATCH,
    SENT,
    deliveries_claim,
    delivery_put_off,
    delivery_release,
    delivery_renew,
    held,
    leases_expire,
)
from surveys.services.couriers import BAD_MESSAGE, Courier, CourierDownError, Outcome
from surveys.services.letters import Letter, Recipient, mail_language, recipient_of
from surveys.services.mails import letter_make, message_for
from surveys.services.moulds import Mould, can_be_poured, mould_make
from surveys.services.sms_letters import sms_for, sms_letter_make
from surveys.services.texters import Provider, provider_make

_PROBLEM_SECONDS = 120

logger = logging.getLogger(__name__)


@dataclass
class Sent:
    """What one round of sending did."""

    handed_over: int = 0
    claimed: int = 0
    # Channel → what its server said when it could not be reached.
    down: dict[str, str] = field(default_factory=dict)

    @property
    def server_problem(self) -> str:
        return next(iter(self.down.values()), "")


@dataclass
class Desk:
    """What a sender keeps between messages: the connections and the written letters."""

    courier: Courier
    provider: Provider | None = None
    letters: dict[tuple[int, int, int | None, str, bool], Letter] = field(default_factory=dict)
    # Letter → its moulds for people with a name and for those without (services/moulds.py).
    moulds: dict[tuple[int, bool], Mould | None] = field(default_factory=dict)

    def letter(self, campaign: Campaign, language: str, *, reminder: bool = False) -> Letter:
        version = campaign.survey.current_version_id
        key = (campaign.pk, campaign.version, version, language, reminder)
        if key not in self.letters:
            make = sms_letter_make if _by_sms(campaign) else letter_make
            self.letters[key] = make(campaign, language, reminder=reminder)
        return self.letters[key]

    def ready(self, campaign: Campaign) -> None:
        """See that the channel's server is there. Raises CourierDownError."""
        if not _by_sms(campaign):
            return self.courier.ready()
        self.provider = self.provider or provider_make()
        return self.provider.ready()

    def carry(self, campaign: Campaign, delivery: Delivery) -> Outcome:
        """Hand one message over. Raises CourierDownError."""
        language = mail_language(campaign, delivery.invitation.customer)
        letter = self.letter(campaign, language, reminder=delivery.step > 0)
        recipient = recipient_of(delivery)
        if self.provider is not None and _by_sms(campaign):
            return self.provider.carry(sms_for(letter, recipient))
        if self.courier.speaks_smtp() and can_be_poured(recipient):
            return self._pour(letter, recipient)
        return self.courier.carry(message_for(letter, recipient))

    def _pour(self, letter: Letter, recipient: Recipient) -> Outcome:
        """From the mould where there is one, else built by itself."""
        key = (id(letter), bool(recipient.name))
        if key not in self.moulds:
            self.moulds[key] = mould_make(letter, named=bool(recipient.name))
        mould = self.moulds[key]
        try:
            poured = mould.pour(letter, recipient) if mould is not None else None
        except (ValueError, UnicodeError, IndexError):
            return Outcome(Event.REFUSED, words=BAD_MESSAGE)
        if poured is None:
            return self.courier.carry(message_for(letter, recipient))
        return self.courier.carry_poured(poured)

    def close(self) -> None:
        """End what was opened here."""
        if self.provider is not None:
            self.provider.close()


def _by_sms(campaign: Campaign) -> bool:
    return campaign.channel == Campaign.Channel.SMS


def deliveries_send(
    *, seconds: float, batch: int = BATCH, clock: Callable[[], float] = time.monotonic
) -> Sent:
    """Send what is due, campaign by campaign in turns, for about so many seconds."""
    done, end = Sent(), clock() + seconds
    leases_expire()
    with Courier() as courier:
        desk = Desk(courier)
        while clock() < end:
            before = done.claimed
            for campaign in campaigns_due():
                if campaign.channel not in done.down:
                    _send_batch(desk, campaign, done, batch)
                if clock() >= end:
                    break
            if done.claimed == before:
                break
        desk.close()
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
        .select_related("program", "survey__current_version", "sender")
        .order_by("pk")
    )


def _send_batch(desk: Desk, campaign: Campaign, done: Sent, batch: int) -> None:
    try:
        desk.ready(campaign)
        cache.delete(problem_key(campaign.channel))
    except CourierDownError as error:
        _say_down(done, campaign, error)
        return
    claims = deliveries_claim(campaign=campaign, limit=batch)
    done.claimed += len(claims)
    sent: Delivery | None = None
    for position, delivery in enumerate(claims):
        try:
            accepted, handed_over = _send_next(desk, campaign, delivery, sent)
        except CourierDownError as error:
            _say_down(done, campaign, error)
            for rest in claims[position:]:
                delivery_release(rest)
            return
        done.handed_over += handed_over
        sent = delivery if accepted else None
    if sent is not None:
        _record_sent(sent)


def _send_next(
    desk: Desk, campaign: Campaign, delivery: Delivery, sent: Delivery | None
) -> tuple[bool, bool]:
    """Write the message before down as sent and send this one; (accepted, handed over).

    Both rows change in one statement with one commit, before this message begins: never more than
    one message is in doubt when a worker dies. Raises CourierDownError, the one before written.
    """
    try:
        desk.ready(campaign)
    except CourierDownError:
        if sent is not None:
            _record_sent(sent)
        raise
    morning = _morning(campaign, delivery)
    if morning is not None:
        if sent is not None:
            _record_sent(sent)
        delivery_put_off(delivery, morning)
        return False, False
    if not delivery_renew(delivery, sent=sent):
        delivery_release(delivery)
        return False, False
    outcome = desk.carry(campaign, delivery)
    if outcome.event is Event.ACCEPTED:
        return True, True
    delivery_record(delivery=delivery, outcome=outcome)
    return False, True


def _morning(campaign: Campaign, delivery: Delivery) -> datetime | None:
    """When a text message may go out that was claimed in the evening and would come at night."""
    if not _by_sms(campaign):
        return None
    return quiet_over(campaign, delivery, None, timezone.now())


def _say_down(done: Sent, campaign: Campaign, error: CourierDownError) -> None:
    done.down[campaign.channel] = str(error) or "?"
    cache.set(problem_key(campaign.channel), done.down[campaign.channel], _PROBLEM_SECONDS)
    logger.warning("%s: %s", campaign.channel, done.down[campaign.channel])


def delivery_send(*, desk: Desk, campaign: Campaign, delivery: Delivery) -> bool:
    """Send one claimed message; False when the claim no longer holds and nothing was sent."""
    accepted, handed_over = _send_next(desk, campaign, delivery, None)
    if accepted:
        _record_sent(delivery)
    return handed_over


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
    address = customer.phone if _by_sms(delivery.campaign) else customer.email
    words = _without_address(outcome.words, address)
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
    with prepared_cursor() as cursor:
        cursor.execute(SENT, [timezone.now(), delivery.pk, delivery.attempt])


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
    by_sms, customer = _by_sms(delivery.campaign), delivery.invitation.customer
    suppression_add(
        actor=Actor.system(delivery.program),
        address=customer.phone if by_sms else customer.email,
        channel=Channel.SMS if by_sms else Channel.EMAIL,
        reason=Suppression.Reason.BOUNCED,
        note=words,
    )
