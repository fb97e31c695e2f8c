"""Check an answer against the question of a published survey, without knowing who asks.

A question is one entry of the published document:
`{"code", "kind", "required", "text", "settings", "choices": [{"code", "text"}]}`.
Answers are whole numbers, a choice code, a list of choice codes or a text. Faults are returned
as codes with figures, never as sentences: the page says them in the reader's language.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Question: TypeAlias = Mapping[str, Any]
Value: TypeAlias = int | str | list[str]

#: Scales of the kinds that have one, unless the question's settings say else.
SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7), "rating": (1, 5)}
#: Longest texts in characters, unless the question's settings say else.
TEXT_LENGTHS = {"short_text": 255, "long_text": 2000}
#: Kinds that show something and take no answer.
SILENT = frozenset({"statement"})

# Digits of any script, so that full-width ones typed with a Korean keyboard count as well.
_NUMBER = re.compile(r"[+-]?\d{1,9}")
_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class AnswerError:
    """Why an answer is refused; `params` are the figures for the sentence.

    Codes: required, not_a_number, out_of_range (min, max), unknown_choice (choice), one_only,
    too_few_choices (min), too_many_choices (max), too_long (max, length), takes_no_answer,
    unknown_question, unreadable.
    """

    code: str
    params: Mapping[str, int | str] = field(default_factory=dict)


Result: TypeAlias = Value | AnswerError | None


def validate(question: Question, raw: Sequence[str], *, partial: bool = False) -> Result:
    """The clean answer, None for a blank one that may be blank, or what is wrong with it.

    `raw` holds the strings of the form field, several for a multiple choice. With `partial`
    (saving a draft) a required answer may still be missing and choices may still be too few.
    Raises ValueError for a question of an unknown kind.
    """
    kind = question["kind"]
    if kind not in _CHECKS:
        raise ValueError(f"unknown kind of question: {kind!r}")
    given = [value for value in map(clean_text, raw) if value.strip()]
    if not given:
        missing = question.get("required") and kind not in SILENT and not partial
        return AnswerError("required") if missing else None
    if len(given) > 1 and kind != "multiple":
        return AnswerError("one_only")
    result = _CHECKS[kind](question, given)
    unfinished = isinstance(result, AnswerError) and result.code == "too_few_choices"
    return _known_in_order(question, given) if partial and unfinished else result


def clean_text(text: str) -> str:
    """One form for what keyboards and systems write differently.

    Composed characters (NFC), line ends as \\n, and nothing a database cannot store.
    """
    stored = _SURROGATES.sub("\ufffd", text).replace("\x00", "")
    return unicodedata.normalize("NFC", stored.replace("\r\n", "\n").replace("\r", "\n"))


def scale_of(question: Question) -> tuple[int, int] | None:
    """Least and greatest answer of a question with a scale, None for any other."""
    standard = SCALES.get(question["kind"])
    if standard is None:
        return None
    settings = question.get("settings") or {}
    if question["kind"] == "nps":
        return standard
    return int(settings.get("min", standard[0])), int(settings.get("max", standard[1]))


def score_of(question: Question, answer: Value | None) -> int | None:
    """The number an answer adds to a metric, None when it is not one."""
    is_number = isinstance(answer, int) and not isinstance(answer, bool)
    return answer if is_number and scale_of(question) else None  # type: ignore[return-value]


def raw_of(value: object) -> list[str] | None:
    """What an API client or a stored answer holds, as form strings; None when it is no answer."""
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


def validate_all(
    questions: Iterable[Question], given: Mapping[str, object], *, partial: bool = False
) -> tuple[dict[str, Value], dict[str, AnswerError]]:
    """Check all answers of a response by question code.

    Returns the clean answers (blank ones left out) and the faults; a code that no question has
    is a fault as well.
    """
    asked = {question["code"]: question for question in questions}
    answers: dict[str, Value] = {}
    errors = {code: AnswerError("unknown_question") for code in given if code not in asked}
    for code, question in asked.items():
        raw = raw_of(given.get(code))
        result = (
            AnswerError("unreadable") if raw is None else validate(question, raw, partial=partial)
        )
        if isinstance(result, AnswerError):
            errors[code] = result
        elif result is not None:
            answers[code] = result
    return answers, errors


def _check_scale(question: Question, given: Sequence[str]) -> Result:
    text = given[0].strip()
    if not _NUMBER.fullmatch(text):
        return AnswerError("not_a_number")
    low, high = scale_of(question) or (0, 0)
    number = int(text)
    if not low <= number <= high:
        return AnswerError("out_of_range", {"min": low, "max": high})
    return number


def _choice_codes(question: Question) -> list[str]:
    return [choice["code"] for choice in question.get("choices") or ()]


def _check_single(question: Question, given: Sequence[str]) -> Result:
    if given[0] not in _choice_codes(question):
        return AnswerError("unknown_choice", {"choice": given[0][:100]})
    return given[0]


def _known_in_order(question: Question, given: Sequence[str]) -> list[str]:
    return [code for code in _choice_codes(question) if code in given]


def _check_multiple(question: Question, given: Sequence[str]) -> Result:
    known = set(_choice_codes(question))
    for code in given:
        if code not in known:
            return AnswerError("unknown_choice", {"choice": code[:100]})
    chosen, settings = _known_in_order(question, given), question.get("settings") or {}
    least, most = settings.get("min"), settings.get("max")
    if least and len(chosen) < least:
        return AnswerError("too_few_choices", {"min": least})
    if most and len(chosen) > most:
        return AnswerError("too_many_choices", {"max": most})
    return chosen


def _check_text(question: Question, given: Sequence[str]) -> Result:
    text, settings = given[0].strip(), question.get("settings") or {}
    most = int(settings.get("max_length") or TEXT_LENGTHS[question["kind"]])
    if len(text) > most:
        return AnswerError("too_long", {"max": most, "length": len(text)})
    return text


def _check_statement(question: Question, given: Sequence[str]) -> Result:
    return AnswerError("takes_no_answer")


_CHECKS = {
    **dict.fromkeys(SCALES, _check_scale),
    "single": _check_single,
    "multiple": _check_multiple,
    **dict.fromkeys(TEXT_LENGTHS, _check_text),
    "statement": _check_statement,
}
#: Every kind of question that can be answered or shown.
KINDS = tuple(_CHECKS)
