"""What a respondent may send, and what is said of everything else."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.calc.answers import (
    KINDS,
    SILENT,
    UNSEEN,
    AnswerError,
    clean_text,
    raw_of,
    scale_of,
    score_of,
    validate,
    validate_all,
)


def question(kind: str, **changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"code": "q", "kind": kind, "required": False, "settings": {}}
    if kind in ("single", "multiple"):
        made["choices"] = [{"code": code, "text": {"en": code}} for code in ("a", "b", "c")]
    return made | changes


SCALED = [("nps", 0, 10), ("csat", 1, 5), ("ces", 1, 7), ("rating", 1, 5)]


@pytest.mark.parametrize(("kind", "low", "high"), SCALED)
def test_every_step_of_a_scale_is_an_answer(kind: str, low: int, high: int) -> None:
    asked = question(kind)
    assert [validate(asked, [str(v)]) for v in range(low, high + 1)] == list(range(low, high + 1))


@pytest.mark.parametrize(("kind", "low", "high"), SCALED)
def test_steps_beside_the_scale_are_refused(kind: str, low: int, high: int) -> None:
    for value in (low - 1, high + 1):
        expected = AnswerError("out_of_range", {"min": low, "max": high})
        assert validate(question(kind), [str(value)]) == expected


def test_a_rating_has_the_scale_of_its_settings() -> None:
    ten = question("rating", settings={"min": 1, "max": 10})
    assert scale_of(ten) == (1, 10)
    assert validate(ten, ["10"]) == 10
    assert scale_of(question("nps", settings={"min": 1, "max": 5})) == (0, 10)


@pytest.mark.parametrize("text", ["x", "9.5", "1e1", "1_0", "９９９９９９９９９９", "--1", "9 9"])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    assert validate(question("nps"), [text]) == AnswerError("not_a_number")


def test_full_width_digits_and_spaces_are_understood() -> None:
    assert validate(question("nps"), [" ９ "]) == 9


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in SILENT | UNSEEN])
def test_required_questions_want_an_answer(kind: str) -> None:
    for blank in ([], [""], ["  \n"]):
        assert validate(question(kind, required=True), blank) == AnswerError("required")
        assert validate(question(kind), blank) is None
        assert validate(question(kind, required=True), blank, partial=True) is None


def test_statement_asks_nothing() -> None:
    assert validate(question("statement", required=True), []) is None
    assert validate(question("statement"), ["x"]) == AnswerError("takes_no_answer")


def test_single_takes_one_known_choice() -> None:
    assert validate(question("single"), ["b"]) == "b"
    assert validate(question("single"), ["z"]) == AnswerError("unknown_choice", {"choice": "z"})
    assert validate(question("single"), ["a", "b"]) == AnswerError("one_only")


def test_multiple_keeps_the_questions_order_once_each() -> None:
    assert validate(question("multiple"), ["c", "a", "c"]) == ["a", "c"]
    assert validate(question("multiple"), ["a", "z"]) == AnswerError(
        "unknown_choice", {"choice": "z"}
    )


def test_number_of_choices_is_held() -> None:
    asked = question("multiple", settings={"min": 2, "max": 2})
    assert validate(asked, ["a"]) == AnswerError("too_few_choices", {"min": 2})
    assert validate(asked, ["a", "b"]) == ["a", "b"]
    assert validate(asked, ["a", "b", "c"]) == AnswerError("too_many_choices", {"max": 2})
    assert validate(asked, ["a"], partial=True) == ["a"]


@pytest.mark.parametrize(("kind", "most"), [("short_text", 255), ("long_text", 2000)])
def test_over_long_text_is_refused_with_its_length(kind: str, most: int) -> None:
    assert validate(question(kind), ["가" * most]) == "가" * most
    expected = AnswerError("too_long", {"max": most, "length": most + 1})
    assert validate(question(kind), ["가" * (most + 1)]) == expected


def test_longest_text_can_be_set() -> None:
    asked = question("long_text", settings={"max_length": 3})
    assert validate(asked, ["abcd"]) == AnswerError("too_long", {"max": 3, "length": 4})


def test_line_ends_count_once_as_in_the_browser() -> None:
    asked = question("long_text", settings={"max_length": 3})
    assert validate(asked, ["a\r\nb"]) == "a\nb"


def test_text_is_kept_in_a_form_that_can_be_stored_and_found() -> None:
    assert clean_text("a\x00b") == "ab"
    assert clean_text("\ud800") == "\ufffd"
    assert clean_text("한") == "한"


def test_only_numbers_on_a_scale_are_scores() -> None:
    assert score_of(question("nps"), 0) == 0
    assert score_of(question("ces"), 7) == 7
    assert score_of(question("nps"), None) is None
    assert score_of(question("single"), "a") is None
    assert score_of(question("short_text"), "9") is None


@pytest.mark.parametrize(
    ("value", "raw"),
    [
        (9, ["9"]),
        (9.0, ["9"]),
        ("x", ["x"]),
        (["a", "b"], ["a", "b"]),
        (None, []),
        (9.5, None),
        (float("inf"), None),
        (float("nan"), None),
        (True, None),
        ({"a": 1}, None),
        ([1], None),
    ],
)
def test_answers_of_api_clients_are_read(value: object, raw: list[str] | None) -> None:
    assert raw_of(value) == raw


def test_a_whole_response_is_checked_at_once() -> None:
    asked = [question("nps", code="nps", required=True), question("long_text", code="why")]
    answers, errors = validate_all(asked, {"nps": 11, "why": "ok", "other": 1})
    assert answers == {"why": "ok"}
    assert errors == {
        "nps": AnswerError("out_of_range", {"min": 0, "max": 10}),
        "other": AnswerError("unknown_question"),
    }
    assert validate_all(asked, {"nps": 9.5})[1]["nps"] == AnswerError("unreadable")
    assert validate_all(asked, {"nps": 9, "why": ""}) == ({"nps": 9}, {})
    assert validate_all(asked, {}, partial=True) == ({}, {})
    assert validate_all(asked, {})[1] == {"nps": AnswerError("required")}


def test_unknown_kind_is_a_fault_of_ours() -> None:
    with pytest.raises(ValueError, match="unknown kind"):
        validate(question("hologram"), ["1"])


@given(st.sampled_from(KINDS), st.lists(st.text(max_size=20), max_size=4))
def test_no_input_breaks_the_check(kind: str, raw: list[str]) -> None:
    result = validate(question(kind), raw)
    again = validate(question(kind), raw_of(result)) if not isinstance(result, AnswerError) else 0  # type: ignore[arg-type]
    assert isinstance(result, AnswerError) or again == result
