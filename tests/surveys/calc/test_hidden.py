"""Hidden data comes from where its origin says, and from nowhere else."""

from typing import Any

import pytest

from surveys.calc.hidden import event_facts, hidden_values

EVENT = event_facts("delivery", "Seoul", "2026-11-24", {"order": "E-1", "items": ["tea", "cup"]})


def hidden(origin: str, **settings: Any) -> dict[str, Any]:
    return {"h": {"code": "h", "kind": "hidden", "settings": {"origin": origin, **settings}}}


@pytest.mark.parametrize(
    ("asked", "value"),
    [
        (hidden("link", name="store"), "brought store"),
        (hidden("customer", name="tier"), "gold"),
        (hidden("customer", name="gone", default="none"), "none"),
        (hidden("customer", name="visits"), "0"),
        (hidden("event", name="order"), "E-1"),
        (hidden("event", name="items"), "tea, cup"),
        (hidden("event", name="place"), "Seoul"),
        (hidden("event", name="day"), "2026-11-24"),
        (hidden("event", name="gone", default="?"), "?"),
        (hidden("fixed", default="shop"), "shop"),
    ],
)
def test_each_origin_says_its_own(asked: dict[str, Any], value: str) -> None:
    found = hidden_values(
        asked,
        customer={"tier": "gold", "visits": 0},
        event=EVENT,
        brought=lambda _code, name: f"brought {name}",
    )
    assert found == {"h": value}


def test_what_is_empty_is_no_answer_and_seen_questions_are_left_alone() -> None:
    asked = {**hidden("customer", name="gone"), "nps": {"code": "nps", "kind": "nps"}}
    assert hidden_values(asked, customer={}, event={}, brought=lambda *_: "x") == {}
