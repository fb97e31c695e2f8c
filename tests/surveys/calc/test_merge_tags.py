"""Merge tags fill names from a list and do nothing else."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.calc.merge_tags import Target, merge, tags_in, unknown_tags

VALUES = {"name": "김하나", "company": "A&B <Ltd>", "empty": "", "customer.city": "Seoul"}


def test_tags_are_filled_by_name() -> None:
    assert merge("{{name}}님, {{ customer.city }}!", VALUES, "text") == "김하나님, Seoul!"


def test_missing_values_give_way_to_the_fallback() -> None:
    assert merge("Hi {{empty|there}}", VALUES, "text") == "Hi there"
    assert merge("Hi {{name|there}}", VALUES, "text") == "Hi 김하나"
    assert merge("[{{empty}}]", VALUES, "text") == "[]"
    assert merge("[{{x|y}}]", {"x": None}, "text") == "[y]"


def test_values_are_escaped_for_html_only() -> None:
    assert merge("{{company}}", VALUES, Target.HTML) == "A&amp;B &lt;Ltd&gt;"
    assert merge("{{company}}", VALUES, Target.TEXT) == "A&B <Ltd>"
    assert merge("<a title='{{x}}'>", {"x": "'\""}, "html") == "<a title='&#x27;&quot;'>"


def test_fallback_in_html_is_escaped_once() -> None:
    assert merge("{{empty|you &amp; me}}", VALUES, "html") == "you &amp; me"
    assert merge("{{empty|<b>}}", VALUES, "html") == "&lt;b&gt;"


@pytest.mark.parametrize(
    "text",
    [
        "{{__class__}}",
        "{{name.__class__}}",
        "{{name.__init__.__globals__}}",
        "{0.__init__}",
        "{name}",
        "%(name)s",
        "${name}",
        "{% load x %}",
        "{{ 7*7 }}",
        "{{name()}}",
        "{{name|upper|lower}}{{",
        "{{Name}}",
        "{{unknown}}",
        "{{unknown|there}}",
        "{{na\nme}}",
    ],
)
def test_what_is_no_allowed_tag_stays_as_written(text: str) -> None:
    expected = text.replace("{{name|upper|lower}}", "김하나")
    assert merge(text, VALUES, "text") == expected


def test_a_value_is_never_read_as_a_tag() -> None:
    assert merge("{{a}}", {"a": "{{b}}", "b": "secret"}, "text") == "{{b}}"
    assert merge("{{{a}}}", {"a": "{b}", "{b}": "x"}, "text") == "{{b}}"


@pytest.mark.parametrize(
    "end", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\0"]
)
def test_nothing_breaks_out_of_a_header(end: str) -> None:
    made = merge("Hi {{x}}", {"x": f"a{end}Bcc: b@example.com"}, Target.HEADER)
    assert made == "Hi a Bcc: b@example.com"
    assert merge(f"Hi{end}Bcc: x", {}, Target.HEADER) == "Hi Bcc: x"


def test_tags_without_a_source_are_found() -> None:
    text = "{{name}} {{ nmae|x }} {{company}}"
    assert tags_in(text) == {"name", "nmae", "company"}
    assert unknown_tags(text, set(VALUES)) == {"nmae"}


@pytest.mark.parametrize("part", ["{", "{{", "{{a", "{{a|", "{{ ", "{{a|x", "}", "{{" + "a" * 64])
def test_hostile_texts_take_no_time(part: str) -> None:
    begun = time.perf_counter()
    merge(part * (50_000 // len(part)), VALUES, "text")
    assert time.perf_counter() - begun < 0.1


@given(st.text(), st.text())
def test_html_never_gets_markup_from_a_value(value: str, other: str) -> None:
    made = merge("{{a}}{{b|{{a}}}}", {"a": value, "b": other}, "html")
    assert "<" not in made
    assert '"' not in made
