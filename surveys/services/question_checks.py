"""What the settings, rows, choices and rules of a question must fulfil before they are stored."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from surveys.calc.answers import AnswerError, raw_of, validate
from surveys.calc.kinds import (
    CHOICE_KINDS,
    CONTACT_FIELDS,
    FILE_TYPES,
    LOOKS,
    MAX_FILES,
    MAX_MEGABYTES,
    ORIGINS,
    PREFILLED,
    SLIDER,
    SPECS,
)
from surveys.calc.logic import condition_fault
from surveys.models import Question
from surveys.services.drafts import MAX_CHOICES, TEXT_LIMITS, checked_texts, invalid

RATING_MAX = 10
MAX_ROWS, MAX_COLUMNS, MAX_RULES, MAX_COLUMN_CHOICES = 60, 10, 20, 200
CHOICE_MARKS = ("other", "exclusive", "fixed")
ORDERS = ("random", "reversed_half")
WHICH = ("chosen", "not_chosen", "offered")
COLUMN_KINDS = ("single", "text", "number")
LABEL_ENDS = frozenset({"low", "high"})
_PART_CODE = re.compile(r"[A-Za-z0-9_-]{1,40}")
_QUESTION_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_TARGET = re.compile(r"(question|section):[A-Za-z0-9_-]{1,40}|end|disqualify")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_IMAGE = re.compile(r"file:\d{1,18}")
_LONGEST_DEFAULT = 2000
_NAMES = frozenset(name for spec in SPECS.values() for name in spec.settings)


def _misfit() -> Exception:
    return invalid(_("These settings do not fit the question."), "settings")


def checked_settings(kind: str, settings: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The settings a kind of question has; those of other kinds are dropped.

    Raises DomainError "invalid" for unknown names, wrong types and limits out of range.
    """
    if not isinstance(settings, Mapping) or set(settings) - _NAMES:
        raise _misfit()
    known = SPECS[kind].settings
    kept = {
        name: _CHECKS[name](value, language)
        for name, value in settings.items()
        if name in known and not _blank(value)
    }
    kept = {name: value for name, value in kept.items() if not _blank(value)}
    _refuse_limits(kind, kept)
    if kept.get("default") is not None:
        kept["default"] = _fitting_default(kind, kept)
    return kept


def _blank(value: Any) -> bool:
    return value is None or value is False or value in ("", {}, [])


def _number(value: Any, _language: str) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 10**15:
        raise _misfit()
    return value


