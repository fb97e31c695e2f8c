"""Pages are drawn in memory and shown in Chromium: no server, no database."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from playwright.sync_api import Browser, sync_playwright

from tests.core.look.screen import CHROMIUM, CHROMIUM_ARGS, Screen


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """A page read in Korean by the test before leaves its language behind."""
    with translation.override("en"):
        yield


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


@pytest.fixture
def screen(chromium: Browser) -> Iterator[Screen]:
    opened = Screen(chromium)
    yield opened
    opened.close()
