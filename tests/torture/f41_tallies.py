"""F41: eight writers record, change, mark and erase answers; rebuilt tallies equal kept ones."""

import random
import threading
from typing import Any

from django.db import connections

from cxportal.core.actors import Actor
from cxportal.core.services.outbox import outbox_drain_all
from cxportal.core.services.programs import program_create
from surveys.models import Response, Survey
from surveys.services.metrics import metric_create
from surveys.services.questions import question_add
from surveys.services.recording import responses_record
from surveys.services.responses import response_change, response_erase, response_mark_test
from surveys.services.scores import scores_differences
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
    failures: list[str] = []
    share = CHANGES[size] // WRITERS
    writers = [
        threading.Thread(target=_write, args=(actor, survey, seed, share, failures))
        for seed in range(WRITERS)
    ]
    stop = threading.Event()
    drainer = threading.Thread(target=_drain, args=(stop,))
    for thread in (*writers, drainer):
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    drainer.join()
    outbox_drain_all()
    differences = scores_differences(program.pk)
    left = Response.unscoped.filter(program=program).count()
    figures: dict[str, Any] = {
        "changes": share * WRITERS,
        "writers": WRITERS,
        "answers": left,
        "differences": len(differences),
        "failed": len(failures),
    }
    if failures:
        figures["first"] = failures[0]
    return Line(FAULT, figures, not differences and not failures)


def _write(actor: Actor, survey: Survey, seed: int, count: int, failures: list[str]) -> None:
    """Each writer works on answers of its own."""
    rng = random.Random(seed)  # a fixed course, no secret
    mine: list[int] = []
    try:
        for _change in range(count):
            _one(actor, survey, rng, mine)
    except Exception as error:
        failures.append(f"{type(error).__name__}: {error}"[:120])
    finally:
        connections.close_all()


def _one(actor: Actor, survey: Survey, rng: random.Random, mine: list[int]) -> None:
    what = rng.random()
    if len(mine) < 5 or what < 0.5:
        answers = {"nps": rng.randrange(11)}
        found = responses_record(actor=actor, survey=survey, rows=[{"answers": answers}])
        key = found.rows[0]["external_id"]  # the submission id
        mine.append(Response.unscoped.get(survey=survey, submission_id=key).pk)
        return
    pk = rng.choice(mine)
    response = Response.unscoped.select_related("program", "survey", "version").get(pk=pk)
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
