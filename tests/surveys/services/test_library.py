"""Questions and blocks are kept, put into surveys with their rules, and copied between them."""

from collections.abc import Callable

import pytest

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError
from cxportal.core.models import Program
from surveys.exchange.native import written
from surveys.models import LibraryItem, Survey
from surveys.queries.library import library_items
from surveys.queries.surveys import survey_document, survey_problems
from surveys.services.draft_steps import draft_undo
from surveys.services.imports import survey_import
from surveys.services.library import (
    block_of,
    library_delete,
    library_insert,
    library_rename,
    library_save,
    part_copy,
)
from surveys.services.questions import question_update, section_add
from tests.surveys.designing import asked, make_draft, question_of
from tests.surveys.services.everything import everything

pytestmark = pytest.mark.django_db
As = Callable[[str], Actor]
RULE = {"source": "answer.csat", "operator": "lte", "value": 2}


@pytest.fixture
def draft(designer: Actor) -> Survey:
    """Its reason is asked of those who were not satisfied."""
    survey = make_draft(designer, "purchase")
    question_update(actor=designer, question=question_of(survey, "why"), logic={"show_if": RULE})
    return survey


def test_a_block_keeps_its_rules_under_free_names_in_another_survey(
    designer: Actor, draft: Survey
) -> None:
    item = library_save(actor=designer, part=draft.sections.get())
    assert (item.kind, item.name) == ("block", "How satisfied are you overall?")
    other = make_draft(designer, "csat")
    made = library_insert(actor=designer, survey=other, item=item, section=other.sections.get())
    assert [q.code for q in made.questions] == ["csat_2", "advice", "reason", "why_2"]
    assert made.left_out == []
    why = question_of(other, "why_2")
    assert why.logic == {"show_if": {**RULE, "source": "answer.csat_2"}}
    assert why.text == question_of(draft, "why").text
    assert question_of(other, "reason").choices.count() == 4
    assert [page.questions.count() for page in other.sections.all()] == [2, 4]
    assert not [problem for problem in survey_problems(other) if problem.blocks]


def test_a_question_alone_leaves_its_rule_on_others_behind_and_says_so(
    designer: Actor, draft: Survey
) -> None:
    item = library_save(actor=designer, part=question_of(draft, "why"), name="  Why  ")
    other = make_draft(designer, "nps")
    made = library_insert(actor=designer, survey=other, item=item, position=0)
    assert (item.name, item.kind) == ("Why", "question")
    assert asked(other) == ["why_2", "nps", "why"]
    assert question_of(other, "why_2").logic == {}
    assert made.left_out == [
        "A rule of “why” looked at a question that is not here; it was left out."
    ]


def test_every_kind_and_feature_survives_the_library(designer: Actor) -> None:
    whole = survey_import(actor=designer, name="s.json", content=written(everything())).survey
    target = make_draft(designer, "empty")
    page = whole.sections.order_by("position")[0]
    for section in list(whole.sections.order_by("position")[1:]):
        section.questions.update(section=page)
    page.refresh_from_db()
    block = block_of(page)
    block["logic"], block["code"] = {}, ""
    for question in block["questions"]:
        # What leads out of the block stays behind; see tests/surveys/calc/test_blocks.py.
        rules = question["logic"].get("skip") or []
        question["logic"]["skip"] = [r for r in rules if not r["to"].startswith("section:")]
    item = library_save(actor=designer, part=page)
    made = library_insert(actor=designer, survey=target, item=item)
    assert made.section is not None
    kept = {q["code"]: q for q in block_of(made.section)["questions"]}
    for question in block["questions"]:
        logic = {name: rules for name, rules in question["logic"].items() if rules}
        assert kept[question["code"]] == {**question, "logic": logic}


def test_a_page_is_copied_from_another_survey_right_after_the_one_chosen(
    designer: Actor, draft: Survey
) -> None:
    other = make_draft(designer, "nps")
    last = section_add(actor=designer, survey=other, title={"en": "Last"})
    first = other.sections.order_by("position")[0]
    source = draft.sections.get()
    made = part_copy(actor=designer, survey=other, part=source, section=first)
    order = list(other.sections.order_by("position").values_list("pk", flat=True))
    assert made.section is not None
    assert order == [first.pk, made.section.pk, last.pk]
    assert question_of(other, "why_2").logic == {"show_if": RULE}
    before = len(asked(other))
    draft_undo(actor=designer, survey=other)
    assert asked(other) == ["nps", "why"]
    assert before == 6


def test_the_library_is_searched_renamed_and_tidied(designer: Actor, draft: Survey) -> None:
    item = library_save(actor=designer, part=question_of(draft, "reason"), name="Reasons")
    assert list(library_items(designer, "선물")) == [item]
    assert list(library_items(designer, "reasons")) == [item]
    assert list(library_items(designer, "nobody")) == []
    library_rename(actor=designer, item=item, name="Why they came")
    with pytest.raises(DomainError):
        library_rename(actor=designer, item=item, name=" ")
    before = survey_document(draft)
    library_insert(actor=designer, survey=draft, item=item)
    library_delete(actor=designer, item=item)
    assert not LibraryItem.unscoped.exists()
    assert survey_document(draft) != before


def test_what_cannot_be_kept_or_placed_is_refused(designer: Actor, draft: Survey) -> None:
    empty = section_add(actor=designer, survey=draft)
    with pytest.raises(DomainError, match="without a question"):
        library_save(actor=designer, part=empty)
    item = library_save(actor=designer, part=question_of(draft, "why"))
    elsewhere = make_draft(designer).sections.get()
    with pytest.raises(DomainError, match="another survey"):
        library_insert(actor=designer, survey=draft, item=item, section=elsewhere)


def test_strangers_and_readers_neither_keep_nor_insert(
    actor_for: As, other_program: Program, designer: Actor, draft: Survey
) -> None:
    item = library_save(actor=designer, part=question_of(draft, "why"))
    for actor in (actor_for("viewer"), actor_for("manager")):
        with pytest.raises(Denied):
            library_save(actor=actor, part=question_of(draft, "why"))
        with pytest.raises(Denied):
            library_insert(actor=actor, survey=draft, item=item)
    assert not library_items(Actor.system(other_program)).exists()
