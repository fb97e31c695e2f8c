"""The frame's scripts, under the content policy: keys, panel, dialogs, toasts, guards."""

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from tests.core.look.gallery import render
from tests.core.look.screen import ADDRESS, Screen, answer

pytestmark = pytest.mark.browser
HERE = Path(__file__).parent
GALLERY = (HERE / "gallery.html").read_text(encoding="utf-8")
PUBLIC = (HERE / "public.html").read_text(encoding="utf-8")


@pytest.fixture
def quiet() -> dict[str, Any]:
    """A page without messages and without errors in its form."""
    return {"messages": [], "form": None}


@pytest.mark.parametrize(
    ("source", "width", "dark"),
    [(GALLERY, 1440, False), (GALLERY, 390, True), (PUBLIC, 320, False), (PUBLIC, 390, True)],
)
def test_no_component_shuts_anyone_out(screen: Screen, source: str, width: int, dark: bool) -> None:
    page = screen.show(render(source, "ko"), width=width, dark=dark)
    found = Axe().run(page)
    assert [(v["id"], v["nodes"][0]["html"][:120]) for v in found.response["violations"]] == []


def test_slash_goes_to_the_search_and_question_mark_lists_the_keys(
    screen: Screen, quiet: dict[str, Any]
) -> None:
    page = screen.show(render(GALLERY, "en", **quiet))
    page.keyboard.press("/")
    expect(page.locator("#search-all")).to_be_focused()
    page.keyboard.type("?")
    expect(page.locator("#search-all")).to_have_value("?")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()


def test_g_and_a_letter_go_to_a_place(screen: Screen, quiet: dict[str, Any]) -> None:
    page = screen.show(render(GALLERY, "en", **quiet))
    page.route("**/p/hanbit/**", lambda route: route.fulfill(status=200, body="there"))
    letters = page.locator("[data-go-letter]").all_text_contents()
    assert letters == ["h", "s", "c", "r", "j", "a", "u", "l", "e"]
    page.keyboard.press("g")
    page.keyboard.press("u")
    page.wait_for_url("**/p/hanbit/customers/")


def test_the_navigation_folds_and_stays_folded(screen: Screen, quiet: dict[str, Any]) -> None:
    page = screen.show(render(GALLERY, "en", **quiet))
    page.locator("[data-fold-navigation]").click()
    expect(page.locator("[data-fold-navigation]")).to_have_attribute("aria-expanded", "false")
    page.reload()
    expect(page.locator("html")).to_have_class("nav-folded")
    expect(page.locator(".nav-side .nav-word").first).to_be_hidden()


def test_a_chosen_theme_stays(screen: Screen, quiet: dict[str, Any]) -> None:
    page = screen.show(render(GALLERY, "en", **quiet))
    page.get_by_role("button", name="You and your settings").click()
    page.locator("[data-theme-switch]").click()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(15, 20, 25)"


def test_what_cannot_be_undone_is_asked_with_the_verb(
    screen: Screen, quiet: dict[str, Any]
) -> None:
    page = screen.show(render(GALLERY, "en", **quiet))
    opener = page.locator("button.btn-danger[data-dialog=sure]").first
    opener.click()
    dialog = page.locator("#sure")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_the_phone_reaches_every_place_through_more(screen: Screen, quiet: dict[str, Any]) -> None:
    page = screen.show(render(GALLERY, "ko", **quiet), width=390)
    bar = page.locator(".nav-phone")
    expect(bar.locator("a")).to_have_count(4)
    bar.get_by_role("button").click()
    expect(page.locator("#more")).to_be_visible()
    expect(page.locator("#more a")).to_have_count(9)
    assert min(b["height"] for b in boxes(page, ".nav-phone a, #more a")) >= 44


def boxes(page: Page, selector: str) -> list[Any]:
    return [box for box in (item.bounding_box() for item in page.locator(selector).all()) if box]


def test_the_side_panel_opens_with_what_arrives_and_gives_the_focus_back(
    screen: Screen, quiet: dict[str, Any]
) -> None:
    source = (
        "{% extends 'base.html' %}{% block content %}"
        '<a id="open" href="/full/" hx-get="/part/" hx-target="#panel-body">Open</a>{% endblock %}'
    )
    page = screen.show(render(source, "en", **quiet))
    page.route(f"{ADDRESS}/part/", answer("<h2>Details of one</h2><p>Words</p>"))
    page.locator("#open").click()
    expect(page.locator("#panel")).to_be_visible()
    expect(page.get_by_role("heading", name="Details of one")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    expect(page.locator("#open")).to_be_focused()
    assert screen.refusals == []


def test_filters_swap_the_list_keep_the_address_and_say_the_count(
    screen: Screen, quiet: dict[str, Any]
) -> None:
    page = screen.show(render(GALLERY, "en", **quiet))
    page.route(
        "**/p/hanbit/journeys/?*", answer('<div id="list" data-announce="1 stage">One</div>')
    )
    page.locator(".filter-bar input[name=q]").fill("deli")
    expect(page.locator("#list")).to_have_text("One")
    assert "q=deli" in page.url
    expect(page.locator("#announcements")).to_have_text("1 stage")


def test_a_failed_request_says_so_and_a_conflict_shows_its_own_words(
    screen: Screen, quiet: dict[str, Any]
) -> None:
    source = (
        "{% extends 'base.html' %}{% block content %}{% csrf_token %}"
        '<button id="save" hx-post="/save/" hx-target="#out">Save</button>'
        '<p id="out"></p>{% endblock %}'
    )
    page = screen.show(render(source, "en", **quiet))
    tokens: list[str] = []
    page.on("request", lambda request: tokens.append(request.headers.get("x-csrftoken", "")))
    page.route(f"{ADDRESS}/save/", answer("broken", 500))
    page.locator("#save").click()
    expect(page.locator(".toast-note")).to_contain_text("That did not work. Nothing was changed")
    page.unroute(f"{ADDRESS}/save/")
    page.route(f"{ADDRESS}/save/", answer("Somebody else changed this", 409))
    page.locator("#save").click()
    expect(page.locator("#out")).to_have_text("Somebody else changed this")
    assert len([token for token in tokens if token]) == 2


def test_a_second_press_does_not_send_twice(screen: Screen, quiet: dict[str, Any]) -> None:
    source = (
        "{% extends 'base.html' %}{% block content %}"
        '<form method="post" action="/send/"><button id="send">Send</button></form>{% endblock %}'
    )
    page = screen.show(render(source, "en", **quiet))
    sent: list[str] = []

    def receive(route: Route) -> None:
        sent.append(route.request.method)
        route.fulfill(status=204)

    page.route(f"{ADDRESS}/send/", receive)
    page.evaluate("for (const press of [1, 2]) document.getElementById('send').click()")
    page.wait_for_timeout(200)
    assert sent == ["POST"]


def test_a_message_offers_its_undo_and_can_be_closed(screen: Screen) -> None:
    page = screen.show(render(GALLERY, "en", form=None))
    note = page.locator(".toast-note").first
    expect(note.locator("form")).to_have_attribute("action", "/p/hanbit/undo/")
    expect(note.get_by_role("button", name="Undo")).to_be_visible()
    note.get_by_role("button", name="Close").click()
    expect(page.locator(".toast-note")).to_have_count(1)


def test_errors_take_the_focus_and_lead_to_their_fields(screen: Screen) -> None:
    page = screen.show(render(GALLERY, "en", messages=[]))
    expect(page.locator(".error-summary")).to_be_focused()
    page.locator(".error-summary a").first.click()
    assert page.url.endswith("#id_name")
