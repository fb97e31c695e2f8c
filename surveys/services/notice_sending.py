"""Sends the notices of consent: one claim, one message, one commit each.

A row is claimed with SKIP LOCKED and leased for longer than a conversation with the mail server;
`attempt` fences. A killed worker leaves one message in doubt, which keeps its Message-ID.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.calc.addresses import address_normalised
from cxportal.core.models import Channel, Suppression
from cxportal.core.services.consent import suppression_add
from surveys.calc.delivery import CLAIMABLE, Event, next_state, retry_pause
from surveys.calc.schedules import zone_of
from surveys.calc.sms import night_over
from surveys.models import ConsentNotice, Delivery, NoticeRules, NoticeSkip
from surveys.queries.audience import ZONE_ATTRIBUTE
from surveys.queries.retries import GAVE_UP
from surveys.services.claims import lease_length
from surveys.services.consent_letters import notice_mail, notice_message_id, notice_sms
from surveys.services.consent_notices import newest_decisions
from surveys.services.couriers import Courier, CourierDownError, Outcome
from surveys.services.texters import Provider, provider_make

#: A wish to get no more survey mails does not take the answer to a decision away.
_OWN_WISH = Suppression.Reason.UNSUBSCRIBED

logger = logging.getLogger(__name__)


@dataclass
class Post:
    """The connections of one round, and the channels whose server does not answer."""

    courier: Courier
    provider: Provider | None = None
    down: set[str] = field(default_factory=set)

    def carry(self, notice: ConsentNotice, rules: NoticeRules) -> Outcome:
        """Hand one message over. Raises CourierDownError."""
        if notice.consent.channel == Channel.EMAIL:
            self.courier.ready()
            return self.courier.carry(notice_mail(notice, rules))
        self.provider = self.provider or provider_make()
        self.provider.ready()
        return self.provider.carry(notice_sms(notice, rules))

    def close(self) -> None:
        self.courier.close()
        if self.provider is not None:
            self.provider.close()


def notices_send(
    *, seconds: float, post: Post | None = None, clock: Callable[[], float] = time.monotonic
) -> int:
    """Send what is due for about so many seconds; returns how many were handed over."""
    _leases_expire()
    post, end, handed_over = post or Post(Courier()), clock() + seconds, 0
    try:
        while clock() < end:
            notice = _claim(post.down)
            if notice is None:
                break
            if notice.state == Delivery.State.SENDING:
                handed_over += _send(post, notice)
    finally:
        post.close()
    return handed_over


def _leases_expire() -> None:
    """Free the rows of workers that died; they go out with the same Message-ID."""
    ConsentNotice.unscoped.filter(  # unscoped: the worker serves all programs
        state=Delivery.State.SENDING, lease_until__lt=timezone.now()
    ).update(state=next_state(Delivery.State.SENDING, Event.LEASE_EXPIRED).value, lease_until=None)


@transaction.atomic
def _claim(down: set[str]) -> ConsentNotice | None:
    """Take the next row: as “sending”, or skipped or put off, which says to go on; None: no more.

    What was true when the row was written is asked again here.
    """
    now = timezone.now()
    notice = _due(now).exclude(consent__channel__in=down).order_by("next_at", "pk").first()
    if notice is None:
        return None
    reason, morning = _skip_reason(notice), _morning(notice, now)
    if reason:
        notice.state, notice.reason = Delivery.State.SKIPPED, reason
    elif morning is not None:
        notice.next_at = morning
    else:
        notice.state, notice.attempt = Delivery.State.SENDING, notice.attempt + 1
        notice.lease_until = now + lease_length()
        notice.first_attempt_at = notice.first_attempt_at or now
        notice.message_id = notice_message_id(notice)
    notice.save()
    return notice


def _due(now: datetime) -> QuerySet[ConsentNotice]:
    """Waiting rows of programs that have the notice switched on."""
    rules = NoticeRules.unscoped.filter(  # unscoped: the worker serves all programs
        program_id=OuterRef("program_id")
    )
    result, again = ConsentNotice.Kind.RESULT, ConsentNotice.Kind.RECONFIRM
    on = Q(Exists(rules.filter(tells_result=True)), kind=result) | Q(
        Exists(rules.filter(reconfirms=True)), kind=again
    )
    return (
        ConsentNotice.unscoped.select_for_update(  # unscoped: the worker serves all programs
            skip_locked=True, of=("self",)
        )
        .filter(on, state__in=CLAIMABLE, next_at__lte=now)
        .select_related("program", "consent__customer")
    )


def _skip_reason(notice: ConsentNotice) -> str:
    """Why the message must not go out after all, "" for no reason."""
    consent = notice.consent
    customer = consent.customer
    address = customer.email if consent.channel == Channel.EMAIL else customer.phone
    if customer.erased_at is not None:
        return NoticeSkip.ERASED.value
    if not newest_decisions(notice.program_id).filter(pk=consent.pk).exists():
        return NoticeSkip.SUPERSEDED.value
    if not address:
        return NoticeSkip.NO_ADDRESS.value
    stopped = Suppression.unscoped.filter(  # unscoped: the notice's own program
        program_id=notice.program_id,
        channel=consent.channel,
        address=address_normalised(consent.channel, address),
    )
    if notice.kind == ConsentNotice.Kind.RESULT:
        stopped = stopped.exclude(reason=_OWN_WISH)
    return NoticeSkip.SUPPRESSED.value if stopped.exists() else ""


def _morning(notice: ConsentNotice, now: datetime) -> datetime | None:
    """When the night of whom a text message is for is over, None by day and for mails."""
    if notice.consent.channel != Channel.SMS:
        return None
    named = notice.consent.customer.attributes.get(ZONE_ATTRIBUTE)
    return night_over(now, zone_of(str(named or ""), notice.program.timezone))


def _send(post: Post, notice: ConsentNotice) -> bool:
    """Hand a claimed message over and write down what became of it."""
    rules = NoticeRules.unscoped.select_related(  # unscoped: the notice's own program
        "sender", "program"
    ).get(program_id=notice.program_id)
    try:
        outcome = post.carry(notice, rules)
    except CourierDownError as error:
        logger.warning("notices by %s: %s", notice.consent.channel, error)
        post.down.add(notice.consent.channel)
        _held(notice).update(state=Delivery.State.QUEUED, lease_until=None)
        return False
    _record(notice, outcome)
    return True


def _held(notice: ConsentNotice) -> QuerySet[ConsentNotice]:
    """The row while it still is this worker's."""
    return ConsentNotice.unscoped.filter(  # unscoped: the row this worker claimed
        pk=notice.pk, attempt=notice.attempt, state=Delivery.State.SENDING
    )


