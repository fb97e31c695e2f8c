"""The columns of exported answers: one per part of an answer, the same in every version.

What each kind of question is made of stands in `docs/survey-json.md`. A column says how its value
is found in a stored answer by a `Path`; `queries/exports.py` turns that into SQL.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Texts = Mapping[str, str]
Question = Mapping[str, Any]
#: Longest name SPSS takes.
MAX_NAME = 64
_BAD = re.compile(r"[^A-Za-z0-9_]+")


class Type(StrEnum):
    """What a column holds."""

    NUMBER = "number"
    TEXT = "text"
    FLAG = "flag"


class Measure(StrEnum):
    """SPSS's level of measurement."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    SCALE = "scale"


class Way(StrEnum):
    """How the value is found: at the path, as a member of the list there, by its place in it."""

    VALUE = "value"
    MEMBER = "member"
    PLACE = "place"
    JSON = "json"


@dataclass(frozen=True)
class Column:
    """One column: `path` leads into the answers, `item` is the choice looked for in a list.

    `label` is the question's wording with the part's; `values` are texts of the codes.
    """

    name: str
    question: str
    kind: str
    path: tuple[str, ...]
    type: Type = Type.TEXT
    way: Way = Way.VALUE
    item: str = ""
    label: Texts = field(default_factory=dict)
    values: Mapping[str, Texts] = field(default_factory=dict)
    measure: Measure = Measure.NOMINAL
    personal: bool = False


_SCALES = {"nps", "csat", "ces", "rating"}
_NUMBERS = {"slider", "number"}
_ONE = {"single", "dropdown"}
_PERSONAL = {"email", "phone", "contact", "file"}
_SILENT = {"statement"}
_CONTACT = ("name", "email", "phone", "company", "address")


def columns_of(documents: Iterable[Mapping[str, Any]]) -> list[Column]:
    """Columns of all versions, oldest version first, in the order in which they first appeared.

    A later version adds its new questions and choices at the end and newer wording over older,
    so a column keeps its name and place for good.
    """
    found: dict[tuple[Any, ...], Column] = {}
    for document in documents:
        for question in _questions(document):
            for column in _columns(question):
                key = (column.question, column.path, column.way, column.item)
                known = found.get(key)
                found[key] = column if known is None else _newer(known, column)
    return _named(found.values())


def _newer(known: Column, column: Column) -> Column:
    values = {**known.values, **column.values}
    label = {**known.label, **column.label}
    return Column(
        name=known.name,
        question=known.question,
        kind=column.kind,
        path=known.path,
        type=known.type if known.type == column.type else Type.TEXT,
        way=known.way,
        item=known.item,
        label=label,
        values=values,
        measure=column.measure,
        personal=known.personal or column.personal,
    )


def _questions(document: Mapping[str, Any]) -> Iterator[Question]:
    for section in document.get("sections", ()):
        for question in section.get("questions", ()):
            if question["kind"] not in _SILENT:
                yield question


def _named(columns: Iterable[Column]) -> list[Column]:
    """Give each column a name of its own that every format takes."""
    taken: set[str] = set()
    named = []
    for column in columns:
        plain = _BAD.sub("_", column.name).strip("_")
        plain = plain if plain[:1].isalpha() else f"q_{plain}"
        name, number = plain[:MAX_NAME], 1
        while name.lower() in taken:
            number += 1
            name = f"{plain[: MAX_NAME - 4]}_{number}"
        taken.add(name.lower())
        named.append(Column(**{**column.__dict__, "name": name}))
    return named


def _columns(question: Question) -> Iterator[Column]:
    kind = question["kind"]
    settings = question.get("settings") or {}
    make = _Maker(question)
    if kind in _SCALES:
        yield make((), Type.NUMBER, measure=Measure.ORDINAL if kind != "nps" else Measure.SCALE)
    elif kind in _NUMBERS:
        yield make((), Type.NUMBER, measure=Measure.SCALE)
    elif kind == "consent":
        yield make((), Type.FLAG)
    elif kind in _ONE or (kind == "image_choice" and not settings.get("multiple")):
        yield make((), values=_words(question.get("choices")))
        yield from make.own_texts()
    elif kind in {"multiple", "image_choice"}:
        for code, texts in _words(question.get("choices")).items():
            yield make((code,), Type.FLAG, Way.MEMBER, item=code, texts=texts)
        yield from make.own_texts()
    else:
        yield from _compound(question, make)


