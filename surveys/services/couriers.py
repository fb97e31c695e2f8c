"""A kept connection to the mail server, and what its answers mean for one message."""

import contextlib
import smtplib
import time
from dataclasses import dataclass
from functools import lru_cache
from types import TracebackType
from typing import Any, Self

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend
from django.core.mail.message import sanitize_address

from surveys.calc.delivery import Event, Reply, classify_failure, classify_reply
from surveys.services.patience import Patience
from surveys.services.wire import Poured, is_plain_address, on_the_wire

BAD_MESSAGE = "bad_message"
LOST_REPLY = "lost_reply"
NO_CONNECTION = "no_connection"
_GO_AHEAD = 354
_CLOSING = 421
# MAIL, RCPT, DATA and the message may each wait as long as the server may be silent; a lease
# (claims.py) is longer than this.
_WAITS = 5


def conversation_length() -> float:
    """The longest that one message may take, in seconds."""
    return float(_WAITS * settings.EMAIL_TIMEOUT)


class CourierDownError(Exception):
    """No message can be handed over now: the server is away or refuses us, not the recipient."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one message: the event, whether the address is bad, the server's words."""

    event: Event
    bad_address: bool = False
    words: str = ""


class Courier:
    """Hands messages over one by one and keeps the connection between them."""

    def __init__(self) -> None:
        self.backend: Any = get_connection()
        self.patience = Patience(conversation_length())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the connection, whatever state it is in."""
        self.patience.close()
        self._hang_up()

    def _hang_up(self) -> None:
        with contextlib.suppress(Exception):
            self.backend.close()

    def ready(self) -> None:
        """Connect when not connected. Raises CourierDownError with the reason."""
        try:
            self.backend.open()
            if self._server is not None:
                self._server.ehlo_or_helo_if_needed()
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            raise CourierDownError(str(error)[:200]) from error

    def carry(self, message: EmailMessage) -> Outcome:
        """Hand one message with one recipient over; every failure of it becomes an outcome.

        A kept connection that the server has ended meanwhile is opened anew once. Raises
        CourierDownError when it cannot be.
        """
        if self._server is None:
            return self._by_backend(message)
        return self._by_smtp(message)

    @property
    def _server(self) -> Any:
        """The SMTP conversation, None for backends of another kind."""
        return self.backend.connection if isinstance(self.backend, SmtpBackend) else None

    def _by_backend(self, message: EmailMessage) -> Outcome:
        """Folders, tests and providers with an interface of their own."""
        try:
            self.backend.send_messages([message])
        except (ValueError, UnicodeError):
            return Outcome(Event.REFUSED, words=BAD_MESSAGE)
        except Exception as error:
            code = int(getattr(error, "status_code", 0) or 0)
            reply = classify_reply(code, str(error))
            return Outcome(reply.event, reply.bad_address, str(error))
        return Outcome(Event.ACCEPTED)

    def speaks_smtp(self) -> bool:
        """Whether messages may be handed over as they go onto the wire."""
        return self._server is not None

    def carry_poured(self, message: Poured) -> Outcome:
        """Hand over a message that is ready for the wire, as `carry` does."""
        until = time.monotonic() + self.patience.seconds
        try:
            outcome = self._exchange(message, until)
            if outcome is None:
                self.ready()
                outcome = self._exchange(message, until)
        finally:
            self.patience.done()
        return outcome or Outcome(Event.REFUSED_FOR_NOW, words=NO_CONNECTION)

    def _by_smtp(self, message: EmailMessage) -> Outcome:
        """The outcome of a message of Django's, put into the form of the wire."""
        try:
            sender = sanitize_address(message.from_email, message.encoding or "utf-8")
            recipient = sanitize_address(message.to[0], message.encoding or "utf-8")
            body = on_the_wire(message.message().as_bytes())
        except (ValueError, UnicodeError, IndexError):
            return Outcome(Event.REFUSED, words=BAD_MESSAGE)
        return self.carry_poured(Poured(sender, recipient, body))

    def _exchange(self, message: Poured, until: float) -> Outcome | None:
        """The outcome, or None when the connection had ended before the message began."""
        server = self._server
        if server is None or time.monotonic() > until:
            return None
        exchange = _Exchange(server)
        if server.sock is not None:
            self.patience.begin(server.sock, until)
        try:
            code, words = exchange.run(message.sender, message.recipient, message.body)
        except ValueError:
            # smtplib refuses to write line ends or foreign letters into a command.
            self._hang_up()
            return Outcome(Event.REFUSED, words=BAD_MESSAGE)
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            return self._broken(exchange, error)
        if code == _CLOSING and not exchange.begun:
            self._hang_up()
            return None
        return self._meaning(server, code, words)

    def _broken(self, exchange: "_Exchange", error: Exception) -> Outcome | None:
        if not exchange.begun and isinstance(error, smtplib.SMTPServerDisconnected):
            return None
        reply = classify_failure(data_sent=exchange.data_sent)
        lost = reply.event is Event.REPLY_LOST
        return Outcome(reply.event, words=LOST_REPLY if lost else str(error) or NO_CONNECTION)

    def _meaning(self, server: smtplib.SMTP, code: int, words: str) -> Outcome:
        reply: Reply = classify_reply(code, words)
        if code == _CLOSING:
            self._hang_up()
        elif reply.event is not Event.ACCEPTED:
            try:
                server.rset()
            except (OSError, smtplib.SMTPException):
                self._hang_up()
        return Outcome(reply.event, reply.bad_address, f"{code} {words}".strip())


class _Exchange:
    """MAIL, RCPT, DATA for one recipient; remembers whether the message itself went out."""

    def __init__(self, server: smtplib.SMTP) -> None:
        self.server = server
        self.begun = False
        self.data_sent = False

    def run(self, sender: str, recipient: str, body: bytes) -> tuple[int, str]:
        """The code and words that decide: the first refusal, or the answer to the message."""
        code, words = self.server.docmd("MAIL", f"FROM:{_quoted(sender)}")
        if not _accepted(code):
            return code, _text(words)
        self.begun = True
        code, words = self.server.docmd("RCPT", f"TO:{_quoted(recipient)}")
        if not _accepted(code):
            return code, _text(words)
        code, words = self.server.docmd("DATA")
        if code != _GO_AHEAD:
            # 2xx here would be no answer of the protocol; it must not count as accepted.
            return (code if code >= 400 else 0), _text(words)
        self.data_sent = True
        self.server.send(body)
        code, words = self.server.getreply()
        return code, _text(words)


def _quoted(address: str) -> str:
    """As it stands in a command; smtplib's own way takes as long as the server's answer."""
    return f"<{address}>" if is_plain_address(address) else _parsed(address)


@lru_cache(maxsize=256)  # the sender's, again and again
def _parsed(address: str) -> str:
    return smtplib.quoteaddr(address)


def _accepted(code: int) -> bool:
    return 200 <= code < 300


def _text(words: bytes | str) -> str:
    return words.decode(errors="replace") if isinstance(words, bytes) else words
