"""CRAWL: every page as every role in both languages, in a browser.

Nothing untranslated, nobody shut out (axe), nothing against the content policy, no script that
breaks, no 5xx, nothing wider than its window, no page that asks the database too much. Roles take
turns at a desk and a phone; Korean is read in the light theme, English in the dark one.
SIZE=ci reads a sample: each page once, roles and languages in turn.

A whole crawl takes long. READERS=owner-ko,staff-en reads it in parts, PAGES=home,board-detail reads
those again that were mended, and var/torture/crawl.log says how far it is.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.management import call_command

from cxportal.core.actors import ROLES
from cxportal.core.models import Membership, Program
from cxportal.launch.environment import VAR
from tests.crawling import MORE, MOST_QUERIES, untranslated
from tests.torture.ground import ground
from tests.torture.line import Line

FAULT = "CRAWL"
LANGUAGES = ("ko", "en")
# Pages of people who are not signed in.
OUTSIDE = ("/accounts/login/", "/accounts/password/reset/")
ACCOUNT = ("/accounts/2fa/", "/accounts/password/change/")
BROWSERS = 2
POLICY = """addEventListener("securitypolicyviolation", (event) =>
  (window.refusedByPolicy ||= []).push(`${event.violatedDirective} ${event.blockedURI}`));"""
WIDER = "() => document.documentElement.scrollWidth - window.innerWidth"


@dataclass
class Found:
    """Faults by kind, each as (page, what)."""

    pages: int = 0
    faults: dict[str, list[str]] = field(
        default_factory=lambda: {
            kind: []
            for kind in ("untranslated", "axe", "csp", "script", "5xx", "wide", "busy", "lost")
        }
    )

    def add(self, kind: str, where: str, what: Any) -> None:
        self.faults[kind].append(f"{kind}\t{where}\t{what}")
        say(self.faults[kind][-1])


def say(text: str) -> None:
    """A line for whoever waits."""
    with (VAR / "crawl.log").open("a", encoding="utf-8") as log:
        log.write(f"{datetime.now(UTC):%H:%M:%S}\t{text}\n")


def asked(name: str) -> set[str]:
    """What the environment names, by commas; nothing means everything."""
    return set(filter(None, os.environ.get(name, "").split(",")))


@dataclass(frozen=True)
class Visit:
    """One reader's tour."""

    role: str
    language: str
    cookie: str
    addresses: dict[str, str]

    @property
    def name(self) -> str:
        return f"{self.role}-{self.language}"

    @property
    def width(self) -> int:
        return 390 if self.role in {"designer", "staff"} else 1440


def run(size: str) -> Line:
    """Fill a program, walk it, and say what was found; details lie in var/torture/crawl.txt."""
    from tests.browser.addresses import addresses_of
    from tests.permission_world import make_home

    program, found = make_home(), Found()
    pages = addresses_of(program)
    try:
        with ground.web({"LOG_LEVEL": "ERROR"}) as site:
            for language in LANGUAGES:
                tours = _asked_for(_tours(program, language, pages, size))
                for tour in tours:
                    _count_queries(tour, found)
                with ThreadPoolExecutor(BROWSERS) as pool:
                    list(pool.map(lambda tour: _walk(site, tour, found), tours))
    finally:
        call_command("flush", interactive=False, verbosity=0)
    rows = [row for kind in found.faults.values() for row in kind]
    (VAR / "crawl.txt").write_text("\n".join(rows) + "\n", encoding="utf-8")
    for row in rows[:40]:
        print(f"  {row}")
    figures = {"pages": found.pages, "roles": len(ROLES), "languages": len(LANGUAGES)}
    counts = {kind: len(rows) for kind, rows in found.faults.items()}
    return Line(FAULT, {**figures, **counts}, ok=not rows)


