"""Questions and pages of the draft: added, changed, moved, copied and deleted."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, changed_fields
from cxportal.core.errors import DomainError
from surveys.calc.answers import SILENT, UNSEEN
from surveys.models import Question, Section, Survey
from surveys.services.choices import choice_specs, choices_checked, choices_write
from surveys.services.draft_steps import undoable
from surveys.services.drafts import (
    checked_kind,
    checked_note,
    checked_section_code,
    checked_texts,
    draft_lock,
    draft_touch,
    expect_part,
    free_code,
    invalid,
)
from surveys.services.question_checks import checked_logic, checked_rows, checked_settings

EDITABLE = frozenset(
    {
        "text",
        "help",
        "required",
        "settings",
        "rows",
        "logic",
        "code",
        "kind",
        "note",
        "section",
        "choices",
    }
)
MAX_QUESTIONS = 300
MAX_SECTIONS = 100


@transaction.atomic
@undoable("section.add")
def section_add(
    *,
    actor: Actor,
    survey: Survey,
    title: Mapping[str, str] | str | None = None,
    code: str = "",
    logic: Mapping[str, Any] | None = None,
) -> Section:
    """Add a page at the end. Raises DomainError "too_many_sections", "invalid", "code_taken"."""
    draft = draft_lock(actor, survey)
    if draft.sections.count() >= MAX_SECTIONS:
        raise DomainError("too_many_sections", _("A survey has at most 100 pages."))
    last = draft.sections.aggregate(last=Max("position"))["last"]
    section = Section(
        program=actor.program,
        survey=draft,
        title=checked_texts(title, draft.default_language, "title"),
        code=checked_section_code(draft, code),
        logic=checked_logic(logic, loops=True),
        position=0 if last is None else last + 1,
        version=draft_touch(draft),
    )
    section.save()
    audit(actor=actor, action="section.add", obj=draft, changes={"section": section.pk})
    return section


@transaction.atomic
@undoable("section.update")
def section_update(
    *,
    actor: Actor,
    section: Section,
    title: Mapping[str, str] | str | None = None,
    code: str | None = None,
    logic: Mapping[str, Any] | None = None,
    version: int | None = None,
) -> Section:
    """Name a page, give it a code, set its rules; what is None stays as it is.

    Raises DomainError "invalid", "code_taken" (409); StaleEdit when the page changed after
    survey version `version`.
    """
    draft = draft_lock(actor, section.survey)
    section.refresh_from_db()
    shown = {"title": section.title, "code": section.code, "logic": section.logic}
    expect_part(draft, section, version, shown)
    values: dict[str, Any] = {}
    if title is not None:
        values["title"] = checked_texts(title, draft.default_language, "title")
    if code is not None:
        values["code"] = checked_section_code(draft, code, besides=section.pk)
    if logic is not None:
        values["logic"] = checked_logic(logic, loops=True)
    changes = changed_fields(section, values)
    if not changes:
        return section
    for name in changes:
        setattr(section, name, values[name])
    section.version = draft_touch(draft)
    section.save(update_fields=[*changes, "version"])
    audit(
        actor=actor,
        action="section.update",
        obj=draft,
        changes={"section": section.pk, **changes},
    )
    return section


@transaction.atomic
@undoable("section.move")
def section_move(*, actor: Actor, section: Section, position: int) -> None:
    """Put a page at a place (0 = first)."""
    draft = draft_lock(actor, section.survey)
    others = list(draft.sections.exclude(pk=section.pk).order_by("position", "pk"))
    others.insert(max(0, min(position, len(others))), section)
    if _number(others):
        draft_touch(draft)
        audit(actor=actor, action="section.move", obj=draft, changes={"section": section.pk})


@transaction.atomic
@undoable("section.delete")
def section_delete(*, actor: Actor, section: Section) -> Section:
    """Delete a page; its questions go to the page before (or after). Returns that page.

    Raises DomainError "last_section" (409).
    """
    draft = draft_lock(actor, section.survey)
    pages = list(draft.sections.order_by("position", "pk"))
    if len(pages) == 1:
        raise DomainError("last_section", _("A survey has at least one page."), status=409)
    at = pages.index(section)
    neighbour = pages[at - 1] if at else pages[1]
    mine, theirs = _questions_of(section), _questions_of(neighbour)
    section.questions.update(section=neighbour)
    _number(theirs + mine if at else mine + theirs)
    draft_touch(draft)
    audit(actor=actor, action="section.delete", obj=draft, changes={"section": section.pk})
    section.delete()
    return neighbour


@transaction.atomic
@undoable("question.add")
def question_add(
    *,
    actor: Actor,
    survey: Survey,
    kind: str,
    text: Mapping[str, str] | str,
    section: Section | None = None,
    code: str | None = None,
    help: Mapping[str, str] | str | None = None,
    required: bool = False,
    settings: Mapping[str, Any] | None = None,
    choices: Iterable[Mapping[str, Any]] | None = None,
    rows: Iterable[Mapping[str, Any]] | None = None,
    logic: Mapping[str, Any] | None = None,
    note: str = "",
    position: int | None = None,
) -> Question:
    """Add a question, at the end of the last page unless said otherwise.

    Raises DomainError "invalid" (kind, code, settings, choices), "code_taken" (409),
    "too_many_questions".
    """
    draft = draft_lock(actor, survey)
    if draft.questions.count() >= MAX_QUESTIONS:
        raise DomainError("too_many_questions", _("A survey has at most 300 questions."))
    page = section or draft.sections.order_by("-position", "-pk").first()
    _refuse_page(draft, page)
    checked_kind(kind)
    language = draft.default_language
    question = Question(
        program=actor.program,
        survey=draft,
        section=page,
        code=free_code(draft, code, kind),
        kind=kind,
        text=checked_texts(text, language, "text"),
        help=checked_texts(help, language, "help"),
        required=bool(required) and kind not in SILENT | UNSEEN,
        settings=checked_settings(kind, settings or {}, language),
        rows=checked_rows(kind, rows, language),
        logic=checked_logic(logic),
        note=checked_note(note),
    )
    specs = choices_checked(draft, question, choices or ())
    question.version = draft_touch(draft)
    question.save()
    choices_write(question, specs)
    assert page is not None
    _place(question, page, position)
    audit(actor=actor, action="question.add", obj=draft, changes={"question": question.code})
    return question


def _refuse_page(draft: Survey, page: Section | None) -> None:
    if page is None or page.survey_id != draft.pk:
        raise invalid(_("This page belongs to another survey."), "section")


@transaction.atomic
@undoable("question.update")
def question_update(
    *, actor: Actor, question: Question, version: int | None = None, **values: Any
) -> Question:
    """Change a question of the draft; with `version` (the survey's) only if nobody else did.

    Raises DomainError "invalid", "code_taken", StaleEdit with what is stored now.
    """
    draft = draft_lock(actor, question.survey)
    question.refresh_from_db()
    stored = choice_specs(question)
    expect_part(draft, question, version, question_shown(question, stored))
    unknown = set(values) - EDITABLE
    if unknown:
        raise LookupError(f"not editable: {sorted(unknown)}")
    specs = values.pop("choices", None)
    wanted = stored if specs is None else choices_checked(draft, question, specs)
    page = values.pop("section", None) or question.section
    _refuse_page(draft, page)
    changes = changed_fields(question, _checked(draft, question, values))
    if wanted != stored:
        changes["choices"] = [_choice_words(draft, stored), _choice_words(draft, wanted)]
    if not changes and page.pk == question.section_id:
        return question
    _save_changes(draft, question, changes)
    if wanted != stored:
        choices_write(question, wanted)
    if page.pk != question.section_id:
        _place(question, page, None)
    noted = {"question": question.code, **changes}
    audit(actor=actor, action="question.update", obj=draft, changes=noted)
    return question


def question_shown(question: Question, choices: list[dict[str, Any]]) -> dict[str, Any]:
    """What a refused edit is told about the question as it is stored."""
    return {
        "code": question.code,
        "kind": question.kind,
        "text": question.text,
        "help": question.help,
        "required": question.required,
        "settings": question.settings,
        "rows": question.rows,
        "logic": question.logic,
        "note": question.note,
        "choices": choices,
    }


def _checked(draft: Survey, question: Question, values: Mapping[str, Any]) -> dict[str, Any]:
    language, kind = draft.default_language, checked_kind(values.get("kind", question.kind))
    clean = dict(values)
    for name in {"text", "help"} & values.keys():
        clean[name] = checked_texts(values[name], language, name)
    if "code" in values:
        code = values["code"] or question.code
        clean["code"] = free_code(draft, code, kind, besides=question.pk)
    if values.keys() & {"settings", "kind"}:
        settings = values.get("settings", _settings_kept(question, kind))
        clean["settings"] = checked_settings(kind, settings, language)
    if "rows" in values:
        clean["rows"] = checked_rows(kind, values["rows"], language)
    if "note" in values:
        clean["note"] = checked_note(values["note"])
    if "logic" in values:
        clean["logic"] = checked_logic(values["logic"])
    if kind in SILENT | UNSEEN:
        clean["required"] = False
    return clean


def _settings_kept(question: Question, kind: str) -> dict[str, Any]:
    """Limits mean something else for another kind of question: only the words are kept."""
    same = kind == question.kind
    stored: dict[str, Any] = question.settings
    return {name: value for name, value in stored.items() if same or name == "labels"}


def _choice_words(draft: Survey, specs: Sequence[Mapping[str, Any]]) -> list[str]:
    return [spec["text"].get(draft.default_language) or spec["code"] for spec in specs]


def _save_changes(draft: Survey, question: Question, changes: Mapping[str, list[Any]]) -> None:
    fields = {name: after for name, (_before, after) in changes.items() if name != "choices"}
    for name, value in fields.items():
        setattr(question, name, value)
    question.version = draft_touch(draft)
    question.save(update_fields=[*fields, "version"])


@transaction.atomic
def choices_set(
    *, actor: Actor, question: Question, choices: Iterable[Mapping[str, Any]]
) -> Question:
    """Replace the choices: [{"code"?, "text"}] in order; known codes keep their answers."""
    return question_update(actor=actor, question=question, choices=list(choices))


@transaction.atomic
@undoable("question.move")
def question_move(
    *, actor: Actor, question: Question, position: int, section: Section | None = None
) -> Question:
    """Put a question at a place (0 = first) of its page or of another one."""
    draft = draft_lock(actor, question.survey)
    page = section or question.section
    _refuse_page(draft, page)
    if _place(question, page, position):
        draft_touch(draft)
        audit(actor=actor, action="question.move", obj=draft, changes={"question": question.code})
    return question


def _place(question: Question, page: Section, position: int | None) -> bool:
    others = [other for other in _questions_of(page) if other.pk != question.pk]
    place = len(others) if position is None else max(0, min(position, len(others)))
    others.insert(place, question)
    moved = question.section_id != page.pk
    if moved:
        question.section = page
        question.save(update_fields=["section"])
    return _number(others) or moved


def _questions_of(page: Section) -> list[Question]:
    return list(page.questions.order_by("position", "pk"))


def _number(rows: Sequence[Question | Section]) -> bool:
    """Store the order of the rows; False when it was stored already."""
    moved = False
    for position, row in enumerate(rows):
        if row.position != position:
            moved = True
            row.position = position
            row.save(update_fields=["position"])
    return moved


@transaction.atomic
@undoable("question.add")
def question_duplicate(*, actor: Actor, question: Question) -> Question:
    """Copy a question right below itself, with a code of its own."""
    return question_add(
        actor=actor,
        survey=question.survey,
        kind=question.kind,
        text=question.text,
        section=question.section,
        help=question.help,
        required=question.required,
        settings=question.settings,
        rows=question.rows,
        logic=question.logic,
        note=question.note,
        choices=choice_specs(question),
        position=question.position + 1,
    )


@transaction.atomic
@undoable("question.delete")
def question_delete(*, actor: Actor, question: Question) -> None:
    """Delete a question of the draft; answers of published versions stay."""
    draft = draft_lock(actor, question.survey)
    kept = {
        **question_shown(question, choice_specs(question)),
        "section": question.section_id,
        "position": question.position,
    }
    changes = {"question": question.code, "deleted": kept}
    page = question.section
    question.delete()
    _number(_questions_of(page))
    draft_touch(draft)
    audit(actor=actor, action="question.delete", obj=draft, changes=changes)
