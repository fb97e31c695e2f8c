"""The whole thread by hand: from a survey being designed to the score after an action."""

import re
from typing import Any

import pytest
from django.utils import translation
from playwright.sync_api import expect

from cxportal.core.services.outbox import outbox_drain_all
from journeys.models import Action
from surveys.models import Campaign, Response, Survey
from tests.browser.people import Cast, answer_over_http, link_of, make_cast
from tests.browser.walk import Walk
from tests.browser.window import Window

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ASKED = 13
QUESTION = {"en": "How was the tasting?", "ko": "시음은 어떠셨어요?"}
TITLE = {"en": "After your visit", "ko": "방문 후 설문"}
DEED = {"en": "Offer a second tasting", "ko": "시음을 한 번 더 권하기"}
BOARD = ("idea", "ready", "doing", "watching", "done")


@pytest.mark.parametrize(("language", "width", "height"), [("ko", 390, 844), ("en", 1440, 900)])
def test_the_thread_from_a_survey_to_the_score_after_an_action(
    window: Window, mailoutbox: list[Any], language: str, width: int, height: int
) -> None:
    cast = make_cast(language, ASKED)
    walk = Walk(window, language, width, height, cast.program.slug)
    with walk.as_person(cast.emails["designer"]):
        walk.keep("signed-in")
        survey = design(walk)
        campaign = send(walk, cast, survey)
    links = [link_of(mail) for mail in mailoutbox]
    assert len(set(links)) == ASKED
    respond(walk, links[0])
    answer_the_others(links[1:12])
    with walk.as_person(cast.emails["designer"]):
        draw_the_map(walk, campaign)
    with walk.as_person(cast.emails["manager"]):
        read_the_review(walk, "75.0", 12)
        drill_down(walk)
    with walk.as_person(cast.emails["staff"]):
        act(walk)
    answer_over_http(links[12], q_nps="0", q_why="Cold tea")
    outbox_drain_all()
    with walk.as_person(cast.emails["manager"]):
        see_the_score_move(walk)
    assert (walk.faults, window.troubles) == ([], [])


def design(walk: Walk) -> Survey:
    """A survey from a template, one more question, published."""
    walk.go("surveys/new/")
    walk.main(f"[name=title_{walk.language}]").fill(TITLE[walk.language])
    walk.main("input[name=template][value=nps]").check()
    walk.keep("survey-new")
    walk.main(".form-actions .btn-primary").click()
    walk.page.wait_for_url("**/design/**")
    add_a_question(walk)
    walk.page.locator("#designer-actions .btn-primary").click()
    walk.page.wait_for_url("**/publish/")
    walk.keep("publish")
    walk.main("form .btn-primary").click()
    walk.page.wait_for_url(re.compile(r"/surveys/\d+/$"))
    expect(walk.page.locator("h1")).to_have_text(TITLE[walk.language])
    walk.keep("published")
    survey = Survey.unscoped.get()  # unscoped: test
    assert survey.state == Survey.State.OPEN
    assert survey.current_version is not None
    asked = survey.current_version.document["sections"][0]["questions"]
    assert [question["kind"] for question in asked] == ["nps", "long_text", "rating"]
    assert asked[2]["text"][walk.language] == QUESTION[walk.language]
    return survey


def add_a_question(walk: Walk) -> None:
    """A rating with its words, saved by itself."""
    walk.page.locator("#outline .outline-add summary").click()
    walk.keep("designer-kinds")
    walk.page.locator("#outline button[value=rating]").click()
    expect(walk.page.locator("#outline [data-question]")).to_have_count(3)
    expect(walk.page.locator("#design-form [name=kind]")).to_have_value("rating")
    text = walk.page.locator(f"#design-form [name=text_{walk.language}]")
    with walk.page.expect_response(re.compile("/save/")):
        text.fill(QUESTION[walk.language])
    expect(walk.page.locator("#save-state")).to_have_attribute("data-state", "saved")
    expect(walk.page.locator("#outline")).to_contain_text(QUESTION[walk.language])
    walk.keep("designer-question")


def send(walk: Walk, cast: Cast, survey: Survey) -> Campaign:
    """A campaign to the segment: who gets it, who not and why, then sent."""
    walk.go("campaigns/new/")
    walk.main("[name=name]").fill("Visit")
    walk.main("[name=survey]").select_option(str(survey.pk))
    walk.main("[name=segment]").select_option(str(cast.segment.pk))
    walk.keep("campaign-new")
    walk.main(".form-actions .btn-primary").click()
    expect(walk.main(".tile-value").first).to_have_text(str(ASKED))
    expect(walk.main(".tile-value").nth(1)).to_have_text("1")
    walk.sees("Left out because")
    walk.keep("campaign-audience")
    walk.page.locator("[data-dialog=start-campaign]").click()
    expect(walk.page.locator("#start-campaign")).to_be_visible()
    walk.keep("campaign-ask")
    walk.page.locator("#start-campaign .btn-primary").click()
    walk.page.wait_for_load_state()
    walk.page.reload()
    expect(walk.main(".tile-value").first).to_have_text(str(ASKED))
    walk.keep("campaign-sent")
    return Campaign.unscoped.get()  # unscoped: test


