"""The form a message has on its way to a mail server."""

import re
from dataclasses import dataclass

_ENDS = re.compile(rb"\r\n|\r|\n")
_DOTS = re.compile(rb"(?m)^\.")


def on_the_wire(body: bytes) -> bytes:
    """CRLF line ends, leading dots doubled, closed by the lone dot (RFC 5321, 4.5.2)."""
    text = _DOTS.sub(b"..", _ENDS.sub(b"\r\n", body))
    return text + (b"" if text.endswith(b"\r\n") else b"\r\n") + b".\r\n"


@dataclass(frozen=True, slots=True)
class Poured:
    """A message ready for the wire: envelope and bytes."""

    sender: str
    recipient: str
    body: bytes
