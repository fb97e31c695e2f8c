"""Shows a page that was drawn in memory in Chromium, under the portal's content policy."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from playwright.sync_api import Browser, BrowserContext, Page, Route

ADDRESS = "http://portal.test"
    found = finders.find(name)
    if not isinstance(found, str):
        route.fulfill(status=404, body="")
        return
    path = Path(found)
    kind = TYPES.get(path.suffix, "application/octet-stream")
    route.fulfill(status=200, body=path.read_bytes(), content_type=kind)
