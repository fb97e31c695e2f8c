"""Sending: nobody is lost, nobody is written twice, one bad recipient ends only its own row."""

import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.models import Consent, Customer, Program, Suppression
from surveys.calc.delivery import PATIENCE, Event
from surveys.models import Campaign, Delivery, Invitation
from surveys.queries.campaigns import mail_server_problem
from surveys.queries.retries import GAVE_UP
from surveys.services.campaigns import campaign_pause, campaign_resume, campaign_stop
from surveys.services.claims import (
    deliveries_claim,
    delivery_release,
    delivery_renew,
    leases_expire,
)
from surveys.services.couriers import Outcome
from surveys.services.deliveries import deliveries_send, delivery_record, delivery_send
from tests.conftest import make_customers
from tests.surveys.campaign_cast import desk_with, running, states

pytestmark = pytest.mark.django_db


def test_everyone_gets_one_mail_and_the_rows_say_so(system: Actor, program: Program) -> None:
    make_customers(program, 7)
    campaign = running(system)
    sent = deliveries_send(seconds=30, batch=3)
    assert (sent.claimed, sent.handed_over) == (7, 7)
    assert states(campaign) == {"sent": 7}
    assert sorted(m.to[0] for m in mail.outbox) == [f"c{i}@example.com" for i in range(7)]
    assert deliveries_send(seconds=30).claimed == 0
    assert len(mail.outbox) == 7


def test_a_claimed_row_is_not_claimed_again(system: Actor, program: Program) -> None:
    make_customers(program, 3)
    campaign = running(system)
    first = deliveries_claim(campaign=campaign, limit=2)
    second = deliveries_claim(campaign=campaign, limit=2)
    assert len(first) == 2
    assert len(second) == 1
    assert {d.attempt for d in first + second} == {1}


def test_whoever_lost_the_lease_sends_nothing(system: Actor, program: Program) -> None:
    make_customers(program, 1)
    campaign = running(system)
    (slow,) = deliveries_claim(campaign=campaign)
    Delivery.unscoped.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert leases_expire() == 1
    (quick,) = deliveries_claim(campaign=campaign)
    assert (slow.attempt, quick.attempt) == (1, 2)
    desk, courier = desk_with()
    assert delivery_send(desk=desk, campaign=campaign, delivery=slow) is False
    assert courier.taken == []
    assert delivery_send(desk=desk, campaign=campaign, delivery=quick) is True
    assert len(courier.taken) == 1
    assert states(campaign) == {"sent": 1}


def test_both_attempts_of_a_message_carry_the_same_message_id(
    system: Actor, program: Program
) -> None:
    make_customers(program, 1)
    campaign = running(system)
    desk, courier = desk_with()
    # Sent, and then the worker dies before it can write that down.
    (first,) = deliveries_claim(campaign=campaign)
    courier.before = lambda message: None
    assert delivery_renew(first)
    Delivery.unscoped.update(lease_until=timezone.now() - timedelta(seconds=1))
    delivery_send(desk=desk, campaign=campaign, delivery=first)
    sent_id = courier.taken[0].extra_headers["Message-ID"]
    row = Delivery.unscoped.get()
    assert row.message_id == sent_id
    assert sent_id.startswith(f"<d{row.pk}.")


def test_a_result_that_comes_late_still_counts_when_nobody_took_over(
    system: Actor, program: Program
) -> None:
    make_customers(program, 1)
    campaign = running(system)
    (claim,) = deliveries_claim(campaign=campaign)
    Delivery.unscoped.update(lease_until=timezone.now() - timedelta(seconds=1))
    leases_expire()
    delivery_record(delivery=claim, outcome=Outcome(Event.ACCEPTED))
    assert states(campaign) == {"sent": 1}


def test_a_result_of_an_older_attempt_changes_nothing(system: Actor, program: Program) -> None:
    make_customers(program, 1)
    campaign = running(system)
    (old,) = deliveries_claim(campaign=campaign)
    Delivery.unscoped.update(lease_until=timezone.now() - timedelta(seconds=1))
    leases_expire()
    deliveries_claim(campaign=campaign)
    delivery_record(delivery=old, outcome=Outcome(Event.REFUSED, words="550 no"))
    delivery_record(delivery=old, outcome=Outcome(Event.ACCEPTED))
    row = Delivery.unscoped.get()
    assert (row.state, row.attempt, row.reason) == ("sending", 2, "")


