"""Questions and blocks for reuse: kept in the library, put into a survey, copied from another."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, changed_fields
from cxportal.core.errors import DomainError
from cxportal.core.models import text_in
from cxportal.core.policies import authorise
from surveys.calc.blocks import fitted
from surveys.calc.logic_document import targets_of
from surveys.models import LibraryItem, Question, Section, Survey
from surveys.services.choices import choice_specs
from surveys.services.draft_steps import undoable
from surveys.services.drafts import draft_lock, invalid, published_questions
from surveys.services.questions import (
    question_add,
    question_shown,
    section_add,
    section_move,
)

MOST_ITEMS, MOST_NAME = 2000, 120
Block = dict[str, Any]


@dataclass
class Inserted:
    """What was put into a survey. `left_out` are sentences about what could not come along."""

    questions: list[Question]
    section: Section | None = None
    left_out: list[str] = field(default_factory=list)


def block_of(part: Question | Section) -> Block:
    """A question or page as a section of docs/survey-json.md without its number."""
    if isinstance(part, Question):
        spec = {"title": {}, "code": "", "logic": {}}
        return {**spec, "questions": [question_shown(part, choice_specs(part))]}
    rows = part.questions.order_by("position", "pk").prefetch_related("choices")
    questions = [question_shown(question, choice_specs(question)) for question in rows]
    block = {"title": part.title, "code": part.code, "logic": part.logic, "questions": questions}
    if not part.code and f"section:{part.key}" in targets_of({"sections": [block]}):
        block["code"] = part.key
    return block


@transaction.atomic
def library_save(*, actor: Actor, part: Question | Section, name: str = "") -> LibraryItem:
    """Keep a question or a page with its questions for other surveys, in all its languages.

    Without a name it is called like its first words. Raises DomainError "invalid" for a page
    without questions, "library_full".
    """
    survey = part.survey
    authorise(actor, "surveys.change_surveys", survey)
    if LibraryItem.objects.for_actor(actor).count() >= MOST_ITEMS:
        raise DomainError("library_full", _("The library holds at most 2,000 items."))
    block = block_of(part)
    if not block["questions"]:
        raise invalid(_("A page without a question cannot be kept."), "section")
    is_question = isinstance(part, Question)
    item = LibraryItem(
        program=actor.program,
        kind=LibraryItem.Kind.QUESTION if is_question else LibraryItem.Kind.BLOCK,
        name=_name(name) or _usual_name(block, survey.default_language),
        document=block,
        default_language=survey.default_language,
        created_by=actor.user,
    )
    item.save()
    audit(actor=actor, action="library.save", obj=item, changes={"survey": survey.pk})
    return item


def _name(name: Any) -> str:
    text = str(name or "").replace("\x00", "").strip()
    if len(text) > MOST_NAME:
        raise invalid(_("A name has at most 120 characters."), "name")
    return text


def _usual_name(block: Mapping[str, Any], language: str) -> str:
    first = block["questions"][0]
    words = text_in(block["title"], language) or text_in(first["text"], language)
    return str(words or first["code"])[:MOST_NAME]


@transaction.atomic
def library_rename(*, actor: Actor, item: LibraryItem, name: str) -> LibraryItem:
    """Call an item otherwise. Raises DomainError "invalid"."""
    authorise(actor, "surveys.change_surveys")
    clean = _name(name)
    if not clean:
        raise invalid(_("Give it a name."), "name")
    changes = changed_fields(item, {"name": clean})
    if changes:
        item.name = clean
        item.save(update_fields=["name", "updated_at"])
        audit(actor=actor, action="library.rename", obj=item, changes=changes)
    return item


@transaction.atomic
def library_delete(*, actor: Actor, item: LibraryItem) -> None:
    """Take an item out of the library; surveys that took it over keep their copies."""
    authorise(actor, "surveys.change_surveys")
    audit(actor=actor, action="library.delete", obj=item)
    item.delete()


@transaction.atomic
@undoable("library.insert")
def library_insert(
    *,
    actor: Actor,
    survey: Survey,
    item: LibraryItem,
    section: Section | None = None,
    position: int | None = None,
) -> Inserted:
    """Put an item into a draft: a question on `section` (else the last page) at `position`, a
    block as a page of its own after `section` (else at the end).

    Codes in use there are numbered on; rules and tags inside the block follow. Raises
    DomainError like `question_add`.
    """
    is_block = item.kind == LibraryItem.Kind.BLOCK
    draft = _target(actor, survey, section)
    return _insert(actor, draft, item.document, (is_block, section, position))


@transaction.atomic
@undoable("library.insert")
def part_copy(
    *,
    actor: Actor,
    survey: Survey,
    part: Question | Section,
    section: Section | None = None,
    position: int | None = None,
) -> Inserted:
    """Copy a question or page of another survey's draft into this one, like `library_insert`."""
    authorise(actor, "surveys.view_surveys", part.survey)
    draft = _target(actor, survey, section)
    return _insert(actor, draft, block_of(part), (isinstance(part, Section), section, position))


def _target(actor: Actor, survey: Survey, section: Section | None) -> Survey:
    draft = draft_lock(actor, survey)
    if section is not None and section.survey_id != draft.pk:
        raise invalid(_("This page belongs to another survey."), "section")
    return draft


def _insert(
    actor: Actor,
    draft: Survey,
    block: Mapping[str, Any],
    place: tuple[bool, Section | None, int | None],
) -> Inserted:
    """Put a block in: whether as a page of its own, after or on which page, at which place."""
    is_block, section, position = place
    taken = set(draft.questions.values_list("code", flat=True))
    taken |= {question["code"] for question in published_questions(draft)}
    pages = set(draft.sections.values_list("code", flat=True))
    made = fitted(block, taken, pages)
    page = _page(actor, draft, made.section, section) if is_block else section
    questions = []
    for number, spec in enumerate(made.section["questions"]):
        at = None if is_block or position is None else position + number
        add = {name: spec[name] for name in _ASKED if name in spec}
        questions.append(question_add(actor=actor, survey=draft, section=page, position=at, **add))
    codes = [question.code for question in questions]
    audit(actor=actor, action="library.insert", obj=draft, changes={"questions": codes})
    return Inserted(questions, page if is_block else None, _left_out(made.left_out))


_ASKED = (
    "code", "kind", "text", "help", "required", "settings", "rows", "logic", "note", "choices",
)  # fmt: skip


def _page(actor: Actor, draft: Survey, block: Mapping[str, Any], after: Section | None) -> Section:
    named = {name: block[name] for name in ("title", "code", "logic")}
    page = section_add(actor=actor, survey=draft, **named)
    if after is not None:
        order = list(draft.sections.order_by("position", "pk").values_list("pk", flat=True))
        section_move(actor=actor, section=page, position=order.index(after.pk) + 1)
    return page


def _left_out(found: list[tuple[str, str]]) -> list[str]:
    sentences = {
        "rule": _("A rule of “%(code)s” looked at a question that is not here; it was left out."),
        "tag": _("A text of “%(code)s” named an answer that is not here; its stand-in was put."),
        "carried": _("“%(code)s” took its choices from a question that is not here."),
    }
    return list(dict.fromkeys(sentences[what] % {"code": code} for code, what in found))
