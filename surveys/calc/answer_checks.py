"""The check of each kind of answer: from what a form or a client sent to the value stored."""

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeAlias

from surveys.calc.kinds import (
    FILE_MEGABYTES,
    MAX_FILES,
    SCALES,
    TEXT_LENGTHS,
    Question,
    contact_fields,
    endings_of,
    scale_of,
    span_of,
    takes_many,
)

Value: TypeAlias = int | float | str | list[Any] | dict[str, Any]
#: What a form sent for one question: strings by part; "" is the field of the question itself.
Parts: TypeAlias = Mapping[str, Sequence[str]]

# Digits of any script, so that full-width ones typed with a Korean keyboard count as well.
_NUMBER = re.compile(r"[+-]?\d{1,9}")
_DECIMAL = re.compile(r"([+-]?\d{1,15})(?:[.,](\d{1,6}))?")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d{1,6})?")
_SURROGATES = re.compile("[\ud800-\udfff]")
# One step per character: no text makes it slow.
_EMAIL = re.compile(r"[^\s@<>\",;]{1,64}@[^\s@<>\",;.]{1,63}(\.[^\s@<>\",;.]{1,63}){1,8}")
_PHONE = re.compile(r"\+?[0-9 ().\-/]{5,29}")
_PHONE_DIGITS = (7, 15)
_LONGEST = {"name": 120, "company": 120, "address": 500}
_HIDDEN_LENGTH = 500
# Hours from Greenwich of the zones where a day begins first and ends last.
_EARLIEST_ZONE, _LATEST_ZONE = 14, -12
_FILE_KEYS = {"id", "name", "size"}
#: What stands in place of a file that could not be taken.
FILE_FAULTS = ("file_too_large", "file_type")


@dataclass(frozen=True, slots=True)
class AnswerError:
    """Why an answer is refused; `params` are the figures for the sentence.

    Codes: required, not_a_number, out_of_range (min, max), unknown_choice (choice), one_only,
    too_few_choices (min), too_many_choices (max), too_long (max, length), takes_no_answer,
    unknown_question, unreadable, unknown_row (row), row_missing (row), same_rank, same_twice,
    alone (choice), wrong_sum (total, sum), too_many_decimals (decimals), not_a_date, too_early
    (earliest), too_late (latest), not_a_time, not_an_email, not_a_phone, too_many_files (max),
    file_too_large (max), file_type (types).
    """

    code: str
    params: Mapping[str, int | float | str] = field(default_factory=dict)


Result: TypeAlias = Value | AnswerError | None


def clean_text(text: str) -> str:
    """One form for what keyboards and systems write differently.

    Composed characters (NFC), line ends as \\n, and nothing a database cannot store.
    """
    if text.isascii() and text.isprintable():
        return text
    stored = _SURROGATES.sub("\ufffd", text).replace("\x00", "")
    return unicodedata.normalize("NFC", stored.replace("\r\n", "\n").replace("\r", "\n"))


def settings_of(question: Question) -> Mapping[str, Any]:
    """The question's settings, {} when it has none."""
    settings: Mapping[str, Any] = question.get("settings") or {}
    return settings


def codes_of(items: Iterable[Mapping[str, Any]] | None) -> list[str]:
    """The codes of choices, rows or columns."""
    return [str(item["code"]) for item in items or ()]


def known_in_order(question: Question, given: Sequence[str]) -> list[str]:
    """Codes of the choices offered that were given, in the order they are offered."""
    return [code for code in codes_of(question.get("choices")) if code in given]


def _whole(text: str) -> int | None:
    folded = text.strip()
    return int(folded) if _NUMBER.fullmatch(folded) else None


def _unknown(code: str) -> AnswerError:
    return AnswerError("unknown_choice", {"choice": code[:100]})


def scale_check(question: Question, given: Sequence[str]) -> Result:
    low, high = scale_of(question) or (0, 0)
    return _within(_whole(given[0]), low, high)


def _within(number: int | None, low: int, high: int) -> Result:
    if number is None:
        return AnswerError("not_a_number")
    if not low <= number <= high:
        return AnswerError("out_of_range", {"min": low, "max": high})
    return number


def _slider(question: Question, given: Sequence[str]) -> Result:
    low, high, step = span_of(question)
    result = _within(_whole(given[0]), low, high)
    if isinstance(result, int) and (result - low) % step:
        result -= (result - low) % step
    return result


def _single(question: Question, given: Sequence[str]) -> Result:
    return given[0] if given[0] in codes_of(question.get("choices")) else _unknown(given[0])


def _multiple(question: Question, given: Sequence[str]) -> Result:
    known = set(codes_of(question.get("choices")))
    for code in given:
        if code not in known:
            return _unknown(code)
    chosen = known_in_order(question, given)
    alone = [c["code"] for c in question["choices"] if c.get("exclusive") and c["code"] in chosen]
    if alone and len(chosen) > 1:
        return AnswerError("alone", {"choice": str(alone[0])})
    return _counted(question, chosen, exclusive=bool(alone))


