"""A published survey is tried by a link of its own, whose answers count nowhere."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from cxportal.core.models import Program
from surveys.models import Campaign, Comment, Response, Survey
from surveys.queries.links import target_of, trial_token
from surveys.services.links import test_link as link_to_test
from tests.surveys.answering import (
    NPS,
    WHY,
    all_tallies,
    drain,
    facts,
    make_metric,
    make_survey,
    open_link,
)
from tests.surveys.views.test_public_rules import Walker

pytestmark = pytest.mark.django_db


@pytest.fixture
def designer(actor_for: Callable[[str], Actor]) -> Actor:
    return actor_for("designer")


@pytest.fixture
def survey(designer: Actor) -> Survey:
    made = make_survey(designer.program, [NPS], [WHY])
    make_metric(made, "nps", "nps", 0, 10)
    return made


def answered(url: str, **answers: Any) -> Walker:
    walker = Walker(url)
    walker.send(nps="9")
    walker.send(why="Good")
    return walker


def test_answers_by_the_test_link_count_in_no_score(
    program: Program, designer: Actor, survey: Survey
) -> None:
    walker = Walker(link_to_test(actor=designer, survey=survey).url)
    assert "these answers count nowhere" in walker.page
    walker.send(nps="9")
    assert "these answers count nowhere" in walker.page
    walker.send(why="Good")
    assert "Thank you" in walker.page
    response = Response.unscoped.get()
    assert (response.is_test, response.status, response.campaign_id) == (True, "complete", None)
    assert response.answers == {"nps": 9, "why": "Good"}
    drain()
    assert facts(program) == []
    before = all_tallies(program)
    answered(open_link(survey))
    drain()
    assert len(facts(program)) == 1
    assert all_tallies(program) != before
    assert not Comment.unscoped.filter(is_test=False, response=response).exists()


def test_a_test_link_needs_no_campaign_and_says_so_in_the_respondents_language(
    designer: Actor, survey: Survey
) -> None:
    Campaign.unscoped.all().delete()
    url = link_to_test(actor=designer, survey=survey).url
    assert "테스트" in Walker(url, "?lang=ko").page


def test_a_test_link_does_not_go_on_with_somebody_elses_answers(
    designer: Actor, survey: Survey
) -> None:
    real = Walker(open_link(survey))
    real.send(nps="2")
    kept = Response.unscoped.get()
    token = link_to_test(actor=designer, survey=survey).url.rstrip("/").rpartition("/")[2]
    target = target_of(token, kept.submission_id)
    assert target is not None
    assert (target.response_id, target.is_test) == (None, True)


def test_a_test_link_ends_and_cannot_be_made_up(designer: Actor, survey: Survey) -> None:
    today = timezone.now().date()
    ended = trial_token(survey.pk, today - timedelta(days=1))
    assert Client().get(f"/s/{ended}/").status_code == 410
    good = trial_token(survey.pk, today)
    assert Client().get(f"/s/{good}/").status_code == 200
    later = good.replace(f"-{today.toordinal()}-", f"-{today.toordinal() + 900}-")
    other = good.replace(f"test-{survey.pk}-", f"test-{survey.pk + 1}-")
    for token in (later, other, f"test-{survey.pk}-9999999-{'a' * 43}", f"test-0-0-{'a' * 43}"):
        assert Client().get(f"/s/{token}/").status_code == 404


def test_a_survey_nobody_can_answer_has_no_test_link(designer: Actor, survey: Survey) -> None:
    survey.state = Survey.State.CLOSED
    survey.save()
    with pytest.raises(DomainError) as refused:
        link_to_test(actor=designer, survey=survey)
    assert (refused.value.code, refused.value.status) == ("not_open", 409)


def test_designers_find_the_test_link_beside_the_survey(
    client_for: Callable[[str], Client], designer: Actor, survey: Survey
) -> None:
    url = link_to_test(actor=designer, survey=survey).url
    page = f"/p/{designer.program.slug}/surveys/{survey.pk}/"
    assert url in client_for("designer").get(page).content.decode()
    assert "/s/test-" not in client_for("viewer").get(page).content.decode()
