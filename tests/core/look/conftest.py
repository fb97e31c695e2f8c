"""Pages are drawn in memory and shown in Chromium: no server, no database."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation
from playwright.sync_api import Browser

from tests.core.look.screen import Screen


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """A page read in Korean by the test before leaves its language behind."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _addresses(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.core.look.addresses"


@pytest.fixture
def screen(chromium: Browser) -> Iterator[Screen]:
    opened = Screen(chromium)
    yield opened
    opened.close()