def _tours(program: Program, language: str, pages: dict[str, str], size: str) -> Iterator[Visit]:
    """Each role's pages; the sample gives every page to one role per language."""
    members = Membership.unscoped.filter(program=program).select_related("user")  # unscoped: probe
    for at, role in enumerate(ROLES):
        user = members.filter(role=role)[0].user
        user.language = language
        user.save(update_fields=["language"])
        shift = LANGUAGES.index(language) * 2 + at
        chosen = {
            name: address
            for number, (name, address) in enumerate(pages.items())
            if size == "full" or (number + shift) % (2 * len(ROLES)) == 0
        }
        outside = {address: address for address in ACCOUNT}
        yield Visit(role, language, _signed_in(user), chosen | outside)
    yield Visit("nobody", language, "", {address: address for address in OUTSIDE})


def _asked_for(tours: Iterator[Visit]) -> list[Visit]:
    """The tours and pages the environment asks for; all of them by default."""
    readers, pages = asked("READERS"), asked("PAGES")
    return [
        replace(
            tour, addresses={n: a for n, a in tour.addresses.items() if not pages or n in pages}
        )
        for tour in tours
        if not readers or tour.name in readers
    ]


def _signed_in(user: Any) -> str:
    from django.test import Client

    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[1])
    return str(client.cookies[settings.SESSION_COOKIE_NAME].value)


def _count_queries(tour: Visit, found: Found) -> None:
    """How often each page asks the database, without the browser."""
    from django.test import Client

    from tests.conftest import count_queries

    client = Client(raise_request_exception=False)
    client.cookies[settings.SESSION_COOKIE_NAME] = tour.cookie
    for name, address in tour.addresses.items():
        client.get(address)
        with count_queries() as queries:
            client.get(address)
        if len(queries) > MORE.get(name, MOST_QUERIES):
            found.add("busy", f"{tour.role} {tour.language} {address}", len(queries))


@contextmanager
def _window(site: str, tour: Visit) -> Iterator[Any]:
    """A page of a browser of this thread's own, signed in."""
    from playwright.sync_api import sync_playwright

    from tests.browser.window import CHROMIUM, CHROMIUM_ARGS, LOCALES

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        context = browser.new_context(
            base_url=site,
            viewport={"width": tour.width, "height": 900},
            locale=LOCALES[tour.language],
            color_scheme="light" if tour.language == "ko" else "dark",
            reduced_motion="reduce",
        )
        context.add_init_script(POLICY)
        if tour.cookie:
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": tour.cookie, "url": site}
            context.add_cookies([cookie])  # type: ignore[list-item]
        yield context.new_page()
        browser.close()


def _walk(site: str, tour: Visit, found: Found) -> None:
    with _window(site, tour) as page:
        troubles: list[str] = []
        page.on("pageerror", lambda error: troubles.append(str(error)))
        refused = False
        for at, address in enumerate(tour.addresses.values()):
            if at % 25 == 0:
                say(f"{tour.name}: {at} of {len(tour.addresses)}")
            where = f"{tour.role} {tour.language} {address}"
            answer = _open(page, address)
            if answer is None:
                continue
            found.pages += 1
            if answer.status >= 500:
                found.add("5xx", where, answer.status)
            # A page that is not this role's looks the same everywhere: it is read once.
            if answer.status == 403 and refused:
                continue
            refused = refused or answer.status == 403
            _read(page, tour, where, found)
            while troubles:
                found.add("script", where, troubles.pop())


def _open(page: Any, address: str) -> Any:
    """The answer; None for what is a file and no page."""
    from playwright.sync_api import Error

    try:
        return page.goto(address)
    except Error:
        return None


def _read(page: Any, tour: Visit, where: str, found: Found) -> None:
    from tests.browser.window import shut_out

    # A form for paper speaks the survey's language, whoever prints it.
    own = "/print/" in where
    if not own and page.locator("html").get_attribute("lang") != tour.language:
        found.add("lost", where, "another language")
    for text in untranslated(page.content(), tour.language):
        found.add("untranslated", where, text)
    for rule, element in shut_out(page):
        found.add("axe", where, f"{rule} {element}")
    for refusal in page.evaluate("window.refusedByPolicy || []"):
        found.add("csp", where, refusal)
    if (wider := page.evaluate(WIDER)) > 0:
        found.add("wide", where, f"{wider} px")
