"""S5: addresses that lead into our own network, in every spelling, on save, test and worker."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.test import override_settings
from django.utils import timezone

from cxportal.core import http
from cxportal.core.errors import DomainError
from cxportal.core.models import Webhook, WebhookDelivery
from cxportal.core.services.webhooks import (
    webhook_create,
    webhook_test,
    webhook_update,
    webhooks_deliver_due,
)
from tests.torture.line import Line
from tests.torture.people import make_crowd

FAULT = "S5"
LOOPBACK = "127.0.0.1"
# Names that an attacker's own name server would answer with a private address.
REBOUND = {"rebind.example": [LOOPBACK], "mixed.example": ["203.0.113.7", LOOPBACK]}


def spellings(port: int) -> list[str]:
    """Ways to write loopback, link-local and private addresses."""
    hosts = [
        LOOPBACK, "localhost", "127.1", "127.0.1", "127.255.255.254", "2130706433", "0x7f000001",
        "017700000001", "0177.0.0.1", "0x7f.0.0.1", "0", "0.0.0.0", "[::1]", "[::]",
        "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]", "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]", "[fe80::1]", "[fc00::1]", "[fd12:3456::1]", "169.254.169.254",
        "[::ffff:169.254.169.254]", "2852039166", "10.0.0.1", "10.255.255.255", "172.16.0.1",
        "172.31.255.255", "192.168.0.1", "192.168.1.254", "100.64.0.1", "198.18.0.1",
        "192.0.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "LOCALHOST", "localhost.",
        "127.0.0.1.", "ⓛocalhost", "①②⑦.⓪.⓪.①", *REBOUND,
    ]  # fmt: skip
    urls = [f"http://{host}:{port}/" for host in hosts]
    urls += [f"https://{host}:{port}/" for host in hosts[:12]]
    urls += [
        f"http://user:pass@{LOOPBACK}:{port}/",
        f"http://good.example@{LOOPBACK}:{port}/",
        f"file:///etc/passwd#{port}",
        f"gopher://{LOOPBACK}:{port}/",
        f"ftp://{LOOPBACK}:{port}/",
        f"http:///{LOOPBACK}:{port}/",
        f"http://{LOOPBACK}:{port}\\@good.example/",
    ]
    return urls


@contextmanager
def listening() -> Iterator[tuple[int, list[int]]]:
    """A server on loopback that counts who connects."""
    seen: list[int] = []
    server = socket.create_server((LOOPBACK, 0))
    server.settimeout(0.1)
    stop = threading.Event()

    def accept() -> None:
        while not stop.is_set():
            try:
                line, _peer = server.accept()
            except TimeoutError:
                continue
            seen.append(1)
            line.close()

    thread = threading.Thread(target=accept)
    thread.start()
    try:
        yield server.getsockname()[1], seen
    finally:
        stop.set()
        thread.join()
        server.close()


def run(size: str) -> Line:
    """Each spelling is tried on save, on change, by the test button and by the worker."""
    actor, _people = make_crowd("s5", 0)
    real = http.resolve

    def resolve(host: str, port: int) -> list[str]:
        return REBOUND.get(host) or real(host, port)

    http.resolve = resolve
    saved = tried = 0
    try:
        with listening() as (port, seen), override_settings(OUTBOUND_ALLOWED=()):
            urls = spellings(port)
            for url in urls:
                tried += 3
                saved += _saved(lambda u=url: webhook_create(actor=actor, url=u, events=[]))
                hook = Webhook.unscoped.create(
                    program=actor.program,
                    url="https://hook.example/",
                    secret="whsec_" + "c2VjcmV0" * 5,
                )
                saved += _saved(lambda u=url, h=hook: webhook_update(actor=actor, webhook=h, url=u))
                # As if it had been saved before its name was turned to us.
                Webhook.unscoped.filter(pk=hook.pk).update(url=url[:500])
                hook.refresh_from_db()
                _saved(lambda h=hook: webhook_test(actor=actor, webhook=h))
                WebhookDelivery.unscoped.create(
                    program=actor.program, webhook=hook, event_id=f"e{hook.pk}",
                    event="survey.published", payload={}, due_at=timezone.now(),
                )  # fmt: skip
            while webhooks_deliver_due():
                pass
            connections = len(seen)
    finally:
        http.resolve = real
    figures = {"addresses": len(urls), "tried": tried, "saved": saved, "connections": connections}
    return Line(FAULT, figures, ok=not connections and not saved)


def _saved(command: object) -> bool:
    try:
        command()  # type: ignore[operator]
    except (DomainError, ValueError):
        return False
    return True
