"""Occurrences, contact policy, quiet hours, samples: who is asked when, and who not and why."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError, StaleEdit
from cxportal.core.models import Customer, Segment, SegmentMember
from surveys.models import Campaign, Delivery, Invitation, Occurrence
from surveys.queries.audience import audience_preview
from surveys.queries.campaigns import campaign_progress
from surveys.services.campaigns import (
    campaign_pause,
    campaign_resume,
    campaign_start,
    campaign_update,
)
from surveys.services.contact_policy import contact_policy_update
from surveys.services.deliveries import deliveries_send
from surveys.services.schedules import schedules_plan
from surveys.services.sweeps import campaigns_sweep_once
from tests.conftest import make_customers
from tests.surveys.campaign_cast import fill_all, make_campaign, running, states
from tests.surveys.simulated_year import live_through

pytestmark = pytest.mark.django_db
# Ten in the morning in Seoul, where the test program lives.
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def recurring(actor: Actor, **values: Any) -> Campaign:
    """A started weekly campaign on Mondays at ten."""
    values = {
        "timing": "recurring",
        "send_on": MONDAY.date(),
        "send_time": time(10),
        "unit": "week",
        "contact_gap_days": 0,
        **values,
    }
    return campaign_start(actor=actor, campaign=make_campaign(actor, **values))


def sweep_at(moment: datetime) -> int:
    """What a worker does at that moment; returns how many mails went out."""
    mail.outbox.clear()
    with time_machine.travel(moment, tick=False):
        campaigns_sweep_once()
    return len(mail.outbox)


def test_a_set_time_is_waited_for(system: Actor) -> None:
    make_customers(system.program, 2)
    with time_machine.travel(MONDAY - timedelta(days=1), tick=False):
        campaign = campaign_start(
            actor=system,
            campaign=make_campaign(system, timing="at", send_on=MONDAY.date(), send_time=time(10)),
        )
    assert sweep_at(MONDAY - timedelta(seconds=1)) == 0
    with time_machine.travel(MONDAY - timedelta(hours=1), tick=False):
        assert campaign_progress(campaign).next_at == MONDAY
    assert sweep_at(MONDAY) == 2
    assert sweep_at(MONDAY + timedelta(days=1)) == 0
    assert campaign_progress(campaign).finished


def test_each_recipient_is_written_at_their_own_ten_o_clock(system: Actor) -> None:
    zones = {"Asia/Seoul": 1, "America/New_York": 15, "Mars/Olympus": 1}
    for number, zone in enumerate(zones):
        make_customers(system.program, 1, prefix=f"Z{number}-")
        Customer.unscoped.filter(external_id=f"Z{number}-0").update(attributes={"timezone": zone})
    with time_machine.travel(MONDAY - timedelta(days=2), tick=False):
        campaign_start(
            actor=system,
            campaign=make_campaign(
                system,
                timing="at",
                send_on=MONDAY.date(),
                send_time=time(10),
                in_recipient_zone=True,
            ),
        )
    assert sweep_at(MONDAY) == 2
    due = {d.invitation.customer.attributes["timezone"]: d.due_at for d in Delivery.unscoped.all()}
    assert {zone: moment.hour for zone, moment in due.items()} == zones
    assert sweep_at(MONDAY + timedelta(hours=14)) == 1


def test_a_series_goes_out_again_and_again_and_two_schedulers_plan_it_once(system: Actor) -> None:
    make_customers(system.program, 1)
    with time_machine.travel(MONDAY - timedelta(days=1), tick=False):
        campaign = recurring(system, ends_on=date(2026, 3, 16))
        assert schedules_plan() == 0
    for week in range(4):
        assert sweep_at(MONDAY + timedelta(weeks=week)) == (1 if week < 3 else 0)
        assert sweep_at(MONDAY + timedelta(weeks=week, hours=1)) == 0
    keys = list(campaign.occurrences.order_by("number").values_list("key", flat=True))
    assert keys == ["2026-03-02T10:00", "2026-03-09T10:00", "2026-03-16T10:00"]
    assert campaign_progress(campaign).finished


def test_a_third_of_the_people_is_asked_in_turn(system: Actor) -> None:
    make_customers(system.program, 30)
    with time_machine.travel(MONDAY - timedelta(days=1), tick=False):
        campaign = recurring(system, parts=3)
        first = audience_preview(actor=system, campaign=campaign)
    sent = [sweep_at(MONDAY + timedelta(weeks=week)) for week in range(3)]
    assert sum(sent) == 30
    assert sent[0] == first.total == first.will_receive
    assert Invitation.unscoped.values("customer_id").distinct().count() == 30
    assert sweep_at(MONDAY + timedelta(weeks=3)) == sent[0]


def test_what_was_missed_for_days_is_passed_over_and_not_sent_late(system: Actor) -> None:
    make_customers(system.program, 1)
    with time_machine.travel(MONDAY - timedelta(days=1), tick=False):
        campaign = recurring(system)
    # The third was due less than a day ago: it still goes out.
    sent = [sweep_at(MONDAY + timedelta(days=14, hours=20)) for _tick in range(3)]
    assert sum(sent) == 1
    passed = campaign.occurrences.filter(passed_over=True).order_by("number")
    assert [one.number for one in passed] == [0, 1]


def test_a_schedule_changed_while_paused_holds_from_the_next_time_on(system: Actor) -> None:
    make_customers(system.program, 1)
    with time_machine.travel(MONDAY - timedelta(days=1), tick=False):
        campaign = recurring(system)
        campaign = campaign_pause(actor=system, campaign=campaign)
        campaign = campaign_update(actor=system, campaign=campaign, send_time=time(15))
        campaign_resume(actor=system, campaign=campaign)
    assert sweep_at(MONDAY) == 0
    assert sweep_at(MONDAY + timedelta(hours=5)) == 1


def test_a_schedule_without_a_day_or_an_end_before_its_beginning_is_refused(system: Actor) -> None:
    with pytest.raises(DomainError) as refused:
        make_campaign(system, timing="recurring", send_time=time(9))
    assert "send_on" in refused.value.details
    with pytest.raises(DomainError) as refused:
        make_campaign(
            system,
            timing="at",
            send_on=date(2026, 3, 2),
            send_time=time(9),
            ends_on=date(2026, 3, 1),
        )
    assert "ends_on" in refused.value.details
    with pytest.raises(DomainError) as refused:
        make_campaign(system, timing="at", channel="link")
    assert "timing" in refused.value.details


def test_control_group_exclusion_and_sample_each_have_their_reason(system: Actor) -> None:
    people = make_customers(system.program, 200)
    segment = Segment.unscoped.create(
        program=system.program, code="no", name={"en": "No"}, kind="manual"
    )
    for customer in people[:10]:
        SegmentMember.unscoped.create(program=system.program, segment=segment, customer=customer)
    campaign = make_campaign(system, excluded_segment=segment, holdout_percent=20, sample_size=50)
    seen = audience_preview(actor=system, campaign=campaign)
    assert seen.skipped["excluded"] == 10
    assert 20 < seen.skipped["holdout"] < 60
    assert (seen.total, seen.will_receive) == (200, 50)
    campaign_start(actor=system, campaign=campaign)
    fill_all()
    written: dict[str, int] = {}
    for reason in Invitation.unscoped.values_list("skip_reason", flat=True):
        written[reason] = written.get(reason, 0) + 1
    assert written.pop("") == 50
    assert written == seen.skipped
    assert sum(seen.skipped.values()) + seen.will_receive == seen.total


def test_a_sample_larger_than_the_audience_is_the_audience(system: Actor) -> None:
    make_customers(system.program, 3)
    running(system, sample_size=10)
    assert Delivery.unscoped.count() == 3


def test_the_policy_allows_so_many_in_so_many_days_over_all_campaigns(system: Actor) -> None:
    make_customers(system.program, 1)
    contact_policy_update(actor=system, rules=[{"most": 2, "days": 7}])
    for number in range(2):
        running(system, name=f"N{number}", contact_gap_days=0)
        deliveries_send(seconds=5)
    third = make_campaign(system, name="N2", contact_gap_days=0)
    assert audience_preview(actor=system, campaign=third).skipped == {"contact_policy": 1}
    contact_policy_update(actor=system, rules=[{"most": 2, "days": 7, "channel": "list"}])
    assert audience_preview(actor=system, campaign=third).will_receive == 1


def test_a_person_two_campaigns_wait_for_is_written_once(system: Actor) -> None:
    """Both were filled before either sent; the claim looks again."""
    make_customers(system.program, 1)
    first, second = (make_campaign(system, name=name, contact_gap_days=0) for name in "AB")
    for campaign in (first, second):
        campaign_start(actor=system, campaign=campaign)
    fill_all()
    assert Delivery.unscoped.filter(state="queued").count() == 2
    Campaign.unscoped.update(contact_gap_days=10)
    deliveries_send(seconds=5)
    assert len(mail.outbox) == 1
    assert sorted(states(first)) + sorted(states(second)) == ["sent", "skipped"]
    assert Delivery.unscoped.get(state="skipped").reason == "contact_gap"


def test_a_campaign_of_high_priority_takes_over_whom_another_waits_for(system: Actor) -> None:
    make_customers(system.program, 2)
    low = running(system, name="Low", priority=9)
    running(system, name="High", priority=1)
    assert states(low) == {"skipped": 2}
    assert set(Delivery.unscoped.filter(campaign=low).values_list("reason", flat=True)) == {
        "outranked"
    }
    deliveries_send(seconds=5)
    assert len(mail.outbox) == 2


def test_quiet_hours_put_a_message_off_to_the_persons_morning(system: Actor) -> None:
    make_customers(system.program, 2)
    Customer.unscoped.filter(external_id="C1").update(attributes={"timezone": "America/New_York"})
    contact_policy_update(actor=system, quiet_from=time(21), quiet_until=time(8))
    with time_machine.travel(datetime(2026, 5, 1, 12, 0, tzinfo=UTC), tick=False):
        # 21:00 in Seoul, 8:00 in New York.
        running(system)
        deliveries_send(seconds=5)
    assert [m.to for m in mail.outbox] == [["c1@example.com"]]
    waits = Delivery.unscoped.get(state="queued")
    assert waits.due_at == datetime(2026, 5, 1, 23, 0, tzinfo=UTC)
    assert sweep_at(waits.due_at) == 1


def test_a_policy_is_checked_versioned_and_needs_the_right(system: Actor, actor_for: Any) -> None:
    first = contact_policy_update(actor=system, rules=[{"most": 1, "days": 3, "channel": "email"}])
    with pytest.raises(StaleEdit):
        contact_policy_update(actor=system, version=first.version - 1, rules=[])
    for bad in (
        {"most": 0, "days": 3},
        {"most": 1, "days": 999},
        {"most": 1, "days": 1, "channel": "x"},
    ):
        with pytest.raises(DomainError):
            contact_policy_update(actor=system, rules=[bad])
    with pytest.raises(DomainError):
        contact_policy_update(actor=system, quiet_from=time(21))
    with pytest.raises(DomainError):
        contact_policy_update(actor=actor_for("staff"), rules=[])


def test_six_weeks_around_a_change_of_the_clocks_keep_every_promise(system: Actor) -> None:
    customers = make_customers(system.program, 24)
    seen = live_through(system, customers, date(2026, 2, 25), date(2026, 4, 5))
    assert seen.faults == 0, seen
    assert seen.asked > 40
    assert Occurrence.unscoped.count() == seen.occurrences == 40 + 6 + 2 + 1