def _whole(value: Any, _language: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _misfit()
    return value


def _flag(value: Any, _language: str) -> bool:
    if value is not True:
        raise _misfit()
    return True


def _one_of(*words: str) -> Callable[[Any, str], str]:
    def check(value: Any, _language: str) -> str:
        if value not in words:
            raise _misfit()
        return str(value)

    return check


def _some_of(*words: str) -> Callable[[Any, str], list[str]]:
    def check(value: Any, _language: str) -> list[str]:
        if not isinstance(value, list) or not all(part in words for part in value):
            raise _misfit()
        return [word for word in words if word in value]

    return check


def _labels(value: Any, language: str) -> dict[str, dict[str, str]]:
    if not isinstance(value, Mapping) or set(value) - LABEL_ENDS:
        raise invalid(_("The ends of a scale are called low and high."), "settings")
    texts = {end: checked_texts(text, language, "settings") for end, text in value.items()}
    return {end: text for end, text in texts.items() if text}


def _texts(value: Any, language: str) -> dict[str, str]:
    return checked_texts(value, language, "settings")


def _words(value: Any, _language: str) -> str:
    if not isinstance(value, str) or len(value) > 500:
        raise _misfit()
    return value


def _default(value: Any, _language: str) -> Any:
    """A word, a number or several codes; whether it fits the kind is asked afterwards."""
    parts = value if isinstance(value, list) else [value]
    good = all(isinstance(part, str | int | float) for part in parts) and len(parts) <= MAX_CHOICES
    if not good or any(isinstance(p, bool) or len(str(p)) > _LONGEST_DEFAULT for p in parts):
        raise _misfit()
    return value


def _fitting_default(kind: str, kept: Mapping[str, Any]) -> Any:
    """The answer that stands there beforehand, in the shape in which it would be stored."""
    value = kept["default"]
    if kind in CHOICE_KINDS:
        codes = value if isinstance(value, list) else [value]
        if not all(isinstance(code, str) and _PART_CODE.fullmatch(code) for code in codes):
            raise _misfit()
        return list(dict.fromkeys(codes)) if kind == Question.Kind.MULTIPLE else codes[0]
    if kind not in PREFILLED:
        return _words(value, "")
    question = {"code": "", "kind": kind, "settings": kept}
    found = validate(question, raw_of(value, kind) or [])
    if found is None or isinstance(found, AnswerError):
        message = _("The answer that stands there beforehand does not fit the question.")
        raise invalid(message, "settings")
    return found


def _day(value: Any, _language: str) -> str:
    if not isinstance(value, str) or not (_DAY.fullmatch(value) or value == "today"):
        raise invalid(_("Give a day like 2026-11-24, or today."), "settings")
    return value


def _carry(value: Any, _language: str) -> dict[str, str]:
    good = isinstance(value, Mapping) and set(value) <= {"question", "which", "most"}
    which = value.get("which", "chosen") if good else ""
    if not good or which not in WHICH or not _QUESTION_CODE.fullmatch(str(value.get("question"))):
        raise invalid(_("Name the question whose choices are carried on."), "settings")
    return {"question": str(value["question"]), "which": which}


def _columns(value: Any, language: str) -> list[dict[str, Any]]:
    columns = checked_parts(value, language, "settings", MAX_COLUMNS)
    for column, given in zip(columns, value, strict=True):
        kind = given.get("kind", "single")
        if kind not in COLUMN_KINDS:
            raise _misfit()
        column["kind"] = kind
        if kind == "single":
            choices = given.get("choices") or []
            column["choices"] = checked_parts(choices, language, "settings", MAX_COLUMN_CHOICES)
    return columns


_CHECKS: dict[str, Callable[[Any, str], Any]] = {
    "min": _number,
    "max": _number,
    "step": _whole,
    "max_length": _whole,
    "total": _whole,
    "decimals": _whole,
    "max_files": _whole,
    "max_mb": _whole,
    "labels": _labels,
    "unit": _texts,
    "look": _one_of(*LOOKS),
    "order": _one_of(*ORDERS),
    "origin": _one_of(*ORIGINS),
    "fields": _some_of(*CONTACT_FIELDS),
    "types": _some_of(*FILE_TYPES),
    "multiple": _flag,
    "scored": _flag,
    "name": _words,
    "default": _default,
    "earliest": _day,
    "latest": _day,
    "choices_from": _carry,
    "rows_from": _carry,
    "columns": _columns,
}


def _refuse_limits(kind: str, kept: dict[str, Any]) -> None:
    if kind not in ("number",) and any(isinstance(kept.get(n), float) for n in ("min", "max")):
        raise _misfit()
    if kind == Question.Kind.RATING:
        kept.setdefault("min", 1)
        kept.setdefault("max", 5)
        if kept["min"] not in (0, 1) or not kept["min"] + 1 < kept["max"] <= RATING_MAX:
            raise invalid(_("A rating runs from 0 or 1 to at most 10."), "settings")
    elif "choices" in _bounds_of(kind):
        least, most = kept.get("min", 0), kept.get("max", MAX_CHOICES)
        if not 0 <= least <= most or not 1 <= most <= MAX_CHOICES:
            raise invalid(_("Ask for at least as few choices as for at most."), "settings")
    elif kind == Question.Kind.SLIDER:
        low, high = kept.get("min", SLIDER[0]), kept.get("max", SLIDER[1])
        if low >= high or not 1 <= kept.get("step", 1) <= high - low:
            raise invalid(_("The least value lies below the greatest."), "settings")
    elif kept.get("min") is not None and kept.get("max") is not None and kept["min"] > kept["max"]:
        raise invalid(_("The least value lies below the greatest."), "settings")
    _refuse_sizes(kind, kept)


def _bounds_of(kind: str) -> str:
    return "choices" if kind in ("multiple", "image_choice", "ranking") else ""


def _refuse_sizes(kind: str, kept: Mapping[str, Any]) -> None:
    limit = TEXT_LIMITS.get(Question.Kind(kind))
    if limit and not 1 <= kept.get("max_length", 1) <= limit:
        raise invalid(_("An answer may have 1 to %(max)s characters.") % {"max": limit}, "settings")
    good = (
        0 <= kept.get("decimals", 0) <= 6  # digits kept of a fraction
        and 1 <= kept.get("total", 100) <= 1_000_000
        and 1 <= kept.get("max_files", 1) <= MAX_FILES
        and 1 <= kept.get("max_mb", 1) <= MAX_MEGABYTES
    )
    if not good:
        raise _misfit()


def checked_parts(
    parts: Any, language: str, name: str = "rows", most: int = MAX_ROWS
) -> list[dict[str, Any]]:
    """Rows or columns as [{"code", "text"}], each with a code of its own.

    One without a code gets r1, r2 … Raises DomainError "invalid" beside `name`.
    """
    wanted = list(parts or ())
    if len(wanted) > most:
        raise invalid(_("At most %(most)s rows.") % {"most": most}, name)
    if not all(isinstance(part, Mapping) for part in wanted):
        raise invalid(_("Give each row a text per language."), name)
    used = {str(part.get("code")) for part in wanted if part.get("code")}
    rows, number = [], 1
    for part in wanted:
        code = part.get("code")
        while not code:
            code = None if f"r{number}" in used else f"r{number}"
            number += 1
        rows.append({"code": code, "text": checked_texts(part.get("text"), language, name)})
        if part.get("show_if"):
            rows[-1]["show_if"] = checked_condition(part["show_if"], name)
    codes = [row["code"] for row in rows]
    good = all(isinstance(code, str) and _PART_CODE.fullmatch(code) for code in codes)
    if not good or len(set(codes)) < len(codes):
        raise invalid(_("Each row needs a code of its own."), name)
    return rows


def checked_choice_settings(spec: Mapping[str, Any], language: str) -> dict[str, Any]:
    """What a choice sets besides its text, taken from a flat {"code", "text", …}."""
    kept: dict[str, Any] = {name: True for name in CHOICE_MARKS if spec.get(name)}
    score = spec.get("score")
    if score not in (None, "", 0):
        if isinstance(score, bool) or not isinstance(score, int | float) or abs(score) > 10**6:
            raise invalid(_("The points of a choice are a number."), "choices")
        kept["score"] = score
    if spec.get("image"):
        if not _IMAGE.fullmatch(str(spec["image"])):
            raise invalid(_("Name the picture of a choice by the file you brought."), "choices")
        kept["image"] = str(spec["image"])
        alt = checked_texts(spec.get("alt"), language, "choices")
        if alt:
            kept["alt"] = alt
    if spec.get("show_if"):
        kept["show_if"] = checked_condition(spec["show_if"], "choices")
    return kept


def checked_condition(condition: Any, name: str = "logic") -> dict[str, Any]:
    """A condition whose shape can be kept. Raises DomainError "invalid" beside `name`."""
    fault = condition_fault(condition)
    if fault:
        sentences = {
            "not_a_condition": _("A rule is “all” or “any” of comparisons."),
            "too_deep": _("These rules are nested too deep."),
            "unknown_source": _("A rule looks at something there is not."),
            "unknown_operator": _("A rule compares in a way there is not."),
            "bad_value": _("A rule compares with a value that does not fit."),
        }
        raise invalid(sentences[fault], name)
    return dict(condition or {})


def checked_rules(rules: Any) -> list[dict[str, Any]]:
    """Skip rules as [{"if"?, "to"}]. Raises DomainError "invalid"."""
    wanted = list(rules or ()) if isinstance(rules, list | tuple) or not rules else None
    if wanted is None or len(wanted) > MAX_RULES:
        raise invalid(_("Give at most 20 rules as a list."), "logic")
    checked = []
    for rule in wanted:
        if not isinstance(rule, Mapping) or not _TARGET.fullmatch(str(rule.get("to"))):
            raise invalid(_("A rule leads to a question, a page, the end or out."), "logic")
        condition = checked_condition(rule.get("if"))
        checked.append({**({"if": condition} if condition else {}), "to": str(rule["to"])})
    return checked


def checked_logic(logic: Any, *, loops: bool = False) -> dict[str, Any]:
    """The rules of a question, or with `loops` of a page. Raises DomainError "invalid"."""
    allowed = {"show_if", "skip", "random"} | ({"loop"} if loops else set())
    if logic in (None, {}):
        return {}
    if not isinstance(logic, Mapping) or set(logic) - allowed:
        raise invalid(_("These rules cannot be read."), "logic")
    kept = {
        "show_if": checked_condition(logic.get("show_if")),
        "skip": checked_rules(logic.get("skip")),
        "random": str(logic.get("random") or "")[:40],
        "loop": _loop(logic.get("loop")),
    }
    return {name: value for name, value in kept.items() if value}


def _loop(loop: Any) -> dict[str, Any]:
    if not loop:
        return {}
    most = loop.get("most") if isinstance(loop, Mapping) else None
    kept: dict[str, Any] = _carry(loop, "")
    if most is not None:
        if isinstance(most, bool) or not isinstance(most, int) or not 1 <= most <= 20:
            raise invalid(_("A loop runs at most 20 times."), "logic")
        kept["most"] = most
    return kept


def checked_rows(kind: str, rows: Iterable[Any] | None, language: str) -> list[dict[str, Any]]:
    """The rows a kind has; [] for kinds without rows."""
    return checked_parts(rows, language) if SPECS[kind].rows else []
