"""Check an answer against the question of a published survey, without knowing who asks.

A question is one entry of the published document (`docs/survey-json.md`). Faults are returned
as codes with figures, never as sentences: the page says them in the reader's language.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from typing import Any

from surveys.calc.answer_checks import (
    FIELD_CHECKS,
    PART_CHECKS,
    AnswerError,
    Parts,
    Result,
    Value,
    clean_text,
    known_in_order,
    scale_check,
)
from surveys.calc.kinds import (
    CHOICE_KINDS,
    KINDS,
    SCALES,
    SILENT,
    TEXT_LENGTHS,
    UNSEEN,
    Question,
    scale_of,
    takes_many,
)

__all__ = [
    "CHOICE_KINDS",
    "KINDS",
    "SCALES",
    "SILENT",
    "TEXT_LENGTHS",
    "UNSEEN",
    "AnswerError",
    "Parts",
    "Question",
    "Result",
    "Value",
    "clean_text",
    "raw_of",
    "scale_of",
    "score_of",
    "typed_of",
    "typed_with_texts",
    "validate",
    "validate_all",
    "validate_with_texts",
]

#: Between the code of a question and that of a choice whose own text is meant: "used.other".
TEXT_MARK = "."
#: What is forgiven while an answer is only kept for later.
_UNFINISHED = frozenset({"too_few_choices", "row_missing", "wrong_sum", "required"})


def validate(question: Question, raw: Sequence[str] | Parts, *, partial: bool = False) -> Result:
    """The clean answer, None for a blank one that may be blank, or what is wrong with it.

    `raw` holds the strings of the form field, or the strings of each part of a form with
    several fields. With `partial` (saving a draft) a required answer may still be missing and
    choices may still be too few. Raises ValueError for a question of an unknown kind.
    """
    kind = question["kind"]
    if kind not in KINDS:
        raise ValueError(f"unknown kind of question: {kind!r}")
    parts = _filled(raw)
    if not parts:
        missing = question.get("required") and kind not in SILENT | UNSEEN and not partial
        return AnswerError("required") if missing else None
    result = _checked(question, parts)
    if partial and isinstance(result, AnswerError) and result.code in _UNFINISHED:
        return _as_far(question, parts)
    return result


def _filled(raw: Sequence[str] | Parts) -> dict[str, list[str]]:
    """The strings that say something, by part."""
    parts = raw if isinstance(raw, Mapping) else {"": raw}
    clean = {
        part: [v for v in map(clean_text, values) if v.strip()] for part, values in parts.items()
    }
    return {part: values for part, values in clean.items() if values}


def _checked(question: Question, parts: Mapping[str, list[str]]) -> Result:
    kind = question["kind"]
    if kind in PART_CHECKS:
        return PART_CHECKS[kind](question, parts)
    if set(parts) != {""}:
        return AnswerError("unreadable")
    given = parts[""]
    if len(given) > 1 and not takes_many(question) and kind != "file":
        return AnswerError("one_only")
    return FIELD_CHECKS[kind](question, given)


def _as_far(question: Question, parts: Mapping[str, list[str]]) -> Result:
    """An unfinished answer as far as it goes, in its own shape."""
    eased = {**question, "required": False, "settings": _eased(question)}
    if question["kind"] == "constant_sum":
        amounts = {code: int(given[0]) for code, given in parts.items()}
        return {**amounts}
    if takes_many(question):
        return known_in_order(question, parts[""])
    return _checked(eased, parts)


def _eased(question: Question) -> dict[str, Any]:
    settings = question.get("settings") or {}
    return {name: value for name, value in settings.items() if name != "min"}


def validate_with_texts(
    question: Question, parts: Parts, *, partial: bool = False
) -> tuple[dict[str, Value], AnswerError | None]:
    """An answer with the texts written beside its choices: {"used": […], "used.other": "…"}.

    A text counts only when its choice was taken.
    """
    own, texts = _texts_apart(question, parts)
    result = validate(question, own, partial=partial)
    if isinstance(result, AnswerError):
        return {}, result
    if result is None:
        return {}, None
    code, taken = question["code"], result if isinstance(result, list) else [result]
    found: dict[str, Value] = {code: result}
    for choice, text in texts.items():
        clean = clean_text(text).strip()
        if len(clean) > TEXT_LENGTHS["short_text"]:
            figures = {"max": TEXT_LENGTHS["short_text"], "length": len(clean)}
            return {}, AnswerError("too_long", figures)
        if clean and choice in taken:
            found[f"{code}{TEXT_MARK}{choice}"] = clean
    return found, None


def _texts_apart(question: Question, parts: Parts) -> tuple[Parts, dict[str, str]]:
    open_choices = {c["code"] for c in question.get("choices") or () if c.get("other")}
    if not open_choices or question["kind"] in PART_CHECKS:
        return parts, {}
    texts = {part: parts[part][0] for part in parts if part in open_choices and parts[part]}
    return {part: parts[part] for part in parts if part not in open_choices}, texts


def score_of(question: Question, answer: Value | None) -> int | None:
    """The number an answer adds to a metric, None when it is not one."""
    is_number = isinstance(answer, int) and not isinstance(answer, bool)
    return answer if is_number and scale_of(question) else None  # type: ignore[return-value]


def raw_of(value: object, kind: str = "") -> list[str] | dict[str, list[str]] | None:
    """What an API client or a stored answer holds, as form strings; None when it is no answer.

    Some shapes are answers of some kinds only: objects, fractions and true.
    """
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        parts: dict[str, list[str]] = {}
        good = kind in PART_CHECKS and all(_add_part(parts, k, v) for k, v in value.items())
        return parts if good else None
    if kind == "consent" and isinstance(value, bool):
        return ["yes"] if value else []
    if kind == "file" and isinstance(value, list):
        good = all(isinstance(part, Mapping) for part in value)
        return [json.dumps(part) for part in value] if good else None
    if kind == "number" and isinstance(value, float) and isfinite(value):
        return [f"{value:f}".rstrip("0").rstrip(".")]
    return _strings(value)


def _add_part(parts: dict[str, list[str]], name: object, value: object) -> bool:
    if not isinstance(name, str):
        return False
    if isinstance(value, Mapping):
        return all(_add_part(parts, f"{name}.{key}", cell) for key, cell in value.items())
    given = raw_of(value, "number") if isinstance(value, float) else _strings(value)
    if not isinstance(given, list):
        return False
    parts[name] = given
    return True


def _strings(value: object) -> list[str] | None:
    if value is None:
        return []
    if isinstance(value, str):
        return [value]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return [str(value)]
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return list(value)
    return None


def typed_of(question: Question, parts: Parts) -> Any:
    """What was typed, in the shape of a stored answer, so that a page shows it once more."""
    kind = question["kind"]
    if kind in ("matrix_multiple",):
        return {part: list(values) for part, values in parts.items()}
    if kind in PART_CHECKS:
        if kind == "side_by_side":
            return _nested({part: values[0] for part, values in parts.items() if values})
        return {part: values[0] for part, values in parts.items() if values}
    values = list(parts.get("", ()))
    if kind == "file":
        return [json.loads(text) for text in values if text.startswith("{")]
    return values if takes_many(question) else (values or [""])[0]


def typed_with_texts(question: Question, parts: Parts) -> dict[str, Any]:
    """The same with the texts written beside choices: {"used": […], "used.other": "…"}."""
    own, texts = _texts_apart(question, parts)
    beside = {f"{question['code']}{TEXT_MARK}{choice}": text for choice, text in texts.items()}
    return {question["code"]: typed_of(question, own), **beside}


def _nested(cells: Mapping[str, str]) -> dict[str, dict[str, str]]:
    rows: dict[str, dict[str, str]] = {}
    for part, value in cells.items():
        row, _dot, column = part.partition(".")
        rows.setdefault(row, {})[column] = value
    return rows


def validate_all(
    questions: Iterable[Question], given: Mapping[str, object], *, partial: bool = False
) -> tuple[dict[str, Value], dict[str, AnswerError]]:
    """Check all answers of a response by question code.

    Returns the clean answers (blank ones left out) and the faults; a code that no question has
    is a fault as well. The text beside a choice stands under "<question>.<choice>".
    """
    asked = {question["code"]: question for question in questions}
    beside = {_base(code): code for code in given if code not in asked and _base(code) in asked}
    answers: dict[str, Value] = {}
    errors = {
        code: AnswerError("unknown_question")
        for code in given
        if code not in asked and _base(code) not in beside
    }
    for code, question in asked.items():
        value = given.get(code)
        if code not in beside and _is_plain(question, value):
            if value is not None:
                answers[code] = value  # type: ignore[assignment]  # a whole number
            continue
        raw = raw_of(value, question["kind"])
        if raw is None:
            errors[code] = AnswerError("unreadable")
            continue
        parts: Any = raw if isinstance(raw, dict) else {"": raw}
        if code in beside:
            parts = {**parts, **_beside(code, given)}
        found, error = validate_with_texts(question, parts, partial=partial)
        answers |= found
        if error is not None:
            errors[code] = error
    return answers, errors


def _is_plain(question: Question, value: object) -> bool:
    """True for what most answers are, told at once: a score on its scale, or one left out."""
    if value is None:
        return not question.get("required") and question["kind"] in KINDS
    if type(value) is not int or FIELD_CHECKS.get(question["kind"]) is not scale_check:
        return False
    scale = scale_of(question)
    return scale is not None and scale[0] <= value <= scale[1]


def _base(code: str) -> str:
    return code.partition(TEXT_MARK)[0]


def _beside(code: str, given: Mapping[str, object]) -> dict[str, list[str]]:
    """The texts written beside the choices of a question, by choice."""
    start = code + TEXT_MARK
    return {
        name.removeprefix(start): [text]
        for name, text in given.items()
        if name.startswith(start) and isinstance(text, str)
    }
