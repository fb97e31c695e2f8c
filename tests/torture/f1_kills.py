"""F1: worker and child killed in the middle of a campaign; nobody lost, hardly anybody doubled."""

import random
import time
from functools import partial

from cxportal.launch.processes import wait_until
from surveys.services.campaigns import campaign_start
from tests.torture.ground import Process, Stopwatch, children_of, ground, kill, kill_group
from tests.torture.line import Line
from tests.torture.people import crowd_campaign, make_crowd, waiting
from tests.torture.sink import Sink

FAULT = "F1"
SIZES = {"ci": (300, 2, 1), "full": (10_000, 10, 5)}  # recipients, kills, seeds
SECONDS_PER_MAIL = 0.003
SECONDS_TO_NEXT_KILL = 120.0
SECONDS_TO_FINISH = 180.0
ORPHAN_SECONDS = 0.5


def run(size: str) -> Line:
    """Each seed is a campaign of its own; the figures are sums, the time is the longest."""
    people, kills, seeds = SIZES[size]
    results = [_campaign(seed, people, kills) for seed in range(1, seeds + 1)]
    figures = {name: sum(one[name] for one in results) for name in ("lost", "dup", "kills")}
    figures |= {name: sum(one[name] for one in results) for name in ("stuck", "ids")}
    finish = max(one["finish_s"] for one in results)
    good = figures["lost"] == figures["stuck"] == figures["ids"] == 0
    kept = {name: figures[name] for name in ("lost", "dup", "kills", "stuck")}
    made = figures["kills"] == kills * seeds
    ok = good and made and figures["dup"] <= figures["kills"]
    return Line(FAULT, {**kept, "finish_s": finish}, ok)


def _campaign(seed: int, people: int, kills: int) -> dict[str, int]:
    chance = random.Random(seed)
    actor, customers = make_crowd(f"f1-{seed}", people)
    campaign = crowd_campaign(actor)
    with Sink(seconds=SECONDS_PER_MAIL) as sink:
        watch, beat = Stopwatch(), ground.beat(sink.env)
        worker = ground.worker(sink.env)
        campaign_start(actor=actor, campaign=campaign)
        marks = sorted(chance.sample(range(people // 20, people - people // 10), kills))
        done = 0
        for mark in marks:
            if not wait_until(partial(_reached, sink, mark), SECONDS_TO_NEXT_KILL):
                break
            worker = _kill_one_way(worker, sink, chance)
            done += 1
        wait_until(lambda: not waiting(campaign), SECONDS_TO_FINISH)
        finish = round(watch.seconds)
        ground.end(worker)
        ground.end(beat)
        reached = set(sink.counts)
    return {
        "lost": sum(c.email not in reached for c in customers),
        "dup": sink.duplicates,
        "kills": done,
        "stuck": waiting(campaign),
        "ids": sink.differing_ids,
        "finish_s": finish,
    }


def _reached(sink: Sink, mark: int) -> bool:
    return len(sink.taken) >= mark


def _kill_one_way(worker: Process, sink: Sink, chance: random.Random) -> Process:
    """Everything at once, only a child (the worker starts another), or only the parent."""
    way = chance.choice(("all", "child", "parent"))
    children = children_of(worker.pid)
    if way == "child" and children:
        for pid in children:
            kill(pid)
        return worker
    if way == "parent":
        kill(worker.pid)
        time.sleep(ORPHAN_SECONDS)
    kill_group(worker)
    return ground.worker(sink.env)
