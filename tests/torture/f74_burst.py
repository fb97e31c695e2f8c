"""F74: a burst of answers with two workers and a kill -9: each low one opens its case once.

An automation that would trigger itself is stopped and says so; one whose limit is passed as well.
"""

import threading
from datetime import datetime
from functools import partial
from typing import Any

from django.db import connections
from django.db.models import Count
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.models import Notification, OutboxEvent
from cxportal.core.services.events import event_record
from cxportal.launch.processes import wait_until
from journeys.models import Action, Automation, AutomationRun, Case
from journeys.services.automations import automation_create, automation_switch
from journeys.services.case_rules import case_rules_update
from surveys.models import Survey
from surveys.services.recording import responses_record
from surveys.services.surveys import survey_create, survey_publish
from tests.conftest import make_member
from tests.torture.ground import Stopwatch, ground, kill_group
from tests.torture.line import Line
from tests.torture.people import make_crowd

FAULT = "F74"
ANSWERS = {"ci": 200, "full": 1_000}
WRITERS, CHUNK = 4, 10
SECONDS = 180.0
LOW = {"all": [{"source": "answer.nps", "operator": "lte", "value": 6}]}


def run(size: str) -> Line:
    answers = ANSWERS[size]
    actor, _people = make_crowd("f74", answers)
    make_member(actor.program, "owner", "f74@example.com")
    survey = survey_create(actor=actor, title={"en": "Visit"}, template="nps")
    survey = survey_publish(actor=actor, survey=survey).survey
    case_rules_update(actor=actor, opens_on_low_score=True)
    follow = _automation(actor, "answer", LOW, [{"kind": "action", "days": 3}])
    loop = _automation(actor, "event", {}, [{"kind": "event", "event": "again"}], kinds=["again"])
    watch = Stopwatch()
    beat, workers = ground.beat(), [ground.worker(name=f"burst{n}") for n in range(2)]
    try:
        writers = [
            threading.Thread(target=_write, args=(actor, survey, answers, part))
            for part in range(WRITERS)
        ]
        for writer in writers:
            writer.start()
        wait_until(partial(_some_cases, actor, answers // 20), SECONDS)
        kill_group(workers[0])
        workers[0] = ground.worker(name="burst2")
        for writer in writers:
            writer.join()
        event_record(actor=actor, customer=_first(actor), kind="again")
        low = sum(_score(number) <= 6 for number in range(answers))
        wait_until(lambda: _settled(actor, low, loop), SECONDS)
    finally:
        for process in (*workers, beat):
            ground.end(process)
    return _line(actor, follow, loop, answers, watch)


def _automation(
    actor: Actor, trigger: str, condition: Any, effects: list[Any], **settings: Any
) -> Automation:
    made = automation_create(
        actor=actor,
        name={"en": trigger},
        trigger=trigger,
        settings=settings,
        condition=condition,
        effects=effects,
        hourly_limit=100_000,
    )
    return automation_switch(actor=actor, automation=made, on=True)


def _score(number: int) -> int:
    return number % 11


def _write(actor: Actor, survey: Survey, answers: int, part: int) -> None:
    """A quarter of the answers, ten in a request."""
    mine = range(part, answers, WRITERS)
    prefix = actor.program.slug.upper()
    at: datetime = timezone.now()
    for start in range(0, len(mine), CHUNK):
        rows = [
            {
                "external_id": f"{prefix}-0-{number}",
                "answers": {"nps": _score(number)},
                "completed_at": at.isoformat(),
            }
            for number in mine[start : start + CHUNK]
        ]
        result = responses_record(actor=actor, survey=survey, rows=rows)
        assert result.failed == 0, result.rows[:2]
    connections.close_all()


def _first(actor: Actor) -> Any:
    from cxportal.core.models import Customer

    return Customer.objects.for_actor(actor).order_by("pk").first()


def _some_cases(actor: Actor, count: int) -> bool:
    return Case.objects.for_actor(actor).count() >= count


def _settled(actor: Actor, low: int, loop: Automation) -> bool:
    loop.refresh_from_db()
    waits = OutboxEvent.objects.for_actor(actor).exists()
    return not waits and not loop.is_active and Case.objects.for_actor(actor).count() >= low


def _line(
    actor: Actor, follow: Automation, loop: Automation, answers: int, watch: Stopwatch
) -> Line:
    low = sum(_score(number) <= 6 for number in range(answers))
    cases: Any = Case.objects.for_actor(actor)
    doubled = cases.values("response").annotate(n=Count("pk")).filter(n__gt=1).count()
    runs: Any = AutomationRun.objects.for_actor(actor)
    loop.refresh_from_db()
    told = Notification.objects.for_actor(actor).filter(kind="automation_stopped").count()
    actions: Any = Action.objects.for_actor(actor)
    figures = {
        "answers": answers,
        "low": low,
        "cases": cases.count(),
        "doubled": doubled,
        "runs": runs.filter(automation=follow, state="done").count(),
        "actions": actions.count(),
        "kills": 1,
        "loop_runs": runs.filter(automation=loop, state="done").count(),
        "loop_stopped": int(not loop.is_active and bool(loop.stopped_reason)),
        "told": told,
        "finish_s": round(watch.seconds),
    }
    exact = figures["cases"] == figures["runs"] == figures["actions"] == low
    ok = exact and not doubled and figures["loop_runs"] == 1
    return Line(FAULT, figures, ok and bool(figures["loop_stopped"]) and told > 0)
