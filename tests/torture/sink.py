"""A mail server that takes everything, keeps a ledger, and can be slow or unwilling."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller

from cxportal.launch.processes import LOOPBACK, free_port

OK = "250 2.0.0 taken"
# Answers that are none: what the server does once the message is there.
HANG = "says nothing"
DROP = "hangs up"
DROP_TAKEN = "takes it and hangs up"
LATE = "takes it and answers when nobody listens any more"
DRIP = "keeps the line open with crumbs"
FOREVER = 3600.0
CRUMB_SECONDS = 0.3


@dataclass(frozen=True)
class Taken:
    """One message the server said 250 to."""

    recipient: str
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        parsed = message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def message_id(self) -> str:
        for line in self.raw.splitlines():
            if line.lower().startswith(b"message-id:"):
                return line.partition(b":")[2].strip().decode(errors="replace")
        return ""


@dataclass
class Sink:
    """`answer(recipient)` gives the reply to a message, or what is done instead of one.

    Taken is what gets a 250, DROP_TAKEN or LATE. `late` is how long LATE waits, in seconds.
    """

    answer: Callable[[str], str] = lambda recipient: OK
    seconds: float = 0.0
    late: float = 3.0
    taken: list[Taken] = field(default_factory=list)
    port: int = field(default_factory=free_port)

    @property
    def env(self) -> dict[str, str]:
        """Settings that send the portal's mail here; a lease lasts six seconds."""
        return {"EMAIL_URL": f"smtp://{LOOPBACK}:{self.port}", "EMAIL_TIMEOUT": "1"}

    @property
    def counts(self) -> Counter[str]:
        """Messages per recipient."""
        return Counter(one.recipient for one in self.taken)

    @property
    def duplicates(self) -> int:
        """Messages beyond the first of each recipient."""
        return len(self.taken) - len(self.counts)

    @property
    def differing_ids(self) -> int:
        """Recipients whose messages do not all carry the same Message-ID."""
        ids: dict[str, set[str]] = {}
        for one in self.taken:
            ids.setdefault(one.recipient, set()).add(one.message_id)
        return sum(len(seen) != 1 or "" in seen for seen in ids.values())

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take the message: into the ledger first, then the 250."""
        if self.seconds:
            await asyncio.sleep(self.seconds)
        replies = []
        for recipient in envelope.rcpt_tos:
            reply = self.answer(recipient)
            if reply.startswith("250") or reply in (DROP_TAKEN, LATE):
                self.taken.append(Taken(recipient, envelope.content))
            replies.append(reply)
        return await self._say(server, replies[-1])

    async def _say(self, server: Any, reply: str) -> str:
        if reply in (DROP, DROP_TAKEN):
            server.transport.abort()
        elif reply == DRIP:
            while True:
                await server.push("250-one moment")
                await asyncio.sleep(CRUMB_SECONDS)
        elif reply in (HANG, LATE):
            await asyncio.sleep(FOREVER if reply == HANG else self.late)
        return OK if reply in (DROP, DROP_TAKEN, HANG, LATE) else reply

    def __enter__(self) -> Self:
        self._controller = Controller(self, hostname=LOOPBACK, port=self.port)
        self._controller.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._controller.stop()
