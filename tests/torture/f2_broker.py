"""F2: the broker is gone for a while and comes back empty; rows are the truth, nothing is lost.

Worker and schedule are kept as a supervisor keeps them: Celery may end for good when its broker
goes.
"""

from collections.abc import Mapping

from cxportal.launch.children import Child, beat_program, worker_program
from cxportal.launch.processes import wait_until
from surveys.services.campaigns import campaign_start
from tests.torture.ground import Stopwatch, ground
from tests.torture.line import Line
from tests.torture.people import crowd_campaign, make_crowd, waiting
from tests.torture.sink import Sink

FAULT = "F2"
SIZES = {"ci": (100, 5.0), "full": (2_000, 30.0)}  # recipients, seconds without a broker
SECONDS_TO_RECOVER = 60.0


def run(size: str) -> Line:
    """The broker is killed while mails go out and started again without anything in it."""
    people, seconds = SIZES[size]
    actor, customers = make_crowd("f2", people)
    campaign = crowd_campaign(actor)
    with Sink(seconds=0.01) as sink:
        kept = _kept({**ground.env, **sink.env})
        campaign_start(actor=actor, campaign=campaign)
        wait_until(lambda: len(sink.taken) >= people // 10, 60)
        ground.valkey_kill()
        wait_until(lambda: _looked_after(kept) and False, seconds)
        ground.valkey_start_empty()
        watch = Stopwatch()
        wait_until(
            lambda: _looked_after(kept) and not waiting(campaign), SECONDS_TO_RECOVER + people / 50
        )
        recovered = watch.seconds
        for child in kept:
            child.stop()
        reached, dup = set(sink.counts), sink.duplicates
    lost = sum(c.email not in reached for c in customers)
    figures = {"lost": lost, "dup": dup, "recover_s": recovered}
    return Line(FAULT, figures, lost == dup == 0 and recovered <= SECONDS_TO_RECOVER + people / 50)


def _kept(env: Mapping[str, str]) -> list[Child]:
    children = [Child(program(), env) for program in (worker_program, beat_program)]
    for child in children:
        child.start()
    return children


def _looked_after(children: list[Child]) -> bool:
    """Start again what has ended; always True, to stand in a condition."""
    for child in children:
        child.look()
    return True
