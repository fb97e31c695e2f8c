"""Goals 1–3 and 5: taking answers in."""

import contextlib
import multiprocessing
import sys
import threading
import time
from collections.abc import Iterator, Mapping

from django.db import connection, connections

from benchmarks.line import Line, ratio
from benchmarks.load import rate
from benchmarks.world import World, make_world
from cxportal.core.models import OutboxEvent
from cxportal.core.services.outbox import outbox_drain_all, outbox_drain_batch
from cxportal.launch.children import web_program
from cxportal.launch.processes import LOOPBACK, free_port, wait_until
from tests.torture.ground import ground

REQUESTS = {"ci": 1500, "small": 3000, "full": 10_000}
ROUNDS = {"ci": 5, "small": 5, "full": 7}
WRITERS = (8, 20)
DRAIN_EVERY = 1.0  # seconds, as the schedule rings


@contextlib.contextmanager
def server(env: Mapping[str, str] | None = None) -> Iterator[str]:
    """The portal's web server with the bare views beside it."""
    port = free_port()
    command = [
        "benchmarks.limits:application" if part.endswith(":application") else part
        for part in web_program(LOOPBACK, port).command
    ]
    address = f"http://{LOOPBACK}:{port}"
    process = ground.process("bench-web", *command, env={"SITE_URL": address, **(env or {})})
    try:
        if not wait_until(lambda: _answers(address), 60):
            raise RuntimeError("the web server does not answer")
        yield address
    finally:
        ground.end(process)


def _answers(address: str) -> bool:
    try:
        return rate(address, "get", ["/bench/page/"], clients=1) > 0
    except RuntimeError:
        return False


def measure_answers(size: str) -> list[Line]:
    """1: a whole answer, 2: the POST alone, 3: the GET alone; each beside its limit, in turn."""
    count, rounds = REQUESTS[size], ROUNDS[size]
    world = make_world("bench-answers")
    bare_insert, bare_page = ["/bench/insert/"] * count, ["/bench/page/"] * count
    got: dict[str, list[float]] = {name: [] for name in ("insert", "page", "answer", "post", "get")}
    with server() as address:
        rate(address, "answer", world.links(50))
        rate(address, "get", bare_insert[:50])
        for _round in range(rounds):
            got["insert"].append(rate(address, "get", bare_insert))
            got["answer"].append(rate(address, "answer", world.links(count)))
            got["post"].append(rate(address, "post", world.links(count)))
            got["page"].append(rate(address, "get", bare_page))
            got["get"].append(rate(address, "get", world.links(count)))
        settle(world)
    return [
        ratio("1", "answer/bare-insert", got["answer"], got["insert"], 0.18, unit="/s"),
        ratio("2", "post/bare-insert", got["post"], got["insert"], 0.50, unit="/s"),
        ratio("3", "get/bare-page", got["get"], got["page"], 0.50, unit="/s"),
    ]


def settle(world: World) -> None:
    outbox_drain_all()
    left = OutboxEvent.unscoped.filter(program=world.actor.program, topic="scores").count()
    if left:
        raise RuntimeError(f"{left} outbox rows are left")


def measure_intake(size: str) -> list[Line]:
    """5: answers on one touchpoint while a worker keeps the scores current, beside no worker."""
    count, rounds = REQUESTS[size], ROUNDS[size]
    world = make_world("bench-intake")
    lines = []
    with server() as address:
        rate(address, "post", world.links(50))
        for writers in WRITERS:
            with_scores, without, lags = [], [], []
            for _round in range(rounds):
                outbox_drain_all()
                without.append(rate(address, "post", world.links(count), clients=writers))
                outbox_drain_all()
                links = world.links(count)
                with _draining(world) as seen:
                    with_scores.append(rate(address, "post", links, clients=writers))
                lags.append(max(seen, default=0.0))
            name = f"intake-{writers}-writers"
            lines.append(ratio("5", name, with_scores, without, 0.90, unit="/s"))
            lines.append(
                Line("5", f"lag-{writers}-writers", max(lags), 2.0, "oldest row, s", at_most=True)
            )
        lines.append(_drain_rate(address, world, count))
    return lines


def _drain_rate(address: str, world: World, count: int) -> Line:
    """How fast answers come into the scores; what follows them (comments, cases) waits its turn."""
    outbox_drain_all()
    intake = rate(address, "post", world.links(count))
    began, counted = time.perf_counter(), 0
    while batch := outbox_drain_batch(topic="scores"):
        counted += batch
    drain = counted / (time.perf_counter() - began)
    outbox_drain_all()
    whole = counted / (time.perf_counter() - began)
    behind = (
        f"limit {intake:.0f} answers/s in, ours {drain:.0f}/s into the scores,"
        f" {whole:.0f}/s with comments and all that follows"
    )
    return Line("5", "drain/intake", drain / intake, 5.0, behind)


@contextlib.contextmanager
def _draining(world: World) -> Iterator[list[float]]:
    """A worker process that drains every second; yields the age of the oldest row as seen."""
    stop = multiprocessing.Event()
    process = ground.process("bench-drain", sys.executable, "-m", "benchmarks.drain")
    _await_drain(world)
    seen: list[float] = []
    watcher = threading.Thread(target=_watch, args=(seen, stop))
    watcher.start()
    try:
        yield seen
    finally:
        stop.set()
        watcher.join()
        ground.end(process)


def _await_drain(world: World) -> None:
    """A worker runs before anybody answers: wait until it took a row, so its start is not timed."""
    rows = OutboxEvent.unscoped.filter(program=world.actor.program)  # unscoped: the bench's own
    OutboxEvent.unscoped.create(  # unscoped: the bench's own program
        program=world.actor.program, topic="scores", payload={}
    )
    if not wait_until(lambda: not rows.exists(), 60):
        raise RuntimeError("the worker drains nothing")


def _watch(seen: list[float], stop: "multiprocessing.synchronize.Event") -> None:
    try:
        while not stop.wait(0.25):
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT extract(epoch FROM now() - min(created_at)) FROM core_outboxevent "
                    "WHERE topic = 'scores'"
                )
                (age,) = cursor.fetchone()
            seen.append(float(age or 0))
    finally:
        connections.close_all()
