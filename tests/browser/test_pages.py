"""Pages of the demo program: on a phone and a desk, in both languages and both themes.

The main pages all, of the others every third; torture CRAWL opens every page as every role.
"""

from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from cxportal.core.models import User
from cxportal.home.demo.load import Size, demo_fill, demo_program_create
from tests.browser.addresses import addresses_of
from tests.browser.window import Window, overflow, picture, shut_out, sign_in, visit

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db]
PASSWORD = "a phrase for the demo"
OWNER = "owner@hanbit.example"
MAIN = (
    "home", "survey-list", "survey-design", "survey-report", "campaign-list", "campaign-create",
    "response-list", "response-detail", "journey-list", "journey-detail", "review",
    "stage-detail", "board", "action-list", "action-detail", "customer-list", "customer-detail",
    "overview", "settings", "program-settings",
)  # fmt: skip


@dataclass(frozen=True)
class Demo:
    """Addresses of the small demo's pages by name."""

    pages: dict[str, str]


@pytest.fixture(scope="module")
def demo(kept_server: LiveServer) -> Demo:
    """The demo is made once for this file."""
    program = demo_program_create(PASSWORD)
    demo_fill(program, size=Size.small(), report=lambda done, total, message: None)
    return Demo(addresses_of(program))


@pytest.fixture
def window(kept_window: Window, demo: Demo) -> Window:
    return kept_window


def owner_at(window: Window, language: str, **how: Any) -> Page:
    """The owner's window, reading in `language`."""
    page = window.open(language=language, **how)
    sign_in(page, OWNER, PASSWORD)
    if page.locator("html").get_attribute("lang") != language:
        token = page.locator("input[name=csrfmiddlewaretoken]").first.input_value()
        page.request.post(
            "/language/",
            form={"language": language, "csrfmiddlewaretoken": token},
            headers={"Referer": page.url},
        )
        page.reload()
    assert page.locator("html").get_attribute("lang") == language
    return page


def faults_of(page: Page, name: str, address: str) -> list[Any]:
    """What is wrong with a page: its status, its width, and on main pages whom it shuts out."""
    status = visit(page, address)
    faults: list[Any] = [] if status == 200 else [(name, status)]
    if wide := overflow(page):
        faults.append((name, wide))
    if name in MAIN:
        faults += [(name, *found) for found in shut_out(page)]
    return faults


def test_pages_open_and_fit_a_phone(window: Window, demo: Demo) -> None:
    page = owner_at(window, "ko", width=390, height=844)
    faults: list[Any] = []
    assert set(demo.pages) > set(MAIN)
    others = sorted(set(demo.pages) - set(MAIN))
    for name in (*MAIN, *others[::3]):
        faults += faults_of(page, name, demo.pages[name])
        picture(page, f"pages/ko-390/{name}")
    assert (faults, window.troubles) == ([], [])


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)])
def test_no_main_page_shuts_anyone_out(window: Window, demo: Demo, width: int, dark: bool) -> None:
    page = owner_at(window, "en", width=width, dark=dark)
    faults: list[Any] = []
    for name in MAIN:
        faults += faults_of(page, name, demo.pages[name])
        picture(page, f"pages/en-{width}{'-dark' if dark else ''}/{name}")
    assert (faults, window.troubles) == ([], [])


def test_the_people_of_the_demo_all_come_in(window: Window, demo: Demo) -> None:
    for user in User.objects.filter(email__endswith="@hanbit.example"):
        page = window.open(language=user.language)
        sign_in(page, user.email, PASSWORD)
        assert page.locator("html").get_attribute("lang") == user.language
        picture(page, f"home/{user.email.partition('@')[0]}")
    assert window.troubles == []
