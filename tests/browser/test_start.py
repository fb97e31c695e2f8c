"""A new user without help: from an empty portal to the first answer and its stage's score."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from cxportal.core.services.outbox import outbox_drain_all
from surveys.models import Response
from tests.browser.window import Window, overflow, picture, shut_out

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("language", "width"), [("ko", 390), ("en", 1440)])
def test_the_set_up_leads_to_the_first_answer(
    window: Window, mailoutbox: list[Any], language: str, width: int, settings: Any
) -> None:
    settings.SETUP_OPEN = True
    page = window.open(width=width, language=language)
    seen: list[Any] = []

    def keep(name: str) -> None:
        picture(page, f"start/{language}-{name}")
        seen.extend([*overflow(page), *shut_out(page)])

    page.goto("/")
    expect(page).to_have_url(re.compile("/setup/$"))
    keep("setup")
    page.fill("[name=company]", "Hanok Tea")
    page.fill("[name=name]", "Kim Jiwoo")
    page.fill("[name=email]", "jiwoo@hanok.example")
    page.fill("[name=password]", "green tea in the yard")
    page.locator("main .btn-primary").click()
    page.wait_for_url("**/p/hanok-tea/start/")
    keep("company")

    def go_on(step: str) -> None:
        body = page.locator("#step")
        expect(body.locator(f"input[name=step][value={step}]").first).to_be_attached()
        body.locator(".btn-primary").first.click()
        page.wait_for_load_state()

    go_on("company")
    keep("people")
    page.fill("[name=email]", "minho@hanok.example")
    page.locator("[name=two_factor_roles][value=viewer]").check()
    go_on("people")
    keep("sender")
    go_on("sender")
    people = [["minho@hanok.example"], ["jiwoo@hanok.example"]]
    assert [mail.to for mail in mailoutbox] == people
    page.locator("button[form=skip]").click()
    keep("survey")
    go_on("survey")
    keep("journey")
    go_on("journey")
    keep("measure")
    go_on("measure")
    page.locator("#step form .btn-primary").click()
    keep("asked")
    answer_the_link(window, page.locator("#link").input_value(), language, width)
    outbox_drain_all()
    # The page looks for the answer by itself.
    figures = page.locator("#step .start-figure")
    expect(figures).to_have_text(["9", "100"])
    keep("answered")
    assert Response.unscoped.get().status == Response.Status.COMPLETE  # unscoped: test
    assert (seen, window.troubles) == ([], [])


def answer_the_link(window: Window, link: str, language: str, width: int) -> None:
    """A customer answers on a phone, without script."""
    page = window.open(width=width, language=language, script=False)
    page.goto(link)
    page.locator("input[name=q_nps][value='9']").check()
    page.locator("button.button").last.click()
    page.wait_for_load_state()
