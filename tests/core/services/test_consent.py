"""Consent only grows; a suppressed address is never written to."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError
from cxportal.core.models import Channel, Consent, Suppression
from cxportal.core.queries.consent import consents_latest, suppressed
from cxportal.core.services.consent import consent_record, suppression_add, suppression_remove
from tests.conftest import make_customers


def test_the_newest_decision_counts_and_the_older_stays(system: Actor) -> None:
    ann = make_customers(system.program, 1)[0]
    at = datetime(2024, 2, 29, 3, tzinfo=UTC)
    yes = consent_record(actor=system, customer=ann, channel="email", granted=True, at=at)
    consent_record(actor=system, customer=ann, channel="email", granted=False)
    assert [c.granted for c in consents_latest(system, ann)] == [False]
    assert Consent.objects.for_actor(system).count() == 2
    assert yes.reconfirm_by == date(2026, 2, 28)


def test_a_consent_names_a_channel_and_lies_not_in_the_future(system: Actor) -> None:
    ann = make_customers(system.program, 1)[0]
    with pytest.raises(DomainError):
        consent_record(actor=system, customer=ann, channel="pigeon", granted=True)
    with pytest.raises(DomainError):
        consent_record(
            actor=system,
            customer=ann,
            channel="email",
            granted=True,
            at=timezone.now() + timedelta(hours=1),
        )
    assert not Consent.objects.for_actor(system).exists()


def test_suppressed_addresses_are_found_however_they_are_written(system: Actor) -> None:
    suppression_add(actor=system, address=" Ann@Example.com ")
    suppression_add(actor=system, address="ann@example.com", reason="bounced")
    row = Suppression.objects.for_actor(system).get()
    assert (row.address, row.reason) == ("ann@example.com", "manual")
    assert suppressed(system, ["ANN@example.com", "bob@example.com"]) == {"ann@example.com"}
    suppression_add(actor=system, address="+82 10-12", channel=Channel.SMS)
    assert suppressed(system, ["+821012"], Channel.SMS) == {"+821012"}


def test_what_is_no_address_is_refused(system: Actor) -> None:
    for address in ("", "nobody", "a@b.c\r\nBcc: d@e.fg", "x" * 300 + "@example.com"):
        with pytest.raises(DomainError):
            suppression_add(actor=system, address=address)
    assert not Suppression.objects.for_actor(system).exists()


def test_a_persons_own_wish_is_not_taken_back_by_others(system: Actor) -> None:
    wish = suppression_add(actor=system, address="a@example.com", reason="unsubscribed")
    typed = suppression_add(actor=system, address="b@example.com")
    with pytest.raises(DomainError) as refused:
        suppression_remove(actor=system, suppression=wish)
    assert refused.value.code == "own_wish"
    suppression_remove(actor=system, suppression=typed)
    assert [s.address for s in Suppression.objects.for_actor(system)] == ["a@example.com"]


def test_staff_do_not_touch_the_list(actor_for: Callable[[str], Actor]) -> None:
    with pytest.raises(Denied):
        suppression_add(actor=actor_for("staff"), address="a@example.com")
    assert not Suppression.objects.for_actor(actor_for("owner")).exists()
