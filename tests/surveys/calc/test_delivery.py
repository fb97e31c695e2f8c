"""A message ends in one final state, and a reply means what the standards say."""

from datetime import timedelta

import pytest

from surveys.calc.delivery import (
    CLAIMABLE,
    TERMINAL,
    TRANSITIONS,
    Event,
    ImpossibleStepError,
    State,
    classify_failure,
    classify_reply,
    next_state,
    retry_pause,
)


def test_the_good_way() -> None:
    assert next_state("queued", "claim") is State.SENDING
    assert next_state("sending", "accepted") is State.SENT


@pytest.mark.parametrize("state", sorted(TERMINAL))
@pytest.mark.parametrize("event", list(Event))
def test_nothing_happens_after_a_final_state(state: State, event: Event) -> None:
    with pytest.raises(ImpossibleStepError, match=state):
        next_state(state, event)


def test_every_other_state_can_still_end() -> None:
    ends = {state for state, _ in TRANSITIONS}
    assert ends == set(State) - TERMINAL
    for state in ends:
        assert any(after in TERMINAL for (begin, _), after in TRANSITIONS.items() if begin == state)


def test_only_waiting_messages_are_claimed() -> None:
    assert {begin for begin, event in TRANSITIONS if event is Event.CLAIM} == CLAIMABLE
    with pytest.raises(ImpossibleStepError):
        next_state("sending", "claim")


def test_a_message_whose_worker_died_is_free_again_or_parked() -> None:
    assert next_state("sending", "lease_expired") is State.QUEUED
    assert next_state("sending", "lease_expired", never_twice=True) is State.UNKNOWN


def test_pauses_double_up_to_half_a_day() -> None:
    minutes = [retry_pause(k, timedelta()) for k in range(1, 10)]
    assert minutes == [timedelta(minutes=m) for m in (5, 10, 20, 40, 80, 160, 320, 640, 720)]


def test_retries_end_within_72_hours() -> None:
    since, attempt = timedelta(), 1
    while (pause := retry_pause(attempt, since)) is not None:
        since, attempt = since + pause, attempt + 1
    assert timedelta(hours=60) < since <= timedelta(hours=72)
    assert attempt < 20
    with pytest.raises(ValueError, match="from 1"):
        retry_pause(0, timedelta())


@pytest.mark.parametrize(
    ("code", "text", "event", "bad"),
    [
        (250, "OK", Event.ACCEPTED, False),
        (421, "closing", Event.REFUSED_FOR_NOW, False),
        (451, "4.7.1 greylisted", Event.REFUSED_FOR_NOW, False),
        (450, "4.2.1 busy", Event.REFUSED_FOR_NOW, False),
        (550, "5.1.1 no such user", Event.REFUSED, True),
        (550, "no such user", Event.REFUSED, True),
        (550, "5.7.1 blocked as spam", Event.REFUSED, False),
        (554, "5.7.1 refused", Event.REFUSED, False),
        (554, "transaction failed", Event.REFUSED, False),
        (552, "quota", Event.REFUSED_FOR_NOW, False),
        (552, "5.2.2 mailbox full", Event.REFUSED_FOR_NOW, False),
        (552, "5.3.4 message too big", Event.REFUSED, False),
        (550, "5.2.1 mailbox disabled", Event.REFUSED, True),
        (553, "bad syntax", Event.REFUSED, True),
        (0, "", Event.REFUSED_FOR_NOW, False),
    ],
)
def test_replies_are_understood(code: int, text: str, event: Event, bad: bool) -> None:
    reply = classify_reply(code, text)
    assert (reply.event, reply.bad_address) == (event, bad)


def test_a_lost_reply_is_unknown_only_after_the_message_was_handed_over() -> None:
    assert classify_failure(data_sent=True).event is Event.REPLY_LOST
    assert classify_failure(data_sent=False).event is Event.REFUSED_FOR_NOW
    assert next_state("sending", Event.REPLY_LOST) in TERMINAL
