"""An erased person is gone, everywhere, and the counts stay true."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from cxportal.core import registry
from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError
from cxportal.core.models import AuditEntry, Consent, Customer, CustomerEvent, Program, Segment
from cxportal.core.services.consent import consent_record
from cxportal.core.services.customers import (
    customer_create,
    customer_update,
    customers_bulk_upsert,
)
from cxportal.core.services.erasure import customer_erase
from cxportal.core.services.events import event_record
from cxportal.core.services.segments import segment_add_customers, segment_create


def known_person(actor: Actor) -> Customer:
    ann = customer_create(
        actor=actor,
        external_id="A-1",
        name="Ann Secret",
        email="ann@secret.example",
        phone="010-1234",
        attributes={"hobby": "secret"},
    )
    consent_record(actor=actor, customer=ann, channel="email", granted=True, source="fair booth 7")
    event_record(
        actor=actor,
        customer=ann,
        kind="purchase",
        occurred_at=datetime(2026, 1, 2, tzinfo=UTC),
        place="Secret street",
        data={"note": "secret"},
        external_id="e1",
    )
    return customer_update(actor=actor, customer=ann, name="Ann Secret II")


def test_nothing_that_points_to_the_person_stays(system: Actor) -> None:
    ann = known_person(system)
    staff = segment_create(actor=system, code="vip", name="VIP", kind=Segment.Kind.MANUAL)
    segment_add_customers(actor=system, segment=staff, customers=[ann])
    erased = customer_erase(actor=system, customer=ann)
    stored = Customer.objects.for_actor(system).get(pk=ann.pk)
    assert (stored.name, stored.email, stored.phone, stored.attributes) == ("", "", "", {})
    assert stored.external_id.startswith("erased-")
    assert stored.erased_at is not None and erased.version == 3
    event = CustomerEvent.objects.for_actor(system).get()
    assert (event.kind, event.place, event.data, event.external_id) == ("purchase", "", {}, None)
    assert not stored.segments.exists()
    for entry in AuditEntry.objects.for_actor(system):
        assert "Ann" not in entry.object_label and "A-1" not in entry.object_label
        assert "Secret" not in str(entry.changes)


def test_of_a_consent_stays_the_bare_proof(system: Actor) -> None:
    customer_erase(actor=system, customer=known_person(system))
    consent = Consent.objects.for_actor(system).get()
    assert (consent.channel, consent.purpose, consent.granted) == ("email", "survey", True)
    assert (consent.source, consent.text_version) == ("", "")


def test_every_floor_takes_the_person_out_in_the_same_transaction(
    system: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(actor: Actor, customer: Customer) -> None:
        raise RuntimeError

    ann = known_person(system)
    monkeypatch.setattr(registry, "erasers", [broken])
    monkeypatch.setattr("cxportal.core.services.erasure.erasers", [broken])
    with pytest.raises(RuntimeError):
        customer_erase(actor=system, customer=ann)
    assert Customer.objects.for_actor(system).get(pk=ann.pk).name == "Ann Secret II"


def test_erasing_needs_a_right_of_its_own(
    actor_for: Callable[[str], Actor], system: Actor, program: Program
) -> None:
    ann = known_person(system)
    for role in ("designer", "manager", "staff", "viewer"):
        with pytest.raises(Denied):
            customer_erase(actor=actor_for(role), customer=ann)
    assert Customer.objects.for_actor(system).get(pk=ann.pk).erased_at is None
    customer_erase(actor=actor_for("owner"), customer=ann)
    assert Customer.objects.for_actor(system).get(pk=ann.pk).erased_at is not None


def test_an_erased_person_stays_erased(system: Actor) -> None:
    ann = customer_erase(actor=system, customer=known_person(system))
    again = customer_erase(actor=system, customer=ann)
    assert again.version == ann.version
    with pytest.raises(DomainError) as refused:
        customer_update(actor=system, customer=ann, name="Back")
    assert refused.value.code == "erased"


def test_the_same_id_from_the_client_makes_a_new_person(system: Actor) -> None:
    ann = customer_erase(actor=system, customer=known_person(system))
    result = customers_bulk_upsert(actor=system, rows=[{"external_id": "A-1"}])
    assert result.created == 1
    assert Customer.objects.for_actor(system).get(external_id="A-1").pk != ann.pk
