"""A path through the draft is tried as respondents go through it, and leaves nothing behind."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cxportal.core.actors import Actor
from cxportal.core.models import Membership
from surveys.models import Response, Survey
from surveys.services.questions import question_add, question_update
from surveys.services.surveys import survey_update
from tests.conftest import make_customers
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


def test_a_path_is_tried_as_a_customer_and_with_hidden_data(
    client_for: Callable[[str], Client], actor_for: Callable[[str], Actor], draft: Survey
) -> None:
    actor = actor_for("designer")
    hello = {"en": "Hello {{customer.tier|you}} of {{hidden.store|ours}}"}
    question_update(actor=actor, question=question_of(draft, "nps"), text=hello)
    settings = {"origin": "link", "name": "shop"}
    question_add(
        actor=actor, survey=draft, kind="hidden", text="Store", code="store", settings=settings
    )
    one, two = make_customers(draft.program, 2)
    one.attributes, one.is_test = {"tier": "gold"}, True
    one.save()
    two.attributes = {"tier": "blue"}
    two.save()
    browser = client_for("designer")
    base = f"/p/{draft.program.slug}/surveys/{draft.pk}/try/"

    def frame(query: str) -> str:
        page = browser.get(f"{base}?{query}").content.decode()
        source = re.search(r'src="([^"]+/try/frame/[^"]*)"', page)
        assert source is not None
        return browser.get(source[1].replace("&amp;", "&")).content.decode()

    assert "Hello you of ours" in frame("")
    page = frame("customer=C0&h_store=Gangnam")
    assert "Hello gold of Gangnam" in page
    sent = browser.post(f"{base}frame/", {**hidden(page), "q_nps": "3", "go": "next"})
    back = {**hidden(sent.content.decode()), "go": "back"}
    assert "Hello gold of Gangnam" in browser.post(f"{base}frame/", back).content.decode()
    assert "There is no such customer" in browser.get(f"{base}?customer=X").content.decode()
    assert "Hello blue" in frame("customer=C1")
    Membership.unscoped.filter(user=actor.user).update(sees_personal_data=False)
    assert "Hello gold" in frame("customer=C0")
    assert "Hello you" in frame("customer=C1")
