"""Respondents see what everybody said together, never what one person said."""

import pytest
from django.test import Client

from cxportal.core.models import Program
from surveys.models import RespondentFigure, Survey
from surveys.services.respondent_figures import respondent_figures_refresh
from tests.conftest import make_customers
from tests.surveys.answering import NPS, WHY, invite, make_metric, make_survey, open_link, send

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forget() -> None:
    from surveys.rendering import forget_pages
    from surveys.services.dimensions import forget_dimensions

    forget_pages()
    forget_dimensions()


def pulse(program: Program, *, show: bool = True) -> Survey:
    settings = {"show_results": True} if show else {}
    survey = make_survey(program, [NPS, WHY], anonymous=True, settings=settings)
    make_metric(survey, "nps", "enps", 0, 10)
    return survey


def links(survey: Survey, size: int) -> list[str]:
    return [invite(survey, customer)[1] for customer in make_customers(survey.program, size)]


def read(url: str, **query: str) -> str:
    answer = Client(enforce_csrf_checks=True).get(url, {"results": "1", "lang": "en", **query})
    assert answer.status_code == 200
    assert not answer.cookies
    return answer.content.decode()


def test_scores_appear_to_respondents_from_the_threshold_on(program: Program) -> None:
    urls = links(pulse(program), 5)
    for url in urls[:4]:
        thanks = send(url, submission=False, nps=9).content.decode()
        assert 'href="./?results=1&amp;lang=' in thanks
    respondent_figures_refresh()
    assert "Not enough people have answered yet. From 5 answers" in read(urls[0])
    send(urls[4], submission=False, nps=0)
    respondent_figures_refresh()
    page = read(urls[0])
    # Four promoters and one detractor of five.
    assert "+60" in page
    assert "5 answers" in page
    assert "추천하시겠어요?" in read(urls[0], lang="ko")


def test_two_looks_never_differ_by_fewer_people_than_the_threshold(program: Program) -> None:
    urls = links(pulse(program), 10)
    for url in urls[:5]:
        send(url, submission=False, nps=9)
    assert respondent_figures_refresh() == 1
    before = read(urls[0])
    for url in urls[5:9]:
        send(url, submission=False, nps=0)
        assert respondent_figures_refresh() == 0
        assert read(urls[0]) == before
    send(urls[9], submission=False, nps=0)
    assert respondent_figures_refresh() == 1
    assert "10 answers" in read(urls[0])


def test_a_raised_threshold_holds_at_once_and_fewer_answers_take_the_score_away(
    program: Program,
) -> None:
    survey = pulse(program)
    urls = links(survey, 5)
    for url in urls:
        send(url, submission=False, nps=9)
    respondent_figures_refresh()
    Program.objects.filter(pk=program.pk).update(anonymity_n=6)
    assert "Not enough people have answered yet" in read(urls[0])
    respondent_figures_refresh()
    assert RespondentFigure.unscoped.count() == 1
    survey.responses.all().delete()
    respondent_figures_refresh()
    assert not RespondentFigure.unscoped.exists()


def test_whoever_has_not_answered_is_asked_instead(program: Program) -> None:
    survey = pulse(program)
    urls = links(survey, 6)
    for url in urls[:5]:
        send(url, submission=False, nps=9)
    respondent_figures_refresh()
    for url in (urls[5], open_link(survey)):
        assert '<form id="survey"' in read(url)


def test_an_open_link_shows_them_to_whoever_sent_answers(program: Program) -> None:
    url = open_link(pulse(program))
    for _n in range(5):
        thanks = send(url, nps=10).content.decode()
    respondent_figures_refresh()
    address = thanks.partition('href="./?results=1&amp;lang=en&amp;s=')[2].partition('"')[0]
    assert "+100" in read(url, s=address)


def test_without_the_setting_nothing_is_shown(program: Program) -> None:
    [url] = links(pulse(program, show=False), 1)
    assert "results" not in send(url, submission=False, nps=9).content.decode()
    assert respondent_figures_refresh() == 0
    assert "You have already answered" in read(url)
