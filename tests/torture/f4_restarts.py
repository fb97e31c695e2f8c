"""F4: PostgreSQL stopped as by a power cut while people answer; acknowledged answers stay."""

import random
import threading
import time
import uuid
from dataclasses import dataclass, field

import httpx

from surveys.models import Response
from surveys.services.campaigns import campaign_start
from surveys.services.links import open_link_url
from tests.torture.ground import ground
from tests.torture.line import Line
from tests.torture.people import crowd_campaign, make_crowd

FAULT = "F4"
SIZES = {"ci": (300, 2), "full": (5_000, 5)}  # posts, restarts
CLIENTS = 8
TRIES = 60
PAUSE_SECONDS = 0.5
TIMEOUT_SECONDS = 30.0


@dataclass
class Ledger:
    """What the clients were told: submissions acknowledged, and refusals seen on the way."""

    acknowledged: dict[uuid.UUID, int] = field(default_factory=dict)
    refused: int = 0
    given_up: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def acknowledge(self, submission: uuid.UUID, value: int) -> None:
        with self._lock:
            self.acknowledged[submission] = value

    def refuse(self) -> None:
        with self._lock:
            self.refused += 1

    def give_up(self) -> None:
        with self._lock:
            self.given_up += 1


def run(size: str) -> Line:
    posts, restarts = SIZES[size]
    ledger = Ledger()
    with ground.web() as address:
        path = "/s/" + _open_link().partition("/s/")[2]
        clients = [
            threading.Thread(target=_client, args=(address + path, _share(posts, n), n, ledger))
            for n in range(CLIENTS)
        ]
        for client in clients:
            client.start()
        done = _restart(ledger, posts, restarts)
        for client in clients:
            client.join()
    lost, rows = _compare(ledger)
    figures = {"acked_lost": lost, "acked": len(ledger.acknowledged), "rows": rows}
    figures |= {"restarts": done, "5xx": ledger.refused, "given_up": ledger.given_up}
    ok = lost == 0 and done == restarts and ledger.given_up == 0
    return Line(FAULT, figures, ok and rows == len(ledger.acknowledged))


def _open_link() -> str:
    actor, _people = make_crowd("f4", 0)
    campaign = crowd_campaign(actor, channel="link")
    return open_link_url(campaign_start(actor=actor, campaign=campaign))


def _share(posts: int, number: int) -> int:
    """Posts of one client; the shares of all add up."""
    return posts // CLIENTS + (number < posts % CLIENTS)


def _client(url: str, posts: int, number: int, ledger: Ledger) -> None:
    chance = random.Random(number)
    with httpx.Client(timeout=TIMEOUT_SECONDS) as browser:
        for _ in range(posts):
            _answer(browser, url, uuid.UUID(int=chance.getrandbits(128), version=4), ledger, chance)


def _answer(
    browser: httpx.Client, url: str, submission: uuid.UUID, ledger: Ledger, chance: random.Random
) -> None:
    """Send one form until it is acknowledged, as a browser that keeps its copy does."""
    value = chance.randrange(11)
    data = {"q_nps": str(value), "q_why": "torture", "submission_id": str(submission)}
    for _ in range(TRIES):
        try:
            status = browser.post(url, data=data).status_code
        except httpx.HTTPError:
            status = 0
        if 200 <= status < 400:
            ledger.acknowledge(submission, value)
            return
        ledger.refuse()
        time.sleep(PAUSE_SECONDS)
    ledger.give_up()


def _restart(ledger: Ledger, posts: int, restarts: int) -> int:
    """Pull the plug at even distances over the posts; gives how often."""
    for number in range(restarts):
        mark = posts * (number + 1) // (restarts + 1)
        while len(ledger.acknowledged) + ledger.given_up < mark:
            time.sleep(0.01)
        ground.postgres_kill()
        ground.postgres_start()
    return restarts


def _compare(ledger: Ledger) -> tuple[int, int]:
    from django.db import connection

    connection.close()
    stored = dict(
        Response.unscoped.filter(program__slug="f4", status="complete").values_list(
            "submission_id", "answers__nps"
        )
    )
    lost = sum(stored.get(key) != value for key, value in ledger.acknowledged.items())
    return lost, len(stored)
