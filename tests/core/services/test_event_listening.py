"""Listeners hear of each customer event once, whatever fails or comes twice."""

from collections.abc import Iterator
from typing import Any

import pytest

from cxportal.core.actors import Actor
from cxportal.core.models import CustomerEvent, OutboxEvent
from cxportal.core.registry import event_listeners
from cxportal.core.services.event_listening import MOST_TRIES, TOPIC
from cxportal.core.services.events import event_record, events_record
from cxportal.core.services.outbox import outbox_drain_batch
from tests.conftest import make_customers

pytestmark = pytest.mark.django_db


class Ear:
    """A listener that keeps what it heard and fails at the events it is told to."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.fails: set[str] = set()

    def hear(self, program_id: int, events: list[CustomerEvent]) -> None:
        kinds = [event.kind for event in events]
        if self.fails.intersection(kinds):
            raise RuntimeError("no")
        self.heard += kinds


@pytest.fixture
def ear() -> Iterator[Ear]:
    listener = Ear()
    hear = listener.hear
    event_listeners.append(hear)
    yield listener
    event_listeners.remove(hear)


def drain() -> int:
    return outbox_drain_batch(topic=TOPIC)


def rows(*kinds: str) -> list[dict[str, Any]]:
    at = "2026-03-01T10:00:00+09:00"
    return [
        {"customer": "C0", "kind": kind, "occurred_at": at, "external_id": f"E-{kind}"}
        for kind in kinds
    ]


def test_each_event_is_heard_once(system: Actor, ear: Ear) -> None:
    (customer,) = make_customers(system.program, 1)
    event_record(actor=system, customer=customer, kind="call", external_id="E-call")
    assert ear.heard == []
    assert drain() == 1
    assert drain() == 0
    assert ear.heard == ["call"]
    events_record(actor=system, rows=rows("call", "purchase", "delivery"))
    drain()
    assert ear.heard == ["call", "purchase", "delivery"]


def test_an_event_known_before_is_not_announced_again(system: Actor, ear: Ear) -> None:
    make_customers(system.program, 1)
    events_record(actor=system, rows=rows("a", "b"))
    events_record(actor=system, rows=rows("a", "b"))
    while drain():
        continue
    assert ear.heard == ["a", "b"]


def test_one_event_that_fails_holds_no_other_up_and_is_given_up_in_the_end(
    system: Actor, ear: Ear
) -> None:
    make_customers(system.program, 1)
    ear.fails = {"bad"}
    events_record(actor=system, rows=rows("a", "bad", "b"))
    rounds = 0
    while drain():
        rounds += 1
    assert sorted(ear.heard) == ["a", "b"]
    assert rounds == MOST_TRIES + 1
    assert not OutboxEvent.unscoped.filter(topic=TOPIC).exists()


def test_what_failed_is_tried_again_by_itself(system: Actor, ear: Ear) -> None:
    make_customers(system.program, 1)
    ear.fails = {"late"}
    events_record(actor=system, rows=rows("late", "on-time"))
    drain()
    ear.fails = set()
    while drain():
        continue
    assert sorted(ear.heard) == ["late", "on-time"]
