"""A survey as an XLSForm: what XLSForm can say is there, the rest is named in a notes column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Document = Mapping[str, Any]
_LANGUAGES = {"en": "English", "ko": "한국어", "ja": "日本語", "zh": "中文"}
_PLAIN = {
    "short_text": "text", "long_text": "text", "number": "decimal", "date": "date",
    "time": "time", "email": "text", "phone": "text", "consent": "acknowledge",
    "statement": "note", "hidden": "hidden",
}  # fmt: skip
_SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7), "rating": (1, 5), "slider": (0, 100)}
_SIGNS = {"is": "=", "is_not": "!=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


class _Form:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.languages = list(document["languages"])
        self.survey: list[dict[str, str]] = []
        self.choices: list[dict[str, str]] = []
        self.lists: set[str] = set()
        self.kinds = {q["code"]: q["kind"] for s in document["sections"] for q in s["questions"]}

    def texts(self, name: str, texts: Mapping[str, str]) -> dict[str, str]:
        return {_column(name, code): texts.get(code, "") for code in self.languages}

    def row(self, type_: str, name: str, texts: Mapping[str, str], **more: str) -> None:
        self.survey.append({"type": type_, "name": name, **self.texts("label", texts), **more})

    def section(self, section: Mapping[str, Any], number: int) -> None:
        name = section.get("code") or f"page_{number}"
        logic = section.get("logic") or {}
        relevant, note = expression(logic.get("show_if"), self.kinds)
        notes = [note, *(_beyond(logic, ("skip", "loop", "random")))]
        self.row("begin group", name, section.get("title") or {}, appearance="field-list",
                 relevant=relevant, cx_note="; ".join(filter(None, notes)))  # fmt: skip
        for question in section["questions"]:
            self.question(question)
        self.row("end group", "", {})

    def question(self, question: Mapping[str, Any]) -> None:
        code, kind, logic = question["code"], question["kind"], question.get("logic") or {}
        relevant, note = expression(logic.get("show_if"), self.kinds)
        notes = [note, *_beyond(logic, ("skip", "random")), *self.others(question)]
        more = {
            "required": "yes" if question.get("required") else "",
            "relevant": relevant,
            "cx_kind": kind,
            "cx_note": "; ".join(filter(None, notes)),
            **self.texts("hint", question.get("help") or {}),
        }
        if question.get("rows"):
            self.rows(question, more)
        elif kind in ("constant_sum",):
            self.parts(question, question["choices"], "integer", more)
        elif kind in ("best_worst", "contact"):
            self.two(question, more)
        else:
            more |= {"default": _default(question)} | self.limits(question)
            self.row(self.type_of(question), code, question["text"], **more)

    def others(self, question: Mapping[str, Any]) -> Iterator[str]:
        if any(choice.get("show_if") for choice in question.get("choices") or ()):
            yield "conditions of choices"
        if (question.get("settings") or {}).keys() & {"choices_from", "rows_from"}:
            yield "choices carried on"

    def type_of(self, question: Mapping[str, Any]) -> str:
        code, kind = question["code"], question["kind"]
        settings = question.get("settings") or {}
        if kind in _SCALES:
            return "range"
        if kind in ("single", "dropdown", "multiple", "ranking", "image_choice"):
            self.list_of(code, question.get("choices") or ())
            many = kind == "multiple" or settings.get("multiple")
            word = "rank" if kind == "ranking" else "select_multiple" if many else "select_one"
            return f"{word} {code}"
        if kind == "number" and not settings.get("decimals"):
            return "integer"
        if kind == "file":
            return "image" if settings.get("types") == ["image"] else "file"
        return _PLAIN.get(kind, "text")

    def list_of(self, name: str, choices: Any) -> str:
        if name not in self.lists:
            self.lists.add(name)
            for choice in choices:
                texts = self.texts("label", choice["text"])
                self.choices.append({"list_name": name, "name": choice["code"], **texts})
        return name

    def limits(self, question: Mapping[str, Any]) -> dict[str, str]:
        kind, settings = question["kind"], question.get("settings") or {}
        if kind in _SCALES:
            low, high = _SCALES[kind]
            step = settings.get("step", 1)
            found = f"start={settings.get('min', low)} end={settings.get('max', high)} step={step}"
            return {"parameters": found}
        if kind == "long_text":
            return {"appearance": "multiline"}
        if kind == "dropdown":
            return {"appearance": "minimal"}
        if kind == "number":
            tests = [f". >= {settings['min']}"] if "min" in settings else []
            tests += [f". <= {settings['max']}"] if "max" in settings else []
            return {"constraint": " and ".join(tests)}
        return {}

    def rows(self, question: Mapping[str, Any], more: dict[str, str]) -> None:
        """A matrix as a group of questions, one per row and column."""
        code, kind = question["code"], question["kind"]
        self.row("begin group", code, question["text"], relevant=more["relevant"],
                 cx_kind=kind, cx_note=more["cx_note"])  # fmt: skip
        plain = {"required": more["required"]}
        if kind == "side_by_side":
            for row in question["rows"]:
                for column in (question.get("settings") or {}).get("columns") or ():
                    self.cell(f"{code}_{row['code']}_{column['code']}", row, column, plain)
        else:
            self.list_of(code, question.get("choices") or ())
            word = "select_multiple" if kind == "matrix_multiple" else "select_one"
            for row in question["rows"]:
                self.row(f"{word} {code}", f"{code}_{row['code']}", row["text"], **plain)
        self.row("end group", "", {})

    def cell(
        self, name: str, row: Mapping[str, Any], column: Mapping[str, Any], more: dict[str, str]
    ) -> None:
        texts = {c: f"{t} – {column['text'].get(c, '')}" for c, t in row["text"].items()}
        kind = column.get("kind", "single")
        if kind == "single":
            self.list_of(name, column.get("choices") or ())
            self.row(f"select_one {name}", name, texts, **more)
        else:
            self.row("decimal" if kind == "number" else "text", name, texts, **more)

    def parts(
        self, question: Mapping[str, Any], parts: Any, type_: str, more: dict[str, str]
    ) -> None:
        code = question["code"]
        self.row("begin group", code, question["text"], relevant=more["relevant"],
                 cx_kind=question["kind"], cx_note=more["cx_note"])  # fmt: skip
        for part in parts:
            self.row(type_, f"{code}_{part['code']}", part["text"], required=more["required"])
        self.row("end group", "", {})

    def two(self, question: Mapping[str, Any], more: dict[str, str]) -> None:
        """Best and worst, or the fields of a contact form."""
        code, kind = question["code"], question["kind"]
        fields = ("best", "worst")
        if kind == "contact":
            fields = tuple((question.get("settings") or {}).get("fields") or ("name", "email"))
        self.row("begin group", code, question["text"], relevant=more["relevant"],
                 cx_kind=kind, cx_note=more["cx_note"])  # fmt: skip
        for name in fields:
            type_ = "text"
            if kind == "best_worst":
                type_ = f"select_one {self.list_of(code, question.get('choices') or ())}"
            words = dict.fromkeys(self.languages, name)
            self.row(type_, f"{code}_{name}", words, required=more["required"])
        self.row("end group", "", {})


def _default(question: Mapping[str, Any]) -> str:
    """The answer that stands there beforehand, several parted by blanks."""
    value = (question.get("settings") or {}).get("default", "")
    return " ".join(value) if isinstance(value, list) else str(value)


def _column(name: str, code: str) -> str:
    return f"{name}::{_LANGUAGES.get(code, code)} ({code})"


def _beyond(logic: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[str]:
    yield from (name for name in names if logic.get(name))


def expression(condition: Any, kinds: Mapping[str, str]) -> tuple[str, str]:
    """(XPath, note): one of the two is empty; the note says what XPath cannot."""
    if not condition:
        return "", ""
    try:
        return _xpath(condition, kinds), ""
    except ValueError as error:
        return "", f"show_if: {error}"


def _xpath(condition: Mapping[str, Any], kinds: Mapping[str, str]) -> str:
    for word, sign in (("all", " and "), ("any", " or ")):
        if word in condition:
            return sign.join(f"({_xpath(part, kinds)})" for part in condition[word])
    if "not" in condition:
        return f"not({_xpath(condition['not'], kinds)})"
    head, _dot, name = str(condition.get("source", "")).partition(".")
    operator, value = condition.get("operator"), condition.get("value")
    if head not in ("answer", "hidden") or name.split(".")[0] not in kinds:
        raise ValueError(condition.get("source"))
    reference = "${" + name.replace(".", "_") + "}"
    if operator in ("answered", "not_answered"):
        return f"{reference} {'!=' if operator == 'answered' else '='} ''"
    if operator in _SIGNS:
        return f"{reference} {_SIGNS[operator]} {_literal(value)}"
    if operator in ("includes", "excludes"):
        found = f"selected({reference}, {_literal(str(value))})"
        return found if operator == "includes" else f"not({found})"
    if operator in ("any_of", "none_of") and isinstance(value, list):
        found = " or ".join(f"selected({reference}, {_literal(str(one))})" for one in value)
        return f"({found})" if operator == "any_of" else f"not({found})"
    raise ValueError(operator)


def _literal(value: Any) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    text = str(value)
    if "'" in text and '"' in text:
        raise ValueError(text)
    return f'"{text}"' if "'" in text else f"'{text}'"


def xlsform_sheets(document: Document) -> dict[str, tuple[list[str], list[list[str]]]]:
    """{sheet: (columns, rows)} of survey, choices and settings."""
    form = _Form(document)
    if document.get("welcome"):
        form.row("note", "welcome", document["welcome"])
    for number, section in enumerate(document["sections"], 1):
        form.section(section, number)
    main = document["default_language"]
    settings = {
        "form_title": document["title"].get(main, ""),
        "default_language": f"{_LANGUAGES.get(main, main)} ({main})",
    }
    return {
        "survey": _table(form.survey, ["type", "name"]),
        "choices": _table(form.choices, ["list_name", "name"]),
        "settings": _table([settings], []),
    }


def _table(rows: list[dict[str, str]], first: list[str]) -> tuple[list[str], list[list[str]]]:
    used = dict.fromkeys(name for row in rows for name, text in row.items() if text)
    columns = list(dict.fromkeys([*first, *used]))
    return columns, [[row.get(name, "") for name in columns] for row in rows]
