"""Formulas say sums, differences, products and quotients, and nothing else; widgets are checked."""

import pytest

from surveys.calc.formulas import FormulaError, read_formula
from surveys.calc.widgets import checked_widget, moved


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{a} / {b} * 100", 25.0),
        ("{a} + {b} - 1", 9.0),
        ("-({a} - {b}) * 2", 12.0),
        ("2 * 3 + 4 / 2 + {a} * 0", 8.0),
        ("{b} / {zero} + {a}", None),
        ("{gone} + {a}", None),
    ],
)
def test_formulas_are_computed(text: str, value: float | None) -> None:
    assert read_formula(text).run({"a": 2.0, "b": 8.0, "zero": 0.0}) == value


def test_a_formula_names_its_metrics() -> None:
    assert read_formula("{orders.repeat} / ({orders-all} + 1)").codes == {
        "orders.repeat",
        "orders-all",
    }


@pytest.mark.parametrize(
    "text",
    ["", "{a} +", "{a} {b}", "(1", "1)", "a + 1", "{A}", "__import__('os')", "1**2", "(" * 40],
)  # fmt: skip
def test_what_is_no_formula_is_refused(text: str) -> None:
    with pytest.raises(FormulaError):
        read_formula(text)


def test_widgets_are_checked_and_moved() -> None:
    assert checked_widget({"kind": "program"}) == {"kind": "program", "days": 90, "size": "half"}
    for wrong in (
        {},
        {"kind": "script"},
        {"kind": "metric"},
        {"kind": "metric", "id": True},
        {"kind": "note", "text": " "},
        {"kind": "groups", "id": 1},
        {"kind": "program", "days": 7},
    ):
        with pytest.raises(ValueError, match=r"kind|id|text|by|days"):
            checked_widget(wrong)
    rows = [{"n": n} for n in range(4)]
    assert [w["n"] for w in moved(rows, 3, 0)] == [3, 0, 1, 2]
    assert [w["n"] for w in moved(rows, 0, 99)] == [1, 2, 3, 0]
