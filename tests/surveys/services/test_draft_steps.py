"""What one did in the designer is undone and done again, beside what colleagues do."""

from collections.abc import Callable

import pytest

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError
from surveys.models import DraftStep, Survey
from surveys.queries.survey_files import survey_file
from surveys.queries.surveys import survey_document
from surveys.services.draft_steps import MOST, draft_redo, draft_undo
from surveys.services.imports import survey_import
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
from surveys.services.surveys import survey_update
from surveys.services.translations import translations_apply
from tests.api.conftest import make_api
from tests.surveys.designing import answered, asked, question_of

pytestmark = pytest.mark.django_db
As = Callable[[str], Actor]


@pytest.fixture
def owner(actor_for: As) -> Actor:
    return actor_for("owner")


RULE = {"source": "answer.csat", "operator": "lt", "value": 3}


def everything_once(actor: Actor, draft: Survey) -> None:
    """Each command of the designer, in an order in which they meet each other."""
    page = section_add(actor=actor, survey=draft, title={"en": "More"})
    added = question_add(actor=actor, survey=draft, kind="nps", text="Again?", section=page)
    question_update(actor=actor, question=added, text={"en": "Recommend?"}, required=True)
    question_update(actor=actor, question=added, logic={"show_if": {"all": [RULE]}})
    reason = question_of(draft, "reason")
    choices_set(actor=actor, question=reason, choices=[{"code": "gift", "text": "Gift"}])
    question_duplicate(actor=actor, question=reason)
    question_move(actor=actor, question=reason, position=0, section=page)
    question_delete(actor=actor, question=question_of(draft, "advice"))
    section_update(actor=actor, section=page, title={"en": "Most"}, logic={"random": "g"})
    section_move(actor=actor, section=page, position=0)
    section_delete(actor=actor, section=page)
    quota = {"name": "Low", "if": {"all": [RULE]}, "limit": 3}
    survey_update(actor=actor, survey=draft, welcome={"en": "Hello"}, quotas=[quota])
    korean = {"survey:welcome": "안녕하세요", "question:why:text": "왜요"}
    rows = [{"place": place, "ko": text} for place, text in korean.items()]
    translations_apply(actor=actor, survey=draft, rows=rows)


def test_everything_goes_back_to_the_beginning_and_forth_again(
    designer: Actor, draft: Survey
) -> None:
    first = survey_document(draft)
    everything_once(designer, draft)
    draft.refresh_from_db()
    last, steps = survey_document(draft), draft.steps.count()
    assert steps == 13
    for _step in range(steps):
        draft_undo(actor=designer, survey=draft)
    draft.refresh_from_db()
    assert survey_document(draft) == first
    with pytest.raises(DomainError) as nothing:
        draft_undo(actor=designer, survey=draft)
    assert nothing.value.code == "nothing_to_undo"
    for _step in range(steps):
        draft_redo(actor=designer, survey=draft)
    draft.refresh_from_db()
    assert survey_document(draft) == last
    with pytest.raises(DomainError) as nothing:
        draft_redo(actor=designer, survey=draft)
    assert nothing.value.code == "nothing_to_redo"


def test_only_ones_own_last_change_is_undone(designer: Actor, owner: Actor, draft: Survey) -> None:
    question_update(actor=designer, question=question_of(draft, "why"), text={"en": "Mine"})
    question_update(actor=owner, question=question_of(draft, "csat"), text={"en": "Theirs"})
    draft_undo(actor=designer, survey=draft)
    assert question_of(draft, "csat").text == {"en": "Theirs"}
    assert question_of(draft, "why").text["en"].startswith("What should we keep")


def test_what_a_colleague_changed_meanwhile_stays_and_is_said(
    designer: Actor, owner: Actor, draft: Survey
) -> None:
    why = question_of(draft, "why")
    question_update(actor=designer, question=why, help={"en": "Freely."})
    question_update(actor=designer, question=why, text={"en": "Mine"})
    question_update(actor=owner, question=why, text={"en": "Theirs"})
    with pytest.raises(DomainError) as refused:
        draft_undo(actor=designer, survey=draft)
    assert (refused.value.code, refused.value.status) == ("changed_meanwhile", 409)
    assert refused.value.message == "Owner changed “Theirs” meanwhile. It stays as it is."
    assert question_of(draft, "why").text == {"en": "Theirs"}
    # That step is given up; the one before it touched something else.
    draft_undo(actor=designer, survey=draft)
    assert question_of(draft, "why").help == {}
    assert question_of(draft, "why").text == {"en": "Theirs"}


