"""The draft of a survey as the document a version keeps."""

from collections.abc import Iterable
from typing import Any

from surveys.models import Question, Section, Survey


def document_of(survey: Survey, sections: Iterable[Section]) -> dict[str, Any]:
    """The draft in the shape a version keeps (docs/survey-json.md).

    What a survey does not use is left out, so that plain documents stay as they always were.
    """
    return {
        "title": survey.title,
        "welcome": survey.welcome,
        "thanks": survey.thanks,
        "languages": list(survey.languages),
        "default_language": survey.default_language,
        "anonymous": survey.anonymous,
        "theme": survey.theme,
        **_used(settings=survey.settings, quotas=survey.quotas, endings=survey.endings),
        "sections": [_section(section) for section in sections],
    }


def _used(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}


def _section(section: Section) -> dict[str, Any]:
    return {
        "id": section.pk,
        **_used(code=section.code, logic=section.logic),
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
        **_used(rows=question.rows, logic=question.logic),
        "choices": [{"code": c.code, "text": c.text, **c.settings} for c in question.choices.all()],
    }
