"""What a rule says is what happens, for every shape of answer."""

from typing import Any

import pytest

from surveys.calc.logic import Facts, condition_fault, holds, questions_in

FACTS = Facts(
    answers={
        "nps": 9,
        "used": ["app", "store"],
        "why": "Very Friendly staff",
        "city": "seoul",
        "grid": {"price": "good", "staff": "bad"},
        "sides": {"price": {"now": "a", "then": 2}},
        "day": "2026-11-24",
        "used.other": "By phone",
        "agree": True,
    },
    customer={"tier": "gold", "orders": "12"},
    segments=frozenset({"vip", "new"}),
    language="ko",
    channel="email",
    score=7,
    item="app",
)


def compare(source: str, operator: str, value: Any = None) -> dict[str, Any]:
    compared = {"source": source, "operator": operator}
    return compared if value is None else {**compared, "value": value}


@pytest.mark.parametrize(
    ("source", "operator", "value", "expected"),
    [
        ("answer.nps", "is", 9, True),
        ("answer.nps", "is", "9", True),
        ("answer.nps", "is_not", 9, False),
        ("answer.nps", "gte", 9, True),
        ("answer.nps", "gt", 9, False),
        ("answer.nps", "between", [9, 10], True),
        ("answer.nps", "lte", "six", False),
        ("answer.used", "includes", "app", True),
        ("answer.used", "excludes", "web", True),
        ("answer.used", "is", "app", False),
        ("answer.used", "any_of", ["web", "store"], True),
        ("answer.used", "none_of", ["web", "store"], False),
        ("answer.used.other", "contains", "PHONE", True),
        ("answer.why", "contains", "friendly", True),
        ("answer.why", "not_contains", "friendly", False),
        ("answer.grid.price", "is", "good", True),
        ("answer.grid", "includes", "bad", True),
        ("answer.sides.price.then", "lt", 3, True),
        ("answer.day", "gt", "2026-11-01", True),
        ("answer.agree", "is", "yes", True),
        ("answer.nothing", "answered", None, False),
        ("answer.nothing", "not_answered", None, True),
        ("answer.nothing", "is", 9, False),
        ("answer.nothing", "is_not", 9, True),
        ("answer.nothing", "lt", 9, False),
        ("hidden.city", "is", "Seoul", True),
        ("customer.tier", "is", "GOLD", True),
        ("customer.orders", "gte", 10, True),
        ("segment", "includes", "vip", True),
        ("segment", "none_of", ["lost"], True),
        ("language", "is", "ko", True),
        ("channel", "is_not", "sms", True),
        ("score", "gt", 6.5, True),
        ("item", "is", "app", True),
        ("nonsense", "is", 1, False),
    ],
)
def test_a_comparison_says_yes_or_no(
    source: str, operator: str, value: Any, expected: bool
) -> None:
    compared = compare(source, operator, value)
    assert condition_fault(compared) == ("" if source != "nonsense" else "unknown_source")
    assert holds(compared, FACTS) is expected


def test_groups_join_and_deny() -> None:
    yes, no = compare("answer.nps", "is", 9), compare("answer.nps", "is", 1)
    assert holds({"all": [yes, {"any": [no, yes]}, {"not": no}]}, FACTS)
    assert not holds({"all": [yes, no]}, FACTS)
    assert not holds({"any": [no, no]}, FACTS)
    assert holds({"any": []}, FACTS)
    assert holds({}, FACTS)
    assert holds(None, FACTS)


def test_further_sources_are_asked_by_their_whole_name() -> None:
    event = compare("event.kind", "is", "purchase")
    assert condition_fault(event) == "unknown_source"
    assert condition_fault(event, more=["event"]) == ""
    assert holds(event, Facts(more={"event.kind": "purchase"}))


@pytest.mark.parametrize(
    ("condition", "fault"),
    [
        ([], "not_a_condition"),
        ({"all": {}}, "not_a_condition"),
        ({"all": [], "any": []}, "not_a_condition"),
        ({"source": "answer.nps", "operator": "is", "value": 1, "more": 1}, "not_a_condition"),
        ({"source": "answer", "operator": "is", "value": 1}, "unknown_source"),
        ({"source": "score.x", "operator": "is", "value": 1}, "unknown_source"),
        ({"source": "answer.x", "operator": "eval", "value": 1}, "unknown_operator"),
        ({"source": "answer.x", "operator": "is", "value": [1]}, "bad_value"),
        ({"source": "answer.x", "operator": "between", "value": [1]}, "bad_value"),
        ({"source": "answer.x", "operator": "answered", "value": 1}, "bad_value"),
        ({"source": "answer.x", "operator": "any_of", "value": []}, "bad_value"),
    ],
)
def test_what_is_no_condition_is_refused(condition: Any, fault: str) -> None:
    assert condition_fault(condition) == fault


def test_a_condition_cannot_be_nested_without_end() -> None:
    deep: dict[str, Any] = compare("score", "gt", 1)
    for _level in range(5):
        deep = {"all": [deep]}
    assert condition_fault(deep) == "too_deep"


def test_the_questions_of_a_condition_are_known() -> None:
    condition = {
        "any": [compare("answer.grid.price", "is", 1), {"not": compare("hidden.x", "is", 2)}]
    }
    assert questions_in(condition) == {"grid", "x"}
    assert questions_in(compare("segment", "includes", "vip")) == set()
