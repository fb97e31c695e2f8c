"""Campaigns after an event, and reminders to those who have not answered."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from cxportal.core.models import Customer, Segment, SegmentMember
from cxportal.core.services.events import event_record, events_record
from cxportal.core.tasks import outbox_drain
from surveys.models import Campaign, Delivery, Invitation
from surveys.queries.campaigns import campaign_progress
from surveys.services.campaigns import (
    campaign_pause,
    campaign_resume,
    campaign_start,
    campaign_stop,
    campaign_update,
    campaigns_end_due,
)
from surveys.services.deliveries import deliveries_send
from surveys.services.reminders import reminders_queue
from tests.conftest import make_customers
from tests.surveys.campaign_cast import make_campaign, running, states

pytestmark = pytest.mark.django_db


def listening(actor: Actor, **values: Any) -> Campaign:
    """A started campaign that asks after a delivery."""
    values = {"timing": "event", "event_kind": "delivery", "contact_gap_days": 0, **values}
    campaign = campaign_start(actor=actor, campaign=make_campaign(actor, **values))
    Campaign.unscoped.filter(pk=campaign.pk).update(started_at=timezone.now() - timedelta(days=60))
    return campaign


def happened(actor: Actor, customer: Customer, kind: str = "delivery", **values: Any) -> None:
    event_record(actor=actor, customer=customer, kind=kind, **values)
    outbox_drain()


def test_a_delivery_brings_a_mail_to_the_person_and_to_nobody_else(system: Actor) -> None:
    people = make_customers(system.program, 3)
    campaign = listening(system)
    happened(system, people[1])
    happened(system, people[2], kind="call")
    deliveries_send(seconds=5)
    assert [message.to for message in mail.outbox] == [[people[1].email]]
    assert campaign_progress(campaign).shown_state == ("running", "Waits for events")


def test_three_days_after_the_delivery_is_counted_from_the_delivery(system: Actor) -> None:
    (customer,) = make_customers(system.program, 1)
    listening(system, delay_minutes=3 * 24 * 60)
    moment = timezone.now() - timedelta(days=1)
    happened(system, customer, occurred_at=moment)
    row = Delivery.unscoped.get()
    assert row.due_at == moment + timedelta(days=3)
    assert deliveries_send(seconds=5).claimed == 0
    Delivery.unscoped.update(due_at=timezone.now())
    assert deliveries_send(seconds=5).handed_over == 1


def test_what_happened_before_the_start_or_too_long_ago_brings_no_mail(system: Actor) -> None:
    people = make_customers(system.program, 2)
    campaign = listening(system)
    happened(system, people[0], occurred_at=timezone.now() - timedelta(days=61))
    happened(system, people[1], occurred_at=timezone.now() - timedelta(days=8))
    late = Invitation.unscoped.get()
    assert (late.customer_id, late.skip_reason) == (people[1].pk, "too_late")
    assert states(campaign) == {}


def test_conditions_and_segment_narrow_whom_an_event_asks(system: Actor) -> None:
    people = make_customers(system.program, 3)
    segment = Segment.unscoped.create(
        program=system.program, code="few", name={"en": "Few"}, kind="manual"
    )
    for customer in people[:2]:
        SegmentMember.unscoped.create(program=system.program, segment=segment, customer=customer)
    listening(
        system,
        segment=segment,
        event_conditions=[{"field": "data.amount", "operator": "at_least", "value": "100"}],
    )
    for customer, amount in zip(people, (100, 99, 500), strict=True):
        happened(system, customer, data={"amount": amount})
    assert [i.customer_id for i in Invitation.unscoped.all()] == [people[0].pk]


def test_an_event_asks_once_and_two_at_once_fall_under_the_contact_gap(system: Actor) -> None:
    (customer,) = make_customers(system.program, 1)
    listening(system, contact_gap_days=7)
    rows = [
        {
            "customer": customer.external_id,
            "kind": "delivery",
            "occurred_at": timezone.now().isoformat(),
            "external_id": f"E-{number}",
        }
        for number in range(2)
    ]
    events_record(actor=system, rows=rows)
    outbox_drain()
    events_record(actor=system, rows=rows)
    outbox_drain()
    reasons = sorted(Invitation.unscoped.values_list("skip_reason", flat=True))
    assert reasons == ["", "contact_gap"]
    assert Delivery.unscoped.count() == 1


def test_while_paused_messages_wait_and_a_stopped_campaign_hears_nothing(system: Actor) -> None:
    people = make_customers(system.program, 2)
    campaign = listening(system)
    campaign_pause(actor=system, campaign=campaign)
    happened(system, people[0])
    assert deliveries_send(seconds=5).claimed == 0
    campaign_resume(actor=system, campaign=campaign)
    assert deliveries_send(seconds=5).handed_over == 1
    campaign_stop(actor=system, campaign=campaign)
    happened(system, people[1])
    assert Invitation.unscoped.count() == 1


def test_an_erased_event_leaves_both_invitations_standing(system: Actor) -> None:
    (customer,) = make_customers(system.program, 1)
    listening(system)
    happened(system, customer)
    happened(system, customer)
    customer.events.all().delete()
    assert Invitation.unscoped.count() == 2


def test_an_event_campaign_needs_its_event(system: Actor) -> None:
    with pytest.raises(DomainError) as refused:
        make_campaign(system, timing="event")
    assert "event_kind" in refused.value.details
    with pytest.raises(DomainError) as refused:
        make_campaign(system, timing="event", event_kind="delivery", channel="link")
    assert "timing" in refused.value.details


def sent_days_ago(days: float, step: int = 0) -> None:
    Delivery.unscoped.filter(step=step).update(sent_at=timezone.now() - timedelta(days=days))


def test_only_those_who_have_not_answered_are_reminded_once_each_time(system: Actor) -> None:
    people = make_customers(system.program, 3)
    campaign = running(system, reminder_days=[3, 7], reminder_subject={"en": "Still there?"})
    deliveries_send(seconds=5)
    mail.outbox.clear()
    sent_days_ago(2.9)
    assert reminders_queue() == 0
    sent_days_ago(3)
    Invitation.unscoped.filter(customer=people[0]).update(answered_at=timezone.now())
    assert reminders_queue() == 2
    assert reminders_queue() == 0
    # Answered between the queue and the send: no reminder either.
    Invitation.unscoped.filter(customer=people[1]).update(answered_at=timezone.now())
    deliveries_send(seconds=5)
    assert [(m.to, m.subject) for m in mail.outbox] == [([people[2].email], "Still there?")]
    assert Delivery.unscoped.get(step=1, state="skipped").reason == "answered"
    sent_days_ago(3.9, step=1)
    assert reminders_queue() == 0
    sent_days_ago(4, step=1)
    assert reminders_queue() == 1
    deliveries_send(seconds=5)
    seen = campaign_progress(campaign)
    assert (seen.sent, seen.reminded, seen.finished) == (3, 2, True)


def test_a_reminder_carries_the_same_link_and_its_own_message_id(system: Actor) -> None:
    make_customers(system.program, 1)
    running(system, reminder_days=[1])
    deliveries_send(seconds=5)
    sent_days_ago(1)
    reminders_queue()
    deliveries_send(seconds=5)
    first, second = mail.outbox
    assert second.subject.startswith("A reminder")
    links = [str(m.body).partition("Answer here: ")[2].split()[0] for m in (first, second)]
    assert links[0] == links[1]
    assert first.extra_headers["Message-ID"] != second.extra_headers["Message-ID"]


def test_days_changed_while_paused_hold_for_those_not_yet_reminded(system: Actor) -> None:
    make_customers(system.program, 1)
    campaign = running(system, reminder_days=[9])
    deliveries_send(seconds=5)
    sent_days_ago(5)
    assert reminders_queue() == 0
    campaign_pause(actor=system, campaign=campaign)
    campaign_update(actor=system, campaign=campaign, reminder_days=[4])
    assert reminders_queue() == 0
    campaign_resume(actor=system, campaign=campaign)
    assert reminders_queue() == 1


@pytest.mark.parametrize("days", [[0], [3, 3], [7, 3], [91], [1, 2, 3, 4, 5, 6]])
def test_days_out_of_order_or_range_are_refused(system: Actor, days: list[int]) -> None:
    with pytest.raises(DomainError) as refused:
        make_campaign(system, reminder_days=days)
    assert "reminder_days" in refused.value.details


def test_a_campaign_ends_with_its_last_day_and_leaves_the_rest_out(system: Actor) -> None:
    make_customers(system.program, 2)
    today = timezone.now().astimezone(system.program.zone).date()
    campaign = running(system, ends_on=today)
    assert campaigns_end_due() == 0
    Campaign.unscoped.filter(pk=campaign.pk).update(ends_on=today - timedelta(days=1))
    assert campaigns_end_due() == 1
    campaign.refresh_from_db()
    assert campaign.state == "stopped"
    assert set(Delivery.unscoped.values_list("reason", flat=True)) == {"ended"}
