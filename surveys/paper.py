"""A survey on paper: every question with room to answer, rules said in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cxportal.core.models import text_in
from cxportal.core.pdf import Document as Pdf
from surveys.calc.kinds import SCALES, SLIDER, contact_fields
from surveys.calc.merge_tags import merge, tags_in
from surveys.rendering import interface_language

Document = Mapping[str, Any]
_ONE, _MANY = "○", "□"
_LINES = {
    "long_text": 4,
    "short_text": 1,
    "email": 1,
    "phone": 1,
    "number": 1,
    "date": 1,
    "time": 1,
}


@dataclass(frozen=True)
class PaperQuestion:
    """A question as it stands on paper; `number` is empty for statements, `only_if` a sentence.

    `options` are ticked with `mark`; `scale` are the numbers of a scale; `rows` × `columns` a
    table to tick or fill in; `lines` blank lines.
    """

    number: str
    text: str
    help: str
    hint: str
    only_if: str
    mark: str = _ONE
    options: list[str] = field(default_factory=list)
    scale: list[int] = field(default_factory=list)
    low: str = ""
    high: str = ""
    rows: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    lines: range = range(0)


@dataclass(frozen=True)
class PaperPage:
    """A page of the survey."""

    title: str
    only_if: str
    questions: list[PaperQuestion]


@dataclass(frozen=True)
class Paper:
    """The whole form in one language."""

    title: str
    welcome: str
    thanks: str
    pages: list[PaperPage]


def paper_of(document: Document, language: str) -> Paper:
    """The form in a language of the survey; our own words in it as far as we have them."""
    with translation.override(interface_language(language)):
        return _Writer(document, language).paper()


class _Writer:
    def __init__(self, document: Document, language: str) -> None:
        self.document, self.language = document, language
        self.numbers: dict[str, str] = {}
        self.questions: dict[str, Mapping[str, Any]] = {}

    def text(self, value: Any) -> str:
        """A text with blanks where answers would be filled in."""
        plain = text_in(value, self.language, self.document["default_language"])
        return merge(plain, dict.fromkeys(tags_in(plain), "____"), "text")

    def paper(self) -> Paper:
        pages = []
        for section in self.document["sections"]:
            only_if = self.rule((section.get("logic") or {}).get("show_if"))
            asked = [q for q in section["questions"] if q["kind"] != "hidden"]
            questions = [self.question(question) for question in asked]
            if questions:
                pages.append(PaperPage(self.text(section.get("title")), only_if, questions))
        document = self.document
        return Paper(
            title=self.text(document["title"]),
            welcome=self.text(document.get("welcome")),
            thanks=self.text(document.get("thanks")),
            pages=pages,
        )

    def question(self, question: Mapping[str, Any]) -> PaperQuestion:
        code, kind = question["code"], question["kind"]
        number = "" if kind == "statement" else str(len(self.numbers) + 1)
        if number:
            self.numbers[code], self.questions[code] = number, question
        common: dict[str, Any] = {
            "number": number,
            "text": self.text(question["text"]),
            "help": self.text(question.get("help")),
            "hint": self.hint(question),
            "only_if": self.rule((question.get("logic") or {}).get("show_if")),
        }
        return PaperQuestion(**common, **self.room(question))

    def room(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Where the answer goes."""
        kind, settings = question["kind"], question.get("settings") or {}
        options = [self.option(choice) for choice in question.get("choices") or ()]
        many = kind in ("multiple", "matrix_multiple") or bool(settings.get("multiple"))
        if kind in (*SCALES, "slider"):
            return self.scale(question)
        if question.get("rows"):
            return self.table(question, options, _MANY if many else _ONE)
        if kind in ("best_worst", "constant_sum", "ranking"):
            heads = {
                "best_worst": [_("Best"), _("Worst")],
                "constant_sum": [pgettext("score", "Points")],
                "ranking": [_("Rank")],
            }
            mark = _ONE if kind == "best_worst" else ""
            return {"rows": options, "columns": heads[kind], "mark": mark}
        if kind == "contact":
            return {"rows": list(contact_fields(question)), "columns": [""], "mark": ""}
        if kind == "consent":
            options, many = [_("I agree")], True
        mark = _MANY if many else _ONE
        return {"options": options, "mark": mark, "lines": range(_LINES.get(kind, 0))}

    def table(self, question: Mapping[str, Any], options: list[str], mark: str) -> dict[str, Any]:
        """Rows to be ticked or filled in."""
        rows = [self.text(row["text"]) for row in question["rows"]]
        if question["kind"] != "side_by_side":
            return {"rows": rows, "columns": options, "mark": mark}
        columns = (question.get("settings") or {}).get("columns") or ()
        return {"rows": rows, "columns": [self.text(c["text"]) for c in columns], "mark": ""}

    def option(self, choice: Mapping[str, Any]) -> str:
        text = self.text(choice["text"])
        return f"{text} ____________" if choice.get("other") else text

    def scale(self, question: Mapping[str, Any]) -> dict[str, Any]:
        settings, kind = question.get("settings") or {}, question["kind"]
        low, high = SCALES.get(kind, SLIDER)
        low, high = settings.get("min", low), settings.get("max", high)
        labels = settings.get("labels") or {}
        ends = {"low": self.text(labels.get("low")), "high": self.text(labels.get("high"))}
        if high - low > 10:  # too long to be drawn
            return {"lines": range(1), **ends}
        return {"scale": list(range(low, high + 1)), **ends}

    def hint(self, question: Mapping[str, Any]) -> str:
        """How to answer, in a few words."""
        kind, settings = question["kind"], question.get("settings") or {}
        least, most = settings.get("min"), settings.get("max")
        words = []
        if question.get("required"):
            words.append(_("required"))
        bounded = kind in ("multiple", "ranking", "image_choice", "number", "slider")
        if bounded and (least is not None or most is not None):
            words.append(_bounds(least, most))
        elif kind == "multiple":
            words.append(_("several answers"))
        if kind == "constant_sum":
            words.append(_("%(total)s in all") % {"total": settings.get("total", 100)})
        return " · ".join(words)

    def rule(self, condition: Any) -> str:
        """“Only if 3. How old? is at least 18”, "" without a rule."""
        return _("Only if %(rule)s") % {"rule": self.said(condition)} if condition else ""

    def said(self, condition: Mapping[str, Any]) -> str:
        for word, joint in (("all", _("and")), ("any", _("or"))):
            if word in condition:
                return f" {joint} ".join(self.said(part) for part in condition[word])
        if "not" in condition:
            return _("not (%(rule)s)") % {"rule": self.said(condition["not"])}
        head, _dot, name = str(condition["source"]).partition(".")
        code = name.split(".")[0]
        number = self.numbers.get(code)
        subject = _("question %(number)s") % {"number": number} if number else name or head
        operators = _operators()
        value = self.value(code, condition.get("value"))
        return operators[condition["operator"]] % {"subject": subject, "value": value}

    def value(self, code: str, value: Any) -> str:
        """A value in the words of the question's choices."""
        if isinstance(value, list):
            return ", ".join(self.value(code, one) for one in value)
        choices = (self.questions.get(code) or {}).get("choices") or ()
        found = next((c for c in choices if c["code"] == value), None)
        return f"“{self.text(found['text'])}”" if found else str(value)


