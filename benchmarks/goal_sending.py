"""Goal 8: a campaign's mails, each committed by itself, beside two bare smtplib processes."""

import os
import sys
import time
from pathlib import Path
from tempfile import mkdtemp

from django.db import connections

from benchmarks.line import Line, ratio
from cxportal.core.models import Customer
from cxportal.core.services.customers import customers_bulk_upsert
from cxportal.launch.processes import LOOPBACK, free_port, wait_until
from surveys.models import Campaign, Delivery
from surveys.services.campaigns import campaign_start
from surveys.services.invitations import occurrence_fill, occurrences_due
from surveys.services.letters import recipient_of
from surveys.services.mails import letter_make, message_for
from tests.torture.ground import Process, ground
from tests.torture.people import crowd_campaign, make_crowd

# Mails per round, rounds. The goal's own size is 100,000; a rate needs fewer.
MAILS = {"ci": (400, 1), "small": (3_000, 3), "full": (20_000, 3)}
SENDERS = 2
BATCH = 5_000
LONGEST = {"ci": 60.0, "small": 240.0, "full": 900.0}[os.environ.get("SIZE") or "small"]


class CountingSink:
    """The sink's process and what it wrote down."""

    def __init__(self) -> None:
        self.port = free_port()
        self.file = Path(mkdtemp(prefix="bench-mail-")) / "count"
        command = (sys.executable, "-m", "benchmarks.mail_sink", str(self.port), str(self.file))
        self.process = ground.process("bench-sink", *command)
        wait_until(self.file.exists, 30)

    def state(self) -> tuple[int, int, float]:
        """Messages, recipients, and seconds from the first message to the last."""
        count, recipients, first, last = self.file.read_text().split()
        return int(count), int(recipients), float(last) - float(first)

    def rate(self, expected: int) -> float:
        """Messages a second once `expected` have come. Raises RuntimeError when they do not."""
        if not wait_until(lambda: self.state()[0] >= expected, LONGEST):
            raise RuntimeError(f"{self.state()[0]} of {expected} mails came")
        count, recipients, seconds = self.state()
        if recipients != expected or count != expected:
            raise RuntimeError(f"{count} mails to {recipients} people, expected {expected}")
        return (count - 1) / seconds

    def end(self) -> None:
        ground.end(self.process)


def measure_sending(size: str) -> list[Line]:
    """Two senders of ours and two bare ones, in turn, into the same kind of sink."""
    count, rounds = MAILS[size]
    ours, limits, starts = [], [], []
    for number in range(rounds):
        campaign, started = _campaign(f"bench-mail-{number}", count)
        starts.append(started)
        limits.append(_bare(count, _specimen(campaign)))
        ours.append(_ours(campaign, count))
    line = ratio("8", "mails/bare-smtplib", ours, limits, 0.50, unit="/s")
    start = Line("8", "start answered, s", max(starts), 1.0, f"{count} people", at_most=True)
    return [line, start]


def _campaign(slug: str, count: int) -> tuple[Campaign, float]:
    """A started and filled campaign, and how long the start took to answer."""
    actor, _none = make_crowd(slug, 0)
    for first in range(0, count, BATCH):
        rows = [
            {
                "external_id": f"{slug}-{n}",
                "name": f"Person {n}",
                "email": f"{slug}-{n}@example.com",
                "language": "ko" if n % 2 else "en",
            }
            for n in range(first, min(first + BATCH, count))
        ]
        customers_bulk_upsert(actor=actor, rows=rows)
    assert Customer.objects.for_actor(actor).count() == count
    campaign = crowd_campaign(actor)
    began = time.monotonic()
    campaign = campaign_start(actor=actor, campaign=campaign)
    answered = time.monotonic() - began
    for occurrence in occurrences_due():
        occurrence_fill(occurrence)
    return campaign, answered


def _specimen(campaign: Campaign) -> Path:
    """One real message, for the bare senders to repeat."""
    delivery = Delivery.unscoped.filter(campaign=campaign).select_related(
        "invitation__customer", "campaign"
    )[0]
    message = message_for(letter_make(campaign, "en"), recipient_of(delivery)).message()
    file = Path(mkdtemp(prefix="bench-mail-")) / "mail"
    file.write_bytes(message.as_bytes())
    return file


def _bare(count: int, specimen: Path) -> float:
    sink = CountingSink()
    env = {"BENCH_MAIL": str(specimen)}
    each = count // SENDERS
    command = (sys.executable, "-m", "benchmarks.mail_senders", "bare", str(sink.port), str(each))
    senders = [ground.process(f"bench-bare-{n}", *command, env=env) for n in range(SENDERS)]
    return _measured(sink, senders, each * SENDERS)


def _ours(campaign: Campaign, count: int) -> float:
    connections.close_all()
    sink = CountingSink()
    env = {"EMAIL_URL": f"smtp://{LOOPBACK}:{sink.port}", "LOG_LEVEL": "ERROR"}
    seconds = os.environ.get("BENCH_SECONDS", "600")
    command = (sys.executable, "-m", "benchmarks.mail_senders", "ours", seconds)
    senders = [ground.process(f"bench-ours-{n}", *command, env=env) for n in range(SENDERS)]
    return _measured(sink, senders, count)


def _measured(sink: CountingSink, senders: list[Process], count: int) -> float:
    try:
        return sink.rate(count)
    finally:
        for sender in senders:
            ground.end(sender)
        sink.end()
