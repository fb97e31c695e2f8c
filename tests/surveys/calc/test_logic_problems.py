"""Rules that cannot work are named before anybody runs into them."""

from typing import Any

import pytest

from surveys.calc.logic_problems import Fault, rule_faults
from tests.surveys.logic_surveys import CHOICES, compare, question, section, survey


def faults(*questions: dict[str, Any], **more: Any) -> list[Fault]:
    return rule_faults(survey(section(*questions), section(question("last"), code="z"), **more))


def test_good_rules_have_no_fault() -> None:
    assert faults(
        question("nps", "nps", skip=[{"if": compare("answer.nps", "gte", 9), "to": "section:z"}]),
        question("why", show_if=compare("answer.nps", "lte", 6)),
        question("used", "multiple", choices=CHOICES, skip=[
            {"if": compare("answer.used", "includes", "x"), "to": "end"}]),
    ) == []  # fmt: skip


@pytest.mark.parametrize(
    ("condition", "code", "about"),
    [
        (compare("answer.gone", "is", 1), "gone_question", "gone"),
        (compare("answer.last", "is", 1), "asked_later", "last"),
        (compare("answer.b", "is", 1), "itself", "b"),
        (compare("answer.a", "is", "w"), "gone_choice", "a: w"),
        (
            {"all": [compare("answer.n", "gte", 9), compare("answer.n", "lte", 6)]},
            "never_met",
            "",
        ),
        (
            {"all": [compare("answer.a", "is", "x"), compare("answer.a", "is", "y")]},
            "never_met",
            "",
        ),
    ],
)
def test_a_condition_that_cannot_work_is_named(
    condition: dict[str, Any], code: str, about: str
) -> None:
    found = faults(
        question("n", "nps"),
        question("a", "single", choices=CHOICES),
        question("b", show_if=condition),
    )
    assert found == [Fault(code, about, question="b")]
    assert found[0].blocks is (code != "never_met")


def test_targets_that_are_gone_or_lie_behind_are_named() -> None:
    rules = [{"to": "question:gone"}, {"to": "question:a"}, {"to": "section:p9"}]
    found = faults(question("a"), question("b", skip=rules))
    assert [(f.code, f.about) for f in found if f.blocks] == [
        ("gone_target", "gone"),
        ("leads_back", "a"),
        ("gone_target", "p9"),
    ]


def test_a_page_that_leads_back_is_named() -> None:
    asked = survey(
        section(question("a"), code="p1"), section(question("b"), code="p2",
                                                   skip=[{"to": "section:p1"}])
    )  # fmt: skip
    assert rule_faults(asked) == [Fault("leads_back", "p1", section="p2")]


def test_what_is_always_passed_over_is_named() -> None:
    found = faults(question("a", skip=[{"to": "section:z"}]), question("b"), question("c"))
    assert found == [
        Fault("unreachable", "a", question="b"),
        Fault("unreachable", "a", question="c"),
    ]


def test_carrying_and_looping_need_an_earlier_question() -> None:
    carry = question("b", "ranking", settings={"choices_from": {"question": "last"}})
    assert faults(carry) == [Fault("asked_later", "last", question="b")]
    looped = survey(section(question("a"), code="p", loop={"question": "a"}))
    assert rule_faults(looped) == [Fault("asked_later", "a", section="p")]


def test_a_tag_that_stands_for_nothing_is_advice() -> None:
    asked = {**question("b"), "text": {"en": "Why {{answer.gone}}?"}}
    assert faults(asked) == [Fault("gone_tag", "answer.gone", question="b")]
    assert not Fault("gone_tag").blocks
