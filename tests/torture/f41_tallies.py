"""F41: eight writers record, change, mark and erase answers; rebuilt tallies equal kept ones.

Each writer is a process of its own: what they do is mostly Python's work, and in threads it
would be done one after the other.
"""

import multiprocessing
import random
import threading
from collections.abc import Sequence
from typing import Any

from django.db import connections

from cxportal.core.actors import Actor
from cxportal.core.services.outbox import outbox_drain_all
from cxportal.core.services.programs import program_create
from surveys.models import Response, Survey, Tally, TallyMonth
from surveys.services.metrics import metric_create
from surveys.services.questions import question_add
from surveys.services.recording import response_record
from surveys.services.responses import response_change, response_erase, response_mark_test
from surveys.services.scores import scores_differences, scores_rebuild
from surveys.services.surveys import survey_create, survey_publish
from tests.torture.line import Line

FAULT = "F41"
WRITERS = 8
CHANGES = {"ci": 800, "full": 100_000}


def run(size: str) -> Line:
    program = program_create(slug="f41", name="F41")
    actor = Actor.system(program)
    survey = survey_create(actor=actor, title="Visit")
    question_add(actor=actor, survey=survey, kind="nps", code="nps", text={"en": "Recommend?"})
    metric_create(actor=actor, code="f41", name="NPS", kind="nps")
    survey.refresh_from_db()
    survey_publish(actor=actor, survey=survey)
    survey.refresh_from_db()
    share = CHANGES[size] // WRITERS
    failures = _work(actor, survey, share)
    outbox_drain_all()
    differences = scores_differences(program.pk)
    kept = _tallies()
    put_right = scores_rebuild(program.pk)
    figures: dict[str, Any] = {
        "changes": share * WRITERS,
        "writers": WRITERS,
        "answers": Response.unscoped.filter(program=program).count(),
        "tallies": len(kept),
        "differences": len(differences),
        "put_right": put_right,
        "failed": len(failures),
    }
    if failures:
        figures["first"] = failures[0]
    same = not differences and not put_right and kept == _tallies()
    return Line(FAULT, figures, same and not failures)


def _tallies() -> list[Sequence[Any]]:
    """Every row of both tiers, all counters."""
    rows: list[Sequence[Any]] = []
    for model in (Tally, TallyMonth):
        names = sorted(field.attname for field in model._meta.fields if field.name != "id")
        rows += model.unscoped.order_by("metric", "dimension", "pk").values_list(*names)
    return rows


def _work(actor: Actor, survey: Survey, share: int) -> list[str]:
    """Let the writers write while a drainer adds up; returns what failed."""
    connections.close_all()  # the processes inherit none
    context = multiprocessing.get_context("fork")
    failures = context.SimpleQueue()
    writers = [
        context.Process(target=_write, args=(actor, survey, seed, share, failures))
        for seed in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    stop = threading.Event()
    drainer = threading.Thread(target=_drain, args=(stop,))
    drainer.start()
    for writer in writers:
        writer.join()
    stop.set()
    drainer.join()
    said = []
    while not failures.empty():
        said.append(failures.get())
    return said + [f"exit {w.exitcode}" for w in writers if w.exitcode]


def _write(actor: Actor, survey: Survey, seed: int, count: int, failures: Any) -> None:
    """Each writer works on answers of its own."""
    rng = random.Random(seed)  # a fixed course, no secret
    mine: list[int] = []
    try:
        for _change in range(count):
            _one(actor, survey, rng, mine)
    except Exception as error:
        failures.put(f"{type(error).__name__}: {error}"[:120])
    finally:
        connections.close_all()


def _one(actor: Actor, survey: Survey, rng: random.Random, mine: list[int]) -> None:
    what = rng.random()
    if len(mine) < 5 or what < 0.5:
        row = {"answers": {"nps": rng.randrange(11)}}
        mine.append(response_record(actor=actor, survey=survey.pk, row=row).pk)
        return
    pk = rng.choice(mine)
    response = Response.unscoped.get(pk=pk)
    if what < 0.75:
        response_change(actor=actor, response=response, answers={"nps": rng.randrange(11)})
    elif what < 0.9:
        response_mark_test(actor=actor, response=response, is_test=not response.is_test)
    else:
        response_erase(actor=actor, response=response)
        mine.remove(pk)


def _drain(stop: threading.Event) -> None:
    try:
        while not stop.wait(0.2):
            outbox_drain_all()
    finally:
        connections.close_all()
