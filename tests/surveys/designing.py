"""Drafts for tests of the designer."""

from typing import Any

from django.utils import timezone

from cxportal.core.actors import Actor
from surveys.models import Question, Survey
from surveys.services.surveys import survey_create

BOTH = {"en": "Why?", "ko": "왜요?"}


def make_draft(actor: Actor, template: str = "nps", **values: Any) -> Survey:
    """A survey as a designer has just made it, in English and Korean."""
    title = values.pop("title", {"en": "After the visit", "ko": "방문 후"})
    return survey_create(actor=actor, title=title, template=template, **values)


def asked(survey: Survey) -> list[str]:
    """Codes of the draft's questions in order, page after page."""
    rows = survey.questions.order_by("section__position", "position")
    return list(rows.values_list("code", flat=True))


def question_of(survey: Survey, code: str) -> Question:
    return survey.questions.get(code=code)


def answered(survey: Survey, **values: Any) -> None:
    """One complete answer to the current version."""
    version = survey.current_version
    assert version is not None
    now = timezone.now()
    given = {"started_at": now, "completed_at": now, **values}
    survey.responses.create(program=survey.program, version=version, **given)
