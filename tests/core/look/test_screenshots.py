"""The living page of every component, in both languages, themes and sizes."""

from pathlib import Path

import pytest
from django.conf import settings

from tests.core.look.gallery import render
from tests.core.look.screen import Screen

HERE = Path(__file__).parent
pytestmark = pytest.mark.browser
PAGES = {"gallery": HERE / "gallery.html", "public": HERE / "public.html"}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("language", "width"), [("ko", 390), ("en", 1440), ("ko", 320)])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_component_fits_the_screen_and_breaks_no_rule_of_the_policy(
    screen: Screen, name: str, language: str, width: int, dark: bool
) -> None:
    html = render(PAGES[name].read_text(encoding="utf-8"), language)
    page = screen.show(html, width=width, dark=dark)
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    folder = Path(settings.BASE_DIR) / "var" / "screenshots" / "look"
    folder.mkdir(parents=True, exist_ok=True)
    theme = "dark" if dark else "light"
    page.screenshot(path=folder / f"{name}-{language}-{width}-{theme}.png", full_page=True)
    assert screen.refusals == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.evaluate(
        "[...document.querySelectorAll('*')]"
        ".filter(e => e.getBoundingClientRect().right > innerWidth + 1)"
        ".map(e => e.outerHTML.slice(0, 90)).slice(0, 12)"
    )
