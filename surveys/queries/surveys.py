"""Reads of surveys: the document of the draft, what changed since, what keeps it from going out."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from surveys.models import Choice, Question, Section, Survey

CHOICE_KINDS = frozenset({Question.Kind.SINGLE, Question.Kind.MULTIPLE})
MIN_CHOICES = 2


@dataclass(frozen=True)
class Problem:
    """What to mend before publishing. `blocks` tells a real error from advice."""

    text: str
    blocks: bool
    question_id: int | None = None


def sections_of(survey: Survey) -> list[Section]:
    """The draft's sections with questions and choices, in order: three queries."""
    choices = Prefetch("choices", Choice.unscoped.order_by("position", "pk"))  # unscoped: below
    questions = Prefetch(
        "questions",
        Question.unscoped.order_by("position", "pk").prefetch_related(choices),  # unscoped: below
    )
    return list(survey.sections.order_by("position", "pk").prefetch_related(questions))


def survey_document(survey: Survey) -> dict[str, Any]:
    """The draft in the shape a version keeps (see SurveyVersion)."""
    return {
        "title": survey.title,
        "welcome": survey.welcome,
        "thanks": survey.thanks,
        "languages": list(survey.languages),
        "default_language": survey.default_language,
        "anonymous": survey.anonymous,
        "theme": survey.theme,
        "sections": [_section(section) for section in sections_of(survey)],
    }


def _section(section: Section) -> dict[str, Any]:
    return {
        "id": section.pk,
        "title": section.title,
        "questions": [_question(question) for question in section.questions.all()],
    }


def _question(question: Question) -> dict[str, Any]:
    return {
        "code": question.code,
        "kind": question.kind,
        "text": question.text,
        "help": question.help,
        "required": question.required,
        "settings": question.settings,
        "choices": [{"code": c.code, "text": c.text} for c in question.choices.all()],
    }


def survey_problems(survey: Survey) -> list[Problem]:
    """Everything to mend, errors first."""
    sections = sections_of(survey)
    questions = [question for section in sections for question in section.questions.all()]
    found = [*_survey_problems(survey, questions), *_question_problems(survey, questions)]
    return sorted(found, key=lambda problem: not problem.blocks)


def _survey_problems(survey: Survey, questions: list[Question]) -> Iterator[Problem]:
    if not survey.title.get(survey.default_language):
        yield Problem(_("The survey has no title in its main language."), blocks=True)
    if not any(question.kind != Question.Kind.STATEMENT for question in questions):
        yield Problem(_("Add at least one question."), blocks=True)


def _question_problems(survey: Survey, questions: list[Question]) -> Iterator[Problem]:
    for question in questions:
        name = str(question)
        if not question.text.get(survey.default_language):
            text = _("“%(name)s” has no text in the main language.") % {"name": name}
            yield Problem(text, blocks=True, question_id=question.pk)
        for language in survey.languages:
            if language != survey.default_language and not question.text.get(language):
                text = _("“%(name)s” is not translated (%(language)s).")
                values = {"name": name, "language": language}
                yield Problem(text % values, blocks=False, question_id=question.pk)
        yield from _choice_problems(survey, question, name)


def _choice_problems(survey: Survey, question: Question, name: str) -> Iterator[Problem]:
    if question.kind not in CHOICE_KINDS:
        return
    choices = list(question.choices.all())
    if len(choices) < MIN_CHOICES:
        text = _("“%(name)s” needs at least two choices.") % {"name": name}
        yield Problem(text, blocks=True, question_id=question.pk)
    if any(not choice.text.get(survey.default_language) for choice in choices):
        text = _("A choice of “%(name)s” has no text.") % {"name": name}
        yield Problem(text, blocks=True, question_id=question.pk)
