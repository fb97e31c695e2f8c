"""Reads of surveys: who sees which, the draft's parts and its document."""

from typing import Any

from django.db.models import IntegerField, OuterRef, Prefetch, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from cxportal.core.actors import Actor
from cxportal.core.policies import is_lead, scope_is
from surveys.calc.answers import SILENT, UNSEEN
from surveys.models import Choice, Question, Response, Section, Survey
from surveys.queries.accessibility import reading_hints
from surveys.queries.documents import document_of
from surveys.queries.problems import Problem, problems_of
from surveys.queries.rule_problems import rule_problems

__all__ = ["Problem", "sections_of", "survey_document", "survey_problems", "surveys_listed"]

# Answers are counted up to here in lists, so that a list costs the same for every size.
COUNTED_ANSWERS = 10_000
_sees_drafts = is_lead | scope_is("surveys:read") | scope_is("surveys:write")


def surveys_visible(actor: Actor) -> QuerySet[Survey]:
    """Surveys of the actor's program; staff and viewers see those once published."""
    rows = Survey.objects.for_actor(actor)
    return rows if _sees_drafts.test(actor) else rows.filter(current_version__isnull=False)


def surveys_listed(actor: Actor) -> QuerySet[Survey]:
    """The same with `question_count`, `answer_count` (capped) and `last_answer_at`."""
    answers = Response.objects.for_actor(actor).filter(
        survey=OuterRef("pk"), completed_at__isnull=False, is_test=False
    )
    asked = Question.objects.for_actor(actor).filter(survey=OuterRef("pk"))
    asked = asked.exclude(kind__in=SILENT | UNSEEN)
    return (
        surveys_visible(actor)
        .select_related("current_version", "owner")
        .annotate(
            question_count=_count(asked),
            answer_count=_count(answers, COUNTED_ANSWERS + 1),
            last_answer_at=Subquery(
                answers.order_by("-completed_at", "-pk").values("completed_at")[:1]
            ),
        )
    )


def _count(rows: QuerySet[Any], most: int | None = None) -> Coalesce:
    """COUNT(*) of a correlated subquery, 0 where it has no row."""
    limited = rows.order_by().values("pk")[:most]
    counted = _CountOf(limited)
    return Coalesce(counted, Value(0), output_field=IntegerField())


class _CountOf(Subquery):
    """(SELECT count(*) FROM (the limited rows))."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def sections_of(survey: Survey) -> list[Section]:
    """The draft's sections with questions and choices, in order: three queries."""
    choices = Prefetch("choices", Choice.unscoped.order_by("position", "pk"))  # unscoped: below
    questions = Prefetch(
        "questions",
        Question.unscoped.order_by("position", "pk").prefetch_related(choices),  # unscoped: below
    )
    return list(survey.sections.order_by("position", "pk").prefetch_related(questions))


def survey_document(survey: Survey) -> dict[str, Any]:
    """The draft in the shape a version keeps (docs/survey-json.md): three queries."""
    return document_of(survey, sections_of(survey))


def survey_problems(survey: Survey) -> list[Problem]:
    """Everything to mend in the draft, errors first: three queries."""
    sections = sections_of(survey)
    return problems_found(survey, sections)


def problems_found(survey: Survey, sections: list[Section]) -> list[Problem]:
    """The same for a draft whose parts were read."""
    found = [
        *problems_of(survey, sections),
        *rule_problems(survey, sections),
        *reading_hints(survey, sections),
    ]
    return sorted(found, key=lambda problem: not problem.blocks)
