"""The life of one message to one person, as a table, and what a mail server's reply means."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class State(StrEnum):
    """Where a delivery stands; sent, hard, skipped and unknown are final."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    SOFT = "soft"
    HARD = "hard"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


class Event(StrEnum):
    """What can happen to a delivery."""

    CLAIM = "claim"
    ACCEPTED = "accepted"
    REFUSED_FOR_NOW = "refused_for_now"
    REFUSED = "refused"
    REPLY_LOST = "reply_lost"
    LEASE_EXPIRED = "lease_expired"
    GIVE_UP = "give_up"
    SKIP = "skip"


class ImpossibleStepError(ValueError):
    """An event that cannot happen in that state."""


TERMINAL = frozenset({State.SENT, State.HARD, State.SKIPPED, State.UNKNOWN})
#: States from which a worker may claim a delivery.
CLAIMABLE = frozenset({State.QUEUED, State.SOFT})

TRANSITIONS: dict[tuple[State, Event], State] = {
    (State.QUEUED, Event.CLAIM): State.SENDING,
    (State.QUEUED, Event.SKIP): State.SKIPPED,
    (State.SENDING, Event.ACCEPTED): State.SENT,
    (State.SENDING, Event.REFUSED_FOR_NOW): State.SOFT,
    (State.SENDING, Event.REFUSED): State.HARD,
    (State.SENDING, Event.REPLY_LOST): State.UNKNOWN,
    (State.SENDING, Event.SKIP): State.SKIPPED,
    # The worker died: the row is free again, and the message keeps its Message-ID.
    (State.SENDING, Event.LEASE_EXPIRED): State.QUEUED,
    (State.SOFT, Event.CLAIM): State.SENDING,
    (State.SOFT, Event.GIVE_UP): State.HARD,
    (State.SOFT, Event.SKIP): State.SKIPPED,
}

#: First pause after a temporary refusal; each further one is twice as long, up to the longest.
FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=12)
#: After this much time since the first attempt a temporary refusal is taken as final.
PATIENCE = timedelta(hours=72)


def next_state(state: State | str, event: Event | str, *, never_twice: bool = False) -> State:
    """The state after an event.

    With `never_twice`, a delivery whose worker died is parked as unknown, as it may have gone
    out. Raises ImpossibleStepError when the table has no such step.
    """
    step = (State(state), Event(event))
    if step not in TRANSITIONS:
        raise ImpossibleStepError(f"a delivery that is {step[0]} cannot be: {step[1]}")
    if never_twice and step[1] is Event.LEASE_EXPIRED:
        return State.UNKNOWN
    return TRANSITIONS[step]


def retry_pause(attempt: int, since_first: timedelta) -> timedelta | None:
    """How long to wait after failed attempt number `attempt` (1 is the first).

    `since_first` is the time since the first attempt. None: the next attempt would come after
    72 hours, so give up. Raises ValueError for an attempt below 1.
    """
    if attempt < 1:
        raise ValueError("attempts are counted from 1")
    # Doubling stops mattering long before it could overflow.
    pause = min(FIRST_PAUSE * 2 ** min(attempt - 1, 20), LONGEST_PAUSE)
    return pause if since_first + pause <= PATIENCE else None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a reply means: the event, and whether the address itself is at fault."""

    event: Event
    bad_address: bool = False


_ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
#: Enhanced codes (RFC 3463) that say the address cannot receive mail: bad mailbox, bad system,
#: bad syntax, moved; mailbox disabled.
_BAD_ADDRESS = frozenset({(1, 1), (1, 2), (1, 3), (1, 6), (1, 10), (2, 1)})
#: Codes often sent as permanent although time mends them: mailbox full, system full, busy.
_MENDED_BY_TIME = frozenset({(2, 2), (3, 1), (4, 5)})
#: Basic replies about the mailbox when no enhanced code is given (RFC 5321).
_MAILBOX_REPLIES = frozenset({550, 551, 553})
_STORAGE_EXCEEDED = 552


def classify_reply(code: int, text: str = "") -> Reply:
    """What an SMTP reply means for its one recipient.

    2xx accepted, 4xx refused for now, 5xx refused; an enhanced status code in the text decides
    where it is more exact. Anything else is no reply of the protocol: for now.
    """
    if 200 <= code < 300:
        return Reply(Event.ACCEPTED)
    if not 500 <= code < 600:
        return Reply(Event.REFUSED_FOR_NOW)
    found = _ENHANCED.search(text)
    if found is None:
        if code == _STORAGE_EXCEEDED:
            return Reply(Event.REFUSED_FOR_NOW)
        return Reply(Event.REFUSED, bad_address=code in _MAILBOX_REPLIES)
    detail = (int(found[2]), int(found[3]))
    if found[1] == "4" or detail in _MENDED_BY_TIME:
        return Reply(Event.REFUSED_FOR_NOW)
    return Reply(Event.REFUSED, bad_address=detail in _BAD_ADDRESS)


def classify_failure(*, data_sent: bool) -> Reply:
    """What a broken or silent connection means.

    Before the message was handed over it can be tried again; afterwards nobody can know whether
    it was accepted.
    """
    return Reply(Event.REPLY_LOST if data_sent else Event.REFUSED_FOR_NOW)
