"""After a case is closed its customer is asked how it went; the answer comes back to the case."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from cxportal.core.models import Customer, CustomerEvent
from cxportal.core.services.erasure import customer_erase
from cxportal.core.services.outbox import outbox_drain_all
from journeys.models import Case, RootCause
from journeys.queries.case_follow_up import follow_up_of, recovery_of
from journeys.services.case_follow_up import follow_up_campaign_for, follow_ups_ask_due
from journeys.services.case_rules import case_rules_update
from journeys.services.cases import case_close, case_open, case_reopen
from surveys.models import Campaign, Invitation, Response, Survey
from surveys.services.campaigns import campaign_start
from surveys.services.deliveries import deliveries_send
from surveys.services.recording import responses_record
from surveys.services.surveys import survey_create, survey_publish
from tests.conftest import make_customers

ActorFor = Callable[[str], Actor]


def following(owner: Actor) -> tuple[Survey, Campaign]:
    """A program that asks three days after a case, its campaign running."""
    survey = survey_create(actor=owner, title={"en": "How did it go?"}, template="nps")
    survey = survey_publish(actor=owner, survey=survey).survey
    campaign = follow_up_campaign_for(owner, survey)
    case_rules_update(
        actor=owner, follow_up_campaign=campaign, follow_up_days=3, opens_on_low_score=True
    )
    return survey, campaign_start(actor=owner, campaign=campaign)


def closed(actor: Actor, customer: Customer, resolution: str = "solved") -> Case:
    """A case that was closed four days ago."""
    case = case_open(actor=actor, title="Broken parcel", customer=customer)
    cause = RootCause.objects.for_actor(actor).get(code="delivery")
    values: dict[str, Any] = {"resolution": resolution, "root_cause": cause}
    at = timezone.now() - timedelta(days=4)
    return case_close(actor=actor, case=case, at=at, **values)


def answered(actor: Actor, survey: Survey, score: int) -> Response:
    """The invited customer answers the follow-up survey."""
    invitation = Invitation.objects.for_actor(actor).get(response=None, skip_reason="")
    row = {
        "answers": {"nps": score},
        "invitation_id": invitation.pk,
        "campaign_id": invitation.campaign_id,
        "external_id": invitation.customer.external_id,
        "completed_at": timezone.now().isoformat(),
    }
    assert responses_record(actor=actor, survey=survey, rows=[row]).failed == 0
    outbox_drain_all()
    return Response.objects.for_actor(actor).get(invitation=invitation)


def test_the_customer_is_asked_by_the_campaign_and_the_answer_is_tied_to_the_case(
    system: Actor, actor_for: ActorFor
) -> None:
    owner = actor_for("owner")
    survey, _campaign = following(owner)
    (customer,) = make_customers(system.program, 1)
    case = closed(system, customer)
    assert (follow_ups_ask_due(), follow_ups_ask_due()) == (1, 0)
    outbox_drain_all()
    deliveries_send(seconds=5)
    assert [message.to for message in mail.outbox] == [[customer.email]]
    response = answered(system, survey, 9)
    case.refresh_from_db()
    assert (case.follow_up_response, case.state) == (response, "closed")
    shown = follow_up_of(owner, case)
    assert shown is not None
    assert [value for _name, value in shown.lines] == [9]
    assert shown.left_out == ""
    recovery = recovery_of(owner, timezone.now() - timedelta(days=90))
    assert (recovery.answered.part, recovery.answered.whole) == (1, 1)
    assert (recovery.won_back.part, recovery.won_back.whole) == (1, 1)
    assert [(s.after.n, s.after.hidden, s.before) for s in recovery.scores] == [(1, True, None)]
    customer_erase(actor=owner, customer=Customer.unscoped.get(pk=customer.pk))
    case.refresh_from_db()
    assert (case.follow_up_response, case.follow_up_event) == (None, None)


def test_who_is_still_unhappy_gets_the_same_case_again_and_counts_as_not_won_back(
    system: Actor, actor_for: ActorFor
) -> None:
    survey, _campaign = following(actor_for("owner"))
    (customer,) = make_customers(system.program, 1)
    case = closed(system, customer)
    follow_ups_ask_due()
    outbox_drain_all()
    answered(system, survey, 2)
    case.refresh_from_db()
    assert (case.state, case.reopened, Case.objects.for_actor(system).count()) == ("working", 1, 1)
    recovery = recovery_of(actor_for("owner"), timezone.now() - timedelta(days=90))
    assert (recovery.won_back.part, recovery.won_back.whole) == (0, 1)


def test_nobody_is_asked_who_was_not_reached_nor_while_nothing_runs(
    system: Actor, actor_for: ActorFor
) -> None:
    owner = actor_for("owner")
    _survey, campaign = following(owner)
    one, two, three = make_customers(system.program, 3)
    assert closed(system, one, "unreached").follow_up_due_at is None
    assert closed(system, two).follow_up_due_at is not None
    case_reopen(actor=system, case=Case.objects.for_actor(system).get(customer=two))
    Campaign.unscoped.filter(pk=campaign.pk).update(state="draft")
    closed(system, three)
    assert follow_ups_ask_due() == 0
    Campaign.unscoped.filter(pk=campaign.pk).update(state="running")
    assert follow_ups_ask_due() == 1
    assert CustomerEvent.objects.for_actor(system).get().customer == three


def test_rest_and_refusal_hold_and_the_case_says_so(system: Actor, actor_for: ActorFor) -> None:
    _survey, _campaign = following(actor_for("owner"))
    (customer,) = make_customers(system.program, 1)
    Customer.unscoped.filter(pk=customer.pk).update(email="")
    case = closed(system, customer)
    follow_ups_ask_due()
    outbox_drain_all()
    case.refresh_from_db()
    shown = follow_up_of(system, case)
    assert shown is not None
    assert shown.left_out == "No address or number"


def test_a_manager_cannot_have_asked_what_no_campaign_asks(
    actor_for: ActorFor, system: Actor
) -> None:
    survey = survey_create(actor=actor_for("owner"), title={"en": "x"}, template="nps")
    survey = survey_publish(actor=actor_for("owner"), survey=survey).survey
    with pytest.raises(DomainError) as refused:
        follow_up_campaign_for(actor_for("manager"), survey)
    assert "follow_up_survey" in refused.value.details
    other = Campaign.unscoped.create(program=system.program, survey=survey, name="x")
    with pytest.raises(DomainError):
        case_rules_update(actor=actor_for("manager"), follow_up_campaign=other)
