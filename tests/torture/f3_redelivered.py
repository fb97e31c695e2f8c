"""F3: tasks run far longer than the broker waits and are handed out again; the claim decides."""

from cxportal.launch.processes import wait_until
from surveys.services.campaigns import campaign_start
from tests.torture.ground import ground
from tests.torture.line import Line
from tests.torture.people import crowd_campaign, make_crowd, waiting
from tests.torture.sink import Sink

FAULT = "F3"
SIZES = {"ci": 60, "full": 500}
VISIBILITY = "2"  # seconds; one slice of sending takes five
SECONDS_TO_FINISH = 240.0


def run(size: str) -> Line:
    """Two workers, each task redelivered while it still runs."""
    people = SIZES[size]
    actor, customers = make_crowd("f3", people)
    campaign = crowd_campaign(actor)
    with Sink(seconds=0.1) as sink:
        env = {**sink.env, "CELERY_VISIBILITY_TIMEOUT": VISIBILITY, "MAIL_SENDERS": "2"}
        crew = [ground.beat(env), *(ground.worker(env, name=f"worker{n}") for n in range(2))]
        campaign_start(actor=actor, campaign=campaign)
        wait_until(lambda: not waiting(campaign), SECONDS_TO_FINISH)
        for process in crew:
            ground.end(process)
        reached, dup = set(sink.counts), sink.duplicates
    lost = sum(c.email not in reached for c in customers)
    stuck = waiting(campaign)
    return Line(FAULT, {"lost": lost, "dup": dup, "stuck": stuck}, lost == dup == stuck == 0)
