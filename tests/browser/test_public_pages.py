"""The respondent's pages: without JavaScript, at 320 pixels, in two languages, for everyone."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from cxportal.core.tokens import derive
from surveys.models import Campaign, Response, Survey
from tests.browser.window import Window, overflow, picture, shut_out
from tests.conftest import make_program
from tests.surveys.answering import CSAT, NPS, USED, WHY, make_campaign, make_survey

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
SMALLEST = 320
TESTS = 20  # links are made for
THUMB = 44  # CSS pixels a target is high at least


@dataclass
class Links:
    """Paths of open links: each test takes a fresh one of the open survey; one is closed."""

    fresh: Iterator[Campaign]
    closed: str


def path_of(campaign: Campaign) -> str:
    """The open link of a campaign."""
    return f"/s/{derive(campaign.link_nonce, 'open-link')}/"


@pytest.fixture(scope="module")
def links(kept_server: LiveServer) -> Links:
    """One survey of two pages with many links, and one that is closed."""
    program = make_program("acme", name="Acme & Sons")
    survey = make_survey(program, [NPS, WHY], [CSAT, USED])
    closed = make_survey(program, [NPS])
    over = make_campaign(closed)
    closed.state = Survey.State.CLOSED
    closed.save()
    return Links(iter([make_campaign(survey) for _ in range(TESTS)]), path_of(over))


@pytest.fixture
def campaign(links: Links) -> Campaign:
    """A link nobody opened yet."""
    return next(links.fresh)


@pytest.fixture
def window(kept_window: Window) -> Window:
    return kept_window


def response_of(campaign: Campaign) -> Response:
    """The only response that came by the link."""
    return Response.unscoped.get(campaign=campaign)  # unscoped: test


def at_smallest(window: Window, **how: Any) -> Page:
    """A small phone without JavaScript."""
    return window.open(**{"width": SMALLEST, "height": 640, "script": False, **how})


def onward(page: Page) -> Locator:
    """The button one sees, not the one the Enter key presses."""
    return page.locator(".actions button[value=next]")


def test_a_survey_is_answered_without_javascript(window: Window, campaign: Campaign) -> None:
    page = at_smallest(window)
    page.goto(path_of(campaign))
    picture(page, "public/en-320-first")
    assert overflow(at_script(window, page.url)) == []
    page.locator("label:has(input[value='9'])").click()
    page.locator("textarea").fill("Good tea")
    onward(page).click()
    page.locator("label:has(input[name=q_csat][value='5'])").click()
    page.locator("label:has(input[value=app])").click()
    picture(page, "public/en-320-second")
    onward(page).click()
    expect(page.locator(".mark")).to_be_visible()
    picture(page, "public/en-320-thanks")
    kept = response_of(campaign)
    assert kept.status == Response.Status.COMPLETE
    assert kept.answers == {"nps": 9, "why": "Good tea", "csat": 5, "used": ["app"]}
    assert window.troubles == []


def at_script(window: Window, address: str) -> Page:
    """The same page where its measures can be taken."""
    page = window.open(width=SMALLEST, height=640)
    page.goto(address)
    return page


def test_every_target_is_as_high_as_a_thumb(window: Window, campaign: Campaign) -> None:
    page = at_script(window, path_of(campaign))
    for target in page.locator(".point, .actions button:visible, .languages button").all():
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= THUMB, target.inner_text()
        assert box["x"] + box["width"] <= SMALLEST


def test_changing_the_language_keeps_what_was_typed(window: Window, campaign: Campaign) -> None:
    page = at_smallest(window)
    page.goto(path_of(campaign))
    page.locator("label:has(input[value='7'])").click()
    page.locator("textarea").fill("half a thought")
    page.locator("button[name=switch][value=ko]").click()
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    expect(page.locator("form#survey")).to_contain_text("추천하시겠어요?")
    expect(page.locator("input[name=q_nps][value='7']")).to_be_checked()
    expect(page.locator("textarea")).to_have_value("half a thought")
    picture(page, "public/ko-320-switched")


def test_a_missing_answer_is_said_beside_the_question(window: Window, campaign: Campaign) -> None:
    page = at_smallest(window, language="ko")
    page.goto(path_of(campaign))
    page.locator("textarea").fill("내용은 그대로")
    onward(page).click()
    expect(page.locator("#faults")).to_be_visible()
    expect(page.locator("textarea")).to_have_value("내용은 그대로")
    picture(page, "public/ko-320-missing")
    shown = at_script(window, path_of(campaign))
    onward(shown).click()
    expect(shown.locator("#faults")).to_be_visible()
    assert shut_out(shown) == []


def fields_of(page: Page) -> dict[str, str]:
    """What the form's hidden fields would send."""
    hidden = page.locator("form#survey input[type=hidden]").all()
    return {str(f.get_attribute("name")): str(f.get_attribute("value")) for f in hidden}


def test_sending_the_same_form_again_changes_nothing(window: Window, campaign: Campaign) -> None:
    page = at_smallest(window)
    page.goto(path_of(campaign))
    page.locator("label:has(input[value='10'])").click()
    onward(page).click()
    address, sent = page.url, fields_of(page) | {"go": "next"}
    onward(page).click()
    expect(page.locator(".mark")).to_be_visible()
    before = response_of(campaign)
    page.go_back()
    expect(page.locator("h1")).to_be_visible()
    expect(onward(page)).to_have_count(0)
    page.request.post(address, form={**sent, "q_csat": "1"})
    after = response_of(campaign)
    assert (after.pk, after.answers, after.completed_at) == (
        before.pk, before.answers, before.completed_at,
    )  # fmt: skip


@pytest.mark.parametrize("language", ["en", "ko"])
def test_wrong_and_closed_links_say_what_to_do(window: Window, links: Links, language: str) -> None:
    page = window.open(width=SMALLEST, height=640, language=language)
    answer = page.goto("/s/no-such-link/")
    assert answer is not None
    assert answer.status == 404
    assert shut_out(page) == []
    expect(page.locator("h1")).not_to_be_empty()
    picture(page, f"public/{language}-320-wrong")
    answer = page.goto(links.closed)
    assert answer is not None
    assert answer.status == 410
    assert shut_out(page) == []
    assert page.locator("html").get_attribute("lang") == language
    picture(page, f"public/{language}-320-closed")


@pytest.mark.parametrize(("language", "dark"), [("en", False), ("ko", True)])
def test_no_respondent_is_shut_out(
    window: Window, campaign: Campaign, language: str, dark: bool
) -> None:
    page = window.open(width=390, height=844, language=language, dark=dark)
    page.goto(path_of(campaign))
    assert shut_out(page) == []
    picture(page, f"public/{language}-390{'-dark' if dark else ''}")
    page.locator("label:has(input[value='9'])").click()
    onward(page).click()
    assert shut_out(page) == []
    onward(page).click()
    expect(page.locator(".mark")).to_be_visible()
    assert shut_out(page) == []
    assert window.troubles == []