def test_pausing_midway_holds_the_rest_and_resuming_sends_it(
    system: Actor, program: Program
) -> None:
    make_customers(program, 6)
    campaign = running(system)
    desk, courier = desk_with()
    claims = deliveries_claim(campaign=campaign, limit=4)
    delivery_send(desk=desk, campaign=campaign, delivery=claims[0])
    campaign_pause(actor=system, campaign=campaign)
    for claim in claims[1:]:
        assert delivery_send(desk=desk, campaign=campaign, delivery=claim) is False
    assert states(campaign) == {"sent": 1, "queued": 5}
    assert deliveries_send(seconds=5).claimed == 0
    campaign_resume(actor=system, campaign=campaign)
    deliveries_send(seconds=5)
    assert states(campaign) == {"sent": 6}
    assert len(courier.taken) + len(mail.outbox) == 6


def test_stopping_leaves_the_rest_out_even_what_a_worker_holds(
    system: Actor, program: Program
) -> None:
    make_customers(program, 5)
    campaign = running(system)
    held = deliveries_claim(campaign=campaign, limit=2)
    campaign_stop(actor=system, campaign=campaign)
    assert states(campaign) == {"sending": 2, "skipped": 3}
    desk, courier = desk_with()
    assert delivery_send(desk=desk, campaign=campaign, delivery=held[0]) is False
    # The other worker is dead: its row is settled when the lease runs out.
    Delivery.unscoped.filter(state="sending").update(
        lease_until=timezone.now() - timedelta(seconds=1)
    )
    leases_expire()
    assert courier.taken == []
    assert states(campaign) == {"skipped": 5}
    assert set(Delivery.unscoped.values_list("reason", flat=True)) == {"stopped"}


def test_one_bad_recipient_ends_only_its_own_row(system: Actor, program: Program) -> None:
    customers = make_customers(program, 3)
    Customer.unscoped.filter(pk=customers[1].pk).update(email="bad\r\nBcc: x@example.com")
    campaign = running(system)
    deliveries_send(seconds=5)
    assert states(campaign) == {"sent": 2, "hard": 1}
    bad = Delivery.unscoped.get(state="hard")
    assert bad.invitation.customer_id == customers[1].pk
    assert bad.reason == "bad_message"


def test_temporary_refusals_are_retried_later_and_given_up_after_three_days(
    system: Actor, program: Program
) -> None:
    make_customers(program, 1)
    campaign = running(system)
    desk, _courier = desk_with(
        {"c0@example.com": Outcome(Event.REFUSED_FOR_NOW, words="451 c0@example.com busy")}
    )
    (claim,) = deliveries_claim(campaign=campaign)
    before = timezone.now()
    delivery_send(desk=desk, campaign=campaign, delivery=claim)
    row = Delivery.unscoped.get()
    assert (row.state, row.reason) == ("soft", "451 … busy")
    assert timedelta(minutes=4) < row.due_at - before < timedelta(minutes=6)
    assert deliveries_claim(campaign=campaign) == []
    Delivery.unscoped.update(due_at=timezone.now(), first_attempt_at=timezone.now() - PATIENCE)
    (again,) = deliveries_claim(campaign=campaign)
    delivery_send(desk=desk, campaign=campaign, delivery=again)
    row.refresh_from_db()
    assert (row.state, row.reason, row.attempt) == ("hard", GAVE_UP, 2)


def test_a_bad_address_is_refused_for_good_and_suppressed(system: Actor, program: Program) -> None:
    make_customers(program, 2)
    campaign = running(system)
    refused = Outcome(Event.REFUSED, bad_address=True, words="550 5.1.1 no such user")
    desk, _courier = desk_with({"c0@example.com": refused})
    for claim in deliveries_claim(campaign=campaign):
        delivery_send(desk=desk, campaign=campaign, delivery=claim)
    assert states(campaign) == {"hard": 1, "sent": 1}
    row = Suppression.unscoped.get()
    assert (row.address, row.reason) == ("c0@example.com", "bounced")


