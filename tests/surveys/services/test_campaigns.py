"""Making, starting, pausing, stopping campaigns, and filling their audience."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import connection

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError, StaleEdit
from cxportal.core.models import AuditEntry, OutboxEvent, Program, Segment, SegmentMember
from surveys.models import Campaign, Delivery, Invitation, Occurrence
from surveys.queries.campaigns import campaign_progress
from surveys.queries.links import target_of
from surveys.services.campaign_tests import campaign_send_test
from surveys.services.campaigns import (
    campaign_create,
    campaign_delete,
    campaign_pause,
    campaign_resume,
    campaign_start,
    campaign_stop,
    campaign_update,
)
from surveys.services.deliveries import deliveries_send
from surveys.services.invitations import occurrence_fill, occurrence_fill_chunk
from surveys.services.links import invitations_links, open_link_url
from surveys.services.sweeps import campaigns_sweep_once
from tests.conftest import make_customers
from tests.surveys.campaign_cast import fill_all, make_campaign, make_survey, running, states

pytestmark = pytest.mark.django_db
For = Callable[[str], Actor]


def code_of(refused: pytest.ExceptionInfo[DomainError]) -> str:
    return refused.value.code


def test_a_draft_gets_the_portals_own_words_in_every_language(system: Actor) -> None:
    campaign = make_campaign(system)
    assert (campaign.state, campaign.channel) == ("draft", "email")
    assert set(campaign.subject) == set(campaign.body) == {"en", "ko"}
    assert AuditEntry.unscoped.get().action == "campaign.create"
    assert OutboxEvent.unscoped.get().payload["event"] == "campaign.created"


def test_a_survey_that_is_not_published_or_closed_is_not_sent(
    system: Actor, program: Program
) -> None:
    survey = make_survey(program)
    survey.state = "closed"
    with pytest.raises(DomainError) as refused:
        campaign_create(actor=system, survey=survey, name="Late")
    assert code_of(refused) == "survey_not_published"
    survey.state, survey.current_version = "open", None
    with pytest.raises(DomainError) as refused:
        campaign_create(actor=system, survey=survey, name="Early")
    assert code_of(refused) == "survey_not_published"
    assert not Campaign.unscoped.exists()


def test_another_programs_survey_or_segment_is_refused(
    system: Actor, program: Program, other_program: Program
) -> None:
    foreign = Segment.unscoped.create(program=other_program, code="x", name={"en": "X"})
    with pytest.raises(DomainError):
        campaign_create(actor=system, survey=make_survey(other_program), name="A")
    with pytest.raises(DomainError):
        campaign_create(actor=system, survey=make_survey(program), name="A", segment=foreign)
    assert not Campaign.unscoped.exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"subject": {"en": "x" * 201}}, "subject"),
        ({"subject": "Hello {{password}}"}, "subject"),
        ({"body": {"fr": "Bonjour"}}, "body"),
        ({"body": "a\x00b"}, "body"),
        ({"channel": "pigeon"}, "channel"),
        ({"contact_gap_days": -1}, "contact_gap_days"),
        ({"sender_name": "x" * 121}, "sender_name"),
    ],
)
def test_bad_input_names_its_field_and_leaves_nothing(
    system: Actor, values: dict[str, object], field: str
) -> None:
    with pytest.raises(DomainError) as refused:
        make_campaign(system, **values)
    assert set(refused.value.details) == {field}
    assert not Campaign.unscoped.exists()


def test_a_subject_is_one_line_whatever_was_typed(system: Actor) -> None:
    campaign = make_campaign(system, subject="Hi\r\nBcc: all@example.com")
    assert campaign.subject == {"en": "Hi Bcc: all@example.com"}


def test_an_external_id_is_given_once(system: Actor) -> None:
    make_campaign(system, external_id="a-1")
    with pytest.raises(DomainError) as refused:
        make_campaign(system, external_id="a-1")
    assert (code_of(refused), refused.value.status) == ("external_id_taken", 409)
    assert Campaign.unscoped.count() == 1


@pytest.mark.parametrize(
    ("role", "changes", "starts"),
    [
        ("owner", True, True),
        ("designer", True, True),
        ("manager", False, True),
        ("staff", False, False),
        ("viewer", False, False),
    ],
)
def test_who_may_write_and_who_may_start(
    system: Actor, actor_for: For, role: str, changes: bool, starts: bool
) -> None:
    make_customers(system.program, 1)
    campaign = make_campaign(system)
    actor = actor_for(role)
    if changes:
        campaign_update(actor=actor, campaign=campaign, name="B")
    else:
        with pytest.raises(Denied):
            campaign_update(actor=actor, campaign=campaign, name="B")
    if starts:
        campaign_start(actor=actor, campaign=campaign)
    else:
        with pytest.raises(Denied):
            campaign_start(actor=actor, campaign=campaign)
    campaign.refresh_from_db()
    assert campaign.state == ("running" if starts else "draft")
    assert campaign.name == ("B" if changes else "Autumn")


def test_starting_twice_is_starting_once(system: Actor, program: Program) -> None:
    make_customers(program, 3)
    campaign = make_campaign(system)
    first = campaign_start(actor=system, campaign=campaign)
    fill_all()
    again = campaign_start(actor=system, campaign=campaign)
    fill_all()
    assert first.started_at == again.started_at
    assert Occurrence.unscoped.count() == 1
    assert Invitation.unscoped.count() == Delivery.unscoped.count() == 3
    assert AuditEntry.unscoped.filter(action="campaign.start").count() == 1


def test_a_campaign_that_would_reach_nobody_does_not_start(system: Actor) -> None:
    campaign = make_campaign(system)
    with pytest.raises(DomainError) as refused:
        campaign_start(actor=system, campaign=campaign)
    assert code_of(refused) == "nobody_to_ask"
    campaign.refresh_from_db()
    assert campaign.state == "draft"
    assert not Occurrence.unscoped.exists()


def test_a_survey_closed_meanwhile_is_not_started(system: Actor, program: Program) -> None:
    make_customers(program, 1)
    campaign = make_campaign(system)
    campaign.survey.state = "closed"
    campaign.survey.save()
    with pytest.raises(DomainError) as refused:
        campaign_start(actor=system, campaign=campaign)
    assert code_of(refused) == "survey_not_published"


def test_the_states_a_campaign_may_pass(system: Actor, program: Program) -> None:
    make_customers(program, 2)
    campaign = make_campaign(system)
    for command in (campaign_pause, campaign_resume, campaign_stop):
        with pytest.raises(DomainError) as refused:
            command(actor=system, campaign=campaign)
        assert (code_of(refused), refused.value.status) == ("wrong_state", 409)
    running_one = campaign_start(actor=system, campaign=campaign)
    assert campaign_pause(actor=system, campaign=running_one).state == "paused"
    assert campaign_pause(actor=system, campaign=running_one).state == "paused"
    with pytest.raises(DomainError):
        campaign_start(actor=system, campaign=running_one)
    assert campaign_resume(actor=system, campaign=running_one).state == "running"
    assert campaign_stop(actor=system, campaign=running_one).state == "stopped"
    assert campaign_stop(actor=system, campaign=running_one).state == "stopped"
    with pytest.raises(DomainError):
        campaign_resume(actor=system, campaign=running_one)


def test_a_stale_edit_is_refused_with_what_is_stored(system: Actor) -> None:
    campaign = make_campaign(system)
    campaign_update(actor=system, campaign=campaign, version=1, name="First")
    with pytest.raises(StaleEdit) as refused:
        campaign_update(actor=system, campaign=campaign, version=1, name="Second")
    assert refused.value.details["current"]["name"] == "First"
    campaign.refresh_from_db()
    assert (campaign.name, campaign.version) == ("First", 2)


def test_a_paused_campaign_keeps_its_audience_but_its_words_may_change(
    system: Actor, program: Program
) -> None:
    make_customers(program, 2)
    campaign = campaign_pause(actor=system, campaign=running(system))
    with pytest.raises(DomainError) as refused:
        campaign_update(actor=system, campaign=campaign, holdout_percent=3)
    assert code_of(refused) == "wrong_state"
    campaign = campaign_update(actor=system, campaign=campaign, subject="New words")
    campaign_resume(actor=system, campaign=campaign)
    deliveries_send(seconds=5)
    assert {m.subject for m in mail.outbox} == {"New words"}


def test_only_a_draft_can_be_deleted(system: Actor, program: Program) -> None:
    make_customers(program, 1)
    campaign = running(system)
    with pytest.raises(DomainError):
        campaign_delete(actor=system, campaign=campaign)
    campaign_delete(actor=system, campaign=make_campaign(system, name="Draft"))
    assert [c.name for c in Campaign.unscoped.all()] == ["Autumn"]


def test_the_open_link_is_made_when_it_is_opened_and_leads_to_the_survey(system: Actor) -> None:
    campaign = make_campaign(system, channel="link")
    assert open_link_url(campaign) == ""
    opened = campaign_start(actor=system, campaign=campaign)
    url = open_link_url(opened)
    token = url.rstrip("/").rpartition("/")[2]
    target = target_of(token)
    assert target is not None
    assert (target.kind, target.campaign_id) == ("open-link", campaign.pk)
    assert open_link_url(campaign_start(actor=system, campaign=opened)) == url
    assert not Occurrence.unscoped.exists()


def test_filling_is_taken_up_where_a_killed_worker_left_it(system: Actor, program: Program) -> None:
    make_customers(program, 25)
    campaign = campaign_start(actor=system, campaign=make_campaign(system))
    occurrence = Occurrence.unscoped.get()
    assert occurrence_fill_chunk(occurrence_id=occurrence.pk, size=10) == (10, True)
    assert campaign_progress(campaign).finished is False
    assert occurrence_fill_chunk(occurrence_id=occurrence.pk, size=10) == (10, True)
    assert occurrence_fill(occurrence.pk) == 5
    assert occurrence_fill(occurrence.pk) == 0
    assert Invitation.unscoped.count() == Delivery.unscoped.count() == 25
    occurrence.refresh_from_db()
    assert occurrence.filled_at is not None


def test_a_campaign_filled_while_it_is_looked_at_is_not_called_finished(
    system: Actor, program: Program
) -> None:
    make_customers(program, 3)
    campaign = campaign_start(actor=system, campaign=make_campaign(system))
    occurrence, seen = Occurrence.unscoped.get(), 0

    def fill_after_the_first(execute: Any, *query: Any) -> Any:
        nonlocal seen
        seen += 1
        if seen == 2:
            occurrence_fill(occurrence.pk)
        return execute(*query)

    with connection.execute_wrapper(fill_after_the_first):
        progress = campaign_progress(campaign)
    assert Delivery.unscoped.count() == 3
    assert (progress.invited, progress.queued, progress.finished) == (3, 3, False)


def test_nobody_is_filled_while_the_campaign_is_paused(system: Actor, program: Program) -> None:
    make_customers(program, 2)
    campaign = campaign_start(actor=system, campaign=make_campaign(system))
    campaign_pause(actor=system, campaign=campaign)
    assert fill_all() == 0
    campaign_resume(actor=system, campaign=campaign)
    assert fill_all() == 2


def test_only_the_segments_members_are_asked(system: Actor, program: Program) -> None:
    customers = make_customers(program, 5)
    segment = Segment.unscoped.create(
        program=program, code="vip", name={"en": "VIP"}, kind="manual"
    )
    for customer in customers[:2]:
        SegmentMember.unscoped.create(program=program, segment=segment, customer=customer)
    campaign = running(system, segment=segment)
    asked = Invitation.unscoped.filter(campaign=campaign).values_list("customer_id", flat=True)
    assert sorted(asked) == [c.pk for c in customers[:2]]


def test_one_sweep_fills_sends_and_says_whether_there_is_more(
    system: Actor, program: Program
) -> None:
    make_customers(program, 4)
    campaign = campaign_start(actor=system, campaign=make_campaign(system))
    assert campaigns_sweep_once(seconds=10) is True
    assert states(campaign) == {"sent": 4}
    assert campaigns_sweep_once(seconds=10) is False
    progress = campaign_progress(campaign)
    assert (progress.sent, progress.done, progress.total) == (4, 4, 4)
    assert progress.finished is True
    assert progress.shown_state[0] == "finished"


def test_a_test_mail_goes_to_members_only_and_carries_no_personal_link(
    actor_for: For, system: Actor
) -> None:
    designer = actor_for("designer")
    campaign = make_campaign(system)
    campaign_send_test(
        actor=designer, campaign=campaign, address="designer@acme.example", language="ko"
    )
    (sent,) = mail.outbox
    assert isinstance(sent, EmailMultiAlternatives)
    assert sent.to == ["designer@acme.example"]
    assert "추천하시겠어요?" in sent.body
    assert "/s/" not in sent.body
    assert "List-Unsubscribe" not in sent.extra_headers
    for address in ("stranger@example.com", "not an address"):
        with pytest.raises(DomainError):
            campaign_send_test(actor=designer, campaign=campaign, address=address)
    assert len(mail.outbox) == 1
    assert not Invitation.unscoped.exists()


def test_links_are_handed_out_with_the_right_only(
    system: Actor, actor_for: For, program: Program
) -> None:
    make_customers(program, 2)
    campaign = running(system)
    rows = list(invitations_links(actor=actor_for("designer"), campaign=campaign))
    assert [row.customer.external_id for row, _url in rows] == ["C0", "C1"]
    for row, url in rows:
        target = target_of(url.rstrip("/").rpartition("/")[2])
        assert target is not None
        assert target.invitation_id == row.pk
    with pytest.raises(Denied):
        invitations_links(actor=actor_for("staff"), campaign=campaign)
