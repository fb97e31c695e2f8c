"""The outline of a draft: pages and questions with their numbers and marks."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from cxportal.core.models import text_in
from surveys.calc.answers import SILENT, UNSEEN
from surveys.models import Question, Section, Survey
from surveys.queries.problems import Problem, language_name, languages_missing, question_name

ICONS = {
    Question.Kind.NPS: "speedometer2",
    Question.Kind.CSAT: "emoji-smile",
    Question.Kind.CES: "signpost",
    Question.Kind.RATING: "star",
    Question.Kind.SINGLE: "ui-radios",
    Question.Kind.MULTIPLE: "ui-checks",
    Question.Kind.DROPDOWN: "chevron-down",
    Question.Kind.IMAGE_CHOICE: "image",
    Question.Kind.RANKING: "list-ol",
    Question.Kind.MATRIX_SINGLE: "table",
    Question.Kind.MATRIX_MULTIPLE: "table",
    Question.Kind.SIDE_BY_SIDE: "columns-gap",
    Question.Kind.BEST_WORST: "arrows-move",
    Question.Kind.CONSTANT_SUM: "pie-chart",
    Question.Kind.SLIDER: "sliders",
    Question.Kind.SHORT_TEXT: "input-cursor-text",
    Question.Kind.LONG_TEXT: "text-paragraph",
    Question.Kind.NUMBER: "123",
    Question.Kind.DATE: "calendar3",
    Question.Kind.TIME: "clock",
    Question.Kind.EMAIL: "envelope",
    Question.Kind.PHONE: "telephone",
    Question.Kind.CONTACT: "person-vcard",
    Question.Kind.FILE: "paperclip",
    Question.Kind.CONSENT: "check2-square",
    Question.Kind.STATEMENT: "card-text",
    Question.Kind.HIDDEN: "eye-slash",
}


@dataclass(frozen=True)
class OutlineQuestion:
    """One line of the outline. `number` is None for a statement, which asks nothing."""

    question: Question
    name: str
    icon: str
    number: int | None
    blocks: bool
    missing: list[str]


@dataclass(frozen=True)
class OutlinePage:
    """A page of the survey with its questions."""

    section: Section
    number: int
    name: str
    questions: list[OutlineQuestion] = field(default_factory=list)


@dataclass(frozen=True)
class Place:
    """Somewhere a question may go; `pk` is "<page>:<position>" as the form posts it."""

    pk: str
    label: str


def outline_of(
    survey: Survey, sections: Sequence[Section], problems: Sequence[Problem]
) -> list[OutlinePage]:
    """Pages and questions in order; the sections carry their questions."""
    blocked = {problem.question_id for problem in problems if problem.blocks}
    pages, asked = [], 0
    for number, section in enumerate(sections, 1):
        lines = []
        for question in section.questions.all():
            counts = question.kind not in SILENT | UNSEEN
            asked += counts
            lines.append(
                OutlineQuestion(
                    question=question,
                    name=question_name(question),
                    icon=ICONS[Question.Kind(question.kind)],
                    number=asked if counts else None,
                    blocks=question.pk in blocked,
                    missing=[language_name(c) for c in languages_missing(survey, question)],
                )
            )
        name = text_in(section.title) or _("Page %(number)s") % {"number": number}
        pages.append(OutlinePage(section, number, name, lines))
    return pages


def places_for(question: Question, outline: Sequence[OutlinePage]) -> list[Place]:
    """Every place the question may go to, in order."""
    places = []
    for page in outline:
        many = len(outline) > 1
        others = [line for line in page.questions if line.question.pk != question.pk]
        first = _("%(page)s: first") % {"page": page.name} if many else _("First")
        places.append(Place(f"{page.section.pk}:0", first))
        for position, line in enumerate(others, 1):
            label = _("After “%(name)s”") % {"name": line.name}
            places.append(Place(f"{page.section.pk}:{position}", label))
    return places
