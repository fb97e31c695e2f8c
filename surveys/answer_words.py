"""A stored answer as a person reads it."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from surveys.calc.answers import Question

Text = Callable[[Any], str]


def answer_in_words(
    question: Question, answer: Any, text: Text, beside: Mapping[str, str] | None = None
) -> str:
    """The texts of choices and rows, numbers and texts as they are; "" for no answer.

    `text` picks the language of a text; `beside` are the texts written beside choices.
    """
    if answer is None:
        return ""
    named = _Names(question, text, beside or {})
    build = _BUILDERS.get(question["kind"])
    return build(named, answer) if build else named.list(answer)


class _Names:
    """The words of a question's choices, rows and columns by code."""

    def __init__(self, question: Question, text: Text, beside: Mapping[str, str]) -> None:
        self.text, self.beside, self.question = text, beside, question
        self.choices = self.of(question.get("choices"))
        self.rows = self.of(question.get("rows"))

    def of(self, items: Any) -> dict[str, str]:
        return {str(i["code"]): self.text(i.get("text")) or str(i["code"]) for i in items or ()}

    def choice(self, code: Any) -> str:
        words = self.choices.get(str(code), str(code))
        said = self.beside.get(str(code))
        return f"{words}: {said}" if said else words

    def list(self, answer: Any) -> str:
        given = answer if isinstance(answer, list) else [answer]
        return ", ".join(self.choice(part) for part in given)


def _ranked(named: _Names, answer: Any) -> str:
    given = answer if isinstance(answer, list) else []
    return ", ".join(f"{place}. {named.choice(code)}" for place, code in enumerate(given, 1))


def _by_row(named: _Names, answer: Any) -> str:
    rows = named.rows or named.choices
    return "; ".join(f"{rows.get(r, r)}: {named.list(v)}" for r, v in _pairs(answer))


def _sides(named: _Names, answer: Any) -> str:
    columns = (named.question.get("settings") or {}).get("columns") or ()
    names = named.of(columns)
    words = {c["code"]: named.of(c.get("choices")) for c in columns}
    lines = []
    for row, cells in _pairs(answer):
        said = [f"{names.get(c, c)} {words.get(c, {}).get(v, v)}" for c, v in _pairs(cells)]
        lines.append(f"{named.rows.get(row, row)}: {', '.join(said)}")
    return "; ".join(lines)


def _ends(named: _Names, answer: Any) -> str:
    words = {"best": _("Best"), "worst": _("Worst")}
    return "; ".join(f"{words.get(e, e)}: {named.choice(c)}" for e, c in _pairs(answer))


def _contact(named: _Names, answer: Any) -> str:
    return ", ".join(str(value) for _name, value in _pairs(answer))


def _files(named: _Names, answer: Any) -> str:
    given = answer if isinstance(answer, list) else []
    return ", ".join(str(file.get("name")) for file in given if isinstance(file, Mapping))


def _agreed(named: _Names, answer: Any) -> str:
    return _("Agreed") if answer else ""


def _pairs(answer: Any) -> list[tuple[str, Any]]:
    return list(answer.items()) if isinstance(answer, Mapping) else []


_BUILDERS: dict[str, Callable[[_Names, Any], str]] = {
    "ranking": _ranked,
    "matrix_single": _by_row,
    "matrix_multiple": _by_row,
    "constant_sum": _by_row,
    "side_by_side": _sides,
    "best_worst": _ends,
    "contact": _contact,
    "file": _files,
    "consent": _agreed,
}
