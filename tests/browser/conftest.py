"""Headless Chromium against the portal as it is served; what it saw lies in var/screenshots."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from tests.browser.window import Window


@pytest.fixture(scope="module")
def kept_server(django_db_setup: None, django_db_blocker: Any) -> Iterator[LiveServer]:
    """A served portal whose rows stay for all tests of a file and are emptied after them.

    What a file's fixtures write is stored at once, so that the server's threads see it; the
    tests themselves are marked `django_db` and only read.
    """
    with django_db_blocker.unblock():
        assert str(connection.settings_dict["NAME"]).startswith("test_")
        server = LiveServer("localhost")
        yield server
        server.stop()
        # Numbers go on: published versions are kept in memory by their number.
        call_command("flush", interactive=False, verbosity=0, reset_sequences=False)


@pytest.fixture
def kept_window(chromium: Browser, kept_server: LiveServer, settings: Any) -> Iterator[Window]:
    """Browser windows at the portal of `kept_server`."""
    settings.SITE_URL = kept_server.url
    opened = Window(chromium, kept_server.url)
    yield opened
    opened.close()


@pytest.fixture
def window(chromium: Browser, live_server: Any, settings: Any) -> Iterator[Window]:
    """Browser windows at a portal without any program yet."""
    settings.SITE_URL = live_server.url
    opened = Window(chromium, live_server.url)
    yield opened
    opened.close()