@transaction.atomic
def _record(notice: ConsentNotice, outcome: Outcome) -> None:
    now = timezone.now()
    if outcome.event is Event.ACCEPTED:
        # Also when the lease ran out meanwhile and nobody took the row: it did go out.
        ConsentNotice.unscoped.filter(  # unscoped: the row this worker claimed
            pk=notice.pk, attempt=notice.attempt
        ).update(state=Delivery.State.SENT, sent_at=now, lease_until=None, reason="")
        return
    customer, channel = notice.consent.customer, notice.consent.channel
    address = customer.email if channel == Channel.EMAIL else customer.phone
    words = outcome.words.replace(address, "…") if address else outcome.words
    state, next_at = next_state(Delivery.State.SENDING, outcome.event), notice.next_at
    if outcome.event is Event.REFUSED_FOR_NOW:
        pause = retry_pause(notice.attempt, now - (notice.first_attempt_at or now))
        if pause is None:
            state, words = next_state(state, Event.GIVE_UP), GAVE_UP
        else:
            next_at = now + pause
    _held(notice).update(state=state.value, next_at=next_at, lease_until=None, reason=words[:200])
    if outcome.bad_address:
        suppression_add(
            actor=Actor.system(notice.program), address=address, channel=channel,
            reason=Suppression.Reason.BOUNCED, note=words,
        )  # fmt: skip
