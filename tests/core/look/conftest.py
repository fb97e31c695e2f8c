"""Pages are drawn in memory and shown in Chromium: no server, no database."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from playwright.sync_api import Browser, Page, Route, sync_playwright

ADDRESS = "http://portal.test"
CHROMIUM = "/usr/bin/chromium"
CHROMIUM_ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip
POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
Show = Callable[..., Page]


@pytest.fixture(autouse=True)
def _addresses(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.core.look.addresses"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        yield browser
        browser.close()


def _static(route: Route) -> None:
    name = route.request.url.split("/static/", 1)[1].split("?")[0]
    found = finders.find(name)
    if not isinstance(found, str):
        route.fulfill(status=404, body="")
        return
    path = Path(found)
    kind = TYPES.get(path.suffix, "application/octet-stream")
    route.fulfill(status=200, body=path.read_bytes(), content_type=kind)


@pytest.fixture
def show(chromium: Browser) -> Iterator[Show]:
    """show(html, width=…, dark=…) opens a page; `page.refusals` lists what the policy stopped."""
    opened: list[Any] = []

    def open_page(html: str, *, width: int = 1440, height: int = 900, dark: bool = False) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        opened.append(context)
        page = context.new_page()
        page.refusals = []  # type: ignore[attr-defined]
        page.on(
            "console",
            lambda message: page.refusals.append(message.text)  # type: ignore[attr-defined]
            if message.type == "error"
            else None,
        )
        page.on("pageerror", lambda error: page.refusals.append(str(error)))  # type: ignore[attr-defined]
        page.route("**/static/**", _static)
        page.route(
            f"{ADDRESS}/page/",
            lambda route: route.fulfill(
                status=200,
                body=html,
                content_type="text/html; charset=utf-8",
                headers={"Content-Security-Policy": POLICY},
            ),
        )
        page.goto(f"{ADDRESS}/page/")
        return page

    yield open_page
    for context in opened:
        context.close()
