"""A path through the draft is tried as respondents go through it, and leaves nothing behind."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cxportal.core.actors import Actor
from surveys.models import Response, Survey
from surveys.services.questions import question_update
from surveys.services.surveys import survey_update
from tests.surveys.designing import make_draft, question_of
from tests.surveys.logic_surveys import compare

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(actor_for: Callable[[str], Actor]) -> Survey:
    actor = actor_for("designer")
    survey = make_draft(actor, "nps")
    rule = {"show_if": compare("answer.nps", "lte", 6)}
    why = question_of(survey, "why")
    question_update(actor=actor, question=why, logic=rule, required=True)
    endings = [{"if": compare("answer.nps", "gte", 9), "text": {"en": "Tell others!"}}]
    survey_update(actor=actor, survey=survey, endings=endings)
    return survey


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))


def test_the_draft_is_answered_page_by_page(
    client_for: Callable[[str], Client], draft: Survey
) -> None:
    browser = client_for("designer")
    base = f"/p/{draft.program.slug}/surveys/{draft.pk}/try/"
    assert browser.get(base).status_code == 200

    def send(page: str, **fields: Any) -> str:
        return browser.post(f"{base}frame/", {**hidden(page), **fields}).content.decode()

    first = browser.get(f"{base}frame/").content.decode()
    assert "Please answer this question." in send(first, go="next")
    second = send(first, q_nps="3", go="next")
    assert 'name="q_why"' in second
    assert 'value="3" checked' in send(second, go="back")
    end = send(second, q_why="Slow", go="next")
    assert "Thank you" in end
    assert "nothing was stored" in end
    assert "Tell others!" in send(first, q_nps="10", go="next")
    assert not Response.unscoped.exists()
