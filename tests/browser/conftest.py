"""Headless Chromium against the portal as it is served; what it saw lies in var/screenshots."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.window import CHROMIUM, CHROMIUM_ARGS, Window


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser, started once for all tests of a process."""
    path = shutil.which(os.environ.get("CHROMIUM", CHROMIUM))
    if path is None:
        reason = "Chromium is not installed (on Debian: apt-get install chromium)"
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        # Playwright's loop runs in this thread; Django must not take it for asynchronous code.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGS)
        yield browser
        browser.close()
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def window(chromium: Browser, live_server: Any, settings: Any) -> Iterator[Window]:
    """Browser windows at a portal without any program yet."""
    settings.SITE_URL = live_server.url
    opened = Window(chromium, live_server.url)
    yield opened
    opened.close()


