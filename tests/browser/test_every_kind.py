"""Every kind of question: without JavaScript, by keyboard alone and on a small phone, the same."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, expect
from pytest_django.live_server_helper import LiveServer

from cxportal.core.models import StoredFile
from surveys.models import Campaign, Response
from tests.browser.test_public_pages import at_smallest, path_of
from tests.browser.window import Window, overflow, picture, shut_out
from tests.conftest import make_program
from tests.surveys.answering import make_campaign, make_survey
from tests.surveys.every_kind import ANSWERS, EVERY_KIND, FORM

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40


def png(content: bytes) -> FilePayload:
    """A file as a person picks it."""
    return {"name": "receipt.png", "mimeType": "image/png", "buffer": content}


@pytest.fixture(scope="module")
def campaigns(kept_server: LiveServer) -> Iterator[Campaign]:
    """Fresh links to a survey with a question of every kind on one page."""
    program = make_program("kinds", name="Acme & Sons")
    survey = make_survey(program, [{"required": False, **q} for q in EVERY_KIND])
    return iter([make_campaign(survey) for _ in range(8)])


@pytest.fixture
def window(kept_window: Window) -> Window:
    return kept_window


@pytest.fixture
def address(campaigns: Iterator[Campaign]) -> str:
    return path_of(next(campaigns)) + "?store=Gangnam"


def fields() -> Iterator[tuple[str, list[str]]]:
    """Names of form fields and what is put in."""
    for code, parts in FORM.items():
        if code != "hidden":
            for part, values in parts.items():
                yield (f"q_{code}.{part}" if part else f"q_{code}"), values


def put(page: Page, name: str, values: list[str]) -> None:
    """Answer one field as a finger or a mouse would."""
    field = page.locator(f"[name='{name}']").first
    kind = str(field.evaluate("e => e.tagName === 'SELECT' ? 'select' : e.type"))
    if kind == "select":
        field.select_option(values[0])
    elif kind in ("radio", "checkbox"):
        for value in values:
            page.locator(f"[name='{name}'][value='{value}']").check(force=True)
    else:
        field.fill(values[0])


def type_in(page: Page, name: str, values: list[str]) -> None:
    """Answer one field with the keyboard alone."""
    for value in values:
        one = page.locator(f"[name='{name}'][value={json.dumps(value)}]")
        field = one if one.count() else page.locator(f"[name='{name}']").first
        kind = str(field.evaluate("e => e.tagName === 'SELECT' ? 'select' : e.type"))
        field.focus()
        if kind in ("radio", "checkbox"):
            page.keyboard.press("Space")
        elif kind == "date":
            page.keyboard.type("11242026")
        elif kind == "time":
            page.keyboard.type("0930AM")
        elif kind == "select":
            label = field.evaluate(
                "(e, v) => [...e.options].find((o) => o.value === v).textContent", value
            )
            page.keyboard.type(str(label))
        else:
            page.keyboard.type(value.replace("\r", ""))


def stored() -> dict[str, Any]:
    answers: dict[str, Any] = Response.unscoped.order_by("-pk")[0].answers
    return answers


def test_by_touch_at_320_without_javascript(window: Window, address: str) -> None:
    page = at_smallest(window)
    page.goto(address)
    picture(page, "public/every-kind-320")
    for name, values in fields():
        put(page, name, values)
    page.locator("[name=q_file]").set_input_files([png(PNG)])
    page.locator(".actions button").click()
    expect(page.locator(".mark")).to_be_visible()
    kept = StoredFile.unscoped.get()
    brought = [{"id": kept.pk, "name": "receipt.png", "size": len(PNG)}]
    assert stored() == {**ANSWERS, "file": brought}


def test_by_keyboard_alone(window: Window, address: str) -> None:
    page = window.open(width=1024, height=800)
    page.goto(address)
    for name, values in fields():
        type_in(page, name, values)
    page.locator(".actions button").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".mark")).to_be_visible()
    assert stored() == ANSWERS
    assert window.troubles == []


def test_what_cannot_be_taken_is_said_and_nothing_is_lost(window: Window, address: str) -> None:
    page = at_smallest(window)
    page.goto(address)
    for name, values in fields():
        put(page, name, values)
    page.locator("[name='q_constant_sum.app']").fill("10")
    page.locator("[name=q_email]").fill("kim@")
    page.locator("[name=q_file]").set_input_files([png(b"MZ not a picture")])
    page.locator(".actions button").click()
    expect(page.locator("#faults li")).to_have_count(3)
    expect(page.locator("#faults")).to_contain_text("Please share out 100 exactly. It is 50 now.")
    expect(page.locator("#faults")).to_contain_text("Please bring a file of another type")
    picture(page, "public/every-kind-faults")
    page.locator("[name='q_constant_sum.app']").fill("60")
    page.locator("[name='q_email']").fill("kim@example.com")
    page.locator(".actions button").click()
    expect(page.locator(".mark")).to_be_visible()
    assert stored() == ANSWERS


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("width", [320, 1280])
def test_nobody_is_shut_out(window: Window, address: str, language: str, width: int) -> None:
    page = window.open(width=width, height=800, language=language, dark=language == "ko")
    page.goto(address)
    picture(page, f"public/every-kind-{language}-{width}")
    assert overflow(page) == []
    assert shut_out(page) == []
    assert window.troubles == []
