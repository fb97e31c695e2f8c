"""F13: receivers that redirect, are gone, hang or break: the rules of Standard Webhooks hold.

One id over all tries, a fresh timestamp and a good signature on each, the waits of the
specification between them, 3xx taken as a failure and never followed, 410 switches the address
off. The waits are skipped by moving the clock.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import time_machine
from django.test import override_settings
from django.utils import timezone
from standardwebhooks.webhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from cxportal.core.actors import Actor
from cxportal.core.commands import emit
from cxportal.core.models import Webhook, WebhookDelivery
from cxportal.core.services import webhooks
from cxportal.core.services.outbox import outbox_drain_all
from cxportal.core.services.webhooks import RETRIES, webhook_create, webhooks_deliver_due
from tests.torture.line import Line
from tests.torture.people import make_crowd

FAULT = "F13"
EVENTS = {"ci": 1, "full": 5}
HANG_SECONDS, TIMEOUT = 0.6, 0.2
#: What each receiver answers, try by try; the last answer holds for all further ones.
RECEIVERS = {
    "moved": [302],
    "broken": [500],
    "hanging": [0],
    "gone": [410],
    "mended": [503, 301, 0, 200],
}
Seen = tuple[str, dict[str, str], bytes]


@dataclass
class Hall:
    """Every receiver behind one port, by path; what came in, and what was asked beyond."""

    port: int = 0
    seen: dict[str, list[Seen]] = field(default_factory=dict)
    followed: int = 0


@contextmanager
def receivers() -> Iterator[Hall]:
    """The receivers, for as long as the probe needs them."""
    hall = Hall()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            name = self.path.strip("/")
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if name not in RECEIVERS:
                hall.followed += 1
                return
            rows = hall.seen.setdefault(name, [])
            script = RECEIVERS[name]
            status = script[min(len(rows), len(script) - 1)]
            rows.append((name, {n.lower(): v for n, v in self.headers.items()}, sent))
            if not status:
                threading.Event().wait(HANG_SECONDS)
                return
            self.send_response(status)
            if status in (301, 302):
                self.send_header("Location", f"http://127.0.0.1:{hall.port}/elsewhere")
            self.end_headers()

        do_GET = do_POST  # noqa: N815 - the server calls it so

        def log_message(self, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hall.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield hall
    finally:
        server.shutdown()
        server.server_close()


def run(size: str) -> Line:
    """Each receiver is tried until it took the event or the schedule is at its end."""
    actor, _people = make_crowd("f13", 0)
    usual = webhooks.TIMEOUT
    webhooks.TIMEOUT = TIMEOUT
    try:
        with receivers() as hall, override_settings(OUTBOUND_ALLOWED=[f"127.0.0.1:{hall.port}"]):
            hooks = {
                name: webhook_create(
                    actor=actor, url=f"http://127.0.0.1:{hall.port}/{name}", events=["*"]
                )[0]
                for name in RECEIVERS
            }
            for _number in range(EVENTS[size]):
                emit(actor=actor, event="customer.created", payload={"id": 7})
            outbox_drain_all()
            off_schedule = _play(actor)
            return _line(actor, hall, hooks, off_schedule, EVENTS[size])
    finally:
        webhooks.TIMEOUT = usual


def _play(actor: Actor) -> int:
    """Go from due moment to due moment; returns how many waits were not those of the rules."""
    wrong = 0
    rows = WebhookDelivery.objects.for_actor(actor)
    waiting = rows.filter(delivered_at=None, failed_at=None, webhook__is_active=True)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        while (first := waiting.order_by("due_at").first()) is not None:
            clock.move_to(max(first.due_at, timezone.now()) + timedelta(milliseconds=1))
            before = dict(waiting.values_list("pk", "attempt"))
            # One round for each receiver: one that does not answer is left alone till the next.
            webhooks_deliver_due(limit=1)
            for one in waiting.filter(pk__in=before):
                if one.attempt != before[one.pk]:
                    wait = (one.due_at - timezone.now()).total_seconds()
                    wrong += abs(wait - RETRIES[one.attempt - 1]) > 1
    return wrong


def _line(
    actor: Actor, hall: Hall, hooks: dict[str, Webhook], off_schedule: int, events: int
) -> Line:
    tries = {name: len(rows) for name, rows in hall.seen.items()}
    most = len(RETRIES) + 1
    expected = {
        "moved": most * events,
        "broken": most * events,
        "hanging": most * events,
        "gone": 1,
    }
    states = {name: _states(actor, hook) for name, hook in hooks.items()}
    figures: dict[str, int] = {
        "receivers": len(hooks),
        "tries": sum(tries.values()),
        "off_schedule": off_schedule,
        "followed": hall.followed,
        "bad_signatures": _unsigned(hall, hooks),
        "changed_ids": _changed_ids(hall, events),
        "old_timestamps": _old_timestamps(hall),
        "delivered": states["mended"][0],
        "given_up": sum(states[name][1] for name in ("moved", "broken", "hanging")),
    }
    hooks["gone"].refresh_from_db()
    figures["switched_off"] = int(not hooks["gone"].is_active)
    wrong = [name for name, count in expected.items() if tries.get(name) != count]
    bad = ("off_schedule", "followed", "bad_signatures", "changed_ids", "old_timestamps")
    ok = not wrong and not any(figures[name] for name in bad)
    ok = ok and figures["delivered"] == events and figures["given_up"] == 3 * events
    return Line(FAULT, figures, ok and figures["switched_off"] == 1)


def _states(actor: Actor, hook: Webhook) -> tuple[int, int]:
    rows = WebhookDelivery.objects.for_actor(actor).filter(webhook=hook)
    return rows.exclude(delivered_at=None).count(), rows.exclude(failed_at=None).count()


def _unsigned(hall: Hall, hooks: dict[str, Webhook]) -> int:
    """Requests whose signature the receiver's library refuses; it checks the age as well."""
    wrong = 0
    for name, rows in hall.seen.items():
        verifier = Verifier(hooks[name].secret)
        for _name, headers, body in rows:
            at = int(headers["webhook-timestamp"])
            with time_machine.travel(at, tick=False):
                try:
                    verifier.verify(body, headers)
                except WebhookVerificationError:
                    wrong += 1
    return wrong


def _changed_ids(hall: Hall, events: int) -> int:
    """Receivers that saw more ids than events."""
    ids = {name: {row[1]["webhook-id"] for row in rows} for name, rows in hall.seen.items()}
    return sum(len(seen) > events for seen in ids.values())


def _old_timestamps(hall: Hall) -> int:
    """Tries of one event that do not carry a later moment than the try before."""
    stale = 0
    for rows in hall.seen.values():
        last: dict[str, int] = {}
        for _name, headers, _body in rows:
            at, event = int(headers["webhook-timestamp"]), headers["webhook-id"]
            stale += at <= last.get(event, 0)
            last[event] = at
    return stale
