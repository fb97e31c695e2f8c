"""Who may answer: password, closing date, most answers, changing later, kiosk, being contacted."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cxportal.core.models import CustomerEvent, Program
from surveys.models import Response, Survey
from surveys.services.survey_checks import checked_access
from tests.conftest import make_customers
from tests.surveys.answering import NPS, WHY, facts, invite, make_metric, make_survey, open_link
from tests.surveys.logic_surveys import compare
from tests.surveys.views.test_public_rules import Walker

pytestmark = pytest.mark.django_db


def with_access(program: Program, **access: Any) -> Survey:
    survey = make_survey(program, [NPS], [WHY])
    survey.access = checked_access(access, {})
    survey.save()
    return survey


def test_a_password_is_asked_once_and_carried_on(program: Program) -> None:
    walker = Walker(open_link(with_access(program, password="차 한잔")))
    assert 'name="q_nps"' not in walker.page
    walker.send(nps="9")
    assert 'name="q_nps"' not in walker.page
    assert not Response.unscoped.exists()
    client_page = walker.client.post(walker.url, {"password": "wrong"})
    assert client_page.status_code == 403
    walker.post({"password": "차 한잔"})
    walker.send(nps="9")
    walker.send(why="Good")
    assert Response.unscoped.get().answers == {"nps": 9, "why": "Good"}


def test_nothing_is_taken_after_the_closing_date(program: Program) -> None:
    over = with_access(program, closes_at=timezone.now() - timedelta(minutes=1))
    assert Client().get(open_link(over)).status_code == 410
    open_still = with_access(program, closes_at=timezone.now() + timedelta(hours=1))
    assert Client().get(open_link(open_still)).status_code == 200


def test_no_more_answers_than_wanted(program: Program) -> None:
    url = open_link(with_access(program, max_responses=1))
    for expected in ("Thank you", "This survey is closed"):
        walker = Walker(url)
        walker.send(nps="9")
        walker.send()
        assert expected in walker.page
    assert Response.unscoped.filter(status="complete").count() == 1


def test_an_answer_is_changed_by_the_same_link_within_its_time(program: Program) -> None:
    survey = with_access(program, change_minutes=30)
    metric = make_metric(survey, "nps", "nps", 0, 10)
    [customer] = make_customers(program, 1)
    invitation, url = invite(survey, customer)
    walker = Walker(url)
    walker.send(nps="2")
    walker.send(why="Slow")
    again = Walker(url)
    assert 'value="2" checked' in again.page
    again.send(nps="8", why="Better now")
    assert Response.unscoped.get().answers == {"nps": 8, "why": "Better now"}
    assert facts(program) == [(metric.pk, 8)]
    invitation.answered_at = timezone.now() - timedelta(hours=1)
    invitation.save()
    assert "already answered" in Walker(url).page


def test_a_kiosk_begins_anew(program: Program) -> None:
    walker = Walker(open_link(with_access(program, kiosk_seconds=20)))
    assert 'data-kiosk="20"' in walker.page
    walker.send(nps="9")
    walker.send()
    assert 'data-kiosk="20"' in walker.page


def test_who_wants_to_be_contacted_is_noted_once(program: Program) -> None:
    low = [{"if": compare("answer.nps", "lte", 6), "text": {"en": "Sorry"}, "contact": True}]
    survey = make_survey(program, [NPS], endings=low)
    [customer] = make_customers(program, 1)
    _invitation, url = invite(survey, customer)
    walker = Walker(url)
    walker.send(nps="1")
    assert "Please contact me" in walker.page
    for _press in range(2):
        walker.post({"contact": "yes"})
        assert "will get in touch" in walker.page
    event = CustomerEvent.unscoped.get()
    assert (event.customer, event.kind) == (customer, "contact_requested")
    stranger = Walker(open_link(survey))
    stranger.send(nps="1")
    assert "Please contact me" not in stranger.page
