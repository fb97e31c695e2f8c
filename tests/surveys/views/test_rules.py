"""What a designer relies on when writing rules in sentences, by forms alone."""

from collections.abc import Callable

import pytest
from django.test import Client

from cxportal.core.actors import Actor
from surveys.models import Survey
from surveys.services.questions import question_add, section_add
from tests.surveys.designing import make_draft

pytestmark = pytest.mark.django_db
ClientFor = Callable[[str], Client]


@pytest.fixture
def draft(actor_for: Callable[[str], Actor]) -> Survey:
    actor = actor_for("designer")
    survey = make_draft(actor, "nps")
    choices = [{"code": "s", "text": {"en": "Store"}}, {"code": "a", "text": {"en": "App"}}]
    question_add(
        actor=actor, survey=survey, kind="single", text="Where?", code="place", choices=choices
    )
    section_add(actor=actor, survey=survey, title="More")
    return survey


def rules_at(survey: Survey, code: str) -> str:
    pk = survey.questions.get(code=code).pk
    return f"/p/{survey.program.slug}/surveys/{survey.pk}/questions/{pk}/rules/"


def test_a_rule_is_written_and_read_in_a_sentence(client_for: ClientFor, draft: Survey) -> None:
    browser, url = client_for("designer"), rules_at(draft, "why")
    assert browser.get(url).status_code == 200
    fields = {
        "show_mode": "any",
        "show_source": ["answer.nps", "answer.place", ""],
        "show_operator": ["lte", "is", "is"],
        "show_value": ["6", "store", ""],
        "skip0_mode": "all",
        "skip0_source": [""],
        "skip0_operator": ["is"],
        "skip0_value": [""],
        "skip0_to": "end",
        "random": "",
    }
    answer = browser.post(url, fields)
    assert answer.status_code == 302
    assert draft.questions.get(code="why").logic == {
        "show_if": {
            "any": [
                {"source": "answer.nps", "operator": "lte", "value": 6},
                {"source": "answer.place", "operator": "is", "value": "s"},
            ]
        },
        "skip": [{"to": "end"}],
    }
    page = browser.get(answer.headers["Location"]).content.decode()
    assert "is at most “6” or “Where?” is “Store”" in page
    assert "Always go to: the end, as complete" in page
    assert 'value="Store"' in browser.get(url).content.decode()


def test_rules_are_taken_away_by_emptying_them(client_for: ClientFor, draft: Survey) -> None:
    why = draft.questions.get(code="why")
    why.logic = {"show_if": {"source": "score", "operator": "gt", "value": 1}}
    why.save()
    fields = {"show_source": "", "show_operator": "is", "show_value": ""}
    client_for("designer").post(rules_at(draft, "why"), fields)
    assert draft.questions.get(code="why").logic == {}


def test_a_deeper_rule_of_an_import_is_kept(client_for: ClientFor, draft: Survey) -> None:
    deep = {"all": [{"any": [{"source": "score", "operator": "gt", "value": 1}]}]}
    why = draft.questions.get(code="why")
    why.logic = {"show_if": deep}
    why.save()
    browser, url = client_for("designer"), rules_at(draft, "why")
    assert "is more than" in browser.get(url).content.decode()
    browser.post(url, {"random": "g"})
    assert draft.questions.get(code="why").logic == {"show_if": deep, "random": "g"}
    browser.post(url, {"show_drop": "1"})
    assert draft.questions.get(code="why").logic == {}


def test_a_value_that_does_not_fit_is_said(client_for: ClientFor, draft: Survey) -> None:
    fields = {"show_source": "answer.nps", "show_operator": "between", "show_value": "1"}
    answer = client_for("designer").post(rules_at(draft, "why"), fields)
    assert answer.status_code == 422
    assert "does not fit" in answer.content.decode()


def test_a_page_is_repeated_for_what_was_chosen(client_for: ClientFor, draft: Survey) -> None:
    page = draft.sections.get(title__en="More")
    url = f"/p/{draft.program.slug}/surveys/{draft.pk}/pages/{page.pk}/rules/"
    browser = client_for("designer")
    assert browser.get(url).status_code == 200
    fields = {"loop_question": "place", "loop_which": "chosen", "loop_most": "3"}
    assert browser.post(url, fields).status_code == 302
    page.refresh_from_db()
    assert page.logic == {"loop": {"question": "place", "which": "chosen", "most": 3}}
