"""IMPORTS: files of customers and of transactions, their worker killed with -9 on the way.

Whoever goes on finds the last whole batch: every good row is there once, every refused row once
with its reason, the counts are what the file holds, and money adds up to the last cent.
"""

import random
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.models import Customer, Job, TableImport
from cxportal.core.services.programs import program_create
from cxportal.core.services.table_imports import table_import_begin, table_import_start
from cxportal.launch.processes import wait_until
from loyalty.models import Transaction
from tests.torture.ground import Process, ground, kill_group
from tests.torture.line import Line

FAULT = "IMPORTS"
SIZES = {"ci": (12_000, 2), "full": (60_000, 8)}  # lines of each file, kills on its way
SEED, SECONDS = 11, 240.0
BROKEN_EVERY = 100


def run(size: str) -> Line:
    lines, kills = SIZES[size]
    actor = Actor.system(program_create(slug="imports", name="Imports"))
    chance = random.Random(SEED)
    beat, worker = ground.beat(), ground.worker()
    figures = {"lines": 2 * lines, "kills": 0, "lost": 0, "dup": 0, "refused": 0, "wrong": 0}
    try:
        for kind, content in (("customers", _customers(lines)), ("transactions", _bought(lines))):
            found = table_import_start(
                actor=actor, kind=kind, name=f"{kind}.csv", content=content.encode("cp949")
            )
            table_import_begin(actor=actor, table_import=found)
            worker, made = _killed(worker, found, kills, chance)
            figures["kills"] += made
            wait_until(partial(_is_finished, found), SECONDS)
            found.refresh_from_db()
            figures["refused"] += found.failed
            figures["wrong"] += _miscounted(found)
    finally:
        ground.end(worker)
        ground.end(beat)
    good = lines - lines // BROKEN_EVERY
    people = Customer.objects.for_actor(actor).count()
    bought = Transaction.objects.for_actor(actor)
    figures["lost"] = max(0, good - people) + max(0, good - bought.count())
    figures["dup"] = max(0, people - good) + max(0, bought.count() - good)
    paid = bought.aggregate(sum=Sum("amount"))["sum"]
    money = paid == sum((Decimal(_amount(i)) for i in range(lines) if not _is_broken(i)), Decimal())
    bad = figures["lost"] + figures["dup"] + figures["wrong"]
    as_asked = figures["kills"] == 2 * kills and figures["refused"] == 2 * (lines - good)
    return Line(FAULT, {**figures, "money": "equal" if money else "differs"},
                ok=not bad and as_asked and money)  # fmt: skip


def _is_broken(number: int) -> bool:
    return number % BROKEN_EVERY == BROKEN_EVERY - 1


def _customers(lines: int) -> str:
    rows = (
        f"C{i},고객 {i},{'broken' if _is_broken(i) else f'c{i}@people.example'}\n"
        for i in range(lines)
    )
    return "고객번호,이름,이메일\n" + "".join(rows)


def _bought(lines: int) -> str:
    """Every hundredth line is dated wrong; those customers exist, being numbered otherwise."""
    rows = (
        f"T{i},C{i - i % BROKEN_EVERY},"
        f"{'2026-13-45' if _is_broken(i) else '2026-03-01'},{_amount(i)}\n"
        for i in range(lines)
    )
    return "external_id,customer,occurred_at,amount\n" + "".join(rows)


def _amount(number: int) -> str:
    return f"{number % 977}.{number % 100:02d}"


def _killed(
    worker: Process, found: TableImport, kills: int, chance: random.Random
) -> tuple[Process, int]:
    """Kill the worker and its children at random places of the file; the last worker, kills."""
    marks = sorted(chance.sample(range(found.total // 20, found.total * 8 // 10), kills))
    made = 0
    for mark in marks:
        if not wait_until(partial(_reached, found, mark), SECONDS):
            break
        kill_group(worker)
        made += not _is_finished(found)
        _lease_ends(found)
        worker = ground.worker()
    return worker, made


def _reached(found: TableImport, mark: int) -> bool:
    return bool(_row(found).done >= mark)


def _is_finished(found: TableImport) -> bool:
    return _row(found).finished_at is not None


def _row(found: TableImport) -> Any:
    return TableImport.unscoped.get(pk=found.pk)  # unscoped: the probe's own


def _lease_ends(found: TableImport) -> None:
    """The ten minutes after which another worker takes over are over, once nobody holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM core_tableimport WHERE id = %s FOR UPDATE", [found.pk])
    job = _row(found).job_id
    past = timezone.now() - timedelta(seconds=1)
    Job.unscoped.filter(pk=job, state="running").update(lease_until=past)  # unscoped: the same


def _miscounted(found: TableImport) -> int:
    told = found.created + found.updated + found.unchanged + found.failed
    faults = found.faults.count()
    return int(told != found.total) + int(faults != found.failed) + int(found.updated > 0)
