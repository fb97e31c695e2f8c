"""F11: two schedules, two workers and two more dispatchers serve the same campaigns; dup=0."""

import sys
import threading

from django.db import connection

from cxportal.launch.processes import wait_until
from surveys.models import Campaign, Invitation
from surveys.services.campaigns import campaign_start
from surveys.services.invitations import occurrence_fill, occurrences_due
from tests.torture.ground import Process, ground
from tests.torture.line import Line
from tests.torture.people import crowd_campaign, make_crowd, waiting
from tests.torture.sink import Sink

FAULT = "F11"
# campaigns, people in each, ticks of each dispatcher: one hour of ticks every two seconds.
SIZES = {"ci": (3, 100, 60), "full": (12, 500, 1800)}
RACES = {"ci": 3, "full": 30}  # occurrences that several fill in the same instant
RACERS, RACE_PEOPLE = 6, 40
SECONDS_TO_FINISH = 180.0


def run(size: str) -> Line:
    number, people, ticks = SIZES[size]
    with Sink() as sink:
        crew = _crew({**sink.env, "MAIL_SENDERS": "2"}, ticks)
        campaigns = [_started(f"f11-{n}", people) for n in range(number)]
        wait_until(lambda: not any(waiting(c) for c in campaigns), SECONDS_TO_FINISH)
        wait_until(lambda: all(p.poll() is not None for p in crew[-2:]), SECONDS_TO_FINISH)
        ended = [process.poll() for process in crew[-2:]]
        for process in crew:
            ground.end(process)
        lost = number * people - len(sink.counts)
    stuck = sum(waiting(campaign) for campaign in campaigns)
    invited = Invitation.unscoped.filter(program__slug__startswith="f11-").count()
    twice = sum(_invited_twice(f"race-{n}") for n in range(RACES[size]))
    figures = {"lost": lost, "dup": sink.duplicates, "stuck": stuck, "invited": invited}
    figures |= {"invited_twice": twice}
    ok = lost == stuck == sink.duplicates == twice == 0
    ok = ok and invited == number * people and ended == [0, 0]
    return Line(FAULT, {**figures, "ticks": ticks * 2}, ok)


def _crew(env: dict[str, str], ticks: int) -> list[Process]:
    crew = [ground.beat(env, name=f"beat{n}") for n in range(2)]
    crew += [ground.worker(env, name=f"worker{n}") for n in range(2)]
    command = (sys.executable, "-m", "tests.torture.dispatcher", str(ticks))
    return crew + [ground.process(f"dispatcher{n}", *command, env=env) for n in range(2)]


def _started(slug: str, people: int) -> Campaign:
    actor, _customers = make_crowd(slug, people)
    return campaign_start(actor=actor, campaign=crowd_campaign(actor))


def _invited_twice(slug: str) -> int:
    """Invitations beyond one per person when several workers fill one occurrence at once."""
    campaign = _started(slug, RACE_PEOPLE)
    line = threading.Barrier(RACERS)
    racers = [threading.Thread(target=_fill, args=(line,)) for _ in range(RACERS)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    return Invitation.unscoped.filter(campaign=campaign).count() - RACE_PEOPLE


def _fill(line: threading.Barrier) -> None:
    due = occurrences_due()
    try:
        line.wait()
        for occurrence in due:
            occurrence_fill(occurrence)
    finally:
        connection.close()
