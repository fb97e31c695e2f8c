"""Cells of a table become answers of the right shape."""

from typing import Any

import pytest

from surveys.calc.answers import validate_all
from surveys.exchange.answer_table import row_answers, targets_of
from tests.surveys.services.everything import everything

OWN_LIMITS = {"row_missing", "alone", "too_few_choices"}
QUESTIONS = {q["code"]: q for s in everything()["sections"] for q in s["questions"]}


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"nps": "9"}, {"nps": 9}),
        ({"single": "a"}, {"single": "a"}),
        ({"single": "사과"}, {"single": "a"}),
        ({"dropdown": "BREAD"}, {"dropdown": "b"}),
        ({"multiple": "a; bread"}, {"multiple": ["a", "b"]}),
        ({"multiple": "a,zz", "multiple.zz": "Tea"},
         {"multiple": ["a", "zz"], "multiple.zz": "Tea"}),
        ({"ranking": "b|a"}, {"ranking": ["b", "a"]}),
        ({"matrix_single.r1": "a", "matrix_single.r2": "Bread"},
         {"matrix_single": {"r1": "a", "r2": "b"}}),
        ({"matrix_multiple.r1": "a;b"}, {"matrix_multiple": {"r1": ["a", "b"]}}),
        ({"side_by_side.r1.now": "Bad", "side_by_side.r1.n": "3", "side_by_side.r2.why": "So"},
         {"side_by_side": {"r1": {"now": "2", "n": 3}, "r2": {"why": "So"}}}),
        ({"best_worst.best": "a", "best_worst.worst": "b"},
         {"best_worst": {"best": "a", "worst": "b"}}),
        ({"constant_sum.a": "4", "constant_sum.b": "6"}, {"constant_sum": {"a": 4, "b": 6}}),
        ({"contact.email": "kim@example.com"}, {"contact": {"email": "kim@example.com"}}),
        ({"number": "1,234.5", "date": "2026-05-06"}, {"number": 1234.5, "date": "2026-05-06"}),
        ({"consent": "yes"}, {"consent": True}),
        ({"why": "  Because "}, {"why": "Because"}),
        ({"nps": " "}, {}),
    ],
)  # fmt: skip
def test_cells_are_read_by_code_and_by_words(
    cells: dict[str, str], expected: dict[str, Any]
) -> None:
    answers = row_answers(cells, targets_of(QUESTIONS.values()))
    assert answers == expected
    # What is read so is what the survey takes, apart from limits of its own.
    asked = [{**QUESTIONS[code], "settings": _eased(QUESTIONS[code])} for code in
             {c.split(".")[0] for c in answers}]  # fmt: skip
    _clean, errors = validate_all(asked, answers)
    assert {error.code for error in errors.values()} <= OWN_LIMITS


def _eased(question: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in question["settings"].items() if k in ("columns", "fields", "total",
            "decimals", "multiple")}  # fmt: skip


def test_what_is_no_choice_stays_to_be_refused_by_the_survey() -> None:
    targets = targets_of(QUESTIONS.values())
    assert row_answers({"single": "pear", "nps": "many"}, targets) == {
        "single": "pear",
        "nps": "many",
    }
