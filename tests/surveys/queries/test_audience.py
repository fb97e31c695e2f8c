"""The dry run says how many go, who not and why, and filling does the same."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.models import Consent, Customer, Program, Suppression
from surveys.models import Delivery, Invitation
from surveys.queries.audience import audience_preview
from surveys.services.campaigns import campaign_start, campaign_stop
from tests.conftest import make_customers
from tests.surveys.campaign_cast import fill_all, make_campaign, running, states

pytestmark = pytest.mark.django_db


def mixed_hundred(program: Program) -> list[Customer]:
    """100 people of whom 100 - 5 - 4 - 3 - 6 - 2 may be asked."""
    people = make_customers(program, 100)
    ids = [c.pk for c in people]
    Customer.unscoped.filter(pk__in=ids[:5]).update(email="")
    Customer.unscoped.filter(pk__in=ids[5:9]).update(is_test=True)
    for customer in people[9:12]:
        Suppression.unscoped.create(program=program, address=customer.email, reason="manual")
    for customer in people[12:18]:
        say(customer, granted=False)
    Customer.unscoped.filter(pk__in=ids[18:20]).update(erased_at=timezone.now())
    return people


def say(customer: Customer, *, granted: bool, days_ago: int = 0, channel: str = "email") -> None:
    Consent.unscoped.create(
        program=customer.program,
        customer=customer,
        channel=channel,
        granted=granted,
        at=timezone.now() - timedelta(days=days_ago),
    )


def test_the_sums_of_a_hundred_add_up_and_filling_agrees(system: Actor, program: Program) -> None:
    mixed_hundred(program)
    campaign = make_campaign(system)
    audience = audience_preview(actor=system, campaign=campaign)
    expected = {"no_address": 5, "test": 4, "suppressed": 3, "refused": 6}
    # Erased people are no part of any audience.
    assert (audience.total, audience.will_receive, audience.skipped) == (98, 80, expected)
    assert audience.left_out == 18
    campaign_start(actor=system, campaign=campaign)
    assert fill_all() == 98
    assert states(campaign) == {"queued": 80}
    written: dict[str, int] = {}
    for reason in Invitation.unscoped.exclude(skip_reason="").values_list("skip_reason", flat=True):
        written[reason] = written.get(reason, 0) + 1
    assert written == expected


def test_the_newest_word_on_survey_mails_counts(system: Actor, program: Program) -> None:
    back, gone, elsewhere, silent = make_customers(program, 4)
    say(back, granted=False, days_ago=9)
    say(back, granted=True, days_ago=1)
    say(gone, granted=True, days_ago=9)
    say(gone, granted=False, days_ago=1)
    say(elsewhere, granted=False, channel="sms")
    assert silent.consents.count() == 0
    audience = audience_preview(actor=system, campaign=make_campaign(system))
    assert (audience.will_receive, audience.skipped) == (3, {"refused": 1})


def test_an_address_is_suppressed_however_it_is_written(system: Actor, program: Program) -> None:
    (customer,) = make_customers(program, 1)
    Customer.unscoped.filter(pk=customer.pk).update(email="Kim@Example.com")
    Suppression.unscoped.create(program=program, address="kim@example.com", reason="bounced")
    audience = audience_preview(actor=system, campaign=make_campaign(system))
    assert audience.skipped == {"suppressed": 1}


def test_another_programs_suppression_stops_nobody_here(
    system: Actor, program: Program, other_program: Program
) -> None:
    make_customers(program, 1)
    Suppression.unscoped.create(program=other_program, address="c0@example.com", reason="manual")
    assert audience_preview(actor=system, campaign=make_campaign(system)).will_receive == 1


def test_whoever_was_asked_within_the_gap_is_left_alone(system: Actor, program: Program) -> None:
    make_customers(program, 3)
    running(system)
    late = make_customers(program, 2, prefix="N")
    second = make_campaign(system, name="Second")
    assert audience_preview(actor=system, campaign=second).skipped == {"contact_gap": 3}
    without = make_campaign(system, name="Third", contact_gap_days=0)
    assert audience_preview(actor=system, campaign=without).will_receive == 5
    Invitation.unscoped.update(contact_on=timezone.now().date() - timedelta(days=31))
    assert audience_preview(actor=system, campaign=second).will_receive == 3 + len(late)


def test_a_message_that_never_went_out_is_no_asking(system: Actor, program: Program) -> None:
    make_customers(program, 2)
    campaign_stop(actor=system, campaign=running(system))
    assert set(Delivery.unscoped.values_list("state", flat=True)) == {"skipped"}
    second = make_campaign(system, name="Second")
    assert audience_preview(actor=system, campaign=second).will_receive == 2


def test_an_audience_costs_the_same_queries_whatever_its_size(
    system: Actor, program: Program, django_assert_num_queries: object
) -> None:
    campaign = make_campaign(system)
    make_customers(program, 50)
    with django_assert_num_queries(2):  # type: ignore[operator]
        audience_preview(actor=system, campaign=campaign)
