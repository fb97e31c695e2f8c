"""Questions put into another survey: names made free, rules among them kept, others left out."""

from typing import Any

import pytest

from surveys.calc.blocks import fitted, free_name


@pytest.mark.parametrize(
    ("wanted", "taken", "name"),
    [
        ("nps", [], "nps"),
        ("nps", ["nps"], "nps_2"),
        ("nps_2", ["nps", "nps_2"], "nps_3"),
        ("q_1a", ["q_1a"], "q_1a_2"),
        ("a" * 40, ["a" * 40], "a" * 32 + "_2"),
    ],
)
def test_a_code_in_use_is_numbered_on(wanted: str, taken: list[str], name: str) -> None:
    assert free_name(wanted, taken) == name


def rule(source: str) -> dict[str, Any]:
    return {"source": source, "operator": "is", "value": "a"}


def block() -> dict[str, Any]:
    """Two questions that look at each other, at the survey around them, and at the customer."""
    nested = {"all": [rule("answer.used.app"), {"not": rule("customer.tier")}]}
    return {
        "title": {"en": "About {{answer.used|it}} and {{answer.far|them}}"},
        "code": "use",
        "logic": {"show_if": rule("answer.far"), "loop": {"question": "used", "most": 3}},
        "questions": [
            {
                "code": "used", "kind": "multiple", "text": {"en": "Used?", "ko": "이용?"},
                "settings": {"choices_from": {"question": "far"}, "max": 2},
                "choices": [{"code": "a", "text": {"en": "A"}, "show_if": rule("answer.far")}],
                "rows": [],
                "logic": {"skip": [
                    {"if": rule("answer.used"), "to": "question:rate"},
                    {"if": rule("answer.far"), "to": "end"},
                    {"to": "section:use"}, {"to": "question:far"}, {"to": "disqualify"}]},
            },
            {
                "code": "rate", "kind": "matrix_single", "required": True,
                "text": {"en": "{{answer.used}} / {{ answer.far }} / {{customer.name|you}}"},
                "settings": {"rows_from": {"question": "used", "which": "chosen"}},
                "logic": {"show_if": nested, "random": "g"}, "choices": [], "rows": [],
            },
        ],
    }  # fmt: skip


def test_rules_carried_choices_and_tags_follow_the_new_names() -> None:
    made = fitted(block(), ["used", "rate"], ["use"]).section
    used, rate = made["questions"]
    assert (made["code"], used["code"], rate["code"]) == ("use_2", "used_2", "rate_2")
    assert made["logic"] == {"loop": {"question": "used_2", "most": 3}}
    assert used["logic"]["skip"] == [
        {"if": rule("answer.used_2"), "to": "question:rate_2"},
        {"to": "section:use_2"},
        {"to": "disqualify"},
    ]
    nested = {"all": [rule("answer.used_2.app"), {"not": rule("customer.tier")}]}
    assert rate["logic"] == {"show_if": nested, "random": "g"}
    assert rate["settings"] == {"rows_from": {"question": "used_2", "which": "chosen"}}
    assert rate["text"]["en"] == "{{answer.used_2}} / … / {{customer.name|you}}"
    assert made["title"]["en"] == "About {{answer.used_2|it}} and them"
    assert used["text"] == {"en": "Used?", "ko": "이용?"}


def test_what_looks_outside_is_left_out_and_named() -> None:
    made = fitted(block(), [], [])
    assert made.section["questions"][0]["choices"] == [{"code": "a", "text": {"en": "A"}}]
    assert made.section["questions"][0]["settings"] == {"max": 2}
    assert sorted(set(made.left_out)) == [
        ("rate", "tag"), ("use", "rule"), ("use", "tag"), ("used", "carried"), ("used", "rule"),
    ]  # fmt: skip


def test_free_names_change_nothing_inside() -> None:
    whole = block()
    whole["logic"] = {}
    whole["title"] = {}
    whole["questions"] = [whole["questions"][1]]
    whole["questions"][0] |= {"text": {"en": "x"}, "settings": {}, "logic": {}}
    assert fitted(whole, [], []).section["questions"] == whole["questions"]
