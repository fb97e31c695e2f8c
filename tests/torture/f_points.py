"""POINTS: eight tills at once on the ledger of points, replays, and kill -9 in the middle.

Sums stay equal to balances, nothing is ever negative, nothing acknowledged is lost, nothing
happens twice: counted from the entries themselves, beside the portal's own proof.
"""

import random
import shutil
import sys
import time
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

from cxportal.core.actors import Actor
from cxportal.launch.environment import VAR
from cxportal.launch.processes import wait_until
from loyalty.models import PointsAccount, PointsEntry, PointsLot, PointsPosting
from loyalty.services.points import member_enrol
from loyalty.services.points_scheme import scheme_save
from loyalty.services.points_tiers import points_prove, points_settle_due
from tests.torture.ground import Process, ground, kill_group
from tests.torture.line import Line
from tests.torture.people import make_crowd
from tests.torture.points_operations import Operation, operations

FAULT = "POINTS"
SIZES = {"ci": (1_000, 1), "full": (10_000, 3)}  # operations, kills
SEED, ACCOUNTS, TOGETHER = 7, 12, 8
HALVES = ((0, 1, 2, 3), (4, 5, 6, 7))  # threads by process; the first process is killed
SECONDS = 900.0
TILLS_KINDS = ("earn", "spend", "reverse")
Book = PointsPosting.Book


def run(size: str) -> Line:
    count, kills = SIZES[size]
    actor, customers = make_crowd("points", ACCOUNTS)
    scheme_save(actor=actor, name={"en": "Club"}, earn_rate=1, pending_days=1, expiry_days=2)
    for customer in customers:
        member_enrol(actor=actor, customer=customer)
    folder = VAR / "points"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    made, broken = _tills(actor, count, kills, folder)
    time.sleep(1)
    points_settle_due(actor)
    asked = {one.key: one for one in operations(SEED, count, ACCOUNTS)}
    answers = _answers(folder)
    figures: dict[str, int] = {
        "operations": count,
        "replays": sum(answers.values()) - len(asked),
        "kills": made,
        "lost": _lost(actor, answers),
        "dup": _twice(actor, asked),
        "negative": _negative(actor),
        "unequal": _unequal(actor) + (not points_prove(actor).is_right),
        "broken": broken,
    }
    bad = figures["lost"] + figures["dup"] + figures["negative"] + figures["unequal"] + broken
    return Line(FAULT, figures, ok=not bad and made == kills and figures["replays"] > 0)


def _tills(actor: Actor, count: int, kills: int, folder: Path) -> tuple[int, int]:
    """Run both processes, killing the first one now and then: (kills, processes that broke)."""
    chance = random.Random(SEED)
    killed, calm = (_process(actor, count, half, folder) for half in HALVES)
    done = 0
    for number in range(1, kills + 1):
        mark = count * number // (kills + 1) + chance.randrange(count // 20)
        if not wait_until(partial(_reached, folder, mark), SECONDS):
            break
        if killed.poll() is None:
            kill_group(killed)
            done += 1
        killed = _process(actor, count, HALVES[0], folder)
    ends = [process.wait(SECONDS) for process in (killed, calm)]
    return done, sum(end != 0 for end in ends)


def _process(actor: Actor, count: int, half: tuple[int, ...], folder: Path) -> Process:
    numbers = ",".join(str(number) for number in half)
    given = (actor.program_id, SEED, count, numbers, TOGETHER, folder)
    arguments = [str(one) for one in given]
    return ground.process(
        f"tills-{half[0]}", sys.executable, "-m", "tests.torture.points_clients", *arguments
    )


def _lines(folder: Path) -> list[str]:
    return [
        line
        for path in folder.glob("acked-*.txt")
        for line in path.read_text(encoding="utf-8").splitlines()
        if " " in line
    ]


def _reached(folder: Path, mark: int) -> bool:
    return len(_lines(folder)) >= mark


def _answers(folder: Path) -> Counter[tuple[str, str]]:
    """(key, answer) → how often."""
    return Counter(tuple(line.split(" ", 1)) for line in _lines(folder))  # type: ignore[misc]


def _lost(actor: Actor, answers: Counter[tuple[str, str]]) -> int:
    """Keys that were acknowledged and are not in the ledger."""
    done = {key for key, answer in answers if answer == "done"}
    entries = PointsEntry.objects.for_actor(actor).filter(key__in=done)
    return len(done) - entries.count()


def _twice(actor: Actor, asked: dict[str, Operation]) -> int:
    """Entries that nobody asked for, or that moved other than what was asked, or more often."""
    rows: Any = PointsEntry.objects.for_actor(actor).prefetch_related("postings")
    wrong, seen, reversed_ = 0, set(), Counter[int]()
    for entry in rows.filter(kind__in=TILLS_KINDS):
        operation = asked.get(entry.key)
        moved = sum(p.points for p in entry.postings.all() if p.points > 0)
        fits = operation is not None and operation.kind == entry.kind and entry.key not in seen
        wanted = operation.points if operation and operation.kind != "reverse" else entry.points
        wrong += not fits or moved != wanted or entry.points != wanted
        seen.add(entry.key)
        if entry.reverses_id is not None:
            reversed_[entry.reverses_id] += 1
    return wrong + sum(times - 1 for times in reversed_.values())


def _negative(actor: Actor) -> int:
    """Moments at which an account's spendable or pending points were below zero."""
    running: Counter[tuple[int, str]] = Counter()
    below = 0
    postings = PointsPosting.objects.for_actor(actor).filter(book__in=["available", "pending"])
    by_entry: dict[tuple[int, int, str], int] = {}
    for account, entry, book, points in postings.order_by("entry_id", "pk").values_list(
        "account_id", "entry_id", "book", "points"
    ):
        place = (entry, account, book)
        by_entry[place] = by_entry.get(place, 0) + points
    for (_entry, account, book), points in by_entry.items():
        running[account, book] += points
        below += running[account, book] < 0
    lots = PointsLot.objects.for_actor(actor).filter(left__lt=0)
    return below + lots.count()


def _unequal(actor: Actor) -> int:
    """Accounts whose balance is not the sum of their postings, or not what their lots hold."""
    sums: Counter[tuple[int, str]] = Counter()
    for account, book, points in PointsPosting.objects.for_actor(actor).values_list(
        "account_id", "book", "points"
    ):
        sums[account, book] += points
    held: Counter[tuple[int, str]] = Counter()
    for account, state, left in PointsLot.objects.for_actor(actor).values_list(
        "account_id", "state", "left"
    ):
        held[account, state] += left
    return sum(
        (row.available, row.pending) != (sums[row.pk, "available"], sums[row.pk, "pending"])
        or (row.available, row.pending) != (held[row.pk, "active"], held[row.pk, "pending"])
        for row in PointsAccount.objects.for_actor(actor)
    )
