"""A page of questions taken out of one survey to be put into another: names made to fit.

What looks at a question of the block goes on looking at it under its new name. What looks at a
question outside would mean something else there, or nothing: it is left out and named.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from surveys.calc.logic import comparisons
from surveys.calc.merge_tags import tags_replaced

Part = Mapping[str, Any]
_OF_QUESTIONS = ("answer", "hidden")


@dataclass
class Fitted:
    """The section with its new names, and what was left out: [(code, "rule"|"tag"|"carried")]."""

    section: dict[str, Any]
    left_out: list[tuple[str, str]] = field(default_factory=list)


def free_name(wanted: str, taken: Iterable[str]) -> str:
    """The wanted code, else it with the next free number ("nps_2"); at most 40 characters."""
    used = set(taken)
    if wanted not in used:
        return wanted
    stem, _line, number = wanted.rpartition("_")
    stem, count = (stem, int(number)) if stem and number.isdigit() else (wanted, 1)
    while (name := f"{stem[:32]}_{(count := count + 1)}") in used:
        pass
    return name


def fitted(section: Part, taken: Iterable[str], taken_sections: Iterable[str]) -> Fitted:
    """A block with codes that are free in the survey it is put into.

    `taken` are the codes of questions in use there, `taken_sections` those of pages.
    """
    used, codes = set(taken), {}
    for question in section.get("questions") or ():
        codes[question["code"]] = free_name(question["code"], used)
        used.add(codes[question["code"]])
    own = str(section.get("code") or "")
    pages = {own: free_name(own, taken_sections)} if own else {}
    result = Fitted({})
    questions = [
        _question(question, codes, pages, result) for question in section.get("questions") or ()
    ]
    result.section = {
        "title": _tagged(section.get("title") or {}, codes, own, result),
        "code": pages.get(own, ""),
        "logic": _logic(section.get("logic") or {}, codes, pages, own, result),
        "questions": questions,
    }
    return result


def _question(
    question: Part, codes: Mapping[str, str], pages: Mapping[str, str], result: Fitted
) -> dict[str, Any]:
    code = question["code"]
    logic = _logic(question.get("logic") or {}, codes, pages, code, result)
    rest = {n: v for n, v in question.items() if n not in ("logic", "choices", "rows", "settings")}
    settings = dict(question.get("settings") or {})
    for name in ("choices_from", "rows_from"):
        carried = settings.pop(name, None)
        if carried and carried.get("question") in codes:
            settings[name] = {**carried, "question": codes[carried["question"]]}
        elif carried:
            result.left_out.append((code, "carried"))
    parts = {
        name: [_offered(part, codes, code, result) for part in question.get(name) or ()]
        for name in ("choices", "rows")
    }
    whole = {**rest, "settings": settings}
    return {**_tagged(whole, codes, code, result), **parts, "logic": logic, "code": codes[code]}


def _offered(part: Part, codes: Mapping[str, str], code: str, result: Fitted) -> dict[str, Any]:
    shown = _condition(part.get("show_if"), codes, code, result)
    words = _tagged({n: v for n, v in part.items() if n != "show_if"}, codes, code, result)
    return {**words, **({"show_if": shown} if shown else {})}


def _logic(
    logic: Part, codes: Mapping[str, str], pages: Mapping[str, str], code: str, result: Fitted
) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    shown = _condition(logic.get("show_if"), codes, code, result)
    if shown:
        kept["show_if"] = shown
    skip = [r for rule in logic.get("skip") or () if (r := _rule(rule, codes, pages, code, result))]
    if skip:
        kept["skip"] = skip
    if logic.get("random"):
        kept["random"] = logic["random"]
    loop = logic.get("loop")
    if loop and loop.get("question") in codes:
        kept["loop"] = {**loop, "question": codes[loop["question"]]}
    elif loop:
        result.left_out.append((code, "rule"))
    return kept


def _rule(
    rule: Part, codes: Mapping[str, str], pages: Mapping[str, str], code: str, result: Fitted
) -> dict[str, Any] | None:
    kind, _colon, name = str(rule.get("to")).partition(":")
    known = {"question": codes, "section": pages}.get(kind)
    met = _condition(rule.get("if"), codes, code, Fitted({}))
    if (known is not None and name not in known) or (rule.get("if") and not met):
        result.left_out.append((code, "rule"))
        return None
    to = f"{kind}:{known[name]}" if known is not None else kind
    return {**({"if": met} if met else {}), "to": to}


def _condition(
    condition: Part | None, codes: Mapping[str, str], code: str, result: Fitted
) -> dict[str, Any]:
    """The condition with new names; {} where it looks at a question outside."""
    if not condition:
        return {}
    if any(asked not in codes for asked in map(_asked, comparisons(condition)) if asked):
        result.left_out.append((code, "rule"))
        return {}
    return _renamed(condition, codes)


def _asked(test: Part) -> str:
    """The code of the question a comparison looks at, "" where at none."""
    head, _dot, rest = str(test.get("source", "")).partition(".")
    return rest.partition(".")[0].partition("@")[0] if head in _OF_QUESTIONS else ""


def _renamed(condition: Part, codes: Mapping[str, str]) -> dict[str, Any]:
    kept = dict(condition)
    for word in ("all", "any"):
        if word in kept:
            kept[word] = [_renamed(part, codes) for part in kept[word]]
    if "not" in kept:
        kept["not"] = _renamed(kept["not"], codes)
    asked = _asked(kept)
    if asked:
        head, _dot, rest = kept["source"].partition(".")
        kept["source"] = f"{head}.{codes[asked]}{rest[len(asked) :]}"
    return kept


def _tagged(value: Any, codes: Mapping[str, str], code: str, result: Fitted) -> Any:
    """Every text below with its tags renamed; one of a question outside becomes its fallback."""
    if isinstance(value, Mapping):
        return {name: _tagged(part, codes, code, result) for name, part in value.items()}
    if isinstance(value, list):
        return [_tagged(part, codes, code, result) for part in value]
    if not isinstance(value, str) or "{{" not in value:
        return value

    def change(name: str, fallback: str | None) -> str | None:
        head, _dot, rest = name.partition(".")
        asked = rest.partition(".")[0]
        if head not in _OF_QUESTIONS:
            return None
        if asked not in codes:
            result.left_out.append((code, "tag"))
            return fallback or "…"
        words = "" if fallback is None else f"|{fallback}"
        return f"{{{{{head}.{codes[asked]}{rest[len(asked) :]}{words}}}}}"

    return tags_replaced(value, change)


def codes_in(section: Part) -> Iterator[str]:
    """The codes of a block's questions, in order."""
    yield from (question["code"] for question in section.get("questions") or ())
