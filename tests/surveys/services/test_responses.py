"""Answers in bulk and what may happen to them later."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError
from cxportal.core.models import AuditEntry, Program, Segment, SegmentMember
from surveys.models import Comment, Dimension, Response, Score, Survey, Tally
from surveys.services.recording import responses_record
from surveys.services.responses import response_change, response_erase, response_mark_test
from surveys.services.scores import scores_differences
from tests.conftest import make_customers
from tests.surveys.answering import (
    drain,
    facts,
    invite,
    make_campaign,
    make_metric,
    make_survey,
    open_link,
    send,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey(program: Program) -> Survey:
    return make_survey(program)


def test_a_batch_gives_the_same_rows_as_single_answers(
    program: Program, survey: Survey, system: Actor
) -> None:
    metric = make_metric(survey, "nps", "nps", 0, 10)
    [customer] = make_customers(program, 1)
    vip = Segment(program=program, code="vip", name={"en": "VIP"}, kind="manual", is_reported=True)
    vip.save()
    SegmentMember(program=program, segment=vip, customer=customer).save()
    at = datetime(2026, 3, 31, 16, 0, tzinfo=UTC)
    result = responses_record(
        actor=system,
        survey=survey,
        rows=[
            {
                "answers": {"nps": 9, "why": "Very friendly"},
                "external_id": "C0",
                "completed_at": at.isoformat(),
                "language": "ko",
                "channel": "store",
                "dimensions": {"store": "Gangnam"},
            },
            {"answers": {"nps": "3"}},
        ],
    )
    assert (result.created, result.failed) == (2, 0)
    first = Response.unscoped.get(customer=customer)
    assert (first.status, first.completed_at, first.started_at) == ("complete", at, at)
    kinds = Dimension.unscoped.filter(pk__in=first.dimensions).values_list("kind", "key")
    assert sorted(kinds) == [
        ("channel", "store"),
        ("language", "ko"),
        ("segment", "vip"),
        ("store", "Gangnam"),
        ("survey", str(survey.pk)),
    ]
    drain()
    assert facts(program) == [(metric.pk, 9), (metric.pk, 3)]
    assert str(Score.unscoped.get(value=9).day) == "2026-04-01"
    assert Tally.unscoped.get(metric=metric, dimension=0, n9=1).day.isoformat() == "2026-04-01"
    assert Comment.unscoped.get().sentiment == "positive"
    assert scores_differences(program.pk) == []


def test_the_same_batch_again_changes_nothing(survey: Survey, system: Actor) -> None:
    make_metric(survey, "nps", "nps", 0, 10)
    form = uuid4()
    rows = [{"answers": {"nps": 9}, "submission_id": str(form)}]
    assert responses_record(actor=system, survey=survey, rows=rows).created == 1
    again = responses_record(
        actor=system, survey=survey, rows=[{"answers": {"nps": 1}, "submission_id": form}, *rows]
    )
    assert [r["status"] for r in again.rows] == ["unchanged", "unchanged"]
    assert Response.unscoped.get().answers == {"nps": 9}
    assert Score.unscoped.count() == 1


def test_one_submission_twice_in_a_batch_is_one_answer(survey: Survey, system: Actor) -> None:
    row = {"answers": {"nps": 9}, "submission_id": str(uuid4())}
    result = responses_record(actor=system, survey=survey, rows=[row, row])
    assert [r["status"] for r in result.rows] == ["created", "unchanged"]
    assert Response.unscoped.count() == 1


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"answers": {"nps": 11}}, "answers.nps"),
        ({"answers": {}}, "answers.nps"),
        ({"answers": {"nps": 9, "colour": "red"}}, "answers.colour"),
        ({"answers": "9"}, "answers"),
        ("nonsense", "answers"),
        ({"answers": {"nps": 9}, "external_id": "nobody"}, "external_id"),
        ({"answers": {"nps": 9}, "submission_id": "7"}, "submission_id"),
        ({"answers": {"nps": 9}, "completed_at": "yesterday"}, "completed_at"),
        ({"answers": {"nps": 9}, "completed_at": "2026-03-01T10:00:00"}, "completed_at"),
        ({"answers": {"nps": 9}, "completed_at": "2099-03-01T10:00:00Z"}, "completed_at"),
        ({"answers": {"nps": 9}, "language": "fr"}, "language"),
        ({"answers": {"nps": 9}, "channel": "carrier pigeon"}, "channel"),
        ({"answers": {"nps": 9}, "campaign_id": 999_999}, "campaign_id"),
        ({"answers": {"nps": 9}, "invitation_id": 999_999}, "invitation_id"),
        ({"answers": {"nps": 9}, "dimensions": {"segment": "vip"}}, "dimensions"),
        ({"answers": {"nps": 9}, "dimensions": ["Gangnam"]}, "dimensions"),
    ],
)
def test_a_bad_row_is_refused_alone(survey: Survey, system: Actor, row: Any, field: str) -> None:
    rows = [{"answers": {"nps": 9}}, row]
    result = responses_record(actor=system, survey=survey, rows=rows)
    assert (result.created, result.failed) == (1, 1)
    assert list(result.rows[1]["errors"]) == [field]
    assert Response.unscoped.count() == 1


def test_an_invitation_is_answered_once_by_whatever_door(
    program: Program, survey: Survey, system: Actor
) -> None:
    customers = make_customers(program, 2)
    first, url = invite(survey, customers[0])
    second, _url = invite(survey, customers[1])
    send(url, nps=9)
    rows = [
        {"answers": {"nps": 1}, "invitation_id": first.pk},
        {"answers": {"nps": 2}, "invitation_id": second.pk},
    ]
    result = responses_record(actor=system, survey=survey, rows=rows)
    assert [r["status"] for r in result.rows] == ["unchanged", "created"]
    response = Response.unscoped.get(invitation=second)
    assert (response.customer, response.campaign) == (customers[1], second.campaign)
    second.refresh_from_db()
    assert second.answered_at == response.completed_at


def test_an_anonymous_survey_forgets_who_answered_in_bulk_too(
    program: Program, system: Actor
) -> None:
    survey = make_survey(program, anonymous=True)
    make_customers(program, 1)
    row = {"answers": {"nps": 2}, "external_id": "C0", "completed_at": "2026-05-05T05:05:05Z"}
    responses_record(actor=system, survey=survey, rows=[row])
    response = Response.unscoped.get()
    assert response.customer is None
    assert response.completed_at == datetime(2026, 5, 4, 15, 0, tzinfo=UTC)


def test_rows_of_another_program_are_not_found(
    program: Program, other_program: Program, survey: Survey, system: Actor
) -> None:
    [foreign] = make_customers(other_program, 1, prefix="F")
    campaign = make_campaign(make_survey(other_program))
    invitation, _url = invite(make_survey(other_program), foreign)
    rows: list[dict[str, Any]] = [
        {"answers": {"nps": 9}, "external_id": "F0"},
        {"answers": {"nps": 9}, "campaign_id": campaign.pk},
        {"answers": {"nps": 9}, "invitation_id": invitation.pk},
    ]
    assert responses_record(actor=system, survey=survey, rows=rows).failed == 3
    with pytest.raises(Denied):
        responses_record(actor=Actor.system(other_program), survey=survey, rows=rows)
    assert Response.unscoped.count() == 0


def test_a_closed_survey_takes_no_batch(survey: Survey, system: Actor) -> None:
    survey.state = Survey.State.CLOSED
    with pytest.raises(DomainError) as refused:
        responses_record(actor=system, survey=survey, rows=[{"answers": {"nps": 9}}])
    assert (refused.value.code, refused.value.status) == ("survey_closed", 409)
    with pytest.raises(DomainError) as refused:
        responses_record(actor=system, survey=survey, rows=[{}] * 10_001)
    assert refused.value.status == 413


def test_thousands_of_answers_take_a_handful_of_statements(
    program: Program, survey: Survey, system: Actor
) -> None:
    from tests.conftest import count_queries

    make_metric(survey, "nps", "nps", 0, 10)
    rows = [{"answers": {"nps": i % 11}, "language": "ko"} for i in range(1000)]
    with count_queries() as counted:
        assert responses_record(actor=system, survey=survey, rows=rows).created == 1000
    assert len(counted) <= 14
    drain()
    assert Tally.unscoped.get(dimension=0).n == 1000
    assert scores_differences(program.pk) == []


def test_only_designers_change_answers(
    survey: Survey, actor_for: Callable[[str], Actor], program: Program
) -> None:
    send(open_link(survey), nps=9)
    response = Response.unscoped.get()
    for role in ("manager", "staff", "viewer"):
        for command in (response_erase, response_mark_test):
            with pytest.raises(Denied):
                command(actor=actor_for(role), response=response)
        with pytest.raises(Denied):
            response_change(actor=actor_for(role), response=response, answers={"nps": 1})
    response.refresh_from_db()
    assert (response.answers, response.is_test) == ({"nps": 9}, False)


def test_a_correction_must_fit_the_survey_and_is_audited(
    survey: Survey, actor_for: Callable[[str], Actor]
) -> None:
    send(open_link(survey), nps=9, why="Kim was kind")
    response, designer = Response.unscoped.get(), actor_for("designer")
    with pytest.raises(DomainError) as refused:
        response_change(actor=designer, response=response, answers={"nps": 12})
    assert list(refused.value.details) == ["nps"]
    response_change(actor=designer, response=response, answers={"nps": 8, "why": "Kim was kind"})
    entry = AuditEntry.unscoped.get(action="response.change")
    assert entry.changes == {"questions": ["nps"]}
    assert "Kim" not in str(entry.changes)


def test_an_unfinished_answer_is_not_corrected(program: Program, system: Actor) -> None:
    from django.test import Client

    from tests.surveys.answering import NPS, WHY

    survey = make_survey(program, [NPS], [WHY])
    [customer] = make_customers(program, 1)
    _invitation, url = invite(survey, customer)
    Client().post(url, {"page": "1", "q_nps": "9"})
    with pytest.raises(DomainError) as refused:
        response_change(actor=system, response=Response.unscoped.get(), answers={"nps": 1})
    assert refused.value.code == "response_unfinished"


def test_a_clock_slightly_ahead_is_believed(survey: Survey, system: Actor) -> None:
    soon = timezone.now() + timedelta(minutes=1)
    row = {"answers": {"nps": 9}, "completed_at": soon}
    assert responses_record(actor=system, survey=survey, rows=[row]).created == 1
