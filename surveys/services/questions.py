"""Questions and sections of the draft: added, changed, moved, copied, deleted and put back."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, changed_fields, expect_version, lock
from cxportal.core.errors import DomainError
from cxportal.core.models import as_texts
from cxportal.core.policies import authorise
from surveys.models import Choice, Question, Section, Survey

EDITABLE = ("text", "help", "required", "settings", "code", "kind", "section")
SETTING_NAMES = frozenset({"min", "max", "labels", "max_length", "min_choices", "max_choices"})
RATING_MAX = 10
MAX_QUESTIONS = 300
MAX_CHOICES = 200
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")


def _draft(actor: Actor, survey: Survey, version: int | None = None) -> Survey:
    """The locked survey, marked as changed; every change of a part begins here."""
    authorise(actor, "surveys.change_surveys", survey)
    stored = lock(survey)
    expect_version(stored, version, ("title",))
    Survey.unscoped.filter(pk=stored.pk).update(  # unscoped: the survey locked above
        has_changes=True, version=F("version") + 1
    )
    stored.refresh_from_db()
    return stored


@transaction.atomic
def section_add(
    *, actor: Actor, survey: Survey, title: Mapping[str, str] | str | None = None
) -> Section:
    """Add a page at the end."""
    draft = _draft(actor, survey)
    last = draft.sections.aggregate(last=Max("position"))["last"]
    section = Section(
        program=actor.program,
        survey=draft,
        title=as_texts(title, draft.default_language),
        position=0 if last is None else last + 1,
    )
    section.save()
    audit(actor=actor, action="section.add", obj=draft, changes={"section": section.pk})
    return section


@transaction.atomic
def section_update(
    *, actor: Actor, section: Section, title: Mapping[str, str] | str, version: int | None = None
) -> Section:
    """Name a page."""
    draft = _draft(actor, section.survey, version)
    section.title = as_texts(title, draft.default_language)
    section.save(update_fields=["title"])
    audit(actor=actor, action="section.update", obj=draft, changes={"section": section.pk})
    return section


@transaction.atomic
def section_move(*, actor: Actor, section: Section, position: int) -> None:
    """Put a page at a place (0 = first)."""
    draft = _draft(actor, section.survey)
    others = list(draft.sections.exclude(pk=section.pk).order_by("position", "pk"))
    others.insert(max(0, min(position, len(others))), section)
    _number(others)
    audit(actor=actor, action="section.move", obj=draft, changes={"section": section.pk})


@transaction.atomic
def section_delete(*, actor: Actor, section: Section) -> None:
    """Delete an empty page. Raises DomainError "last_section" or "section_not_empty" (409)."""
    draft = _draft(actor, section.survey)
    if draft.sections.count() == 1:
        raise DomainError("last_section", _("A survey has at least one page."), status=409)
    if section.questions.exists():
        message = _("Move or delete the questions of this page first.")
        raise DomainError("section_not_empty", message, status=409)
    audit(actor=actor, action="section.delete", obj=draft, changes={"section": section.pk})
    section.delete()


@transaction.atomic
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
    position: int | None = None,
) -> Question:
    """Add a question, at the end of the last page unless said otherwise.

    Raises DomainError "invalid" (kind, code, settings, choices), "code_taken" (409).
    """
    draft = _draft(actor, survey)
    if draft.questions.count() >= MAX_QUESTIONS:
        raise DomainError("too_many_questions", _("A survey has at most 300 questions."))
    page = section or draft.sections.order_by("-position", "-pk").first()
    if page is None or page.survey_id != draft.pk:
        raise DomainError("invalid", _("This page belongs to another survey."))
    _refuse_kind(kind)
    question = Question(
        program=actor.program,
        survey=draft,
        section=page,
        code=_free_code(draft, code, kind),
        kind=kind,
        text=as_texts(text, draft.default_language),
        help=as_texts(help, draft.default_language),
        required=required and kind != Question.Kind.STATEMENT,
        settings=_settings(kind, settings or {}),
    )
    question.save()
    _write_choices(question, list(choices or ()))
    _place(question, page, position)
    audit(actor=actor, action="question.add", obj=draft, changes={"question": question.code})
    return question


def _refuse_kind(kind: str) -> None:
    if kind not in Question.Kind.values:
        raise DomainError("invalid", _("There is no such kind of question."))


def _free_code(survey: Survey, code: str | None, kind: str, besides: int | None = None) -> str:
    taken = set(survey.questions.exclude(pk=besides).values_list("code", flat=True))
    if code:
        if not _CODE.fullmatch(code):
            message = _("A code begins with a letter and has small letters, digits and _ only.")
            raise DomainError("invalid", message, details={"code": message})
        if code in taken:
            message = _("Another question of this survey has this code.")
            raise DomainError("code_taken", message, status=409, details={"code": message})
        return code
    stem = {"short_text": "text", "long_text": "comment"}.get(kind, kind)
    number = 1
    while (candidate := stem if number == 1 else f"{stem}_{number}") in taken:
        number += 1
    return candidate


def _settings(kind: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(settings) - SETTING_NAMES
    kept = {name: value for name, value in settings.items() if value not in (None, "", {})}
    if unknown or not all(
        isinstance(kept[name], int) and 0 <= kept[name] <= 20_000
        for name in ("min", "max", "max_length", "min_choices", "max_choices")
        if name in kept
    ):
        raise DomainError("invalid", _("These settings do not fit the question."))
    if kind == Question.Kind.RATING:
        kept = {"min": 1, "max": 5} | kept
        if not 0 <= kept["min"] < kept["max"] <= RATING_MAX:
            message = _("A rating runs from 0 or 1 to at most 10.")
            raise DomainError("invalid", message, details={"settings": message})
    elif kind in {Question.Kind.NPS, Question.Kind.CSAT, Question.Kind.CES}:
        kept.pop("min", None)
        kept.pop("max", None)
    return kept


@transaction.atomic
def question_update(
    *, actor: Actor, question: Question, version: int | None = None, **values: Any
) -> Question:
    """Change a question of the draft; `version` is the survey's.

    Raises DomainError "invalid", "code_taken", StaleEdit.
    """
    draft = _draft(actor, question.survey, version)
    unknown = set(values) - set(EDITABLE) - {"choices"}
    if unknown:
        raise LookupError(f"not editable: {sorted(unknown)}")
    choices = values.pop("choices", None)
    kind = values.get("kind", question.kind)
    _refuse_kind(kind)
    for name in ("text", "help"):
        if name in values:
            values[name] = as_texts(values[name], draft.default_language)
    if "code" in values:
        values["code"] = _free_code(draft, values["code"], kind, besides=question.pk)
    if "settings" in values or "kind" in values:
        values["settings"] = _settings(kind, values.get("settings", question.settings))
    section = values.get("section")
    if section is not None and section.survey_id != draft.pk:
        raise DomainError("invalid", _("This page belongs to another survey."))
    changes = changed_fields(question, values)
    for name, value in values.items():
        setattr(question, name, value)
    question.save(update_fields=[*values])
    if choices is not None:
        _write_choices(question, list(choices))
    audit(
        actor=actor,
        action="question.update",
        obj=draft,
        changes={"question": question.code, **changes},
    )
    return question


@transaction.atomic
def choices_set(
    *, actor: Actor, question: Question, choices: Iterable[Mapping[str, Any]]
) -> Question:
    """Replace the choices: [{"code"?, "text"}] in order; known codes keep their answers."""
    return question_update(actor=actor, question=question, choices=list(choices))


def _write_choices(question: Question, choices: list[Mapping[str, Any]]) -> None:
    if len(choices) > MAX_CHOICES:
        raise DomainError("invalid", _("A question has at most 200 choices."))
    language = question.survey.default_language
    known = {choice.code: choice for choice in question.choices.all()}
    kept: set[str] = set()
    for position, spec in enumerate(choices):
        code = _choice_code(spec.get("code"), set(known) | kept, kept)
        kept.add(code)
        choice = known.get(code) or Choice(program=question.program, question=question, code=code)
        choice.text, choice.position = as_texts(spec.get("text"), language), position
        choice.save()
    question.choices.exclude(code__in=kept).delete()


def _choice_code(wanted: str | None, taken: set[str], used: set[str]) -> str:
    if wanted:
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", wanted) or wanted in used:
            raise DomainError("invalid", _("Each choice needs a code of its own."))
        return wanted
    number = 1
    while f"c{number}" in taken:
        number += 1
    return f"c{number}"


@transaction.atomic
def question_move(
    *,
    actor: Actor,
    question: Question,
    position: int,
    section: Section | None = None,
    version: int | None = None,
) -> Question:
    """Put a question at a place (0 = first) of its page or of another one."""
    draft = _draft(actor, question.survey, version)
    page = section or question.section
    if page.survey_id != draft.pk:
        raise DomainError("invalid", _("This page belongs to another survey."))
    _place(question, page, position)
    audit(actor=actor, action="question.move", obj=draft, changes={"question": question.code})
    return question


def _place(question: Question, page: Section, position: int | None) -> None:
    others = list(page.questions.exclude(pk=question.pk).order_by("position", "pk"))
    place = len(others) if position is None else max(0, min(position, len(others)))
    others.insert(place, question)
    if question.section_id != page.pk:
        question.section = page
        question.save(update_fields=["section"])
    _number(others)


def _number(rows: list[Any]) -> None:
    for position, row in enumerate(rows):
        if row.position != position:
            row.position = position
            row.save(update_fields=["position"])


@transaction.atomic
def question_duplicate(*, actor: Actor, question: Question) -> Question:
    """Copy a question right below itself, with a code of its own."""
    copy = question_add(
        actor=actor,
        survey=question.survey,
        kind=question.kind,
        text=question.text,
        section=question.section,
        help=question.help,
        required=question.required,
        settings=question.settings,
        choices=[{"code": c.code, "text": c.text} for c in question.choices.all()],
        position=question.position + 1,
    )
    return copy


@transaction.atomic
def question_delete(*, actor: Actor, question: Question) -> dict[str, Any]:
    """Delete a question of the draft; answers of published versions stay.

    Returns what `question_restore` needs to put it back.
    """
    draft = _draft(actor, question.survey)
    kept = {
        "kind": question.kind,
        "code": question.code,
        "text": question.text,
        "help": question.help,
        "required": question.required,
        "settings": question.settings,
        "choices": [{"code": c.code, "text": c.text} for c in question.choices.all()],
        "section": question.section_id,
        "position": question.position,
    }
    audit(actor=actor, action="question.delete", obj=draft, changes={"question": kept})
    question.delete()
    return kept


@transaction.atomic
def question_restore(*, actor: Actor, survey: Survey, kept: Mapping[str, Any]) -> Question:
    """Put a deleted question back where it was (on the last page when its own is gone)."""
    values = dict(kept)
    section = survey.sections.filter(pk=values.pop("section")).first()
    return question_add(actor=actor, survey=survey, section=section, **values)