def _bounds(least: Any, most: Any) -> str:
    if least is not None and most is not None:
        return _("from %(least)s to %(most)s") % {"least": least, "most": most}
    if least is not None:
        return _("at least %(least)s") % {"least": least}
    return _("at most %(most)s") % {"most": most}


def _operators() -> dict[str, str]:
    return {
        "is": _("%(subject)s is %(value)s"),
        "is_not": _("%(subject)s is not %(value)s"),
        "any_of": _("%(subject)s is one of %(value)s"),
        "none_of": _("%(subject)s is none of %(value)s"),
        "includes": _("%(subject)s includes %(value)s"),
        "excludes": _("%(subject)s does not include %(value)s"),
        "gt": _("%(subject)s is more than %(value)s"),
        "gte": _("%(subject)s is at least %(value)s"),
        "lt": _("%(subject)s is less than %(value)s"),
        "lte": _("%(subject)s is at most %(value)s"),
        "between": _("%(subject)s is between %(value)s"),
        "contains": _("%(subject)s contains %(value)s"),
        "not_contains": _("%(subject)s does not contain %(value)s"),
        "answered": _("%(subject)s is answered"),
        "not_answered": _("%(subject)s is not answered"),
    }


def paper_pdf(document: Document, language: str, *, program: str, made_at: datetime) -> bytes:
    """The form as PDF. Raises DomainError "pdf_unavailable"."""
    paper = paper_of(document, language)
    with translation.override(interface_language(language)):
        pdf = Pdf(paper.title, program=program, made_at=made_at, language=language)
        if paper.welcome:
            pdf.paragraph(paper.welcome)
        for page in paper.pages:
            if page.title:
                pdf.heading(page.title)
            if page.only_if:
                pdf.paragraph(page.only_if, muted=True)
            for question in page.questions:
                _draw(pdf, question)
        if paper.thanks:
            pdf.paragraph(paper.thanks)
        return pdf.bytes()


def _draw(pdf: Pdf, question: PaperQuestion) -> None:
    head = f"{question.number}. {question.text}" if question.number else question.text
    pdf.heading(head, 3) if question.number else pdf.paragraph(head)
    for line in _small(question):
        pdf.paragraph(line, muted=True, size=8.5)
    for option in question.options:
        pdf.paragraph(f"{question.mark}  {option}")
    if question.scale:
        marks = "   ".join(f"{_ONE} {number}" for number in question.scale)
        pdf.paragraph(f"{question.low}   {marks}   {question.high}".strip())
    elif question.low or question.high:
        pdf.paragraph(f"{question.low} – {question.high}", muted=True)
    if question.rows:
        cells = [[row, *[question.mark] * len(question.columns)] for row in question.rows]
        pdf.table(["", *question.columns], cells)
    for _line in question.lines:
        pdf.paragraph("_" * 78, muted=True)


def _small(question: PaperQuestion) -> Iterator[str]:
    yield from (line for line in (question.only_if, question.help, question.hint) if line)
