"""A person at work in the portal: knows the words of the language, keeps a picture of each step."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.utils import translation
from django.utils.html import strip_tags
from django.utils.translation import gettext
from playwright.sync_api import Locator, Page, expect

from tests.browser.window import Window, overflow, picture, sign_in
from tests.conftest import PASSWORD


@dataclass
class Walk:
    """One walk through a program in one language at one width."""

    window: Window
    language: str
    width: int
    height: int
    slug: str
    faults: list[tuple[str, list[str]]] = field(default_factory=list)
    page: Page = field(init=False)
    taken: int = 0

    @contextmanager
    def as_person(self, email: str) -> Iterator[Page]:
        """A fresh window of this person, signed in through the page."""
        self.page = self.window.open(width=self.width, height=self.height, language=self.language)
        sign_in(self.page, email, PASSWORD)
        expect(self.page.locator("html")).to_have_attribute("lang", self.language)
        yield self.page
        self.page.context.close()

    def go(self, path: str) -> None:
        """Open a page of the program."""
        answer = self.page.goto(f"/p/{self.slug}/{path}")
        assert answer is not None
        assert answer.status == 200, (path, answer.status)

    def words(self, english: str) -> str:
        """The portal's sentence in the language of the walk."""
        with translation.override(self.language):
            return gettext(english)

    def sees(self, english: str) -> None:
        """A sentence of the portal stands on the page."""
        expect(self.page.locator("#content")).to_contain_text(strip_tags(self.words(english)))

    def main(self, selector: str) -> Locator:
        """Something in the page's content."""
        return self.page.locator(f"#content {selector}")

    def keep(self, name: str, page: Page | None = None) -> None:
        """Keep a picture; a page wider than its window is a fault."""
        shown = page or self.page
        self.taken += 1
        place = f"thread/{self.language}-{self.width}/{self.taken:02d}-{name}"
        picture(shown, place)
        if wide := overflow(shown):
            self.faults.append((name, wide))
