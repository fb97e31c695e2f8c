"""Frameworks written as lines: read, written again, and still comparable after a change."""

import pytest

from loyalty.calc.framework_outline import (
    code_of,
    framework_from_outline,
    levels_write,
    outline_read,
    outline_write,
)
from loyalty.calc.frameworks import framework_check, items_of
from loyalty.services.assessments import standard_frameworks

BOTH = ("en", "ko")


@pytest.mark.parametrize("code", ["maturity", "building-blocks", "seven-efforts"])
def test_a_framework_written_as_lines_is_the_same_again(code: str) -> None:
    known = standard_frameworks()[code]
    made = framework_from_outline(
        code=code,
        name=known["name"],
        description=known["description"],
        levels=levels_write(known, BOTH),
        outline=outline_write(known, BOTH),
        languages=BOTH,
        known=known,
    )
    assert framework_check(made) == known


def test_a_changed_text_gets_a_new_code_and_the_others_keep_theirs() -> None:
    known = standard_frameworks()["maturity"]
    first, second = list(items_of(known))[:2]
    text = outline_write(known, BOTH).replace(first["text"]["en"], "We have a process")
    # Found again by its Korean text, so the statement is still the same one.
    items = [item for section in outline_read(text, BOTH, known) for item in section["items"]]
    assert [item["code"] for item in items[:2]] == [first["code"], second["code"]]
    text = text.replace(first["text"]["ko"], "프로세스가 있습니다")
    items = [item for section in outline_read(text, BOTH, known) for item in section["items"]]
    assert [item["code"] for item in items[:2]] == ["we-have-a-process", second["code"]]


def test_sections_weights_and_guidance_are_read() -> None:
    sections = outline_read(
        "One\n# Tea | 차\nWarm. | 따뜻합니다. ×2\n> Feel it\n\nWarm. | 더", BOTH
    )
    assert [section["name"] for section in sections] == [{"en": "–"}, {"en": "Tea", "ko": "차"}]
    warm, again = sections[1]["items"]
    assert (warm["weight"], warm["guidance"]) == (2.0, {"en": "Feel it"})
    assert (warm["code"], again["code"]) == ("warm", "warm-1")
    assert code_of({"ko": "차"}, {"statement-1"}, "statement") == "statement-2"
