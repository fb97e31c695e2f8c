"""The form a message has on its way to a mail server."""

import re
from dataclasses import dataclass

_ENDS = re.compile(rb"\r\n|\r|\n")
_DOTS = re.compile(rb"(?m)^\.")
# Letters, digits and signs that need no quoting anywhere: nearly every address there is.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_PLAIN_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*")


def is_plain_address(address: str) -> bool:
    """Whether an address stands in headers and commands just as it is (RFC 5322, dot-atom)."""
    return len(address) <= 254 and _PLAIN_ADDRESS.fullmatch(address) is not None


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
