"""The designer as one writes in it: saved while typing, reordered by hand, safe beside others."""

import re

import pytest
from playwright.sync_api import Page, Response, expect

from cxportal.core.actors import Actor
from surveys.models import Survey
from surveys.services.questions import question_update
from tests.browser.window import Window, sign_in
from tests.conftest import PASSWORD, make_member, make_program
from tests.surveys.designing import asked, make_draft, question_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
TEXT = "#design-form [name=text_en]"


@pytest.fixture
def designer() -> Actor:
    return Actor.member(make_member(make_program("acme"), "designer"))


@pytest.fixture
def draft(designer: Actor) -> Survey:
    return make_draft(designer, "purchase")


@pytest.fixture
def page(window: Window, designer: Actor, draft: Survey) -> Page:
    """The designer's window, at the question of single choice."""
    opened = window.open()
    sign_in(opened, "designer@acme.example", PASSWORD)
    choose(opened, draft, "reason")
    return opened


def choose(page: Page, draft: Survey, code: str) -> None:
    page.goto(f"/p/acme/surveys/{draft.pk}/design/?question={question_of(draft, code).pk}")


def _removal(response: Response) -> bool:
    return "remove%3A" in (response.request.post_data or "")


def saved(page: Page) -> None:
    expect(page.locator("#save-state")).to_have_attribute("data-state", "saved")


def test_what_is_typed_is_stored_and_shown_as_respondents_see_it(page: Page, draft: Survey) -> None:
    page.fill(TEXT, "Why today?")
    expect(page.locator("#save-state")).to_have_attribute("data-state", "saving")
    saved(page)
    assert question_of(draft, "reason").text["en"] == "Why today?"
    middle = page.frame_locator("iframe.canvas-frame")
    expect(middle.locator("legend")).to_contain_text("Why today?")
    expect(page.locator("#outline [aria-current]")).to_contain_text("Why today?")


def test_choices_are_added_pasted_and_removed(page: Page, draft: Survey) -> None:
    last = page.locator("[data-choice-rows] > li").last
    last.locator("input[lang=en]").fill("Something else")
    expect(page.locator("[data-choice-rows] > li")).to_have_count(6)
    with page.expect_response(_removal):
        page.locator("#choice-remove-self").click()
    expect(page.locator("[data-choice-rows] > li")).to_have_count(5)
    saved(page)
    stored = question_of(draft, "reason").choices.order_by("position")
    assert [c.text["en"] for c in stored] == [
        "As a gift", "To buy again", "To look around", "Something else",
    ]  # fmt: skip
    with page.expect_response(_removal):
        page.locator("#choice-remove-c1").click()
    expect(page.locator("[data-choice-rows] > li")).to_have_count(4)


def test_a_question_moves_by_keyboard_and_keeps_the_focus(page: Page, draft: Survey) -> None:
    link = page.locator(f"#outline-{question_of(draft, 'reason').pk}")
    link.focus()
    with page.expect_response("**/move/"):
        page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("#outline li").nth(1)).to_contain_text("Why did you come")
    expect(link).to_be_focused()
    assert asked(draft) == ["csat", "reason", "advice", "why"]


def test_a_question_moves_by_drag(page: Page, draft: Survey) -> None:
    lines = page.locator("#outline li[data-question]")
    start, end = lines.nth(0).bounding_box(), lines.nth(2).bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 60, start["y"] + 10)
    page.mouse.down()
    page.mouse.move(end["x"] + 60, end["y"] + 15, steps=10)
    page.mouse.move(end["x"] + 60, end["y"] + 30, steps=5)
    with page.expect_response("**/move/"):
        page.mouse.up()
    # Where exactly it lands is the pointer's affair; that the order is kept is ours.
    expect(lines.nth(0)).not_to_contain_text("How satisfied")
    shown = [int(row.get_attribute("data-question") or 0) for row in lines.all()]
    assert [question_of(draft, code).pk for code in asked(draft)] == shown
    assert asked(draft).index("csat") > 0


def test_a_deleted_question_comes_back_from_the_message(page: Page, draft: Survey) -> None:
    page.locator(".work-actions form").last.locator("button").click()
    undo = page.locator("#toasts form button")
    expect(undo).to_be_visible()
    assert asked(draft) == ["csat", "advice", "why"]
    undo.click()
    page.wait_for_url(re.compile(r"design/\?question="))
    assert asked(draft) == ["csat", "advice", "reason", "why"]


def test_going_on_waits_until_what_was_typed_is_stored(page: Page, draft: Survey) -> None:
    why = question_of(draft, "why").pk
    page.fill(TEXT, "Why today?")
    page.locator(f"#outline-{why}").click()
    expect(page.locator(f"#outline-{why}")).to_have_attribute("aria-current", "true")
    assert question_of(draft, "reason").text["en"] == "Why today?"
    page.fill(TEXT, "So?")
    page.locator("#designer-actions .btn-primary").click()
    page.wait_for_url("**/publish/")
    assert question_of(draft, "why").text["en"] == "So?"


def test_what_somebody_else_changed_is_shown_before_it_is_overwritten(
    page: Page, designer: Actor, draft: Survey
) -> None:
    reason = question_of(draft, "reason")
    question_update(actor=designer, question=reason, text={"en": "Theirs"})
    page.fill(TEXT, "Mine")
    conflict = page.locator("#conflict")
    expect(conflict).to_contain_text("Theirs")
    page.fill(TEXT, "Mine, surely")
    assert question_of(draft, "reason").text == {"en": "Theirs"}
    conflict.locator("button[name=keep]").click()
    expect(conflict).to_be_empty()
    saved(page)
    assert question_of(draft, "reason").text["en"] == "Mine, surely"


def test_words_typed_without_a_connection_are_kept(page: Page, draft: Survey) -> None:
    page.context.set_offline(True)
    page.fill(TEXT, "Kept here")
    expect(page.locator("#save-state")).to_have_attribute("data-state", "offline")
    page.context.set_offline(False)
    page.reload()
    saved(page)
    expect(page.locator(TEXT)).to_have_value("Kept here")
    expect(page.locator("#outline [aria-current]")).to_contain_text("Kept here")
    assert question_of(draft, "reason").text["en"] == "Kept here"
