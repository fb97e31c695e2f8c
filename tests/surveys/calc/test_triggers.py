"""Conditions on events."""

from typing import Any

import pytest

from surveys.calc.triggers import ConditionError, condition_checked, conditions_hold

DATA: dict[str, Any] = {
    "amount": 52_000,
    "store": "Gangnam",
    "first": True,
    "tags": ["gift", "web"],
}


@pytest.mark.parametrize(
    ("field", "operator", "value", "holds"),
    [
        ("place", "is", "seoul", True),
        ("place", "is_not", "Busan", True),
        ("data.amount", "at_least", "52000", True),
        ("data.amount", "at_least", "52000.5", False),
        ("data.amount", "at_most", "52000", True),
        ("data.store", "at_least", "3", False),
        ("data.first", "is", "true", True),
        ("data.first", "at_least", "1", False),
        ("data.tags", "contains", "Web", True),
        ("data.tags", "contains", "we", False),
        ("data.store", "contains", "gang", True),
        ("data.none", "is", "x", False),
        ("data.none", "is_not", "x", True),
    ],
)
def test_a_condition_holds_or_not(field: str, operator: str, value: str, holds: bool) -> None:
    condition = condition_checked({"field": field, "operator": operator, "value": value})
    assert conditions_hold([condition], place="Seoul", data=DATA) is holds


def test_all_conditions_must_hold_and_none_always_do() -> None:
    yes = {"field": "place", "operator": "is", "value": "Seoul"}
    no = {"field": "data.amount", "operator": "at_most", "value": "1"}
    assert conditions_hold([], place="", data={})
    assert not conditions_hold([yes, no], place="Seoul", data=DATA)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("place is Seoul", "field"),
        ({"field": "name", "value": "x"}, "field"),
        ({"field": "data.", "value": "x"}, "field"),
        ({"field": "place", "operator": "like", "value": "x"}, "operator"),
        ({"field": "place", "value": " "}, "value"),
        ({"field": "data.a", "operator": "at_least", "value": "many"}, "value"),
        ({"field": "data.a", "operator": "at_least", "value": "nan"}, "value"),
    ],
)
def test_a_condition_nobody_can_ask_is_refused(raw: Any, code: str) -> None:
    with pytest.raises(ConditionError, match=code):
        condition_checked(raw)
