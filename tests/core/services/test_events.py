"""Events of customers, recorded once each."""

from typing import Any

import pytest

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from cxportal.core.models import CustomerEvent
from cxportal.core.services.events import event_record, events_record
from tests.conftest import make_customers

AT = "2026-03-01T10:00:00+09:00"


def row(**values: Any) -> dict[str, Any]:
    return {"customer": "C0", "kind": "purchase", "occurred_at": AT, **values}


def test_the_same_event_again_changes_nothing(system: Actor) -> None:
    make_customers(system.program, 1)
    rows = [row(external_id="e1", data={"sum": 5}), row()]
    assert events_record(actor=system, rows=rows).created == 2
    again = events_record(actor=system, rows=rows)
    assert [r["status"] for r in again.rows] == ["unchanged", "created"]
    assert CustomerEvent.objects.for_actor(system).get(external_id="e1").data == {"sum": 5}


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        (row(customer="nobody"), "customer"),
        (row(customer=None), "customer"),
        (row(kind="Big Sale"), "kind"),
        (row(kind=None), "kind"),
        (row(occurred_at="yesterday"), "occurred_at"),
        (row(occurred_at="2026-03-01T10:00:00"), "occurred_at"),
        (row(occurred_at="2999-03-01T10:00:00Z"), "occurred_at"),
        (row(place="x" * 121), "place"),
        (row(data=[1]), "data"),
        (row(data={"a": "x" * 9000}), "data"),
        (row(data={"a": "\x00"}), "data"),
        (row(program=1), "program"),
        ("x", "row"),
    ],
)
def test_a_bad_event_fails_alone(system: Actor, bad: Any, field: str) -> None:
    make_customers(system.program, 1)
    result = events_record(actor=system, rows=[bad, row()])
    assert (result.created, result.failed) == (1, 1)
    assert list(result.rows[0]["errors"]) == [field]
    assert CustomerEvent.objects.for_actor(system).count() == 1


def test_one_event_by_its_customer(system: Actor) -> None:
    ann = make_customers(system.program, 1)[0]
    first = event_record(actor=system, customer=ann, kind="call", external_id="e1")
    again = event_record(actor=system, customer=ann, kind="call", external_id="e1")
    assert first.pk == again.pk
    with pytest.raises(DomainError):
        event_record(actor=system, customer=ann, kind="NO")
