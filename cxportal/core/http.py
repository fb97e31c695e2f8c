"""The one way to call an address that a client named: it never reaches our own network.

The name is resolved once, every address it stands for is checked, and the connection goes to the
address that was checked, so that a second look-up cannot lead elsewhere.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from cxportal.core.errors import DomainError

TIMEOUT = 20.0  # seconds for everything together
MAX_BYTES = 64 * 1024
MAX_URL = 500
PORTS = {"http": 80, "https": 443}
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# IPv6 ranges that carry an IPv4 address, and the bit at which it starts.
_EMBEDDING = (
    (ipaddress.IPv6Network("64:ff9b::/96"), 0),
    (ipaddress.IPv6Network("2002::/16"), 80),
)


@dataclass(frozen=True)
class SafeResponse:
    """What the other side answered; a body longer than the cap is cut."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


class RequestFailed(Exception):
    """The other side did not answer; the text says why, without our own addresses."""


class _PinnedConnection(http.client.HTTPConnection):
    """Speaks over a socket that is connected already."""

    def __init__(self, host: str, port: int, pinned: socket.socket) -> None:
        super().__init__(host, port)
        self.sock = pinned


def resolve(host: str, port: int) -> list[str]:
    """Every address of a name. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in found))


def address_check(url: str) -> list[str]:
    """The checked addresses behind a URL. Raises DomainError "unsafe_address"."""
    parts = _parts(url)
    host, port = cast(str, parts.hostname), _port(parts)
    try:
        found = resolve(_ascii(host), port)
    except (OSError, UnicodeError):
        raise _unsafe(_("This host name leads nowhere. Check the address.")) from None
    if not found or not all(_is_allowed(address, port) for address in found):
        raise _unsafe(_("This address leads into a private network. Use a public one."))
    return found


def safe_request(
    method: str,
    url: str,
    *,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    timeout: float = TIMEOUT,
    max_bytes: int = MAX_BYTES,
) -> SafeResponse:
    """Call a client's address: checked, pinned, no redirects, capped in size and time.

    `timeout` in seconds is for everything together. Raises DomainError "unsafe_address",
    RequestFailed.
    """
    addresses = address_check(url)
    parts = _parts(url)
    try:
        return _exchange(method, parts, addresses[0], body, headers or {}, timeout, max_bytes)
    except TimeoutError as error:
        raise RequestFailed("timeout") from error
    except ssl.SSLError as error:
        raise RequestFailed("TLS failed") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise RequestFailed(type(error).__name__) from error


def _exchange(  # noqa: PLR0917 - private, called once above
    method: str,
    parts: SplitResult,
    address: str,
    body: bytes,
    headers: Mapping[str, str],
    timeout: float,
    max_bytes: int,
) -> SafeResponse:
    host, port = _ascii(cast(str, parts.hostname)), _port(parts)
    with socket.create_connection((address, port), timeout=timeout) as plain:
        # A drip of single bytes restarts every read's own clock: the watchdog does not wait.
        watchdog = threading.Timer(timeout, _hang_up, [plain])
        watchdog.daemon = True
        watchdog.start()
        try:
            pinned = _secured(plain, host) if parts.scheme == "https" else plain
            connection = _PinnedConnection(host, port, pinned)
            connection.request(method, _target(parts), body=body, headers=dict(headers))
            answer = connection.getresponse()
            shown = {name.lower(): value for name, value in answer.getheaders()}
            return SafeResponse(answer.status, shown, answer.read(max_bytes))
        finally:
            watchdog.cancel()


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def _secured(plain: socket.socket, host: str) -> socket.socket:
    return ssl.create_default_context().wrap_socket(plain, server_hostname=host)


def _target(parts: SplitResult) -> str:
    path = parts.path or "/"
    return f"{path}?{parts.query}" if parts.query else path


def _parts(url: str) -> SplitResult:
    """Read a URL strictly. Raises DomainError "unsafe_address"."""
    if len(url) > MAX_URL or any(c <= " " or c == "\x7f" for c in url) or not url.isascii():
        raise _unsafe(_("Write the address without spaces, in plain letters, at most 500."))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _unsafe(_("This is not an address of the web.")) from None
    allowed = ("https", "http") if settings.TRYOUT else ("https",)
    if parts.scheme not in allowed or not parts.hostname or port == 0:
        raise _unsafe(_("Use an address that starts with https://."))
    if parts.username or parts.password or "%" in parts.hostname or "\\" in url:
        raise _unsafe(_("Write the address without a name, password or zone in it."))
    return parts


def _port(parts: SplitResult) -> int:
    return parts.port or PORTS[parts.scheme]


def _ascii(host: str) -> str:
    return host.encode("idna").decode() if not host.replace(":", "").isalnum() else host


def _is_allowed(address: str, port: int) -> bool:
    if f"{address}:{port}" in settings.OUTBOUND_ALLOWED:
        return True
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return all(_is_public(one) for one in _meant(parsed))


def _meant(address: Address) -> list[Address]:
    """The address, and the IPv4 address it carries."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    if address.teredo is not None:
        return [address, *address.teredo]
    for network, shift in _EMBEDDING:
        if address in network:
            return [address, ipaddress.IPv4Address((int(address) >> shift) & 0xFFFFFFFF)]
    return [address]


def _is_public(address: Address) -> bool:
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_unspecified
    )


def _unsafe(sentence: str) -> DomainError:
    return DomainError("unsafe_address", sentence, details={"url": sentence})
