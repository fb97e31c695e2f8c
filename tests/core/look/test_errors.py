"""Every error page says what happened, what is safe and what to do, and has a way out."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from cxportal.core.errors import Denied, DomainError, StaleEdit
from tests.core.look.gallery import frame_context, render

PAGES = ["400", "403", "404", "409", "429", "csrf", "refused"]


def stranger(name: str, language: str = "en") -> str:
    request = RequestFactory().get("/somewhere/")
    request.user = AnonymousUser()
    with translation.override(language):
        return render_to_string(f"errors/{name}.html", {"user": request.user}, request)


@pytest.mark.parametrize("name", PAGES)
def test_inside_a_program_the_frame_stays(name: str) -> None:
    html = render(f"errors/{name}.html", "en")
    assert 'class="nav-side"' in html
    assert '<a class="btn" href="/p/hanbit/">' in html


@pytest.mark.parametrize("name", [*PAGES, "500"])
def test_outside_there_is_a_way_to_the_start(name: str) -> None:
    html = stranger(name)
    assert 'class="nav-side"' not in html
    assert '<a class="btn" href="/">' in html


@pytest.mark.parametrize("name", [*PAGES, "500"])
def test_korean_readers_get_korean(name: str) -> None:
    english, korean = stranger(name), stranger(name, "ko")
    assert '<html lang="ko">' in korean
    heading = english.split("<h1>")[1].split("</h1>")[0]
    assert heading not in korean


def test_a_broken_page_needs_no_request_and_no_database() -> None:
    html = render_to_string("errors/500.html")
    assert "Something broke on our side" in html
    assert "<form" not in html


def test_a_refusal_says_its_own_sentence() -> None:
    error = DomainError("audience_empty", "Nobody is in this segment. Choose another.")
    html = render("errors/refused.html", "en", error=error, back="/p/hanbit/campaigns/3/")
    assert "Nobody is in this segment. Choose another." in html
    assert 'href="/p/hanbit/campaigns/3/"' in html


def test_a_denial_says_who_can_give_the_right() -> None:
    html = render("errors/403.html", "en", error=Denied("surveys.change_survey"))
    assert html.count("An owner of the program can give") == 1


def test_a_stale_edit_shows_what_is_stored_now_and_escapes_it() -> None:
    html = render("errors/409.html", "en", error=StaleEdit({"name": "<i>theirs</i>"}))
    assert "&lt;i&gt;theirs&lt;/i&gt;" in html


def test_a_members_name_is_escaped_everywhere_in_the_frame() -> None:
    context = frame_context("en")
    context["user"].name = '"><script>x</script>'
    html = render("errors/404.html", "en", user=context["user"])
    assert "<script>x" not in html