def _counted(question: Question, chosen: list[str], *, exclusive: bool = False) -> Result:
    """The list when it is neither too short nor too long; what is offered bounds both."""
    settings, offered = settings_of(question), len(codes_of(question.get("choices")))
    least, most = settings.get("min"), settings.get("max")
    if least and len(chosen) < min(least, offered) and not exclusive:
        return AnswerError("too_few_choices", {"min": min(least, offered)})
    if most and len(chosen) > most:
        return AnswerError("too_many_choices", {"max": most})
    return chosen


def _image(question: Question, given: Sequence[str]) -> Result:
    return (_multiple if takes_many(question) else _single)(question, given)


def _text(question: Question, given: Sequence[str]) -> Result:
    most = int(settings_of(question).get("max_length") or TEXT_LENGTHS[question["kind"]])
    return _short(given[0].strip(), most)


def _short(text: str, most: int) -> Result:
    if len(text) > most:
        return AnswerError("too_long", {"max": most, "length": len(text)})
    return text


def _number(question: Question, given: Sequence[str]) -> Result:
    settings, text = settings_of(question), unicodedata.normalize("NFKC", given[0]).strip()
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    found = _DECIMAL.fullmatch(text)
    if not found:
        return AnswerError("not_a_number")
    decimals = int(settings.get("decimals") or 0)
    fraction = (found[2] or "").rstrip("0")
    if len(fraction) > decimals:
        return AnswerError("too_many_decimals", {"decimals": decimals})
    number = float(f"{found[1]}.{fraction}") if fraction else int(found[1])
    low, high = settings.get("min"), settings.get("max")
    if (low is not None and number < low) or (high is not None and number > high):
        bounds = {"min": "" if low is None else low, "max": "" if high is None else high}
        return AnswerError("out_of_range", bounds)
    return number


def _date(question: Question, given: Sequence[str]) -> Result:
    text, settings = unicodedata.normalize("NFKC", given[0]).strip(), settings_of(question)
    try:
        day = date.fromisoformat(text.replace(".", "-").replace("/", "-")).isoformat()
    except ValueError:
        return AnswerError("not_a_date")
    earliest = _limit(settings.get("earliest"), _LATEST_ZONE)
    latest = _limit(settings.get("latest"), _EARLIEST_ZONE)
    if earliest and day < earliest:
        return AnswerError("too_early", {"earliest": earliest})
    if latest and day > latest:
        return AnswerError("too_late", {"latest": latest})
    return day


def _limit(day: str | None, hours: int) -> str:
    """A day, or today somewhere on earth: nobody is refused for the clock of the server."""
    if day != "today":
        return day or ""
    return (datetime.now(UTC) + timedelta(hours=hours)).date().isoformat()


def _time(question: Question, given: Sequence[str]) -> Result:
    text = unicodedata.normalize("NFKC", given[0]).strip()
    try:
        return time.fromisoformat(text.zfill(5)).strftime("%H:%M")
    except ValueError:
        return AnswerError("not_a_time")


def _email(question: Question, given: Sequence[str]) -> Result:
    text = unicodedata.normalize("NFKC", given[0]).strip()
    good = len(text) <= 254 and _EMAIL.fullmatch(text)
    return text if good else AnswerError("not_an_email")


def _phone(question: Question, given: Sequence[str]) -> Result:
    text = unicodedata.normalize("NFKC", given[0]).strip()
    digits = sum(sign.isdigit() for sign in text)
    good = _PHONE.fullmatch(text) and _PHONE_DIGITS[0] <= digits <= _PHONE_DIGITS[1]
    return text if good else AnswerError("not_a_phone")


def _consent(question: Question, given: Sequence[str]) -> Result:
    return True if given[0] in ("yes", "true", "1") else _unknown(given[0])


def _hidden(question: Question, given: Sequence[str]) -> Result:
    return given[0].strip()[:_HIDDEN_LENGTH]


def _statement(question: Question, given: Sequence[str]) -> Result:
    return AnswerError("takes_no_answer")


def _file(question: Question, given: Sequence[str]) -> Result:
    refused = next((text for text in given if text in FILE_FAULTS), "")
    if refused:
        size = settings_of(question).get("max_mb") or FILE_MEGABYTES
        return AnswerError(refused, {"max": size, "types": ", ".join(endings_of(question))})
    files = [_one_file(text) for text in given]
    most = int(settings_of(question).get("max_files") or 1)
    if None in files:
        return AnswerError("unreadable")
    if len(files) > min(most, MAX_FILES):
        return AnswerError("too_many_files", {"max": min(most, MAX_FILES)})
    return files


