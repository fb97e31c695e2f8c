"""Pictures of choices: brought with words for who cannot see them, and gone when unused."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from cxportal.core.models import Program, StoredFile
from surveys.exchange.native import written
from surveys.models import Question, Survey
from surveys.queries.survey_files import survey_file
from surveys.queries.surveys import survey_problems
from surveys.services.draft_steps import draft_undo
from surveys.services.imports import survey_import
from surveys.services.questions import choices_set, question_update
from surveys.services.survey_pictures import (
    choice_picture_remove,
    choice_picture_set,
    pictures_drop_unused,
)
from surveys.services.surveys import survey_publish
from tests.surveys.designing import question_of
from tests.surveys.services.everything import everything

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
ALT = {"en": "A red box", "ko": "빨간 상자"}


@pytest.fixture
def reason(draft: Survey) -> Question:
    return question_of(draft, "reason")


def bring(actor: Actor, question: Question, **values: object) -> str:
    given = {"code": "gift", "alt": ALT, "file": ContentFile(PNG, name="box.exe"), **values}
    choice_picture_set(actor=actor, question=question, **given)  # type: ignore[arg-type]
    return str(question.choices.get(code="gift").settings["image"])


def age() -> None:
    StoredFile.unscoped.update(created_at=timezone.now() - timedelta(days=2))


def test_a_picture_is_kept_by_what_it_is_with_its_words(designer: Actor, reason: Question) -> None:
    image = bring(designer, reason)
    stored = StoredFile.unscoped.get()
    assert (image, stored.content_type) == (f"file:{stored.pk}", "image/png")
    assert reason.choices.get(code="gift").settings["alt"] == ALT
    choice_picture_set(actor=designer, question=reason, code="gift", alt={**ALT, "en": "A box"})
    assert reason.choices.get(code="gift").settings["image"] == image


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"file": ContentFile(b"GIF88a", name="a.png")}, "logo"),
        ({"file": ContentFile(PNG + b"0" * 1024**2, name="a.png")}, "logo"),
        ({"alt": {"en": "Only English"}}, "alt"),
        ({"alt": {"en": " ", "ko": "상자"}}, "alt"),
        ({"alt": {"en": "x" * 301, "ko": "상자"}}, "alt"),
        ({"file": None}, "file"),
        ({"code": "nothing"}, "choices"),
    ],
)
def test_what_cannot_be_shown_or_read_is_refused(
    designer: Actor, reason: Question, wrong: dict[str, object], field: str
) -> None:
    with pytest.raises(DomainError) as refused:
        bring(designer, reason, **wrong)
    assert field in (refused.value.details or {})
    assert not StoredFile.unscoped.exists()


def test_a_picture_of_another_program_or_of_a_respondent_cannot_be_named(
    designer: Actor, reason: Question, other_program: Program
) -> None:
    foreign = StoredFile(program=other_program, name="a.png", content_type="image/png")
    foreign.permission = "surveys.view_surveys"
    foreign.save()
    brought = StoredFile(program=designer.program, name="a.png", content_type="image/png")
    brought.permission = "surveys.view_responses"
    brought.save()
    for stored in (foreign, brought):
        choices = [{"code": "a", "text": "A", "image": f"file:{stored.pk}"}]
        with pytest.raises(DomainError, match="the file you brought"):
            choices_set(actor=designer, question=reason, choices=choices)


def test_a_picture_goes_only_when_nothing_names_it(
    designer: Actor, draft: Survey, reason: Question
) -> None:
    bring(designer, reason)
    age()
    pictures_drop_unused()
    survey_publish(actor=designer, survey=draft)
    choice_picture_remove(actor=designer, question=reason, code="gift")
    assert "alt" not in reason.choices.get(code="gift").settings
    draft.steps.all().delete()
    pictures_drop_unused()
    assert StoredFile.unscoped.count() == 1  # the published version shows it
    draft.current_version = None
    draft.save()
    draft.versions.all().delete()
    pictures_drop_unused()
    assert not StoredFile.unscoped.exists()


def test_taking_a_picture_off_can_be_undone(
    designer: Actor, draft: Survey, reason: Question
) -> None:
    image = bring(designer, reason)
    age()
    choice_picture_remove(actor=designer, question=reason, code="gift")
    pictures_drop_unused()
    draft_undo(actor=designer, survey=draft)
    assert reason.choices.get(code="gift").settings == {"image": image, "alt": ALT}
    assert StoredFile.unscoped.count() == 1


def test_pictures_survive_our_json_byte_for_byte_and_are_left_out_elsewhere(
    designer: Actor, other_program: Program, reason: Question
) -> None:
    image = bring(designer, reason)
    document = everything()
    choices = document["sections"][0]["questions"][8]["choices"]
    assert document["sections"][0]["questions"][8]["kind"] == "image_choice"
    choices[0] |= {"image": image, "alt": ALT}
    document["theme"]["logo"] = image
    made = survey_import(actor=designer, name="s.json", content=written(document)).survey
    first = survey_file(designer, made, "json").content
    assert f'"{image}"'.encode() in first
    again = survey_import(actor=designer, name="s.json", content=first).survey
    assert survey_file(designer, again, "json").content == first
    stranger = Actor.system(other_program)
    copy = survey_import(actor=stranger, name="s.json", content=first).survey
    assert b'"file:' not in survey_file(stranger, copy, "json").content
    assert "lie in another program" in copy.questions.get(code="image_choice").note


def test_hints_name_pictures_and_texts_that_some_cannot_read(
    designer: Actor, draft: Survey, reason: Question
) -> None:
    bring(designer, reason, alt={"en": "as a  GIFT", "ko": "빨간 상자"})
    question_update(actor=designer, question=reason, text={"en": "Why " * 80, "ko": "왜"})
    hints = [p.text for p in survey_problems(draft) if not p.blocks]
    assert any("says the same as its choice" in text for text in hints)
    assert any("is long. Shorter questions" in text for text in hints)
    gift = reason.choices.get(code="gift")
    gift.settings = {**gift.settings, "alt": {"ko": "상자"}}
    gift.save()
    found = survey_problems(draft)
    assert any("no words for who cannot see it" in problem.text for problem in found)
    assert not any(problem.blocks for problem in found)
