"""Faults of the rules of a draft, in sentences beside the question or page they belong to."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from cxportal.core.models import text_in
from surveys.calc.logic_problems import Fault, rule_faults
from surveys.models import Question, Section, Survey
from surveys.queries.documents import document_of
from surveys.queries.problems import Problem, question_name


def rule_problems(survey: Survey, sections: Sequence[Section]) -> Iterator[Problem]:
    """What to mend in the rules; no query, the sections carry their questions and choices."""
    questions = {q.code: q for section in sections for q in section.questions.all()}
    pages = {section.key: section for section in sections}
    for fault in rule_faults(document_of(survey, sections)):
        question, page = questions.get(fault.question), pages.get(fault.section)
        yield Problem(
            _sentence(fault, _whose(question, page), _about(fault, questions)),
            blocks=fault.blocks,
            question_id=question.pk if question else None,
            section_id=page.pk if page and question is None else None,
        )


def _whose(question: Question | None, page: Section | None) -> str:
    if question is not None:
        return question_name(question)
    return (text_in(page.title) or page.key) if page is not None else _("The survey")


def _about(fault: Fault, questions: dict[str, Question]) -> str:
    found = questions.get(fault.about)
    return question_name(found) if found else fault.about


def _sentence(fault: Fault, name: str, about: str) -> str:
    sentences = {
        "gone_question": _("A rule of “%(name)s” speaks of “%(about)s”, which is gone."),
        "asked_later": _("A rule of “%(name)s” needs “%(about)s”, which is asked later."),
        "itself": _("A rule of “%(name)s” needs its own answer."),
        "gone_choice": _("A rule of “%(name)s” waits for an answer not offered (%(about)s)."),
        "gone_target": _("A rule of “%(name)s” leads to “%(about)s”, which is gone."),
        "leads_back": _("A rule of “%(name)s” leads back to “%(about)s”: a circle."),
        "never_met": _("A rule of “%(name)s” contradicts itself and is never met."),
        "unreachable": _("“%(name)s” is never asked: a rule of “%(about)s” always passes it."),
        "gone_tag": _("“%(name)s” mentions {{%(about)s}}, which stands for nothing."),
    }
    return sentences[fault.code] % {"name": name, "about": about}