def respond(walk: Walk, link: str) -> None:
    """A customer without JavaScript presses 9, says why, and is thanked."""
    page = walk.window.open(
        width=walk.width, height=walk.height, language=walk.language, script=False
    )
    page.goto(f"{link}?q_nps=9")
    expect(page.locator("input[name=q_nps][value='9']")).to_be_checked()
    walk.keep("answer", page)
    page.locator("textarea").fill("The tea was wonderful")
    page.locator("label:has(input[value='5'])").last.click()
    page.locator("button[value=next]").last.click()
    expect(page.locator(".mark")).to_be_visible()
    walk.keep("answer-thanks", page)
    page.context.close()
    kept = Response.unscoped.get(status=Response.Status.COMPLETE)  # unscoped: test
    assert kept.language == walk.language


def answer_the_others(links: list[str]) -> None:
    """Seven more promoters, two passives and two detractors: NPS 50 with the first."""
    for link, mark in zip(links, [10, 10, 10, 9, 9, 9, 9, 7, 8, 3, 6], strict=True):
        answer_over_http(link, q_nps=str(mark), q_why="")
    outbox_drain_all()


def draw_the_map(walk: Walk, campaign: Campaign) -> None:
    """The journey from the template, and the metric at its first touchpoint."""
    walk.go(f"campaigns/{campaign.pk}/")
    expect(walk.main(".tile-value").nth(1)).to_have_text("12")
    walk.keep("campaign-answered")
    walk.go("journeys/new/")
    walk.main(f"[name=name_{walk.language}]").fill("Tea")
    walk.main(".form-actions .btn-primary").click()
    expect(walk.main(".grid-stage")).to_have_count(7)
    walk.keep("journey-map")
    walk.main(".lane-touchpoint td a").first.click()
    walk.main("[name=metric]").select_option(index=0)
    walk.keep("touchpoint")
    walk.main("form.form-line button").click()
    expect(walk.main("table .score b").first).to_have_text("+50")
    walk.keep("touchpoint-measured")


def drill_down(walk: Walk) -> None:
    """From the stage of the review to the answers behind its score."""
    walk.main(".review-stage a").first.click()
    expect(walk.main(".tiles .score b").first).to_have_text("75.0")
    expect(walk.main(".answers > li")).to_have_count(12)
    walk.keep("stage")


def read_the_review(walk: Walk, score: str, n: int) -> None:
    """The first stage's score with its n."""
    walk.go("journeys/review/")
    shown = walk.main(".review-stage .score").first
    expect(shown.locator("b")).to_have_text(score)
    expect(shown).to_contain_text(f"n {n}")
    walk.keep("review")


def act(walk: Walk) -> None:
    """Staff log an action from an answer and bring it to its end."""
    walk.go("responses/")
    walk.main("tbody th a").last.click()
    expect(walk.page.locator("body")).to_contain_text("The tea was wonderful")
    walk.keep("response")
    walk.main("a[href*='actions/new/']").first.click()
    walk.main("[name=title]").fill(DEED[walk.language])
    walk.main("[name=touchpoint]").select_option(index=1)
    walk.keep("action-new")
    walk.main(".form-actions .btn-primary").click()
    expect(walk.page.locator("body")).to_contain_text(DEED[walk.language])
    action = Action.unscoped.get()  # unscoped: test
    assert action.response is not None
    move_by_menu(walk, action)
    move_by_keys(walk, action)
    close(walk, action)


def card(walk: Walk, action: Action, state: str) -> Any:
    """The action's card in the column of a state, counted from the left."""
    column = walk.main("[data-column]").nth(BOARD.index(state))
    return column.locator(f"[data-card='{action.pk}']")


def move_by_menu(walk: Walk, action: Action) -> None:
    walk.go("actions/")
    start = card(walk, action, "idea")
    start.scroll_into_view_if_needed()
    walk.keep("board")
    start.locator("summary").click()
    walk.keep("board-menu")
    with translation.override(walk.language):
        place = action.board.columns.get(state="doing")
    start.locator(f"button[value='{place.pk}']").click()
    expect(card(walk, action, "doing")).to_be_visible()
    walk.keep("board-moved")


def move_by_keys(walk: Walk, action: Action) -> None:
    link = card(walk, action, "doing").locator("[data-card-link]")
    link.focus()
    for key in ("Space", "ArrowRight", "Space"):
        walk.page.keyboard.press(key)
    counted = walk.main("[data-column]").nth(BOARD.index("watching")).locator(".count")
    expect(counted).to_have_text("1")
    expect(card(walk, action, "watching").locator("[data-card-link]")).to_be_focused()
    walk.keep("board-by-keys")


def close(walk: Walk, action: Action) -> None:
    """Done, and the page says honestly that it is too early."""
    walk.go(f"actions/{action.pk}/")
    done = action.board.columns.get(state="done")
    walk.main(f"button[name=to][value='{done.pk}']").click()
    walk.page.wait_for_load_state()
    action.refresh_from_db()
    assert action.column.state == "done"
    walk.go(f"actions/{action.pk}/")
    walk.sees("too early")
    walk.keep("action-done")


def see_the_score_move(walk: Walk) -> None:
    """One more detractor: 8 of 13 less 3 of 13 is an NPS of +38, 69.2 on 0–100."""
    read_the_review(walk, "69.2", 13)
    walk.go("")
    walk.keep("home")
