"""A mail server's answers become outcomes; one message's trouble is not the next one's."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.mail import EmailMessage

from cxportal.launch.processes import free_port
from surveys.calc.delivery import Event
from surveys.services.claims import lease_length
from surveys.services.couriers import BAD_MESSAGE, LOST_REPLY, Courier, CourierDownError
from tests.torture.sink import DRIP, OK, Sink

REPLIES = {
    "busy@example.com": "451 4.3.0 try later",
    "gone@example.com": "550 5.1.1 no such user",
    "spam@example.com": "554 5.7.1 not wanted",
    "crumbs@example.com": DRIP,
}


class MoodySink(Sink):
    """Also hangs up after the message, or says 421 and hangs up, when the address says so."""

    connections = 0

    async def handle_CONNECT(self, server: Any, session: Any, envelope: Any, *rest: Any) -> None:
        self.connections += 1

    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if "drop" in envelope.rcpt_tos[0]:
            server.transport.close()
            return OK
        return await super().handle_DATA(server, session, envelope)

    async def handle_MAIL(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if "tired" in address and self.connections == 1:
            return "421 4.7.0 too many messages on this line"
        envelope.mail_from = address
        return "250 OK"


@pytest.fixture
def sink(settings: Any) -> Iterator[MoodySink]:
    with MoodySink(answer=lambda recipient: REPLIES.get(recipient, OK)) as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = (
            "127.0.0.1",
            server.port,
            3,
        )
        yield server


def letter(to: str = "kim@example.com", **values: Any) -> EmailMessage:
    values.setdefault("subject", "Hello")
    values.setdefault("body", "Text")
    return EmailMessage(to=[to], from_email=values.pop("sender", "a@example.com"), **values)


def test_messages_share_one_connection_and_arrive_as_written(sink: MoodySink) -> None:
    body = "one\n.two\n..\n.\nlast line with 한글"
    with Courier() as courier:
        courier.ready()
        for _ in range(3):
            assert courier.carry(letter(body=body)).event is Event.ACCEPTED
    assert sink.connections == 1
    assert len(sink.taken) == 3
    content = sink.taken[0].message.get_content().replace("\r\n", "\n")
    assert content.rstrip("\n") == body


@pytest.mark.parametrize(
    ("address", "event", "bad"),
    [
        ("busy@example.com", Event.REFUSED_FOR_NOW, False),
        ("gone@example.com", Event.REFUSED, True),
        ("spam@example.com", Event.REFUSED, False),
        ("drop@example.com", Event.REPLY_LOST, False),
    ],
)
def test_one_refusal_does_not_hold_up_the_next(
    sink: MoodySink, address: str, event: Event, bad: bool
) -> None:
    with Courier() as courier:
        courier.ready()
        outcome = courier.carry(letter(address))
        assert (outcome.event, outcome.bad_address) == (event, bad)
        courier.ready()
        assert courier.carry(letter()).event is Event.ACCEPTED
    assert [one.recipient for one in sink.taken] == ["kim@example.com"]


def test_a_reply_that_never_came_says_so(sink: MoodySink) -> None:
    with Courier() as courier:
        courier.ready()
        assert courier.carry(letter("drop@example.com")).words == LOST_REPLY


def test_a_tired_connection_is_opened_anew_at_once(sink: MoodySink) -> None:
    with Courier() as courier:
        courier.ready()
        assert courier.carry(letter(sender="tired@example.com")).event is Event.ACCEPTED
    assert sink.connections == 2
    assert len(sink.taken) == 1


@pytest.mark.parametrize(
    "bad",
    [
        {"to": "kim@example.com\r\nBcc: x@example.com"},
        {"to": "kim@exa mple.com>\nRCPT TO:<x@example.com"},
        {"subject": "Hi\r\nBcc: x@example.com"},
        {"sender": "a@example.com\nX: 1"},
        {"to": ""},
    ],
)
def test_what_a_head_cannot_hold_is_refused_before_the_server_hears_of_it(
    sink: MoodySink, bad: dict[str, str]
) -> None:
    with Courier() as courier:
        courier.ready()
        outcome = courier.carry(letter(**bad))
        assert (outcome.event, outcome.words) == (Event.REFUSED, BAD_MESSAGE)
        courier.ready()
        assert courier.carry(letter()).event is Event.ACCEPTED
    assert len(sink.taken) == 1


def test_a_server_that_is_away_is_nobodys_fault(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    with Courier() as courier, pytest.raises(CourierDownError):
        courier.ready()


def test_a_provider_without_smtp_speaks_by_exceptions(monkeypatch: pytest.MonkeyPatch) -> None:
    class RefusedError(Exception):
        status_code = 550

    def refuse(messages: object) -> int:
        raise RefusedError("550 5.1.1 unknown")

    with Courier() as courier:
        monkeypatch.setattr(courier.backend, "send_messages", refuse)
        outcome = courier.carry(letter())
    assert (outcome.event, outcome.bad_address) == (Event.REFUSED, True)


def test_a_server_that_sends_crumbs_holds_no_message_for_longer_than_its_lease(
    sink: MoodySink, settings: Any
) -> None:
    settings.EMAIL_TIMEOUT = 1
    with Courier() as courier:
        assert courier.patience.seconds < lease_length().total_seconds()
        courier.patience.seconds = 0.4  # each crumb comes within the timeout
        courier.ready()
        outcome = courier.carry(letter("crumbs@example.com"))
        assert (outcome.event, outcome.words) == (Event.REPLY_LOST, LOST_REPLY)
        courier.ready()
        assert courier.carry(letter()).event is Event.ACCEPTED
