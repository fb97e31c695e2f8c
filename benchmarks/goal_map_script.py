"""Journey maps in the browser: what scripts cost at opening, beside a still page as large."""

import re
import shutil
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from benchmarks.line import Line, ratio

SITE = "http://portal.bench"
ROUNDS = {"ci": 5, "small": 9, "full": 21}
#: What makes an element more than words in a box, and the map's own script.
_LIVELY = re.compile(
    r'\s(?:hx-[\w-]+|data-[\w-]+|draggable|tabindex)="[^"]*"|\sdata-[\w-]+(?=[\s>])'
)
_HASH = re.compile(r"\.[0-9a-f]{12}(?=\.\w+$)")
_GRID_SCRIPT = re.compile(r"<script[^>]*journeys/grid(?:\.[0-9a-f]+)?\.js[^>]*></script>")


def measure_map_script(client: Client, path: str, size: str) -> list[Line]:
    """Script time of opening the map ÷ that of the same elements as a page that only stands there.

    The still page has the portal's frame and its scripts, like every page; without Chromium
    nothing is measured.
    """
    program = shutil.which("chromium")
    if program is None:
        return []
    from playwright.sync_api import sync_playwright

    lively = client.get(path).content.decode()
    grid = re.search(r'<div class="grid-scroll".*?</table>', lively, re.S)
    if grid is None:
        raise RuntimeError("the map has no grid")
    still = _GRID_SCRIPT.sub("", lively.replace(grid[0], _LIVELY.sub("", grid[0])))
    pages = {"map": lively, "still": still}
    times: dict[str, list[float]] = {"map": [], "still": []}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu"]
        )
        for number in range(ROUNDS[size] + 1):
            for name, html in pages.items():
                seconds = _script_seconds(browser, html, path)
                if number:  # the first warms up
                    times[name].append(seconds)
        browser.close()
    if not median(times["still"]):
        raise RuntimeError("the still page ran no script")
    line = ratio("14", "script/still", times["map"], times["still"], 2.0, unit="s", at_most=True)
    return [line]


def _script_seconds(browser: Any, html: str, path: str) -> float:
    """Seconds in scripts from opening the page until it is idle."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.route("**/*", lambda route: _answer(route, html, path))
    session = context.new_cdp_session(page)
    session.send("Performance.enable")
    page.goto(SITE + path, wait_until="networkidle")
    page.evaluate("() => new Promise((done) => requestIdleCallback(done, { timeout: 3000 }))")
    metrics = session.send("Performance.getMetrics")["metrics"]
    context.close()
    found = {metric["name"]: float(metric["value"]) for metric in metrics}
    return found["ScriptDuration"]


def _answer(route: Any, html: str, path: str) -> None:
    asked = urlsplit(route.request.url).path
    if asked == path:
        route.fulfill(status=200, content_type="text/html; charset=utf-8", body=html)
        return
    # A collected file carries a hash of its content in its name.
    name = _HASH.sub("", asked.removeprefix(settings.STATIC_URL))
    found = finders.find(name)
    if found is None:
        route.fulfill(status=404, body="")
    else:
        route.fulfill(status=200, path=str(found))