def _compound(question: Question, make: "_Maker") -> Iterator[Column]:
    build = _COMPOUND.get(question["kind"])
    if build is None:
        yield make((), way=Way.JSON if question["kind"] == "file" else Way.VALUE)
    else:
        yield from build(question, make)


def _ranking(question: Question, make: "_Maker") -> Iterator[Column]:
    for code, texts in _words(question.get("choices")).items():
        place = Measure.ORDINAL
        yield make((code,), Type.NUMBER, Way.PLACE, item=code, texts=texts, measure=place)


def _best_worst(question: Question, make: "_Maker") -> Iterator[Column]:
    for end in ("best", "worst"):
        yield make((end,), values=_words(question.get("choices")), inside=True)


def _constant_sum(question: Question, make: "_Maker") -> Iterator[Column]:
    for code, texts in _words(question.get("choices")).items():
        yield make((code,), Type.NUMBER, texts=texts, inside=True, measure=Measure.SCALE)


def _matrix_single(question: Question, make: "_Maker") -> Iterator[Column]:
    choices = _words(question.get("choices"))
    for row, texts in _words(question.get("rows")).items():
        yield make((row,), texts=texts, values=choices, inside=True, measure=Measure.ORDINAL)


def _matrix_multiple(question: Question, make: "_Maker") -> Iterator[Column]:
    choices = _words(question.get("choices"))
    for row, texts in _words(question.get("rows")).items():
        for code, words in choices.items():
            joined = _joined(texts, words)
            yield make((row, code), Type.FLAG, Way.MEMBER, item=code, texts=joined)


def _side_by_side(question: Question, make: "_Maker") -> Iterator[Column]:
    for row, texts in _words(question.get("rows")).items():
        for cell in (question.get("settings") or {}).get("columns") or ():
            words = _joined(texts, cell.get("text") or {})
            named = _words(cell.get("choices"))
            yield make((row, str(cell["code"])), texts=words, values=named, inside=True)


def _contact(question: Question, make: "_Maker") -> Iterator[Column]:
    wanted = (question.get("settings") or {}).get("fields") or _CONTACT[:3]
    for name in (part for part in _CONTACT if part in wanted):
        yield make((name,), texts={"en": name}, inside=True)


_COMPOUND: "dict[str, Callable[[Question, _Maker], Iterator[Column]]]" = {
    "ranking": _ranking,
    "best_worst": _best_worst,
    "constant_sum": _constant_sum,
    "matrix_single": _matrix_single,
    "matrix_multiple": _matrix_multiple,
    "side_by_side": _side_by_side,
    "contact": _contact,
}


class _Maker:
    """Makes the columns of one question."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.code, self.kind = str(question["code"]), str(question["kind"])
        self.text: Texts = question.get("text") or {}

    def __call__(
        self,
        parts: tuple[str, ...],
        type_: Type = Type.TEXT,
        way: Way = Way.VALUE,
        *,
        item: str = "",
        texts: Texts | None = None,
        values: Mapping[str, Texts] | None = None,
        measure: Measure = Measure.NOMINAL,
        inside: bool = False,
    ) -> Column:
        """`inside`: the parts are keys within the answer; else they only name the column."""
        path = (self.code, *parts) if inside else (self.code, *parts[:-1])
        return Column(
            name="_".join((self.code, *parts)),
            question=self.code,
            kind=self.kind,
            path=path if parts else (self.code,),
            type=type_,
            way=way,
            item=item,
            label=_joined(self.text, texts or {}),
            values=values or {},
            measure=measure,
            personal=self.kind in _PERSONAL,
        )

    def own_texts(self) -> Iterator[Column]:
        """Texts written beside a choice ("used.other")."""
        for choice in self.question.get("choices") or ():
            if choice.get("other"):
                code = str(choice["code"])
                yield Column(
                    name=f"{self.code}_{code}_text",
                    question=self.code,
                    kind=self.kind,
                    path=(f"{self.code}.{code}",),
                    label=_joined(self.text, choice.get("text") or {}),
                )


def _words(items: Any) -> dict[str, Texts]:
    return {str(item["code"]): item.get("text") or {} for item in items or ()}


def _joined(before: Texts, after: Texts) -> dict[str, str]:
    """“Question – part” in every language that has either."""
    languages = dict.fromkeys((*before, *after))
    texts = {}
    for language in languages:
        first = before.get(language) or next(iter(before.values()), "")
        second = after.get(language) or next(iter(after.values()), "")
        texts[language] = f"{first} – {second}" if first and second else first or second
    return texts