def test_a_new_change_ends_what_could_be_done_again(designer: Actor, draft: Survey) -> None:
    question_delete(actor=designer, question=question_of(draft, "why"))
    draft_undo(actor=designer, survey=draft)
    question_add(actor=designer, survey=draft, kind="nps", text="Again?")
    with pytest.raises(DomainError) as nothing:
        draft_redo(actor=designer, survey=draft)
    assert nothing.value.code == "nothing_to_redo"
    assert asked(draft) == ["csat", "advice", "reason", "why", "nps"]


def test_typing_is_one_step_and_other_fields_are_another(designer: Actor, draft: Survey) -> None:
    why = question_of(draft, "why")
    for text in ("W", "Wh", "Why?"):
        question_update(actor=designer, question=why, text={"en": text})
    question_update(actor=designer, question=why, required=True)
    assert draft.steps.count() == 2
    draft_undo(actor=designer, survey=draft)
    draft_undo(actor=designer, survey=draft)
    assert question_of(draft, "why").text["en"].startswith("What should we keep")


def test_a_code_taken_meanwhile_keeps_a_question_deleted(
    designer: Actor, owner: Actor, draft: Survey
) -> None:
    question_delete(actor=designer, question=question_of(draft, "why"))
    question_add(actor=owner, survey=draft, kind="long_text", text="So?", code="why")
    with pytest.raises(DomainError) as refused:
        draft_undo(actor=designer, survey=draft)
    assert refused.value.code == "code_taken"
    assert question_of(draft, "why").text == {"en": "So?"}


def test_the_promise_of_anonymity_is_not_undone_under_answers(
    designer: Actor, draft: Survey
) -> None:
    from surveys.services.surveys import survey_publish

    survey_update(actor=designer, survey=draft, anonymous=True)
    survey_publish(actor=designer, survey=draft)
    draft.refresh_from_db()
    answered(draft)
    with pytest.raises(DomainError) as refused:
        draft_undo(actor=designer, survey=draft)
    assert refused.value.code == "anonymity_fixed"
    draft.refresh_from_db()
    assert draft.anonymous is True


def test_clients_imports_and_the_portal_itself_leave_no_steps(
    designer: Actor, draft: Survey
) -> None:
    question_delete(actor=Actor.system(draft.program), question=question_of(draft, "why"))
    content = survey_file(designer, draft, "json").content
    survey_import(actor=designer, name="s.json", content=content)
    assert not DraftStep.unscoped.exists()


def test_the_oldest_steps_are_forgotten(designer: Actor, draft: Survey) -> None:
    why = question_of(draft, "why")
    DraftStep.unscoped.bulk_create(
        DraftStep(program=draft.program, survey=draft, user=designer.user, action="x", changes={})
        for _step in range(MOST)
    )
    question_update(actor=designer, question=why, required=True)
    assert draft.steps.count() == MOST
    assert draft.steps.first().action == "question.update"  # type: ignore[union-attr]


def test_who_may_not_design_undoes_nothing(actor_for: As, draft: Survey) -> None:
    for role in ("manager", "staff", "viewer"):
        with pytest.raises(Denied):
            draft_undo(actor=actor_for(role), survey=draft)


def test_a_key_undoes_its_own_changes_and_nobody_elses(designer: Actor, draft: Survey) -> None:
    first, second = (make_api(draft.program) for _ in range(2))
    question_add(actor=designer, survey=draft, kind="nps", text="By hand?")
    made = first.made(f"surveys/{draft.pk}/questions/", {"kind": "number", "text": {"en": "How?"}})
    address = f"surveys/{draft.pk}/"
    status, refused = second.post(f"{address}undo/")
    assert (status, refused["code"]) == (409, "nothing_to_undo")
    status, undone = first.post(f"{address}undo/")
    assert (status, undone["action"], undone["undone"]) == (200, "question.add", True)
    assert made["code"] not in asked(draft)
    assert "nps" in asked(draft)
    status, again = first.post(f"{address}redo/")
    assert (status, again["undone"]) == (200, False)
    assert made["code"] in asked(draft)
    draft.refresh_from_db()
    assert again["version"] == draft.version
