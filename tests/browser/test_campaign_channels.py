"""A survey on somebody's website under a strict policy, and on a screen whose line fails."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from cxportal.core.actors import Actor
from surveys.models import Campaign, Response
from surveys.services.campaigns import campaign_start
from surveys.services.links import open_link_url
from tests.browser.window import Window, overflow, picture
from tests.conftest import make_program
from tests.surveys.campaign_cast import make_campaign

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Site:
    """A website of somebody else: `default-src 'self'` and one origin that is allowed."""

    def __init__(self) -> None:
        self.html, self.policy = "", ""
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Security-Policy", site.policy)
                self.end_headers()
                self.wfile.write(site.html.encode())

            def log_message(self, *_args: Any) -> None:
                return

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.server.shutdown()
    made.server.server_close()


def started(channel: str, **embed: Any) -> tuple[Campaign, str]:
    """A running campaign for whoever comes by, and its token."""
    actor = Actor.system(make_program("acme", name="Acme"))
    draft = make_campaign(actor, channel=channel, embed=embed)
    campaign = campaign_start(actor=actor, campaign=draft)
    return campaign, open_link_url(campaign).rstrip("/").rpartition("/")[2]


def show(site: Site, window: Window, token: str, language: str = "en") -> None:
    portal = window.address
    site.policy = f"default-src 'self' {portal}"
    site.html = (
        f'<!doctype html><html lang="{language}"><title>Shop</title><body>'
        f'<script src="{portal}/e/embed.js" data-survey="{token}" async></script>'
        f'<h1>Shop</h1><div data-survey-here="{token}"></div></body></html>'
    )


def answer_in_frame(page: Page) -> None:
    frame = page.frame_locator("iframe")
    frame.locator('label:has(input[name="q_nps"][value="9"])').click()
    frame.locator('button[name="go"][value="next"]').last.click()
    expect(frame.locator(".mark")).to_be_visible()


@pytest.mark.parametrize(("width", "language"), [(1440, "en"), (390, "ko")])
def test_a_pop_up_works_under_a_strict_policy_once_per_person(
    window: Window, site: Site, width: int, language: str
) -> None:
    campaign, token = started("embed", delay=0, origins=[site.address])
    show(site, window, token, language)
    page = window.open(width=width, language=language)
    page.goto(site.address)
    expect(page.locator("aside iframe")).to_be_visible()
    expect(page.frame_locator("iframe").locator("#survey")).to_be_visible()
    assert overflow(page) == []
    picture(page, f"embed-popup-{width}-{language}")
    answer_in_frame(page)
    picture(page, f"embed-thanks-{width}-{language}")
    assert Response.unscoped.get(campaign=campaign).channel == "embed"
    page.reload()
    page.wait_for_timeout(400)
    assert page.locator("iframe").count() == 0
    assert [t for t in window.troubles if "Content Security Policy" in t] == []


def test_an_inline_survey_stands_in_its_place_and_other_sites_may_not_frame_it(
    window: Window, site: Site
) -> None:
    _campaign, token = started("embed", mode="inline", delay=0, origins=[site.address])
    show(site, window, token)
    page = window.open()
    page.goto(site.address)
    expect(page.locator(f'[data-survey-here="{token}"] iframe')).to_be_visible()
    expect(page.frame_locator("iframe").locator("#survey")).to_be_visible()
    box = page.locator("iframe").bounding_box()
    assert box is not None
    assert box["height"] > 200
    Campaign.unscoped.update(embed={"origins": ["https://else.example"], "mode": "inline"})
    page.reload()
    page.wait_for_timeout(500)
    assert page.frame_locator("iframe").locator("#survey").count() == 0
    window.troubles.clear()


def test_pages_and_closing_decide_whether_it_appears(window: Window, site: Site) -> None:
    _campaign, token = started("embed", delay=0, pages=["/thanks*"])
    show(site, window, token)
    page = window.open()
    page.goto(f"{site.address}/cart")
    page.wait_for_timeout(400)
    assert page.locator("iframe").count() == 0
    page.goto(f"{site.address}/thanks/42")
    expect(page.locator("aside iframe")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    assert page.locator("iframe").count() == 0
    page.reload()
    page.wait_for_timeout(400)
    assert page.locator("iframe").count() == 0


def test_a_kiosk_keeps_answers_without_a_line_and_sends_them_later(window: Window) -> None:
    campaign, token = started("kiosk")
    page = window.open(width=1024, height=768)
    page.goto(f"/s/{token}/")
    picture(page, "kiosk-1024-en")
    page.context.set_offline(True)
    for score in (3, 10):
        page.locator(f'label:has(input[name="q_nps"][value="{score}"])').click()
        page.locator('button[name="go"][value="next"]').last.click()
        expect(page.locator(".mark")).to_be_visible()
        expect(page.locator("#survey")).to_be_visible(timeout=9000)
    assert not Response.unscoped.filter(campaign=campaign).exists()
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    for _wait in range(40):
        if Response.unscoped.filter(campaign=campaign).count() == 2:
            break
        page.wait_for_timeout(100)
    found = sorted(r.answers["nps"] for r in Response.unscoped.filter(campaign=campaign))
    assert found == [3, 10]
    window.troubles.clear()
