"""Questions and pages of a draft are added, changed, moved, copied, deleted and put back."""

from collections.abc import Callable
from typing import Any

import pytest

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError, StaleEdit
from cxportal.core.models import AuditEntry
from surveys.calc.answers import KINDS, validate_all, validate_with_texts
from surveys.models import Question, Survey
from surveys.queries.surveys import survey_document
from surveys.services.questions import (
    choices_set,
    question_add,
    question_delete,
    question_duplicate,
    question_move,
    question_update,
    section_add,
    section_delete,
    section_move,
    section_update,
)
from surveys.services.surveys import survey_publish
from tests.surveys.designing import asked, make_draft, question_of
from tests.surveys.every_kind import ANSWERS, EVERY_KIND, FORM

pytestmark = pytest.mark.django_db
As = Callable[[str], Actor]


def choices_of(question: Question) -> list[tuple[str, str]]:
    rows = question.choices.order_by("position")
    return [(choice.code, choice.text.get("en", "")) for choice in rows]


def test_every_kind_can_be_added_and_answered(designer: Actor) -> None:
    survey = make_draft(designer, "empty")
    for question in EVERY_KIND:
        question_add(actor=designer, survey=survey, **question)
    assert {question["kind"] for question in EVERY_KIND} == set(KINDS) == set(Question.Kind.values)
    questions = survey_document(survey)["sections"][0]["questions"]
    answers, errors = validate_all(questions, ANSWERS)
    assert (answers, errors) == (ANSWERS, {})
    sent = {q["code"]: validate_with_texts(q, FORM.get(q["code"], {})) for q in questions}
    assert {k: v for found, _error in sent.values() for k, v in found.items()} == ANSWERS


def test_a_question_goes_where_it_was_asked_to(designer: Actor, draft: Survey) -> None:
    question_add(actor=designer, survey=draft, kind="nps", text="First", position=0)
    question_add(actor=designer, survey=draft, kind="nps", text="Last")
    assert asked(draft) == ["nps", "csat", "advice", "reason", "why", "nps_2"]


def test_adding_marks_the_draft_as_changed(designer: Actor, draft: Survey) -> None:
    survey_publish(actor=designer, survey=draft)
    question_add(actor=designer, survey=draft, kind="nps", text="New")
    draft.refresh_from_db()
    assert draft.has_changes is True


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "astrology"}, "kind"),
        ({"code": "Bad Code"}, "code"),
        ({"code": "9lives"}, "code"),
        ({"kind": "rating", "settings": {"min": 1, "max": 11}}, "settings"),
        ({"kind": "rating", "settings": {"min": 5, "max": 1}}, "settings"),
        ({"kind": "rating", "settings": {"max": "5"}}, "settings"),
        ({"settings": {"script": "x"}}, "settings"),
        ({"settings": {"labels": {"middle": "x"}}}, "settings"),
        ({"kind": "short_text", "settings": {"max_length": 5000}}, "settings"),
        ({"kind": "multiple", "settings": {"min": 3, "max": 2}}, "settings"),
        ({"kind": "single", "choices": [{"code": "a b", "text": "x"}]}, "choices"),
        ({"kind": "single", "choices": [{"code": "a"}, {"code": "a"}]}, "choices"),
        ({"kind": "single", "choices": [{"text": str(i)} for i in range(1001)]}, "choices"),
        ({"text": {"en": 7}}, "text"),
        ({"text": "x" * 4001}, "text"),
    ],
)
def test_bad_input_adds_nothing(
    designer: Actor, draft: Survey, values: dict[str, Any], field: str
) -> None:
    before = asked(draft)
    with pytest.raises(DomainError) as refused:
        question_add(**{"actor": designer, "survey": draft, "kind": "nps", "text": "x", **values})
    assert refused.value.code == "invalid"
    assert list(refused.value.details) == [field]
    assert asked(draft) == before


def test_a_code_is_used_once(designer: Actor, draft: Survey) -> None:
    with pytest.raises(DomainError) as refused:
        question_add(actor=designer, survey=draft, kind="nps", text="x", code="why")
    assert (refused.value.code, refused.value.status) == ("code_taken", 409)


def test_a_code_of_a_published_question_is_not_given_to_another(
    designer: Actor, draft: Survey
) -> None:
    survey_publish(actor=designer, survey=draft)
    question_delete(actor=designer, question=question_of(draft, "csat"))
    again = question_add(actor=designer, survey=draft, kind="csat", text="Something else?")
    assert again.code == "csat_2"


def test_a_statement_is_never_required(designer: Actor, draft: Survey) -> None:
    added = question_add(actor=designer, survey=draft, kind="statement", text="Hi", required=True)
    assert added.required is False
    changed = question_update(actor=designer, question=question_of(draft, "csat"), kind="statement")
    assert changed.required is False


def test_a_change_is_kept_and_noted_once(designer: Actor, draft: Survey) -> None:
    why = question_of(draft, "why")
    question_update(actor=designer, question=why, text={"en": "So?"}, required=True)
    entry = AuditEntry.unscoped.latest("pk")
    assert entry.action == "question.update"
    assert entry.changes["question"] == "why"
    assert entry.changes["required"] == [False, True]
    draft.refresh_from_db()
    assert draft.version == 2
    question_update(actor=designer, question=why, text={"en": "So?"}, required=True)
    assert AuditEntry.unscoped.latest("pk") == entry
    draft.refresh_from_db()
    assert draft.version == 2