def _one_file(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    good = isinstance(found, dict) and set(found) == _FILE_KEYS and isinstance(found["id"], int)
    return found if good else None


def _ranking(question: Question, parts: Parts) -> Result:
    """An ordered list, given as such or as a rank per choice; ranks need not be without gaps."""
    codes = codes_of(question.get("choices"))
    listed = list(parts.get("", ()))
    for code in (*listed, *(part for part in parts if part)):
        if code not in codes:
            return _unknown(code)
    if listed:
        ranked = list(dict.fromkeys(listed))
    else:
        ranks = {code: _whole(parts[code][0]) for code in parts}
        if None in ranks.values():
            return AnswerError("not_a_number")
        if len(set(ranks.values())) < len(ranks):
            return AnswerError("same_rank")
        ranked = sorted(ranks, key=lambda code: ranks[code] or 0)
    bounded = settings_of(question).keys() & {"min", "max"}
    if question.get("required") and not bounded and len(ranked) < len(codes):
        return AnswerError("too_few_choices", {"min": len(codes)})
    return _counted(question, ranked)


def _best_worst(question: Question, parts: Parts) -> Result:
    codes = codes_of(question.get("choices"))
    found = {end: parts[end][0] for end in ("best", "worst") if end in parts}
    for code in found.values():
        if code not in codes:
            return _unknown(code)
    if set(parts) - set(found):
        return AnswerError("unreadable")
    if question.get("required") and len(found) < 2:  # best and worst
        return AnswerError("required")
    if len(found) == 2 and found["best"] == found["worst"]:
        return AnswerError("same_twice")
    return found


def _constant_sum(question: Question, parts: Parts) -> Result:
    codes, amounts = codes_of(question.get("choices")), {}
    total = int(settings_of(question).get("total") or 100)
    for code, given in parts.items():
        if code not in codes:
            return _unknown(code)
        amount = _within(_whole(given[0]), 0, total)
        if isinstance(amount, AnswerError):
            return amount
        amounts[code] = amount
    spent = sum(value for value in amounts.values() if isinstance(value, int))
    if spent != total:
        return AnswerError("wrong_sum", {"total": total, "sum": spent})
    return {code: amounts[code] for code in codes if code in amounts}


def _matrix(question: Question, parts: Parts) -> Result:
    many, rows = question["kind"] == "matrix_multiple", codes_of(question.get("rows"))
    known, found = codes_of(question.get("choices")), {}
    for row, given in parts.items():
        if row not in rows:
            return AnswerError("unknown_row", {"row": row[:100]})
        if not many and len(given) > 1:
            return AnswerError("one_only")
        wrong = next((code for code in given if code not in known), None)
        if wrong is not None:
            return _unknown(wrong)
        found[row] = known_in_order(question, given) if many else given[0]
    return _all_rows(question, rows, found)


def _all_rows(question: Question, rows: Sequence[str], found: Mapping[str, Any]) -> Result:
    missing = next((row for row in rows if row not in found), None)
    if missing is not None and question.get("required"):
        return AnswerError("row_missing", {"row": missing})
    return {row: found[row] for row in rows if row in found}


def _side_by_side(question: Question, parts: Parts) -> Result:
    columns = {column["code"]: column for column in settings_of(question).get("columns") or ()}
    rows = codes_of(question.get("rows"))
    found: dict[str, dict[str, Any]] = {}
    for part, given in parts.items():
        row, _dot, code = part.partition(".")
        if row not in rows or code not in columns:
            return AnswerError("unknown_row", {"row": part[:100]})
        value = _cell(columns[code], given)
        if isinstance(value, AnswerError):
            return value
        found.setdefault(row, {})[code] = value
    ordered = {row: {c: cells[c] for c in columns if c in cells} for row, cells in found.items()}
    if question.get("required"):
        short = next((r for r in rows if len(ordered.get(r, {})) < len(columns)), None)
        if short is not None:
            return AnswerError("row_missing", {"row": short})
    return _all_rows({"required": False}, rows, ordered)


def _cell(column: Mapping[str, Any], given: Sequence[str]) -> Result:
    kind = column.get("kind", "single")
    if kind == "text":
        return _short(given[0].strip(), TEXT_LENGTHS["short_text"])
    if kind == "number":
        return _number({"settings": {"decimals": 2}}, given)
    return _single(column, given)


def _contact(question: Question, parts: Parts) -> Result:
    shown, found = contact_fields(question), {}
    for name, given in parts.items():
        if name not in shown:
            return AnswerError("unknown_row", {"row": name[:100]})
        check = {"email": _email, "phone": _phone}.get(name)
        value = check(question, given) if check else _short(given[0].strip(), _LONGEST[name])
        if isinstance(value, AnswerError):
            return value
        found[name] = value
    return {name: found[name] for name in shown if name in found}


_Check: TypeAlias = Callable[[Question, Sequence[str]], Result]
#: Kinds whose form is one field, and those whose form has a field per part.
FIELD_CHECKS: dict[str, _Check] = {
    **dict.fromkeys(SCALES, scale_check),
    **dict.fromkeys(TEXT_LENGTHS, _text),
    "slider": _slider,
    "single": _single,
    "dropdown": _single,
    "multiple": _multiple,
    "image_choice": _image,
    "number": _number,
    "date": _date,
    "time": _time,
    "email": _email,
    "phone": _phone,
    "file": _file,
    "consent": _consent,
    "hidden": _hidden,
    "statement": _statement,
}
PART_CHECKS: dict[str, Callable[[Question, Parts], Result]] = {
    "ranking": _ranking,
    "best_worst": _best_worst,
    "constant_sum": _constant_sum,
    "matrix_single": _matrix,
    "matrix_multiple": _matrix,
    "side_by_side": _side_by_side,
    "contact": _contact,
}
