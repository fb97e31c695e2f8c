"""The designer with plain forms, and what its automatic saves answer."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cxportal.core.actors import Actor
from surveys.models import Question, Survey
from surveys.services.questions import (
    question_add,
    question_delete,
    question_update,
    section_add,
    section_update,
)
from surveys.services.surveys import survey_publish, survey_update
from tests.surveys.designing import asked, make_draft, question_of

pytestmark = pytest.mark.django_db
As = Callable[[str], Actor]
ClientFor = Callable[[str], Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def designer(actor_for: As) -> Actor:
    return actor_for("designer")


@pytest.fixture
def draft(designer: Actor) -> Survey:
    return make_draft(designer, "purchase")


@pytest.fixture
def browser(client_for: ClientFor) -> Client:
    return client_for("designer")


def path(survey: Survey, part: str) -> str:
    return f"/p/acme/surveys/{survey.pk}/{part}"


def at(question: Question, command: str) -> str:
    return path(question.survey, f"questions/{question.pk}/{command}/")


def fields(question: Question, **values: Any) -> dict[str, Any]:
    """What the form of a question posts."""
    choices = list(question.choices.order_by("position"))
    return {
        "version": question.survey.version,
        "kind": question.kind,
        "code": question.code,
        "text_en": question.text.get("en", ""),
        "text_ko": question.text.get("ko", ""),
        "choice_code": [choice.code for choice in choices],
        "choice_en": [choice.text.get("en", "") for choice in choices],
        "choice_ko": [choice.text.get("ko", "") for choice in choices],
        **values,
    }


def choice_codes(question: Question) -> list[str]:
    return list(question.choices.order_by("position").values_list("code", flat=True))


def test_the_designer_opens_with_the_first_question(browser: Client, draft: Survey) -> None:
    html = browser.get(path(draft, "design/")).content.decode()
    assert 'id="outline"' in html
    assert "How satisfied are you overall?" in html
    assert at(question_of(draft, "csat"), "save") in html
    assert at(question_of(draft, "csat"), "preview") in html


def test_an_empty_survey_opens_with_its_words(browser: Client, designer: Actor) -> None:
    survey = make_draft(designer, "empty")
    html = browser.get(path(survey, "design/")).content.decode()
    assert path(survey, "words/") in html
    assert path(survey, "questions/add/") in html


@pytest.mark.parametrize("query", ["?question=999999", "?question=x", "?page=999999"])
def test_what_is_not_there_is_not_found(browser: Client, draft: Survey, query: str) -> None:
    assert browser.get(path(draft, f"design/{query}")).status_code == 404


def test_a_question_of_another_survey_is_not_found(
    browser: Client, designer: Actor, draft: Survey
) -> None:
    other = question_of(make_draft(designer), "nps")
    for command in ("save", "move", "duplicate", "delete"):
        url = path(draft, f"questions/{other.pk}/{command}/")
        assert browser.post(url, fields(other)).status_code == 404
    assert browser.get(path(draft, f"questions/{other.pk}/preview/")).status_code == 404


def test_every_kind_opens_after_it_is_added(browser: Client, designer: Actor) -> None:
    survey = make_draft(designer, "empty")
    for kind in Question.Kind.values:
        response = browser.post(path(survey, "questions/add/"), {"kind": kind}, follow=True)
        assert response.status_code == 200
        added = survey.questions.latest("pk")
        assert added.kind == kind
        assert browser.get(at(added, "preview")).status_code == 200
    first = survey.questions.order_by("pk").first()
    assert first is not None
    assert set(first.text) == {"en", "ko"}


def test_an_unknown_kind_is_refused(browser: Client, draft: Survey) -> None:
    response = browser.post(path(draft, "questions/add/"), {"kind": "astrology"})
    assert response.status_code == 422
    assert len(asked(draft)) == 4


def test_a_plain_form_saves_and_comes_back(browser: Client, draft: Survey) -> None:
    why = question_of(draft, "why")
    data = fields(why, text_en="So?", text_ko="", required="on", max_length="300")
    response = browser.post(at(why, "save"), data)
    assert response["Location"] == path(draft, f"design/?question={why.pk}")
    why.refresh_from_db()
    assert why.text == {"en": "So?"}
    assert (why.required, why.settings) == (True, {"max_length": 300})


def test_an_automatic_save_answers_only_the_parts_around_the_fields(
    browser: Client, draft: Survey
) -> None:
    survey_publish(actor=Actor.system(draft.program), survey=draft)
    draft.refresh_from_db()
    why = question_of(draft, "why")
    response = browser.post(at(why, "save"), fields(why, text_en="So?"), headers=HTMX)
    html = response.content.decode()
    assert response.status_code == 200
    assert response["HX-Trigger-After-Settle"] == "designer:saved"
    assert 'id="save-state" data-state="saved"' in html
    assert "So?" in html
    assert "<textarea" not in html
    draft.refresh_from_db()
    assert f'value="{draft.version}"' in html
    assert draft.has_changes is True


def test_a_language_that_is_not_shown_keeps_its_text(
    browser: Client, designer: Actor, draft: Survey
) -> None:
    survey_update(actor=designer, survey=draft, languages=["en"])
    draft.refresh_from_db()
    why = question_of(draft, "why")
    browser.post(at(why, "save"), fields(why, text_en="So?"))
    why.refresh_from_db()
    assert why.text == {"en": "So?", "ko": "좋았던 점이나 바꿀 점을 알려 주세요."}


def test_choices_are_saved_in_the_order_of_the_page(browser: Client, draft: Survey) -> None:
    reason = question_of(draft, "reason")
    data = fields(
        reason,
        choice_code=["again", "self", "c1", "c2"],
        choice_en=["Again", "For me", "New", " "],
        choice_ko=["", "직접", "", ""],
    )
    browser.post(at(reason, "save"), data)
    rows = reason.choices.order_by("position").values_list("code", "text")
    assert list(rows) == [
        ("again", {"en": "Again"}),
        ("self", {"en": "For me", "ko": "직접"}),
        ("c1", {"en": "New"}),
    ]


@pytest.mark.parametrize(
    ("command", "codes"),
    [
        ("up:gift", ["gift", "self", "again", "look"]),
        ("up:self", ["self", "gift", "again", "look"]),
        ("down:look", ["self", "gift", "again", "look"]),
        ("down:gift", ["self", "again", "gift", "look"]),
        ("remove:self", ["gift", "again", "look"]),
        ("remove:nothing", ["self", "gift", "again", "look"]),
    ],
)
def test_choices_move_by_buttons(
    browser: Client, draft: Survey, command: str, codes: list[str]
) -> None:
    reason = question_of(draft, "reason")
    browser.post(at(reason, "save"), fields(reason, do=command))
    assert choice_codes(reason) == codes


def test_another_kind_draws_the_form_anew(browser: Client, draft: Survey) -> None:
    reason = question_of(draft, "reason")
    response = browser.post(at(reason, "save"), fields(reason, kind="multiple"), headers=HTMX)
    html = response.content.decode()
    assert 'id="designer-work"' in html
    assert 'name="least"' in html
    assert choice_codes(reason) == ["self", "gift", "again", "look"]


def test_a_mistake_is_said_and_nothing_is_lost(browser: Client, draft: Survey) -> None:
    why = question_of(draft, "why")
    data = fields(why, text_en="Kept words", code="Bad Code")
    response = browser.post(at(why, "save"), data)
    html = response.content.decode()
    assert response.status_code == 422
    assert "Kept words" in html
    assert "small letters" in html
    part = browser.post(at(why, "save"), data, headers=HTMX)
    assert part.status_code == 422
    assert "Not saved yet" in part.content.decode()
    why.refresh_from_db()
    assert (why.code, why.text["en"]) == ("why", "What should we keep, what should we change?")


def test_a_stale_edit_answers_409_with_both_texts(
    browser: Client, actor_for: As, draft: Survey
) -> None:
    why = question_of(draft, "why")
    data = fields(why, text_en="Mine", text_ko="")
    question_update(actor=actor_for("owner"), question=why, text={"en": "Theirs"})
    for headers in ({}, HTMX):
        response = browser.post(at(why, "save"), data, headers=headers)
        html = response.content.decode()
        assert response.status_code == 409
        assert "Owner changed this meanwhile." in html
        assert "Theirs" in html
        assert "Mine" in html
        assert 'name="version" id="draft-version" value="1"' in html
    why.refresh_from_db()
    assert why.text == {"en": "Theirs"}
    browser.post(at(why, "save"), {**data, "keep": "2"})
    why.refresh_from_db()
    assert why.text == {"en": "Mine"}


def test_colleagues_may_work_on_different_questions(
    browser: Client, actor_for: As, draft: Survey
) -> None:
    why, csat = question_of(draft, "why"), question_of(draft, "csat")
    data = fields(why, text_en="Mine")
    question_update(actor=actor_for("owner"), question=csat, text="Theirs")
    assert browser.post(at(why, "save"), data).status_code == 302
    why.refresh_from_db()
    assert why.text["en"] == "Mine"


def test_questions_move_to_every_place_offered(
    browser: Client, designer: Actor, draft: Survey
) -> None:
    page = section_add(actor=designer, survey=draft)
    first = draft.sections.first()
    assert first is not None
    browser.post(at(question_of(draft, "why"), "move"), {"place": f"{first.pk}:0"})
    browser.post(at(question_of(draft, "csat"), "move"), {"place": f"{page.pk}:0"})
    assert asked(draft) == ["why", "advice", "reason", "csat"]
    for place in ("", "x:0", "999999:0"):
        response = browser.post(at(question_of(draft, "why"), "move"), {"place": place})
        assert response.status_code == 404


def test_a_copy_is_chosen(browser: Client, draft: Survey) -> None:
    response = browser.post(at(question_of(draft, "csat"), "duplicate"))
    copy = question_of(draft, "csat_2")
    assert response["Location"] == path(draft, f"design/?question={copy.pk}")
    assert asked(draft)[:2] == ["csat", "csat_2"]


def test_a_deleted_question_can_be_put_back(browser: Client, draft: Survey) -> None:
    advice = question_of(draft, "advice")
    html = browser.post(at(advice, "delete"), follow=True).content.decode()
    assert asked(draft) == ["csat", "reason", "why"]
    undo = path(draft, f"undo/?step={draft.steps.get().pk}")
    assert undo in html
    answer = browser.post(undo)
    assert answer["Location"] == path(draft, f"design/?question={advice.pk}")
    assert asked(draft) == ["csat", "advice", "reason", "why"]
    page = browser.post(undo, follow=True).content.decode()
    assert "There is nothing of yours to undo." in page


def test_undo_and_redo_work_after_a_reload_and_say_what_they_do(
    browser: Client, draft: Survey
) -> None:
    why = question_of(draft, "why")
    browser.post(at(why, "save"), fields(why, text_en="So?"))
    page = browser.get(path(draft, "design/")).content.decode()
    assert "Undo: changed a question, “So?”" in page
    answer = browser.post(path(draft, "undo/"))
    assert answer["Location"] == path(draft, f"design/?question={why.pk}")
    assert question_of(draft, "why").text["en"].startswith("What should")
    page = browser.get(path(draft, "design/")).content.decode()
    assert "Undone: changed a question, “So?”." in page
    assert "Redo: changed a question, “So?”" in page
    browser.post(path(draft, "redo/"))
    assert question_of(draft, "why").text["en"] == "So?"


def test_a_question_made_and_undone_leads_back_to_what_was_shown(
    browser: Client, draft: Survey
) -> None:
    browser.post(path(draft, "questions/add/"), {"kind": "nps"})
    page = draft.sections.get()
    answer = browser.post(path(draft, "undo/"), {"shown": f"section:{page.pk}"})
    assert answer["Location"] == path(draft, f"design/?page={page.pk}")
    assert len(asked(draft)) == 4


def test_a_refused_undo_is_said_and_changes_nothing(
    browser: Client, actor_for: As, draft: Survey
) -> None:
    why = question_of(draft, "why")
    browser.post(at(why, "save"), fields(why, text_en="Mine"))
    question_update(actor=actor_for("owner"), question=why, text={"en": "Theirs"})
    page = browser.post(path(draft, "undo/"), follow=True).content.decode()
    assert "Owner changed “Theirs” meanwhile. It stays as it is." in page
    assert question_of(draft, "why").text == {"en": "Theirs"}


def test_the_settings_are_undone_from_their_message(browser: Client, draft: Survey) -> None:
    url = path(draft, "settings/")
    page = browser.post(url, {"part": "run", "hide_back": "on"}, follow=True).content.decode()
    undo = path(draft, f"undo/?step={draft.steps.get().pk}&amp;from=settings")
    assert undo in page
    assert browser.post(undo.replace("&amp;", "&"))["Location"] == url
    draft.refresh_from_db()
    assert draft.settings == {}


def test_a_step_of_another_survey_or_person_is_not_found(
    browser: Client, designer: Actor, actor_for: As, draft: Survey
) -> None:
    other = make_draft(designer)
    question_delete(actor=designer, question=question_of(other, "why"))
    question_delete(actor=actor_for("owner"), question=question_of(draft, "why"))
    for step in (other.steps.get(), draft.steps.get()):
        assert browser.post(path(draft, f"undo/?step={step.pk}")).status_code == 404
    assert len(asked(draft)) == 3


def test_who_else_is_at_the_draft_is_said_until_a_minute_after_they_left(
    browser: Client, client_for: ClientFor, draft: Survey, time_machine: Any
) -> None:
    url, others = path(draft, "presence/"), client_for("owner")
    time_machine.move_to("2026-11-26T05:00:00Z", tick=False)
    assert browser.post(url).status_code == 204
    html = others.post(url).content.decode()
    assert "Designer is here too, since 14:00" in html
    assert "Designer is here too" in others.get(path(draft, "design/")).content.decode()
    known = re.search(r'"known": "(\w+)"', html)
    assert known is not None
    assert others.post(url, {"known": known[1]}).status_code == 204
    time_machine.move_to("2026-11-26T05:00:50Z", tick=False)
    browser.post(url)
    time_machine.move_to("2026-11-26T05:01:40Z", tick=False)
    assert "Designer is here too, since 14:00" in others.post(url).content.decode()
    time_machine.move_to("2026-11-26T05:01:51Z", tick=False)
    assert "here too" not in others.post(url, {"known": known[1]}).content.decode()


def test_pages_are_added_named_moved_and_deleted(browser: Client, draft: Survey) -> None:
    browser.post(path(draft, "pages/add/"))
    page = draft.sections.latest("pk")
    save = path(draft, f"pages/{page.pk}/save/")
    browser.post(save, {"version": 2, "title_en": "Start", "title_ko": "시작"})
    browser.post(path(draft, f"pages/{page.pk}/move/"), {"place": "0"})
    assert [section.title for section in draft.sections.all()] == [
        {"en": "Start", "ko": "시작"},
        {},
    ]
    html = browser.get(path(draft, f"design/?page={page.pk}")).content.decode()
    assert "No question on this page yet" in html
    browser.post(path(draft, f"pages/{page.pk}/delete/"))
    assert draft.sections.count() == 1
    left = draft.sections.get()
    assert browser.post(path(draft, f"pages/{left.pk}/delete/")).status_code == 409


def test_a_stale_page_name_answers_409(browser: Client, actor_for: As, draft: Survey) -> None:
    page = draft.sections.get()
    section_update(actor=actor_for("owner"), section=page, title="Theirs")
    data = {"version": 1, "title_en": "Mine"}
    response = browser.post(path(draft, f"pages/{page.pk}/save/"), data, headers=HTMX)
    assert response.status_code == 409
    assert "Theirs" in response.content.decode()


def words(survey: Survey, **values: Any) -> dict[str, Any]:
    return {
        "version": survey.version,
        "title_en": "After the visit",
        "title_ko": "방문 후",
        "languages": ["en", "ko"],
        "default_language": "en",
        "brand": "#0b6e69",
        **values,
    }


def test_the_words_of_the_survey_are_saved(browser: Client, draft: Survey) -> None:
    data = words(draft, welcome_en="Hello", thanks_ko="고마워요", anonymous="on", brand="#112233")
    assert browser.post(path(draft, "words/"), data).status_code == 302
    draft.refresh_from_db()
    assert (draft.welcome, draft.thanks) == ({"en": "Hello"}, {"ko": "고마워요"})
    assert (draft.anonymous, draft.theme) == (True, {"brand": "#112233"})


def test_words_changed_meanwhile_answer_409(browser: Client, actor_for: As, draft: Survey) -> None:
    survey_update(actor=actor_for("owner"), survey=draft, welcome={"en": "Theirs"})
    data = {**words(draft), "version": 1, "welcome_en": "Mine"}
    response = browser.post(path(draft, "words/"), data, headers=HTMX)
    assert response.status_code == 409
    assert "Theirs" in response.content.decode()
    draft.refresh_from_db()
    assert draft.welcome == {"en": "Theirs"}


@pytest.mark.parametrize(
    "wrong", [{"title_en": "", "title_ko": ""}, {"languages": ["ko"]}, {"brand": "red"}]
)
def test_wrong_words_change_nothing(browser: Client, draft: Survey, wrong: dict[str, Any]) -> None:
    response = browser.post(path(draft, "words/"), {**words(draft), **wrong}, headers=HTMX)
    assert response.status_code == 422
    draft.refresh_from_db()
    assert draft.version == 1


def test_the_middle_shows_the_question_alone(browser: Client, draft: Survey) -> None:
    response = browser.get(at(question_of(draft, "csat"), "preview") + "?language=ko")
    html = response.content.decode()
    assert "전반적으로 얼마나 만족하셨어요?" in html
    assert "상담은 어떠셨어요?" not in html
    assert '<html lang="ko">' in html


def test_what_people_type_is_never_markup(browser: Client, draft: Survey) -> None:
    why = question_of(draft, "why")
    evil = "<script>alert(1)</script>"
    browser.post(at(why, "save"), fields(why, text_en=evil, text_ko=evil))
    for url in (
        path(draft, "design/"),
        at(why, "preview"),
        path(draft, ""),
        path(draft, "publish/"),
    ):
        assert evil not in browser.get(url).content.decode()


def test_a_long_list_is_edited_as_lines_and_keeps_its_codes(
    designer: Actor, draft: Survey, browser: Client
) -> None:
    choices = [{"code": f"k{n}", "text": {"en": f"City {n}"}} for n in range(1, 252)]
    question = question_add(
        actor=designer, survey=draft, kind="dropdown", text={"en": "Where?"}, choices=choices
    )
    page = browser.get(path(draft, f"design/?question={question.pk}")).content.decode()
    assert page.count("choice_lines") == 1
    assert "k251 | City 251" in page
    lines = [f"k{n} | City {n}" for n in range(2, 252)] + ["k1 | Seoul | 서울", "Busan"]
    values = {**fields(question), "choice_lines": "\n".join(lines)}
    draft.refresh_from_db()
    answer = browser.post(at(question, "save"), {**values, "version": draft.version})
    assert answer.status_code == 302
    stored = list(question.choices.order_by("position").values_list("code", "text"))
    assert len(stored) == 252
    assert stored[0] == ("k2", {"en": "City 2"})
    assert stored[250] == ("k1", {"en": "Seoul", "ko": "서울"})
    assert stored[251][1] == {"en": "Busan"}


def test_what_stands_there_beforehand_is_set_in_the_designer(
    designer: Actor, draft: Survey, browser: Client
) -> None:
    question = question_add(actor=designer, survey=draft, kind="number", text={"en": "How many?"})
    for typed, status, stored in (("3", 302, 3), ("many", 422, 3), ("", 302, None)):
        draft.refresh_from_db()
        question.refresh_from_db()
        values = {**fields(question), "set_default": typed, "version": draft.version}
        assert browser.post(at(question, "save"), values).status_code == status
        question.refresh_from_db()
        assert question.settings.get("default") == stored