def test_a_stale_edit_of_the_same_question_is_refused(
    designer: Actor, actor_for: As, draft: Survey
) -> None:
    why = question_of(draft, "why")
    question_update(actor=actor_for("owner"), question=why, version=1, text={"en": "Theirs"})
    with pytest.raises(StaleEdit) as stale:
        question_update(actor=designer, question=why, version=1, text={"en": "Mine"})
    current = stale.value.details["current"]
    assert (stale.value.status, current["version"]) == (409, 2)
    assert (current["text"], current["changed_by"]) == ({"en": "Theirs"}, "Owner")
    assert question_of(draft, "why").text == {"en": "Theirs"}


def test_two_people_may_edit_different_questions(
    designer: Actor, actor_for: As, draft: Survey
) -> None:
    question_update(actor=actor_for("owner"), question=question_of(draft, "why"), text="A")
    question_update(actor=designer, question=question_of(draft, "csat"), version=1, text="B")
    assert question_of(draft, "csat").text == {"en": "B"}


def test_another_kind_drops_what_does_not_fit(designer: Actor, draft: Survey) -> None:
    labels = {"low": {"en": "Bad"}}
    advice = question_update(
        actor=designer,
        question=question_of(draft, "advice"),
        settings={"min": 0, "max": 10, "labels": labels},
    )
    assert advice.settings == {"min": 0, "max": 10, "labels": labels}
    changed = question_update(actor=designer, question=advice, kind="nps")
    assert changed.settings == {"labels": labels}
    assert question_update(actor=designer, question=advice, kind="long_text").settings == {}


def test_choices_keep_their_codes_and_new_ones_never_reuse_one(
    designer: Actor, draft: Survey
) -> None:
    reason = question_of(draft, "reason")
    choices_set(actor=designer, question=reason, choices=[{"text": "A"}, {"text": "B"}])
    assert choices_of(reason) == [("c1", "A"), ("c2", "B")]
    survey_publish(actor=designer, survey=draft)
    choices_set(actor=designer, question=reason, choices=[{"code": "c1", "text": "A"}])
    choices_set(
        actor=designer,
        question=reason,
        choices=[{"text": "New"}, {"code": "c1", "text": "Still A"}],
    )
    assert choices_of(reason) == [("c3", "New"), ("c1", "Still A")]


def test_moving_within_and_between_pages(designer: Actor, draft: Survey) -> None:
    question_move(actor=designer, question=question_of(draft, "why"), position=0)
    assert asked(draft) == ["why", "csat", "advice", "reason"]
    second = section_add(actor=designer, survey=draft, title="Second")
    question_move(actor=designer, question=question_of(draft, "csat"), position=99, section=second)
    question_move(actor=designer, question=question_of(draft, "why"), position=0, section=second)
    assert asked(draft) == ["advice", "reason", "why", "csat"]
    assert list(second.questions.values_list("code", flat=True)) == ["why", "csat"]


def test_a_page_of_another_survey_is_refused(designer: Actor, draft: Survey) -> None:
    elsewhere = section_add(actor=designer, survey=make_draft(designer))
    with pytest.raises(DomainError, match="another survey"):
        question_move(
            actor=designer, question=question_of(draft, "why"), position=0, section=elsewhere
        )
    with pytest.raises(DomainError, match="another survey"):
        question_add(actor=designer, survey=draft, kind="nps", text="x", section=elsewhere)


def test_a_copy_stands_below_with_a_code_of_its_own(designer: Actor, draft: Survey) -> None:
    copy = question_duplicate(actor=designer, question=question_of(draft, "reason"))
    assert asked(draft) == ["csat", "advice", "reason", "single", "why"]
    assert choices_of(copy) == choices_of(question_of(draft, "reason"))


def test_pages_are_added_named_and_moved(designer: Actor, draft: Survey) -> None:
    second = section_add(actor=designer, survey=draft)
    section_update(actor=designer, section=second, title={"en": "Start", "ko": "시작"})
    section_move(actor=designer, section=second, position=0)
    pages = survey_document(draft)["sections"]
    assert [page["title"] for page in pages] == [{"en": "Start", "ko": "시작"}, {}]


def test_a_stale_page_name_is_refused(designer: Actor, draft: Survey) -> None:
    page = draft.sections.get()
    section_update(actor=designer, section=page, version=1, title="First")
    with pytest.raises(StaleEdit) as stale:
        section_update(actor=designer, section=page, version=1, title="Second")
    assert stale.value.details["current"]["title"] == {"en": "First"}


@pytest.mark.parametrize("which", [0, 1])
def test_deleting_a_page_keeps_its_questions(designer: Actor, draft: Survey, which: int) -> None:
    second = section_add(actor=designer, survey=draft)
    question_move(actor=designer, question=question_of(draft, "why"), position=0, section=second)
    pages = list(draft.sections.order_by("position"))
    section_delete(actor=designer, section=pages[which])
    assert asked(draft) == ["csat", "advice", "reason", "why"]
    with pytest.raises(DomainError) as refused:
        section_delete(actor=designer, section=draft.sections.get())
    assert refused.value.code == "last_section"


@pytest.mark.parametrize("role", ["manager", "staff", "viewer"])
def test_others_change_no_question(actor_for: As, draft: Survey, role: str) -> None:
    actor, before = actor_for(role), survey_document(draft)
    why, page = question_of(draft, "why"), draft.sections.get()
    for call in (
        lambda: question_add(actor=actor, survey=draft, kind="nps", text="x"),
        lambda: question_update(actor=actor, question=why, text="x"),
        lambda: question_move(actor=actor, question=why, position=0),
        lambda: question_duplicate(actor=actor, question=why),
        lambda: question_delete(actor=actor, question=why),
        lambda: section_add(actor=actor, survey=draft),
        lambda: section_update(actor=actor, section=page, title="x"),
        lambda: section_delete(actor=actor, section=page),
    ):
        with pytest.raises(Denied):
            call()
    assert survey_document(draft) == before
