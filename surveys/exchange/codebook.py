"""The codebook of a survey: every column of its answers with wording, type and codes."""

from collections.abc import Iterator, Mapping
from typing import Any

Document = Mapping[str, Any]
#: What a column of answers holds, by kind of question; others hold texts.
_TYPES = {
    "nps": "integer", "csat": "integer", "ces": "integer", "rating": "integer",
    "slider": "integer", "number": "number", "single": "code", "dropdown": "code",
    "multiple": "codes", "image_choice": "code", "ranking": "codes in order",
    "best_worst": "code", "constant_sum": "integer", "matrix_single": "code",
    "matrix_multiple": "codes", "date": "date", "time": "time", "file": "files",
    "consent": "true or false",
}  # fmt: skip
_CELLS = {"single": "code", "text": "text", "number": "number"}
SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7), "rating": (1, 5)}


def codebook(document: Document) -> list[dict[str, Any]]:
    """One entry per part of an answer, in the survey's order.

    {"code", "part", "kind", "type", "page", "required", "text": {language: wording},
    "part_text": {…}, "low", "high", "values": [{"code", "text": {…}}]}; statements are left out.
    """
    entries: list[dict[str, Any]] = []
    for number, section in enumerate(document["sections"], 1):
        for question in section["questions"]:
            if question["kind"] != "statement":
                entries += [{"page": number, **entry} for entry in _entries(question)]
    return entries


def _entries(question: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    kind, settings = question["kind"], question.get("settings") or {}
    values = _values(question)
    if kind == "side_by_side":
        for row in question.get("rows") or ():
            for column in settings.get("columns") or ():
                part = f"{row['code']}.{column['code']}"
                words = _pair(row["text"], column["text"])
                type_ = _CELLS.get(column.get("kind", "single"), "text")
                yield _entry(question, type_, part, words, _listed(column.get("choices")))
        return
    if kind in ("matrix_single", "matrix_multiple"):
        for row in question.get("rows") or ():
            yield _entry(question, _TYPES[kind], row["code"], row["text"], values)
        return
    if kind == "constant_sum":
        for choice in question.get("choices") or ():
            yield _entry(question, _TYPES[kind], choice["code"], choice["text"], [])
        return
    if kind in ("best_worst", "contact"):
        parts = ("best", "worst") if kind == "best_worst" else settings.get("fields") or ()
        for part in parts or ("name", "email", "phone"):
            yield _entry(question, _TYPES.get(kind, "text"), part, {}, values)
        return
    yield _entry(question, _TYPES.get(kind, "text"), "", {}, values)
    for choice in question.get("choices") or ():
        if choice.get("other"):
            yield _entry(question, "text", choice["code"], choice["text"], [])


def _entry(
    question: Mapping[str, Any],
    type_: str,
    part: str,
    part_text: Mapping[str, str],
    values: list[dict[str, Any]],
) -> dict[str, Any]:
    settings = question.get("settings") or {}
    low, high = SCALES.get(question["kind"], (None, None))
    return {
        "code": question["code"],
        "part": part,
        "kind": question["kind"],
        "type": type_,
        "required": bool(question.get("required")),
        "text": question["text"],
        "part_text": part_text,
        "low": settings.get("min", low) if type_ in ("integer", "number") else None,
        "high": settings.get("max", high) if type_ in ("integer", "number") else None,
        "values": values,
    }


def _values(question: Mapping[str, Any]) -> list[dict[str, Any]]:
    return _listed(question.get("choices"))


def _listed(choices: Any) -> list[dict[str, Any]]:
    return [{"code": choice["code"], "text": choice["text"]} for choice in choices or ()]


def _pair(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str]:
    return {code: f"{text} – {other.get(code, '')}".rstrip(" –") for code, text in one.items()}


def codebook_columns(document: Document) -> list[str]:
    """Head of the codebook as a table: one line per value, or per part that has none."""
    languages = [f"text_{code}" for code in document["languages"]]
    parts = [f"part_text_{code}" for code in document["languages"]]
    values = [f"value_text_{code}" for code in document["languages"]]
    return ["code", "part", "kind", "type", "page", "required", "low", "high",
            *languages, *parts, "value", *values]  # fmt: skip


def codebook_rows(document: Document) -> Iterator[list[Any]]:
    """The codebook as rows of `codebook_columns`."""
    languages = list(document["languages"])
    for entry in codebook(document):
        head = [
            entry["code"],
            entry["part"],
            entry["kind"],
            entry["type"],
            entry["page"],
            "yes" if entry["required"] else "no",
            entry["low"],
            entry["high"],
            *(entry["text"].get(code, "") for code in languages),
            *(entry["part_text"].get(code, "") for code in languages),
        ]
        for value in entry["values"] or [{"code": "", "text": {}}]:
            yield [*head, value["code"], *(value["text"].get(code, "") for code in languages)]
