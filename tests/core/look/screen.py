"""Shows a page that was drawn in memory in Chromium, under the portal's content policy."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from playwright.sync_api import Browser, BrowserContext, Page, Route

ADDRESS = "http://portal.test"
POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass
class Screen:
    """`show` opens a page; `refusals` lists what the policy stopped and what a script broke on."""

    browser: Browser
    refusals: list[str] = field(default_factory=list)
    opened: list[BrowserContext] = field(default_factory=list)

    def show(self, html: str, *, width: int = 1440, height: int = 900, dark: bool = False) -> Page:
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        self.opened.append(context)
        page = context.new_page()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.refusals.append(str(error)))
        page.route("**/static/**", _static)
        page.route(f"{ADDRESS}/page/", answer(html))
        page.goto(f"{ADDRESS}/page/")
        return page

    def _console(self, message: Any) -> None:
        if message.type == "error":
            self.refusals.append(message.text)

    def close(self) -> None:
        for context in self.opened:
            context.close()


def answer(body: str, status: int = 200) -> Any:
    """A route that answers with this HTML under the policy."""

    def fulfil(route: Route) -> None:
        route.fulfill(
            status=status,
            body=body,
            content_type="text/html; charset=utf-8",
            headers={"Content-Security-Policy": POLICY},
        )

    return fulfil


def _static(route: Route) -> None:
    name = route.request.url.split("/static/", 1)[1].split("?")[0]
    found = finders.find(name)
    if not isinstance(found, str):
        route.fulfill(status=404, body="")
        return
    path = Path(found)
    kind = TYPES.get(path.suffix, "application/octet-stream")
    route.fulfill(status=200, body=path.read_bytes(), content_type=kind)
