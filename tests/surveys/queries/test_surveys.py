"""Who sees which survey, what is to be mended, and what differs between versions."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.models import Program
from surveys.models import Question, Survey
from surveys.queries.history import survey_history
from surveys.queries.outline import outline_of, places_for
from surveys.queries.problems import MANY_QUESTIONS
from surveys.queries.surveys import (
    sections_of,
    survey_document,
    survey_problems,
    surveys_listed,
    surveys_visible,
)
from surveys.queries.versions import draft_changes, versions_of
from surveys.services.questions import (
    choices_set,
    question_add,
    question_delete,
    question_move,
    question_update,
    section_add,
)
from surveys.services.surveys import survey_publish, survey_update
from tests.conftest import count_queries
from tests.surveys.designing import answered, make_draft, question_of

pytestmark = pytest.mark.django_db
As = Callable[[str], Actor]


@pytest.fixture
def designer(actor_for: As) -> Actor:
    return actor_for("designer")


@pytest.fixture
def draft(designer: Actor) -> Survey:
    return make_draft(designer, "purchase")


def blocking(survey: Survey) -> list[str]:
    return [problem.text for problem in survey_problems(survey) if problem.blocks]


def advice(survey: Survey) -> list[str]:
    return [problem.text for problem in survey_problems(survey) if not problem.blocks]


@pytest.mark.parametrize(
    ("role", "sees_drafts"),
    [
        ("owner", True),
        ("designer", True),
        ("manager", True),
        ("staff", False),
        ("viewer", False),
    ],
)
def test_staff_and_viewers_see_surveys_once_published(
    actor_for: As, draft: Survey, role: str, sees_drafts: bool
) -> None:
    published = make_draft(actor_for("designer"))
    survey_publish(actor=actor_for("designer"), survey=published)
    seen = set(surveys_visible(actor_for(role)))
    assert seen == ({draft, published} if sees_drafts else {published})


def test_a_survey_of_another_program_is_seen_by_nobody_else(
    actor_for: As, other_program: Program
) -> None:
    make_draft(Actor.system(other_program))
    assert list(surveys_visible(actor_for("owner"))) == []


def test_the_list_counts_questions_and_complete_answers(designer: Actor, draft: Survey) -> None:
    question_add(actor=designer, survey=draft, kind="statement", text="Thanks for coming")
    survey_publish(actor=designer, survey=draft)
    draft.refresh_from_db()
    last = timezone.now()
    answered(draft, completed_at=last - timedelta(days=1))
    answered(draft, completed_at=last)
    answered(draft, is_test=True)
    answered(draft, completed_at=None)
    row: Any = surveys_listed(designer).get()
    assert (row.question_count, row.answer_count, row.last_answer_at) == (4, 2, last)


def test_a_fresh_template_needs_no_mending(draft: Survey) -> None:
    assert survey_problems(draft) == []


def test_real_errors_keep_it_from_going_out(designer: Actor, draft: Survey) -> None:
    question_update(
        actor=designer, question=question_of(draft, "csat"), text={"ko": "만족하셨어요?"}
    )
    choices_set(
        actor=designer, question=question_of(draft, "reason"), choices=[{"text": {"ko": "네"}}]
    )
    survey_update(actor=designer, survey=draft, title={"ko": "방문"})
    draft.refresh_from_db()
    assert blocking(draft) == [
        "The survey has no title in its main language.",
        "“만족하셨어요?” has no text in the main language.",
        "“Why did you come to us today?” needs at least two choices.",
        "A choice of “Why did you come to us today?” has no text in the main language.",
    ]


def test_missing_translations_are_advice(designer: Actor, draft: Survey) -> None:
    question_update(actor=designer, question=question_of(draft, "csat"), help={"en": "Overall"})
    choices_set(
        actor=designer,
        question=question_of(draft, "reason"),
        choices=[{"text": {"en": "A", "ko": "가"}}, {"text": {"en": "a"}}],
    )
    question_add(actor=designer, survey=draft, kind="long_text", text=question_text(draft, "why"))
    assert blocking(draft) == []
    assert advice(draft) == [
        "“How satisfied are you overall?” is not translated into Korean.",
        "“Why did you come to us today?” is not translated into Korean.",
        "Two choices of “Why did you come to us today?” read the same.",
        "“What should we keep, what should we change?” is asked twice.",
    ]


def question_text(survey: Survey, code: str) -> dict[str, str]:
    text: dict[str, str] = question_of(survey, code).text
    return text


def test_too_many_questions_and_empty_pages_are_advice(designer: Actor, draft: Survey) -> None:
    section_add(actor=designer, survey=draft, title={"en": "More", "ko": "더"})
    for number in range(MANY_QUESTIONS):
        texts = {"en": f"Q{number}", "ko": f"질문{number}"}
        page = draft.sections.first()
        question_add(actor=designer, survey=draft, kind="nps", text=texts, section=page)
    assert advice(draft) == [
        "It asks 19 questions. Fewer are answered more often.",
        "“More” has no question and is left out.",
    ]


def test_asking_for_more_choices_than_there_are_is_an_error(designer: Actor, draft: Survey) -> None:
    question_update(
        actor=designer,
        question=question_of(draft, "reason"),
        kind="multiple",
        settings={"min": 5},
    )
    assert blocking(draft) == [
        "“Why did you come to us today?” asks for more choices than it offers."
    ]


def test_the_document_costs_three_queries_whatever_its_size(designer: Actor, draft: Survey) -> None:
    with count_queries() as small:
        survey_document(draft)
    section_add(actor=designer, survey=draft)
    for _number in range(5):
        question_add(actor=designer, survey=draft, kind="nps", text="x")
    with count_queries() as large:
        survey_document(draft)
    assert len(small) == len(large) == 3


def test_the_outline_numbers_questions_but_not_statements(designer: Actor, draft: Survey) -> None:
    question_add(actor=designer, survey=draft, kind="statement", text="Hello", position=0)
    page = section_add(actor=designer, survey=draft, title="End")
    question_add(actor=designer, survey=draft, kind="short_text", text={}, section=page)
    outline = outline_of(draft, sections_of(draft), survey_problems(draft))
    assert [(p.number, p.name) for p in outline] == [(1, "Page 1"), (2, "End")]
    assert [line.number for line in outline[0].questions] == [None, 1, 2, 3, 4]
    last = outline[1].questions[0]
    assert (last.number, last.name, last.blocks) == (5, "Short text, no words yet", True)


def test_every_place_a_question_may_go_to_is_offered(designer: Actor, draft: Survey) -> None:
    page = section_add(actor=designer, survey=draft, title="End")
    outline = outline_of(draft, sections_of(draft), [])
    first = draft.sections.first()
    assert first is not None
    question = question_of(draft, "reason")
    places = places_for(question, outline)
    assert [place.pk for place in places] == [
        f"{first.pk}:0", f"{first.pk}:1", f"{first.pk}:2", f"{first.pk}:3", f"{page.pk}:0",
    ]  # fmt: skip
    assert places[2].label == "After “How do you rate the advice?”"
    assert places[2].pk == f"{question.section_id}:{question.position}"


def test_versions_say_what_changed_and_how_often_they_were_answered(
    designer: Actor, draft: Survey
) -> None:
    survey_publish(actor=designer, survey=draft)
    draft.refresh_from_db()
    answered(draft)
    assert draft_changes(draft) == []
    question_update(actor=designer, question=question_of(draft, "csat"), required=False)
    question_delete(actor=designer, question=question_of(draft, "advice"))
    question_move(actor=designer, question=question_of(draft, "why"), position=0)
    draft.refresh_from_db()
    expected = [
        "Moved “What should we keep, what should we change?”",
        "Changed “How satisfied are you overall?”: required or not",
        "Removed “How do you rate the advice?”",
    ]
    assert sorted(change.text for change in draft_changes(draft)) == sorted(expected)
    survey_publish(actor=designer, survey=draft)
    draft.refresh_from_db()
    newest, first = versions_of(draft)
    assert (newest.version.number, newest.answers, newest.is_current) == (2, 0, True)
    assert sorted(change.text for change in newest.changes) == sorted(expected)
    assert (first.version.number, first.answers, first.is_current) == (1, 1, False)
    assert first.changes == []


def test_saves_in_a_row_are_one_line_of_history(
    designer: Actor, actor_for: As, draft: Survey
) -> None:
    why: Question = question_of(draft, "why")
    for words in ("W", "Wh", "Why?"):
        question_update(actor=designer, question=why, text=words)
    question_update(actor=designer, question=why, required=True)
    question_update(actor=actor_for("owner"), question=why, text="So?")
    lines = survey_history(designer, draft, 10)
    assert [(line.who, line.text, line.detail) for line in lines] == [
        ("Owner", "changed a question", "“So?”: text"),
        ("Designer", "changed a question", "“So?”: required or not, text"),
        ("Designer", "made the survey", "After a purchase"),
    ]
