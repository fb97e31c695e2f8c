"""The kinds of questions: what each is made of, without knowing who asks.

`docs/survey-json.md` says for each kind which settings it has and what its answers look like.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Question: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class KindSpec:
    """What questions of a kind consist of.

    `settings` are the names they may set. `choices`: they offer choices; `rows`: they ask the
    same for several rows. `parts`: their form has several fields, `q_<code>.<part>`.
    """

    settings: frozenset[str] = frozenset()
    choices: bool = False
    rows: bool = False
    parts: bool = False


def _of(*settings: str, **has: bool) -> KindSpec:
    return KindSpec(frozenset(settings), **has)


_ORDER = ("order", "choices_from")
# `default` is an answer already there: for no scale that measures, and for no consent.
SPECS: dict[str, KindSpec] = {
    "nps": _of("labels"),
    "csat": _of("labels", "look", "scored"),
    "ces": _of("labels", "scored"),
    "rating": _of("min", "max", "labels", "look", "scored"),
    "slider": _of("min", "max", "step", "labels", "scored", "default"),
    "single": _of(*_ORDER, "default", choices=True),
    "multiple": _of("min", "max", *_ORDER, "default", choices=True),
    "dropdown": _of(*_ORDER, "default", choices=True),
    "image_choice": _of("multiple", "min", "max", *_ORDER, choices=True),
    "ranking": _of("min", "max", *_ORDER, choices=True, parts=True),
    "best_worst": _of("labels", *_ORDER, choices=True, parts=True),
    "constant_sum": _of("total", "unit", *_ORDER, choices=True, parts=True),
    "matrix_single": _of("order", "rows_from", choices=True, rows=True, parts=True),
    "matrix_multiple": _of("order", "rows_from", choices=True, rows=True, parts=True),
    "side_by_side": _of("columns", "order", "rows_from", rows=True, parts=True),
    "short_text": _of("max_length", "default"),
    "long_text": _of("max_length", "default"),
    "number": _of("min", "max", "decimals", "unit", "default"),
    "date": _of("earliest", "latest", "default"),
    "time": _of("default"),
    "email": _of("default"),
    "phone": _of("default"),
    "contact": _of("fields", parts=True),
    "file": _of("max_files", "max_mb", "types"),
    "consent": _of(),
    "statement": _of(),
    "hidden": _of("origin", "name", "default"),
}
#: Every kind of question that can be answered or shown.
KINDS = tuple(SPECS)

#: Scales of the kinds that feed a metric, unless the question's settings say else.
SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7), "rating": (1, 5)}
#: Longest texts in characters, unless the question's settings say else.
TEXT_LENGTHS = {"short_text": 255, "long_text": 2000}
#: Kinds whose question may come with an answer already there, which whoever answers may change.
PREFILLED = frozenset(k for k, s in SPECS.items() if "default" in s.settings) - {"hidden"}
#: Kinds that show something and take no answer.
SILENT = frozenset({"statement"})
#: Kinds that respondents neither see nor fill in.
UNSEEN = frozenset({"hidden"})
#: Kinds with choices, and those answered with one code or a list of codes.
CHOICE_KINDS = frozenset(kind for kind, spec in SPECS.items() if spec.choices)
ONE_CODE = frozenset({"single", "dropdown"})
ROW_KINDS = frozenset(kind for kind, spec in SPECS.items() if spec.rows)
#: Kinds whose answers are open texts, names or addresses of a person.
PERSONAL = frozenset({"email", "phone", "contact", "file"})
#: Kinds that other questions can carry choices or rows forward from, or loop over.
SOURCES = frozenset({"single", "dropdown", "multiple", "image_choice", "ranking"})

#: How a scale may look.
LOOKS = ("numbers", "stars", "smileys")
#: Fields a contact form may ask for, in the order they are shown.
CONTACT_FIELDS = ("name", "email", "phone", "company", "address")
CONTACT_USUAL = ("name", "email", "phone")
#: Kinds of files by the word of the setting `types`: endings, and what the first bytes say.
FILE_TYPES = {
    "image": ("jpg", "jpeg", "png", "gif", "webp", "heic"),
    "pdf": ("pdf",),
    "document": ("docx", "xlsx", "pptx", "hwp", "hwpx", "txt", "csv"),
    "media": ("mp3", "m4a", "mp4", "mov", "webm"),
}
MAX_FILES, MAX_MEGABYTES = 5, 20
#: Largest file in megabytes, unless the question's settings say else.
FILE_MEGABYTES = 10
#: Where a hidden value comes from.
ORIGINS = ("link", "customer", "event", "fixed")
#: Of an image choice and a file there may be several where the settings say so.
SLIDER = (0, 100)


def takes_many(question: Question) -> bool:
    """True for a question answered with a list of codes in one field."""
    settings = question.get("settings") or {}
    kind = question["kind"]
    return kind == "multiple" or (kind == "image_choice" and bool(settings.get("multiple")))


def takes_one(question: Question) -> bool:
    """True for a question answered with one choice code."""
    return question["kind"] in ONE_CODE or (
        question["kind"] == "image_choice" and not takes_many(question)
    )


def scale_of(question: Question) -> tuple[int, int] | None:
    """Least and greatest answer of a question that feeds a metric, None for any other."""
    standard = SCALES.get(question["kind"])
    if standard is None:
        return None
    settings = question.get("settings") or {}
    if question["kind"] == "nps":
        return standard
    return int(settings.get("min", standard[0])), int(settings.get("max", standard[1]))


def span_of(question: Question) -> tuple[int, int, int]:
    """Least, greatest and step of a slider."""
    settings = question.get("settings") or {}
    low, high = settings.get("min", SLIDER[0]), settings.get("max", SLIDER[1])
    return int(low), int(high), int(settings.get("step") or 1)


def contact_fields(question: Question) -> tuple[str, ...]:
    """The fields of a contact form, in the order they are shown."""
    wanted = (question.get("settings") or {}).get("fields") or CONTACT_USUAL
    return tuple(name for name in CONTACT_FIELDS if name in wanted)


def endings_of(question: Question) -> tuple[str, ...]:
    """Endings of files that a question takes, without the dot."""
    wanted = (question.get("settings") or {}).get("types") or ("image", "pdf")
    return tuple(end for name in FILE_TYPES if name in wanted for end in FILE_TYPES[name])
