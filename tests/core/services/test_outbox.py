"""The outbox: topics take turns, and what somebody watches comes in between."""

from collections.abc import Callable, Iterator

import pytest

from cxportal.core.models import OutboxEvent, Program
from cxportal.core.registry import outbox_batches, outbox_consumers, outbox_urgent
from cxportal.core.services import outbox
from cxportal.core.services.outbox import outbox_drain_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, int]]]:
    """Three topics of our own; what was consumed, in order, as (topic, rows)."""
    seen: list[tuple[str, int]] = []

    def consumer(topic: str) -> Callable[[int, list[OutboxEvent]], None]:
        return lambda _program, rows: seen.append((topic, len(rows)))

    monkeypatch.setattr(outbox, "URGENT_AFTER", 0.0)
    ours = {topic: consumer(topic) for topic in ("long", "watched", "other")}
    before = dict(outbox_consumers), list(outbox_urgent), dict(outbox_batches)
    outbox_consumers.clear()
    outbox_consumers.update(ours)
    outbox_urgent[:] = ["watched"]
    outbox_batches.clear()
    outbox_batches["long"] = 2
    yield seen
    outbox_consumers.clear()
    outbox_consumers.update(before[0])
    outbox_urgent[:] = before[1]
    outbox_batches.clear()
    outbox_batches.update(before[2])


def _put(program: Program, topic: str, rows: int) -> None:
    OutboxEvent.unscoped.bulk_create(
        OutboxEvent(program=program, topic=topic, payload={}) for _ in range(rows)
    )


def test_every_row_is_consumed_once(program: Program, taken: list[tuple[str, int]]) -> None:
    _put(program, "long", 5)
    _put(program, "watched", 3)
    _put(program, "other", 1)
    assert outbox_drain_all() == 9
    assert not OutboxEvent.unscoped.filter(program=program).exists()
    assert sum(n for topic, n in taken if topic == "long") == 5


def test_a_long_topic_holds_up_no_other(program: Program, taken: list[tuple[str, int]]) -> None:
    _put(program, "long", 5)
    _put(program, "other", 1)
    outbox_drain_all()
    assert [topic for topic, _n in taken] == ["long", "other", "long", "long"]


def test_what_is_watched_comes_in_between(program: Program, taken: list[tuple[str, int]]) -> None:
    """A row that arrives while a long topic is worked off does not wait for its end."""
    _put(program, "long", 6)
    first = outbox_consumers["long"]

    def arrives_meanwhile(program_id: int, rows: list[OutboxEvent]) -> None:
        first(program_id, rows)
        if len(taken) == 1:
            _put(program, "watched", 1)

    outbox_consumers["long"] = arrives_meanwhile
    outbox_drain_all()
    assert [topic for topic, _n in taken] == ["long", "watched", "long", "long"]
