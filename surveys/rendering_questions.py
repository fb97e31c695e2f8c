"""One question as its template needs it: its fields, words in a language, what was answered."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.signing import Signer
from django.utils.translation import gettext as _

from cxportal.core.models.fields import text_in
from surveys.calc.answers import SILENT, TEXT_LENGTHS, UNSEEN, AnswerError, Question, scale_of
from surveys.calc.kinds import (
    CONTACT_FIELDS,
    FILE_MEGABYTES,
    PREFILLED,
    contact_fields,
    endings_of,
    span_of,
    takes_many,
)
from surveys.calc.merge_tags import Target, merge
from surveys.scale_words import usual_ends
from surveys.sentences import error_sentence, limits_sentence

#: Name of an answer's form field: q_<code>, or q_<code>.<part>.
FIELD = "q_"
#: What signs the address of a picture, so that only those of surveys can be fetched.
IMAGE_SALT = "survey-image"
#: What signs a file already brought along in a form that is sent again.
FILE_SALT = "survey-answer-file"
_SHAPES = {
    "nps": "scale",
    "csat": "scale",
    "ces": "scale",
    "rating": "scale",
    "image_choice": "choices",
    "single": "choices",
    "multiple": "choices",
    "matrix_single": "matrix",
    "matrix_multiple": "matrix",
    "slider": "field",
    "number": "field",
    "short_text": "field",
    "date": "field",
    "time": "field",
    "email": "field",
    "phone": "field",
}
#: Type of the input, its keyboard on a phone, and what a browser may fill in.
_INPUTS = {
    "short_text": ("text", "", ""),
    "number": ("text", "decimal", ""),
    "slider": ("number", "numeric", ""),
    "date": ("date", "", ""),
    "time": ("time", "", ""),
    "email": ("email", "email", "email"),
    "phone": ("tel", "tel", "tel"),
    "name": ("text", "", "name"),
    "company": ("text", "", "organization"),
    "address": ("text", "", "street-address"),
}
_FACES = 5


@dataclass(frozen=True)
class Shown:
    """In what a question is shown: language, answers and faults, what its tags stand for.

    `fresh`: nothing of this page was answered, so answers may stand there beforehand.
    """

    language: str
    fallback: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, AnswerError] = field(default_factory=dict)
    pipes: Mapping[str, str | None] | None = None
    fresh: bool = False

    def text(self, value: Any) -> str:
        """A text in the language, its tags filled."""
        words = text_in(value, self.language, self.fallback)
        return merge(words, self.pipes, Target.TEXT) if self.pipes and "{{" in words else words


def question_context(question: Question, shown: Shown) -> dict[str, Any]:
    """What `surveys/public/_<shape>.html` needs."""
    code, kind = question["code"], question["kind"]
    shown = _prefilled(question, shown)
    error = shown.errors.get(code)
    pk, help_text = f"f-{code}", shown.text(question.get("help"))
    context = {
        "code": code,
        "name": FIELD + code,
        "id": pk,
        "kind": kind,
        "template": f"surveys/public/_{_SHAPES.get(kind, kind)}.html",
        "text": shown.text(question.get("text")),
        "help": help_text,
        "required": bool(question.get("required")) and kind not in SILENT | UNSEEN,
        "error": error_sentence(error, question, shown.text) if error else "",
        "value": _one(shown.answers.get(code)),
    }
    context["limits"] = limits_sentence(question)
    described = [(n, context[n]) for n in ("help", "limits", "error")]
    context["described"] = " ".join(f"{pk}-{name}" for name, said in described if said)
    build = _BUILDERS.get(kind)
    return {**context, **build(question, shown)} if build else context


def _prefilled(question: Question, shown: Shown) -> Shown:
    """With the answer that stands there beforehand, on a page nobody has begun."""
    default = _settings(question).get("default")
    if not shown.fresh or default is None or question["kind"] not in PREFILLED:
        return shown
    if question["code"] in shown.answers:
        return shown
    return replace(shown, answers={**shown.answers, question["code"]: default})


def _one(answer: Any) -> str:
    return "" if answer is None or isinstance(answer, list | dict) else str(answer)


def _given(question: Question, shown: Shown) -> list[str]:
    answer = shown.answers.get(question["code"])
    return [str(part) for part in answer] if isinstance(answer, list) else [_one(answer)]


def _parts_given(question: Question, shown: Shown) -> Mapping[str, Any]:
    answer = shown.answers.get(question["code"])
    return answer if isinstance(answer, Mapping) else {}


def _settings(question: Question) -> Mapping[str, Any]:
    settings: Mapping[str, Any] = question.get("settings") or {}
    return settings


def _scale(question: Question, shown: Shown) -> dict[str, Any]:
    low, high = scale_of(question) or (0, 0)
    given, count = _given(question, shown), high - low + 1
    look = _settings(question).get("look", "numbers")
    points = [
        {"value": v, "chosen": str(v) in given, "face": _face(v - low, count)}
        for v in range(low, high + 1)
    ]
    ends = _ends(question, shown)
    return {"points": points, "look": look, "first": low, "last": high, **ends}


def _face(place: int, count: int) -> int:
    """Which of the five faces, 1 to 5, stands at a place of the scale."""
    return 1 + round(place * (_FACES - 1) / max(count - 1, 1))


def _ends(question: Question, shown: Shown) -> dict[str, str]:
    """The words at the ends of a scale: the question's own, else the field's usual ones."""
    usual = usual_ends(question["kind"])
    labels = _settings(question).get("labels") or {}
    return {
        "low": shown.text(labels.get("low")) or usual[0],
        "high": shown.text(labels.get("high")) or usual[1],
    }


def _choice(question: Question, choice: Mapping[str, Any], shown: Shown) -> dict[str, Any]:
    code, part = str(choice["code"]), f"{question['code']}.{choice['code']}"
    return {
        "code": code,
        "text": shown.text(choice.get("text")) or code,
        "name": FIELD + part,
        "id": f"f-{part}",
        "image": image_url(choice.get("image")),
        "alt": shown.text(choice.get("alt")),
        "other": bool(choice.get("other")),
        "written": _one(shown.answers.get(part)),
    }


def image_url(image: str | None) -> str:
    """Where respondents fetch a picture of a survey; "" for none."""
    return f"/s/image/{Signer(salt=IMAGE_SALT).sign(image.partition(':')[2])}" if image else ""


def _choices(question: Question, shown: Shown) -> dict[str, Any]:
    given = _given(question, shown)
    choices = [
        {**_choice(question, c, shown), "chosen": c["code"] in given}
        for c in question.get("choices") or ()
    ]
    pictures = any(choice["image"] for choice in choices)
    return {"choices": choices, "many": takes_many(question), "pictures": pictures}


def _ranking(question: Question, shown: Shown) -> dict[str, Any]:
    answer = shown.answers.get(question["code"])
    order = answer if isinstance(answer, list) else []
    ranks = {code: str(place) for place, code in enumerate(order, 1)}
    typed = {**_parts_given(question, shown), **ranks}
    choices = question.get("choices") or ()
    rows = [{**_choice(question, c, shown), "rank": str(typed.get(c["code"], ""))} for c in choices]
    return {"rows": rows, "ranks": [str(n) for n in range(1, len(choices) + 1)]}


def _best_worst(question: Question, shown: Shown) -> dict[str, Any]:
    given = _parts_given(question, shown)
    rows = [
        {
            **_choice(question, c, shown),
            "best": given.get("best") == c["code"],
            "worst": given.get("worst") == c["code"],
        }
        for c in question.get("choices") or ()
    ]
    return {"rows": rows, **_ends(question, shown)}


def _constant_sum(question: Question, shown: Shown) -> dict[str, Any]:
    given = _parts_given(question, shown)
    rows = [
        {**_choice(question, c, shown), "amount": given.get(c["code"], "")}
        for c in question.get("choices") or ()
    ]
    settings = _settings(question)
    total = int(settings.get("total") or 100)
    return {"rows": rows, "total": total, "unit": shown.text(settings.get("unit"))}


def _matrix(question: Question, shown: Shown) -> dict[str, Any]:
    given, choices = _parts_given(question, shown), question.get("choices") or ()
    named = [(c["code"], shown.text(c.get("text")) or c["code"]) for c in choices]
    rows = []
    for row in question.get("rows") or ():
        mine = given.get(row["code"])
        chosen = mine if isinstance(mine, list) else [mine]
        cells = [(code, text, code in chosen) for code, text in named]
        rows.append({**_choice(question, row, shown), "cells": cells})
    columns = [text for _code, text in named]
    many = question["kind"] == "matrix_multiple"
    return {"rows": rows, "columns": columns, "many": many, "count": min(len(columns), 12)}


def _side_by_side(question: Question, shown: Shown) -> dict[str, Any]:
    given, columns = _parts_given(question, shown), _settings(question).get("columns") or ()
    named = [
        {
            "code": c["code"],
            "text": shown.text(c.get("text")) or c["code"],
            "kind": c.get("kind", "single"),
            "choices": [(o["code"], shown.text(o.get("text"))) for o in c.get("choices") or ()],
        }
        for c in columns
    ]
    rows = []
    for row in question.get("rows") or ():
        base, mine = _choice(question, row, shown), given.get(row["code"]) or {}
        cells = [
            {
                **column,
                "name": f"{base['name']}.{column['code']}",
                "id": f"{base['id']}.{column['code']}",
                "value": _one(mine.get(column["code"])),
            }
            for column in named
        ]
        rows.append({**base, "cells": cells})
    return {"rows": rows, "columns": named, "count": min(len(named), 12)}


def _input(question: Question, shown: Shown) -> dict[str, Any]:
    kind, settings = question["kind"], _settings(question)
    shape, keyboard, fill = _INPUTS[kind]
    low, high, step = "", "", ""
    if kind == "slider":
        low, high, step = map(str, span_of(question))
    elif kind == "date":
        # "today" is no day that a browser understands; the answer is checked all the same.
        low, high = (_day(settings.get(name, "")) for name in ("earliest", "latest"))
    limit = int(settings.get("max_length") or TEXT_LENGTHS["short_text"])
    return {
        "type": shape,
        "keyboard": keyboard,
        "fill": fill,
        "min": low,
        "max": high,
        "step": step,
        "max_length": limit if kind == "short_text" else "",
        "unit": shown.text(settings.get("unit")),
        **_ends(question, shown),
    }


def _day(text: str) -> str:
    return "" if text == "today" else text


def _long_text(question: Question, shown: Shown) -> dict[str, Any]:
    settings = _settings(question)
    return {"max_length": settings.get("max_length") or TEXT_LENGTHS["long_text"]}


def _contact(question: Question, shown: Shown) -> dict[str, Any]:
    given = _parts_given(question, shown)
    words = {
        "name": _("Name"),
        "email": _("E-mail"),
        "phone": _("Phone"),
        "company": _("Company"),
        "address": _("Address"),
    }
    assert set(words) == set(CONTACT_FIELDS)
    rows = []
    for part in contact_fields(question):
        shape, keyboard, fill = _INPUTS[part]
        base = _choice(question, {"code": part}, shown)
        more = {"type": shape, "keyboard": keyboard, "fill": fill, "value": given.get(part, "")}
        rows.append({**base, "text": words[part], **more})
    return {"rows": rows}


def _file(question: Question, shown: Shown) -> dict[str, Any]:
    kept = shown.answers.get(question["code"])
    files = [f for f in kept if isinstance(f, Mapping)] if isinstance(kept, list) else []
    settings = _settings(question)
    return {
        "files": [{"name": f["name"], "token": file_token(f)} for f in files],
        "accept": ",".join(f".{end}" for end in endings_of(question)),
        "max_mb": settings.get("max_mb") or FILE_MEGABYTES,
        "several": int(settings.get("max_files") or 1) > 1,
    }


def file_token(stored: Mapping[str, Any]) -> str:
    """Stands for a file already brought in a form that is sent again."""
    return Signer(salt=FILE_SALT).sign_object(dict(stored))


def _consent(question: Question, shown: Shown) -> dict[str, Any]:
    return {"chosen": shown.answers.get(question["code"]) in (True, "yes", "True")}


_BUILDERS: dict[str, Callable[[Question, Shown], dict[str, Any]]] = {
    **dict.fromkeys(("nps", "csat", "ces", "rating"), _scale),
    **dict.fromkeys(("single", "multiple", "dropdown", "image_choice"), _choices),
    **dict.fromkeys(("matrix_single", "matrix_multiple"), _matrix),
    **dict.fromkeys((k for k, shape in _SHAPES.items() if shape == "field"), _input),
    "ranking": _ranking,
    "best_worst": _best_worst,
    "constant_sum": _constant_sum,
    "side_by_side": _side_by_side,
    "long_text": _long_text,
    "contact": _contact,
    "file": _file,
    "consent": _consent,
}


def named_texts(items: Sequence[Mapping[str, Any]], shown: Shown) -> dict[str, str]:
    """Texts of choices or rows by their code."""
    return {str(i["code"]): shown.text(i.get("text")) or str(i["code"]) for i in items}
