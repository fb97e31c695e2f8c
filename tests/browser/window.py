"""Windows of the browser: sign in, look, take a picture, and note whatever went wrong."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Response

CHROMIUM = "/usr/bin/chromium"
CHROMIUM_ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip
PICTURES: Path = settings.BASE_DIR / "var" / "screenshots"
LOCALES = {"en": "en-US", "ko": "ko-KR"}
# what a page is wider than its window, and which elements stick out
OVERFLOW = """() => {
  const wide = document.documentElement.scrollWidth - window.innerWidth;
  if (wide <= 0) return [];
  const out = [...document.querySelectorAll("body *")].filter((element) => {
    const box = element.getBoundingClientRect();
    return box.width && box.right > window.innerWidth + 1;
  });
  return [`${wide} px`, ...out.slice(0, 5).map((e) => `${e.tagName}.${e.className}`)];
}"""


@dataclass
class Window:
    """One browser at one address; `troubles` lists errors of scripts, policy and server."""

    browser: Browser
    address: str
    troubles: list[str] = field(default_factory=list)
    opened: list[BrowserContext] = field(default_factory=list)

    def open(
        self,
        *,
        width: int = 1440,
        height: int = 900,
        language: str = "en",
        dark: bool = False,
        script: bool = True,
    ) -> Page:
        """A fresh window of a person nobody knows yet; width and height in CSS pixels."""
        context = self.browser.new_context(
            base_url=self.address,
            viewport={"width": width, "height": height},
            locale=LOCALES[language],
            timezone_id="Asia/Seoul",
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            java_script_enabled=script,
            has_touch=width < 600,
        )
        context.set_default_timeout(10_000)
        self.opened.append(context)
        page = context.new_page()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.troubles.append(f"{page.url}: {error}"))
        page.on("response", self._answered)
        return page

    def close(self) -> None:
        """Close every window that was opened."""
        while self.opened:
            self.opened.pop().close()

    def _heard(self, message: ConsoleMessage) -> None:
        # a refused page is reported by its status, see _answered
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.troubles.append(f"{message.page and message.page.url}: {message.text}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500 or (response.status == 404 and "/static/" in response.url):
            self.troubles.append(f"{response.status} {response.url}")


def sign_in(page: Page, email: str, password: str) -> None:
    """Sign in through the page."""
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(password)
    page.locator("main button.btn-primary, form button[type=submit]").first.click()
    page.wait_for_url("**/p/**")


def visit(page: Page, address: str) -> int:
    """Open an address; returns its status, 0 when there is nothing to show."""
    try:
        answer = page.goto(address)
    except Error:
        return 0
    return answer.status if answer else 0


def picture(page: Page, name: str, *, full: bool = True) -> Path:
    """Keep what is seen as var/screenshots/<name>.png."""
    path = PICTURES / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, full_page=full)
    return path


def overflow(page: Page) -> list[str]:
    """What makes the page wider than its window; empty when nothing does."""
    found: list[str] = page.evaluate(OVERFLOW)
    return found


def shut_out(page: Page) -> list[tuple[str, Any]]:
    """What axe finds against people who cannot see or use a mouse: rule and element."""
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    return [
        (violation["id"], node["html"][:160])
        for violation in found.response["violations"]
        for node in violation["nodes"]
    ]
