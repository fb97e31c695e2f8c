"""What respondents rely on: any browser, no script, no cookie, nothing lost."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from cxportal.core.models import OutboxEvent, Program
from surveys.models import Response, Survey
from tests.conftest import make_customers
from tests.surveys.answering import (
    CSAT,
    NPS,
    USED,
    WHY,
    document,
    drain,
    facts,
    invite,
    make_metric,
    make_survey,
    open_link,
    publish,
    send,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forget() -> None:
    from surveys.rendering import forget_pages
    from surveys.services.dimensions import forget_dimensions

    forget_pages()
    forget_dimensions()


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def test_a_whole_survey_is_answered_with_a_form_and_nothing_else(program: Program) -> None:
    survey = make_survey(program)
    nps = make_metric(survey, "nps", "nps", 0, 10)
    url = open_link(survey)
    browser = Client(enforce_csrf_checks=True)
    page = browser.get(url)
    assert page.status_code == 200
    assert not page.cookies
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    text = page.content.decode()
    # The one script is the portal's own and nothing waits for it.
    assert text.count("<script") == text.count('<script type="module" src="/static/') == 1
    fields = {n: hidden(text, n) for n in ("lang", "version", "submission_id", "page")}
    sent = browser.post(url, {**fields, "q_nps": "9", "q_why": "Friendly staff", "go": "next"})
    assert sent.status_code == 200
    assert "Thank you" in sent.content.decode()
    response = Response.unscoped.get()
    assert response.answers == {"nps": 9, "why": "Friendly staff"}
    assert response.status == "complete"
    assert str(response.submission_id) == fields["submission_id"]
    assert facts(program) == [(nps.pk, 9)]


def test_an_answer_sent_at_once_through_a_personal_link_belongs_to_the_customer(
    program: Program,
) -> None:
    survey = make_survey(program)
    [customer] = make_customers(program, 1)
    invitation, url = invite(survey, customer)
    assert send(url, submission=False, nps=3, csat=2).status_code == 200
    response = Response.unscoped.get()
    assert (response.customer, response.invitation) == (customer, invitation)
    assert response.answers == {"nps": 3, "csat": 2}
    invitation.refresh_from_db()
    assert invitation.answered_at == response.completed_at
    assert OutboxEvent.unscoped.filter(topic="scores").count() == 1


def test_a_second_submission_changes_nothing_and_shows_thanks(program: Program) -> None:
    survey = make_survey(program)
    make_metric(survey, "nps", "nps", 0, 10)
    url, form = open_link(survey), uuid4()
    assert send(url, form, nps=9).status_code == 200
    again = send(url, form, nps=0)
    assert again.status_code == 200
    assert "Thank you" in again.content.decode()
    assert Response.unscoped.get().answers == {"nps": 9}
    drain()
    assert send(url, nps=5).status_code == 200
    assert Response.unscoped.count() == 2


def test_an_answered_personal_link_says_so(program: Program) -> None:
    survey = make_survey(program)
    [customer] = make_customers(program, 1)
    _invitation, url = invite(survey, customer)
    send(url, nps=9)
    page = Client().get(url).content.decode()
    assert "already answered" in page
    send(url, nps=1)
    assert Response.unscoped.get().answers == {"nps": 9}


def test_a_link_nobody_made_is_not_found(program: Program) -> None:
    for path in ("/s/abc/", f"/s/{'x' * 43}/", "/s/", f"/s/{'x' * 43}/more/"):
        answer = Client(headers={"accept-language": "ko"}).get(path)
        assert answer.status_code == 404
        assert '<html lang="ko"' in answer.content.decode()


def test_a_token_of_one_kind_opens_no_other(program: Program) -> None:
    from cxportal.core.tokens import derive

    survey = make_survey(program)
    [customer] = make_customers(program, 1)
    invitation, url = invite(survey, customer)
    other = derive(invitation.nonce, "open-link")
    assert Client().get(f"/s/{other}/").status_code == 404
    assert Client().get(url).status_code == 200


def test_an_expired_link_and_a_closed_survey_are_gone_and_keep_nothing(program: Program) -> None:
    survey = make_survey(program)
    [customer] = make_customers(program, 1)
    _invitation, url = invite(survey, customer, expires_at=timezone.now() - timedelta(minutes=1))
    assert Client().get(url).status_code == 410
    assert send(url, nps=9).status_code == 410
    link = open_link(survey)
    Survey.unscoped.update(state=Survey.State.CLOSED)
    closed = send(link, nps=9)
    assert closed.status_code == 410
    assert "closed" in closed.content.decode()
    assert Response.unscoped.count() == 0


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"nps": "11"}, "from 0 to 10"),
        ({"nps": "ten"}, "one of the numbers"),
        ({"csat": "4"}, "Please answer this question."),
        ({"nps": "9", "why": "x" * 2001}, "shorten your text to 2000"),
        ({"nps": "9", "secret": "1"}, "no such question"),
    ],
)
def test_bad_input_gets_a_clear_page_and_loses_nothing(
    program: Program, answers: dict[str, str], sentence: str
) -> None:
    url = open_link(make_survey(program))
    answer = send(url, **answers)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page
    assert 'role="alert"' in page
    if "why" in answers:
        assert answers["why"] in page
    if answers.get("nps") == "9":
        assert re.search(r'name="q_nps" value="9" checked', page)
    assert Response.unscoped.count() == 0


def test_an_open_link_needs_the_forms_id_and_gives_one(program: Program) -> None:
    url = open_link(make_survey(program))
    answer = send(url, submission=False, nps="7", why="kept")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "kept" in page
    assert Response.unscoped.count() == 0
    assert send(url, hidden(page, "submission_id"), nps="7", why="kept").status_code == 200
    assert Response.unscoped.get().answers == {"nps": 7, "why": "kept"}


def test_pages_are_saved_one_by_one_and_resumed_on_another_device(program: Program) -> None:
    survey = make_survey(program, [NPS], [WHY], [USED])
    [customer] = make_customers(program, 1)
    _invitation, url = invite(survey, customer)
    phone, desk = Client(), Client()
    first = phone.post(url, {"page": "1", "q_nps": "4", "go": "next"})
    assert (first.status_code, first.headers["Location"]) == (303, "./?page=2&lang=en")
    assert Response.unscoped.get().status == "partial"
    resumed = desk.get(url).content.decode()
    assert 'name="q_why"' in resumed
    back = desk.post(url, {"page": "2", "q_why": "half a", "go": "back"})
    assert back.headers["Location"] == "./?page=1&lang=en"
    assert re.search(r'value="4" checked', desk.get(url + "?page=1").content.decode())
    desk.post(url, {"page": "2", "q_why": "half a sentence", "go": "next"})
    last = desk.post(url, {"page": "3", "q_used": ["store", "app"], "go": "next"})
    assert last.status_code == 200
    response = Response.unscoped.get()
    assert response.answers == {"nps": 4, "why": "half a sentence", "used": ["app", "store"]}
    assert response.status == "complete"


def test_what_is_taken_back_on_a_page_is_gone(program: Program) -> None:
    survey = make_survey(program, [WHY, CSAT], [NPS])
    [customer] = make_customers(program, 1)
    _invitation, url = invite(survey, customer)
    Client().post(url, {"page": "1", "q_why": "hm", "q_csat": "2", "go": "next"})
    Client().post(url, {"page": "1", "q_why": "", "q_csat": "3", "go": "next"})
    assert Response.unscoped.get().answers == {"csat": 3}


def test_pages_of_an_open_link_keep_their_own_form(program: Program) -> None:
    survey = make_survey(program, [NPS], [WHY])
    url, form = open_link(survey), str(uuid4())
    sent = Client().post(url, {"page": "1", "q_nps": "8", "submission_id": form})
    assert sent.headers["Location"] == f"./?page=2&lang=en&s={form}"
    second = Client().get(url + sent.headers["Location"][2:]).content.decode()
    assert hidden(second, "submission_id") == form
    done = Client().post(url, {"page": "2", "q_why": "ok", "submission_id": form})
    assert done.status_code == 200
    assert Response.unscoped.get().answers == {"nps": 8, "why": "ok"}


def test_a_required_question_skipped_by_address_is_asked_for(program: Program) -> None:
    survey = make_survey(program, [NPS], [WHY])
    [customer] = make_customers(program, 1)
    _invitation, url = invite(survey, customer)
    answer = Client().post(url, {"page": "2", "q_why": "kept", "go": "next"})
    assert answer.status_code == 422
    assert 'name="q_nps"' in answer.content.decode()
    assert Response.unscoped.get().answers == {"why": "kept"}
    assert Client().post(url, {"page": "1", "q_nps": "9"}).status_code == 303
    assert Client().post(url, {"page": "2", "q_why": "kept"}).status_code == 200
    assert Response.unscoped.get().answers == {"nps": 9, "why": "kept"}


def test_the_first_answer_in_the_mail_is_filled_in_but_not_saved(program: Program) -> None:
    url = open_link(make_survey(program))
    page = Client().get(url + "?q_nps=9&q_nonsense=1&q_csat=77").content.decode()
    assert page.count(" checked") == 1
    assert re.search(r'name="q_nps" value="9" checked', page)
    assert Response.unscoped.count() == 0


def test_everybody_is_asked_in_their_own_language(program: Program) -> None:
    survey = make_survey(program)
    korean = make_customers(program, 2)[1]
    _invitation, url = invite(survey, korean)
    assert "추천하시겠어요?" in Client().get(url).content.decode()
    assert "Would you recommend us?" in Client().get(url + "?lang=en").content.decode()
    link = open_link(survey)
    browser = Client(headers={"accept-language": "ko-KR,ko;q=0.9,en;q=0.8"})
    assert "추천하시겠어요?" in browser.get(link).content.decode()
    assert "Would you recommend us?" in Client().get(link).content.decode()


def test_a_change_of_language_keeps_what_was_typed(program: Program) -> None:
    url = open_link(make_survey(program))
    form = {"lang": "en", "page": "1", "submission_id": str(uuid4())}
    page = Client().post(url, {**form, "q_nps": "3", "q_why": "so far", "switch": "ko"})
    text = page.content.decode()
    assert page.status_code == 200
    assert "추천하시겠어요?" in text
    assert "so far" in text
    assert 'value="3" checked' in text
    assert hidden(text, "submission_id") == form["submission_id"]
    assert Response.unscoped.count() == 0


def test_a_form_begun_before_a_new_version_is_taken_as_it_was_asked(program: Program) -> None:
    survey = make_survey(program, [NPS, WHY])
    old = survey.current_version
    assert old is not None
    url = open_link(survey)
    page = Client().get(url).content.decode()
    publish(survey, document([NPS, CSAT]))
    fields = {n: hidden(page, n) for n in ("version", "submission_id")}
    answer = Client().post(url, {**fields, "q_nps": "9", "q_why": "before"})
    assert answer.status_code == 200
    response = Response.unscoped.get()
    assert (response.version, response.answers) == (old, {"nps": 9, "why": "before"})


def test_a_version_of_another_survey_is_not_believed(program: Program) -> None:
    survey, other = make_survey(program), make_survey(program, [WHY])
    url = open_link(survey)
    form = {"version": str(other.current_version_id), "submission_id": str(uuid4())}
    assert Client().post(url, {**form, "q_nps": "9"}).status_code == 200
    assert Response.unscoped.get().version == survey.current_version


def test_an_anonymous_answer_leads_back_to_nobody(program: Program) -> None:
    survey = make_survey(program, [NPS, WHY], anonymous=True)
    [customer] = make_customers(program, 1)
    invitation, url = invite(survey, customer)
    page = Client().get(url).content.decode()
    assert "without your name" in page
    form = hidden(page, "submission_id")
    assert send(url, form, nps=2, why="Too slow").status_code == 200
    assert send(url, nps=10).status_code == 200
    response = Response.unscoped.get()
    assert (response.customer, response.invitation) == (None, None)
    assert response.answers == {"nps": 2, "why": "Too slow"}
    invitation.refresh_from_db()
    assert response.completed_at is not None
    local = response.completed_at.astimezone(program.zone)
    assert (local.hour, local.minute, local.second) == (0, 0, 0)
    assert invitation.answered_at == response.completed_at == response.started_at


def test_a_stopped_open_link_is_gone_and_a_paused_one_comes_back(program: Program) -> None:
    survey = make_survey(program)
    assert Client().get(open_link(survey, state="stopped")).status_code == 410
    paused = Client().get(open_link(survey, state="paused"))
    assert (paused.status_code, paused.headers["Retry-After"]) == (503, "3600")


def test_what_people_write_is_never_read_as_markup(program: Program) -> None:
    question = {**WHY, "text": {"en": "<b>Why</b> & how?"}}
    url = open_link(make_survey(program, [question], title={"en": "<script>alert(1)</script>"}))
    text = send(url, why="</textarea><script>alert(2)</script>" + "x" * 2000).content.decode()
    assert "<script>" not in text
    assert "&lt;b&gt;Why&lt;/b&gt; &amp; how?" in text


def test_a_survey_in_its_own_colour_brings_a_stylesheet(program: Program) -> None:
    survey = make_survey(program, theme={"brand": "#0B6E69"})
    assert "/s/theme/0b6e69.css" in Client().get(open_link(survey)).content.decode()
    sheet = Client().get("/s/theme/0b6e69.css")
    assert sheet.content.startswith(b":root{--brand:#0b6e69;--on-brand:#ffffff}")
    assert Client().get("/s/theme/zzzzzz.css").status_code == 404


def test_only_get_and_post_are_answered(program: Program) -> None:
    url = open_link(make_survey(program))
    assert Client().put(url).status_code == 405
    assert Client().get(url.rstrip("/")).headers["Location"] == url


def test_whoever_is_asked_by_name_can_end_it_from_the_page(program: Program) -> None:
    survey = make_survey(program)
    customers = make_customers(program, 3)
    pages = []
    for customer in (customers[0], customers[2]):
        invitation, url = invite(survey, customer)
        text = Client().get(url).content.decode()
        found = re.search(r'href="[^"]*(/u/[^"]+)"', text)
        assert found
        assert found[1].startswith(f"/u/{invitation.pk}-")
        assert Client().get(found[1]).status_code == 200
        pages.append(found[1])
    assert len(set(pages)) == 2
    assert "/u/" not in Client().get(open_link(survey)).content.decode()


def test_without_a_database_the_page_says_what_to_do(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    def fail(*args: object) -> None:
        raise OperationalError("gone")

    url = open_link(make_survey(program))
    monkeypatch.setattr("surveys.views.public.target_of", fail)
    answer = Client(headers={"accept-language": "ko"}).post(url, {"q_nps": "9"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "다시 보내 주세요" in answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"


def test_limits_are_said_before_they_are_met(program: Program) -> None:
    age = {
        "code": "age",
        "kind": "number",
        "text": {"en": "Age?"},
        "settings": {"min": 18, "max": 99},
    }
    used = {**USED, "settings": {"min": 1, "max": 1}}
    survey = make_survey(program, [age, used])
    page = Client().get(open_link(survey)).content.decode()
    assert "A number from 18 to 99." in page
    assert "Choose exactly 1." in page
    assert 'aria-describedby="f-age-limits"' in page


def test_an_answer_may_stand_there_beforehand_until_the_page_is_begun(program: Program) -> None:
    shop = {**WHY, "code": "shop", "kind": "short_text", "settings": {"default": "Main Street"}}
    used = {**USED, "settings": {"default": ["app"]}}
    survey = make_survey(program, [shop, used], [NPS])
    url, submission = open_link(survey), str(uuid4())
    blank = Client().get(url).content.decode()
    assert 'value="Main Street"' in blank
    assert blank.count(" checked") == 1
    cleared = {"submission_id": submission, "page": "1", "q_shop": "", "q_used": "store"}
    assert Client().post(url, cleared).status_code == 303
    kept = Client().get(f"{url}?page=1&s={submission}").content.decode()
    assert "Main Street" not in kept
    assert re.search(r'value="store" checked', kept)
    assert Response.unscoped.get().answers == {"used": ["store"]}