def test_a_reply_that_never_came_is_parked_as_unknown(system: Actor, program: Program) -> None:
    make_customers(program, 1)
    campaign = running(system)
    desk, courier = desk_with({"c0@example.com": Outcome(Event.REPLY_LOST, words="lost_reply")})
    (claim,) = deliveries_claim(campaign=campaign)
    delivery_send(desk=desk, campaign=campaign, delivery=claim)
    assert states(campaign) == {"unknown": 1}
    assert deliveries_claim(campaign=campaign) == []
    assert len(courier.taken) == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda c: Customer.unscoped.filter(pk=c.pk).update(email=""), "no_address"),
        (
            lambda c: Customer.unscoped.filter(pk=c.pk).update(erased_at=timezone.now()),
            "erased",
        ),
        (
            lambda c: Suppression.unscoped.create(
                program=c.program, address="c0@example.com", reason="manual"
            ),
            "suppressed",
        ),
        (
            lambda c: Consent.unscoped.create(
                program=c.program, customer=c, channel="email", granted=False, at=timezone.now()
            ),
            "refused",
        ),
    ],
)
def test_who_may_not_be_written_to_is_asked_at_the_claim_and_again_before_sending(
    system: Actor, program: Program, change: object, reason: str
) -> None:
    (customer, *_rest) = make_customers(program, 2)
    campaign = running(system)
    claims = deliveries_claim(campaign=campaign)
    change(customer)  # type: ignore[operator]
    desk, courier = desk_with()
    for claim in claims:
        delivery_send(desk=desk, campaign=campaign, delivery=claim)
    assert [m.to[0] for m in courier.taken] == ["c1@example.com"]
    row = Delivery.unscoped.get(invitation__customer=customer)
    assert (row.state, row.reason) == ("skipped", reason)
    # The same before the claim.
    Delivery.unscoped.filter(pk=row.pk).update(state="queued", reason="")
    assert deliveries_claim(campaign=campaign) == []
    row.refresh_from_db()
    assert (row.state, row.reason) == ("skipped", reason)


def test_a_server_that_goes_away_midway_leaves_the_rest_waiting(
    system: Actor, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_customers(program, 5)
    campaign = running(system)
    _desk, courier = desk_with()

    def leave(message: object) -> None:
        courier.down = len(courier.taken) >= 1

    courier.before = leave
    monkeypatch.setattr("surveys.services.deliveries.Courier", lambda: courier)
    sent = deliveries_send(seconds=5)
    assert (sent.handed_over, sent.server_problem) == (2, "connection refused")
    assert states(campaign) == {"sent": 2, "queued": 3}
    assert mail_server_problem() == "connection refused"
    courier.down, courier.before = False, lambda message: None
    assert deliveries_send(seconds=5).handed_over == 3
    assert states(campaign) == {"sent": 5}
    assert mail_server_problem() == ""
    assert sorted(m.to[0] for m in courier.taken) == [f"c{i}@example.com" for i in range(5)]


def test_a_released_row_is_free_at_once(system: Actor, program: Program) -> None:
    make_customers(program, 3)
    campaign = running(system)
    for claim in deliveries_claim(campaign=campaign):
        delivery_release(claim)
    assert states(campaign) == {"queued": 3}
    assert len(deliveries_claim(campaign=campaign)) == 3


def test_a_closed_survey_is_not_sent(system: Actor, program: Program) -> None:
    make_customers(program, 2)
    campaign = running(system)
    (claim, *_rest) = deliveries_claim(campaign=campaign, limit=1)
    campaign.survey.state = "closed"
    campaign.survey.save()
    desk, courier = desk_with()
    assert delivery_send(desk=desk, campaign=campaign, delivery=claim) is False
    assert deliveries_claim(campaign=campaign) == []
    assert courier.taken == []
    assert states(campaign) == {"queued": 2}


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_write_to_everyone_once(system: Actor, program: Program) -> None:
    make_customers(program, 60)
    campaign = running(system)
    # The start rang the bell, and the tests' worker answers it at once.
    Delivery.unscoped.update(state="queued", attempt=0)
    claimed: list[int] = []

    def claim() -> None:
        while rows := deliveries_claim(campaign=campaign, limit=5):
            claimed.extend(row.pk for row in rows)
        connection.close()

    workers = [threading.Thread(target=claim) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(claimed) == 60
    assert len(set(claimed)) == 60


def test_campaigns_take_turns(system: Actor, program: Program) -> None:
    make_customers(program, 4)
    program.contact_gap_days = 0
    program.save()
    first, second = running(system), running(system, name="Second")
    seen: list[int] = []
    deliveries_send(seconds=5, batch=2)
    for message in mail.outbox:
        number = int(message.extra_headers["Message-ID"][2:].partition(".")[0])
        seen.append(Delivery.unscoped.get(pk=number).campaign_id)
    pair = [first.pk, first.pk, second.pk, second.pk]
    assert seen == pair * 2


def test_only_running_campaigns_are_served(system: Actor, program: Program) -> None:
    make_customers(program, 1)
    campaign = running(system)
    for state in (Campaign.State.PAUSED, Campaign.State.STOPPED, Campaign.State.DRAFT):
        Campaign.unscoped.update(state=state)
        assert deliveries_send(seconds=5).claimed == 0
    assert mail.outbox == []
    assert Invitation.unscoped.filter(campaign=campaign).count() == 1
