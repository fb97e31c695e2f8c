"""The map of a journey by hand: pointer and keys, phone and desk, both languages."""

import pytest
from playwright.sync_api import Page, expect

from cxportal.core.actors import Actor
from journeys.models import Card, EmotionPoint, Journey
from journeys.services.journeys import journey_create
from tests.browser.window import Window, overflow, picture, shut_out, sign_in
from tests.conftest import PASSWORD, make_member, make_program

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


PAGES = (
    "*/table/", "*/outline/", "*/paths/", "*/drivers/", "*/compare/", "*/versions/", "*/copy/",
    "import/", "review/", "review/meeting/", "touchpoints/", "touchpoints/few/", "opportunities/",
    "opportunities/new/", "insights/", "kano/",
)  # fmt: skip


def designer_at(window: Window, language: str, width: int, height: int) -> tuple[Page, Journey]:
    program = make_program("acme")
    member = make_member(program, "designer", "designer@acme.example")
    member.user.language = language
    member.user.save()
    journey = journey_create(
        actor=Actor.system(program), name={"en": "Shopping", "ko": "장보기"}, template="retail"
    )
    page = window.open(width=width, height=height, language=language)
    sign_in(page, member.user.email, PASSWORD)
    page.goto(f"/p/acme/journeys/{journey.pk}/")
    return page, journey


@pytest.mark.parametrize(("language", "width", "height"), [("ko", 390, 844), ("en", 1440, 900)])
def test_a_card_is_written_opened_moved_and_taken_back(
    window: Window, language: str, width: int, height: int
) -> None:
    page, journey = designer_at(window, language, width, height)
    picture(page, f"map/{language}-{width}-map")
    assert overflow(page) == []
    assert shut_out(page) == []
    cell = page.locator(".lane-pain td[data-cell]").first
    cell.click()
    expect(page.locator("#new-card")).to_be_focused()
    page.locator("#new-card").fill("Too loud")
    page.locator("#new-card").press("Enter")
    expect(cell).to_contain_text("Too loud")
    picture(page, f"map/{language}-{width}-cell")
    page.locator("#panel-body .rows a").first.click()
    expect(page.locator("#panel-body [name=emotion]")).to_be_visible()
    page.locator("#panel-body [name=emotion]").fill("-3")
    page.locator("#panel-body .btn-primary").click()
    expect(cell).to_contain_text("−3")
    picture(page, f"map/{language}-{width}-card")
    assert shut_out(page) == []
    page.locator("#panel .close-button").click()
    page.locator("[data-map-undo]").click()
    expect(cell).not_to_contain_text("−3")
    for name in PAGES:
        path = name.replace("*", str(journey.pk))
        page.goto(f"/p/acme/journeys/{path}")
        picture(page, f"map/{language}-{width}-{name.strip('*/').replace('/', '-') or 'map'}")
        assert (name, overflow(page)) == (name, [])
        assert (name, shut_out(page)) == (name, [])
    assert window.troubles == []


def test_the_keyboard_alone_moves_a_card_and_sets_a_feeling(window: Window) -> None:
    page, journey = designer_at(window, "en", 1440, 900)
    card = Card.unscoped.get(lane__journey=journey, title__en="Feels understood")
    note = page.locator(f"[data-card='{card.pk}']")
    note.focus()
    for key in (" ", "ArrowRight", " "):
        page.keyboard.press(key)
    expect(page.locator("#toasts")).to_contain_text("Call centre")
    card.refresh_from_db()
    assert str(card.step) == "Call centre"
    page.locator("[data-cell]").first.focus()
    page.keyboard.press("Control+z")
    expect(page.locator("#toasts")).to_contain_text("Taken back")
    card.refresh_from_db()
    assert str(card.step) == "Advice"
    field = page.locator("[data-feeling]").first
    field.fill("-4")
    field.press("Tab")
    expect(page.locator("#toasts")).to_contain_text("The feeling is saved")
    point = EmotionPoint.unscoped.filter(step__stage__journey=journey).order_by("-pk").first()
    assert point is not None
    assert EmotionPoint.unscoped.filter(step__stage__journey=journey, value=-4).count() == 1
    assert window.troubles == []
