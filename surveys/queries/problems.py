"""What is to be mended in a draft: real errors keep it from going out, advice does not."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from cxportal.core.models import text_in
from surveys.calc.answers import CHOICE_KINDS, SILENT, UNSEEN
from surveys.calc.kinds import ROW_KINDS
from surveys.models import Question, Section, Survey

MIN_CHOICES = 2
# From about here on, fewer people answer to the end.
MANY_QUESTIONS = 15


@dataclass(frozen=True)
class Problem:
    """What to mend before publishing. `blocks` tells a real error from advice.

    `question_id` or `section_id` says where; neither: the survey's own words.
    """

    text: str
    blocks: bool
    question_id: int | None = None
    section_id: int | None = None


def problems_of(survey: Survey, sections: Sequence[Section]) -> list[Problem]:
    """Everything to mend, errors first. The sections carry their questions and choices."""
    questions = [question for section in sections for question in section.questions.all()]
    found = [*_survey_problems(survey, questions), *_page_problems(survey, sections)]
    for question in questions:
        found += _question_problems(survey, question)
    found += _same_twice(survey, questions)
    return sorted(found, key=lambda problem: not problem.blocks)


def untranslated(survey: Survey, texts: Mapping[str, str]) -> list[str]:
    """Languages in which a text that the main language has is missing."""
    main = survey.default_language
    if not texts.get(main):
        return []
    return [code for code in survey.languages if code != main and not texts.get(code)]


def texts_of(question: Question) -> Iterator[Mapping[str, str]]:
    """All texts of a question that respondents see."""
    yield question.text
    yield question.help
    yield from (question.settings.get("labels") or {}).values()
    if question.kind in CHOICE_KINDS:
        yield from (choice.text for choice in question.choices.all())
        yield from (choice.settings.get("alt") or {} for choice in question.choices.all())
    yield from (row["text"] for row in question.rows)
    for column in question.settings.get("columns") or ():
        yield column["text"]
        yield from (choice["text"] for choice in column.get("choices") or ())


def languages_missing(survey: Survey, question: Question) -> list[str]:
    """Languages in which some text of a question is missing, in the survey's order."""
    missing = {code for texts in texts_of(question) for code in untranslated(survey, texts)}
    return [code for code in survey.languages if code in missing]


def _survey_problems(survey: Survey, questions: Sequence[Question]) -> Iterator[Problem]:
    if not survey.title.get(survey.default_language):
        yield Problem(_("The survey has no title in its main language."), blocks=True)
    asked = [q for q in questions if q.kind not in SILENT | UNSEEN]
    if not asked:
        yield Problem(_("Add at least one question."), blocks=True)
    if len(asked) > MANY_QUESTIONS:
        text = _("It asks %(count)s questions. Fewer are answered more often.")
        yield Problem(text % {"count": len(asked)}, blocks=False)
    named = [
        (_("Title"), survey.title),
        (_("Welcome"), survey.welcome),
        (_("Thanks"), survey.thanks),
    ]
    for name, texts in named:
        for language in untranslated(survey, texts):
            yield Problem(_not_translated(name, language), blocks=False)


def _page_problems(survey: Survey, sections: Sequence[Section]) -> Iterator[Problem]:
    for number, section in enumerate(sections, 1):
        name = text_in(section.title) or _("Page %(number)s") % {"number": number}
        if len(sections) > 1 and not section.questions.all():
            text = _("“%(name)s” has no question and is left out.") % {"name": name}
            yield Problem(text, blocks=False, section_id=section.pk)
        for language in untranslated(survey, section.title):
            yield Problem(_not_translated(name, language), blocks=False, section_id=section.pk)


def _not_translated(name: str, language: str) -> str:
    values = {"name": name, "language": language_name(language)}
    return _("“%(name)s” is not translated into %(language)s.") % values


def language_name(code: str) -> str:
    """A language in the reader's words; its code where we have none."""
    return {"en": _("English"), "ko": _("Korean")}.get(code, code)


def _question_problems(survey: Survey, question: Question) -> Iterator[Problem]:
    name = question_name(question)
    if not question.text.get(survey.default_language):
        text = _("“%(name)s” has no text in the main language.") % {"name": name}
        yield Problem(text, blocks=True, question_id=question.pk)
    for language in languages_missing(survey, question):
        yield Problem(_not_translated(name, language), blocks=False, question_id=question.pk)
    if question.kind in CHOICE_KINDS:
        yield from _choice_problems(survey, question, name)
    if question.kind in ROW_KINDS:
        yield from _row_problems(survey, question, name)


def _row_problems(survey: Survey, question: Question, name: str) -> Iterator[Problem]:
    main = survey.default_language
    if not question.rows and not question.settings.get("rows_from"):
        text = _("“%(name)s” needs at least one row.") % {"name": name}
        yield Problem(text, blocks=True, question_id=question.pk)
    if not all(row["text"].get(main, "").strip() for row in question.rows):
        text = _("A row of “%(name)s” has no text in the main language.") % {"name": name}
        yield Problem(text, blocks=True, question_id=question.pk)
    if question.kind == Question.Kind.SIDE_BY_SIDE and not question.settings.get("columns"):
        text = _("“%(name)s” needs at least one column.") % {"name": name}
        yield Problem(text, blocks=True, question_id=question.pk)


def question_name(question: Question) -> str:
    """How a question is called in lists: its text in the reader's language, else its type."""
    kind = Question.Kind(question.kind).label
    return text_in(question.text) or _("%(kind)s, no words yet") % {"kind": kind}


def _choice_problems(survey: Survey, question: Question, name: str) -> Iterator[Problem]:
    main, choices = survey.default_language, list(question.choices.all())
    if question.settings.get("choices_from"):
        return
    words = [choice.text.get(main, "").strip().casefold() for choice in choices]
    if len(choices) < MIN_CHOICES:
        text = _("“%(name)s” needs at least two choices.") % {"name": name}
        yield Problem(text, blocks=True, question_id=question.pk)
    if not all(words):
        text = _("A choice of “%(name)s” has no text in the main language.") % {"name": name}
        yield Problem(text, blocks=True, question_id=question.pk)
    if len({word for word in words if word}) < len([word for word in words if word]):
        text = _("Two choices of “%(name)s” read the same.") % {"name": name}
        yield Problem(text, blocks=False, question_id=question.pk)
    least: Any = question.settings.get("min") or 0
    if question.kind == Question.Kind.MULTIPLE and least > len(choices) >= MIN_CHOICES:
        text = _("“%(name)s” asks for more choices than it offers.") % {"name": name}
        yield Problem(text, blocks=True, question_id=question.pk)


def _same_twice(survey: Survey, questions: Sequence[Question]) -> Iterator[Problem]:
    main = survey.default_language
    words = Counter(q.text.get(main, "").strip() for q in questions)
    seen: set[str] = set()
    for question in questions:
        word = question.text.get(main, "").strip()
        if word and words[word] > 1 and word not in seen:
            seen.add(word)
            text = _("“%(name)s” is asked twice.") % {"name": question_name(question)}
            yield Problem(text, blocks=False, question_id=question.pk)
