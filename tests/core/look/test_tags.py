"""What the template tags write into a page."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template import engines
from django.test import RequestFactory
from django.utils import translation

from cxportal.core.icons import icon_drawings
from cxportal.core.statuses import STATUS_LOOKS
from cxportal.core.templatetags.portal import for_phone, undo_url

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def write(source: str, query: str = "", **context: Any) -> str:
    request = RequestFactory().get(f"/list/{query}")
    template = engines["django"].from_string(source)
    return template.render({"request": request, **context}).strip()


def actor() -> Any:
    return SimpleNamespace(program=SimpleNamespace(slug="hanbit"))


def test_page_url_stays_inside_the_readers_program() -> None:
    assert write("{% page_url 'home:search' %}", actor=actor()) == "/p/hanbit/search/"


def test_record_texts_come_in_the_readers_language() -> None:
    name = {"en": "Delivery", "ko": "배송"}
    assert write("{{ name|i18n }}", name=name) == "Delivery"
    with translation.override("ko"):
        assert write("{{ name|i18n }}", name=name) == "배송"


def test_an_icon_is_hidden_from_readers_unless_it_speaks() -> None:
    silent, speaking = write("{% icon 'bell' %}"), write("{% icon 'bell' word %}", word="<News>")
    assert 'aria-hidden="true"' in silent and "visually-hidden" not in silent
    assert '<span class="visually-hidden">&lt;News&gt;</span>' in speaking


def test_every_state_has_an_icon_that_exists() -> None:
    assert icon_drawings(), "the browser libraries are not installed"
    missing = {look.icon for look in STATUS_LOOKS.values()} - set(icon_drawings())
    assert missing == set()


def test_a_state_nobody_knows_still_has_its_word() -> None:
    assert "Half done" in write("{% status 'half' 'Half done' %}")


def test_a_score_reads_as_one_line() -> None:
    score = SimpleNamespace(
        value=42, margin=6, n=318, hidden=False, change=SimpleNamespace(value=9, verdict="real")
    )
    html = write("{% score s 'nps' %}", s=score)
    for part in ("<b>+42</b>", "± 6", "n 318", "change-good", "9 real change"):
        assert part in html


def test_no_score_is_a_dash_that_is_read_out() -> None:
    html = write("{% score s %}", s=None)
    assert "–" in html and "not measured" in html


@time_machine.travel(NOW, tick=False)
def test_times_are_spoken_and_exact_on_hover() -> None:
    html = write("{% ago at %}", at=NOW - timedelta(days=3))
    assert ">3 days ago</time>" in html
    assert 'title="2026-11-19 12:00"' in html
    assert 'datetime="2026-11-19T12:00:00+00:00"' in html
    assert ">10 days ago</time>" not in html
    assert write("{% ago at %}", at=None) == "–"


@time_machine.travel(NOW, tick=False)
def test_days_are_spoken_too() -> None:
    assert ">1 day ago</time>" in write("{% ago at %}", at=date(2026, 11, 21))


def test_a_column_sorts_turns_around_and_goes_back_to_the_first_page() -> None:
    source = "{% sort_header 'name' 'Name' 'num' %}"
    assert 'href="?q=a&amp;sort=name"' in write(source, "?q=a&cursor=xyz")
    turned = write(source, "?sort=name")
    assert 'href="?sort=-name"' in turned and 'aria-sort="ascending"' in turned
    back = write(source, "?sort=-name")
    assert 'href="?sort=name"' in back and 'aria-sort="descending"' in back


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("undo:/p/hanbit/undo/", "/p/hanbit/undo/"),
        ("undo:https://elsewhere.example/", ""),
        ("undo://elsewhere.example/", ""),
        ("undo:javascript:alert(1)", ""),
        ("", ""),
    ],
)
def test_undo_posts_to_this_site_only(tags: str, expected: str) -> None:
    assert undo_url(Message(constants.SUCCESS, "Saved", extra_tags=tags)) == expected


def test_open_particles_are_finished_and_markup_stays_escaped() -> None:
    text = "<b>설문</b>을(를) 게시했습니다."
    assert write("{{ text|settled }}", text="설문을(를) 게시했습니다.") == "설문을 게시했습니다."
    assert "<b>" not in write("{{ text|settled }}", text=text)


def test_the_phone_shows_four_places() -> None:
    items = [{"item": SimpleNamespace(on_phone=n % 2 == 0), "n": n} for n in range(12)]
    assert [entry["n"] for entry in for_phone(items)] == [0, 2, 4, 6]
    assert len(for_phone([{"item": SimpleNamespace(on_phone=False)}] * 6)) == 4


def test_numbers_have_filters() -> None:
    source = "{{ n|whole }} {{ x|decimals:1 }} {{ d|signed }} {{ p|share }}"
    assert write(source, n=1204, x=4.25, d=-3, p=0.42) == "1,204 4.2 −3 42%"


def test_the_browsers_title_repeats_the_heading_without_its_markup() -> None:
    source = (
        "{% extends 'account/entrance.html' %}"
        "{% block title %}{{ name }} <b>{% icon 'bell' %}now</b>{% endblock %}"
    )
    html = write(source, name="A < B")
    assert "<title>A &lt; B now · CX Portal</title>" in html
    assert "<h1>A &lt; B <b>" in html
