"""A whole draft from a document, as an import brings it: checked like every part, written once."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from surveys.calc.kinds import CHOICE_KINDS, SILENT, UNSEEN
from surveys.models import Choice, Question, Section, Survey
from surveys.queries.pictures import own_pictures
from surveys.services.checklists import checklist_set
from surveys.services.choices import choices_checked
from surveys.services.draft_steps import not_undoable
from surveys.services.drafts import checked_kind, checked_note, checked_texts, invalid
from surveys.services.question_checks import checked_logic, checked_rows, checked_settings
from surveys.services.questions import MAX_QUESTIONS, MAX_SECTIONS
from surveys.services.surveys import survey_create, survey_update
from surveys.templates_library import TEMPLATES

OWN = ("languages", "welcome", "thanks", "theme", "settings", "quotas", "endings")
#: What a survey may say it measures.
PURPOSES = frozenset(spec["purpose"] for spec in TEMPLATES.values())
PICTURE = re.compile(r"file:\d{1,18}")
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")


def survey_from_document(
    *, actor: Actor, document: Mapping[str, Any], external_id: str | None = None
) -> Survey:
    """A draft with the pages, questions and rules of a document. Part of the caller's
    transaction.

    Raises DomainError "invalid" naming the place, "too_many_questions", "external_id_taken".
    """
    with not_undoable():
        return _made(actor, document, external_id)


def _with_own_pictures(actor: Actor, document: Mapping[str, Any]) -> dict[str, Any]:
    """The document without pictures that lie in another program; the question's note says so."""
    given, sections = document.get("theme"), document.get("sections") or ()
    theme = dict(given) if isinstance(given, Mapping) else {}
    asked = [q for section in sections for q in section.get("questions") or ()]
    parts = [c for q in asked for c in q.get("choices") or () if isinstance(c, Mapping)]
    named = {str(part["image"]) for part in parts if part.get("image")}
    named |= {str(theme["logo"])} if theme.get("logo") else set()
    good = {name for name in named if PICTURE.fullmatch(name)}
    lost = good - own_pictures(actor.program_id, good)
    if not lost:
        return dict(document)
    if theme.get("logo") in lost:
        del theme["logo"]
    kept = [
        {**s, "questions": [_pictured(q, lost) for q in s.get("questions") or ()]} for s in sections
    ]
    return {**document, "theme": theme, "sections": kept}


def _pictured(question: Mapping[str, Any], lost: set[str]) -> dict[str, Any]:
    choices = [c for c in question.get("choices") or () if isinstance(c, Mapping)]
    if not any(choice.get("image") in lost for choice in choices):
        return dict(question)
    bare = [
        {n: v for n, v in c.items() if n not in ("image", "alt")} if c.get("image") in lost else c
        for c in choices
    ]
    sentence = _("Its pictures lie in another program and have to be brought again.")
    note = "\n".join(filter(None, [str(question.get("note") or ""), sentence]))
    return {**question, "choices": bare, "note": note}


def _made(actor: Actor, document: Mapping[str, Any], external_id: str | None) -> Survey:
    document = _with_own_pictures(actor, document)
    survey = survey_create(
        actor=actor,
        title=document.get("title") or {},
        languages=document.get("languages"),
        default_language=document.get("default_language"),
        anonymous=bool(document.get("anonymous")),
        external_id=external_id,
    )
    own = {name: document[name] for name in OWN if document.get(name) is not None}
    survey = survey_update(actor=actor, survey=survey, **own)
    if document.get("purpose") in PURPOSES:
        survey.purpose = document["purpose"]
        survey.save(update_fields=["purpose"])
    survey.sections.all().delete()
    sections = list(document.get("sections") or ())
    _refuse_many(sections)
    codes: set[str] = set()
    for position, spec in enumerate(sections):
        _section(survey, spec, position, codes)
    checklist = document.get("checklist")
    if isinstance(checklist, Mapping):
        items, stores = checklist.get("items") or (), checklist.get("stores") or ()
        checklist_set(actor=actor, survey=survey, items=items, stores=stores)
    survey.refresh_from_db()
    return survey


def _refuse_many(sections: Sequence[Mapping[str, Any]]) -> None:
    if not sections or len(sections) > MAX_SECTIONS:
        raise DomainError("too_many_sections", _("A survey has 1 to 100 pages."))
    if sum(len(section.get("questions") or ()) for section in sections) > MAX_QUESTIONS:
        raise DomainError("too_many_questions", _("A survey has at most 300 questions."))


def _section(survey: Survey, spec: Mapping[str, Any], position: int, codes: set[str]) -> None:
    place = f"sections[{position}]"
    code = str(spec.get("code") or "")
    if code:
        _once(code, codes, f"section {code}", place)
    section = Section(
        program_id=survey.program_id,
        survey=survey,
        title=checked_texts(spec.get("title"), survey.default_language, place),
        code=code,
        logic=checked_logic(spec.get("logic"), loops=True),
        position=position,
    )
    section.save()
    questions = [
        _question(section, question, number, codes)
        for number, question in enumerate(spec.get("questions") or ())
    ]
    made = Question.unscoped.bulk_create(  # unscoped: children of the survey just made
        question for question, _choices in questions
    )
    Choice.unscoped.bulk_create(  # unscoped: children of the questions just made
        choice
        for question, (_asked, specs) in zip(made, questions, strict=True)
        for choice in _choices(question, specs)
    )


def _once(code: Any, codes: set[str], key: str, place: str) -> None:
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        message = _("A code begins with a letter and has small letters, digits and _ only.")
        raise invalid(message, f"{place}.code")
    if key in codes:
        raise invalid(_("The code “%(code)s” stands twice.") % {"code": code}, f"{place}.code")
    codes.add(key)


def _question(
    section: Section, spec: Mapping[str, Any], position: int, codes: set[str]
) -> tuple[Question, list[dict[str, Any]]]:
    survey, place = section.survey, f"sections[{section.position}].questions[{position}]"
    code, language = str(spec.get("code") or ""), survey.default_language
    _once(code, codes, code, place)
    try:
        kind = checked_kind(str(spec.get("kind")))
        question = Question(
            program_id=survey.program_id,
            survey=survey,
            section=section,
            code=code,
            kind=kind,
            text=checked_texts(spec.get("text"), language, "text"),
            help=checked_texts(spec.get("help"), language, "help"),
            required=bool(spec.get("required")) and kind not in SILENT | UNSEEN,
            settings=checked_settings(kind, spec.get("settings") or {}, language),
            rows=checked_rows(kind, spec.get("rows"), language),
            logic=checked_logic(spec.get("logic")),
            note=checked_note(spec.get("note") or ""),
            position=position,
        )
        wanted = spec.get("choices") if kind in CHOICE_KINDS else ()
        return question, choices_checked(survey, question, wanted or ())
    except DomainError as error:
        words = {"place": f"{place} ({code})", "reason": error.message}
        message = _("%(place)s: %(reason)s") % words
        raise DomainError(error.code, message, details={place: error.message}) from error


def _choices(question: Question, specs: Iterable[Mapping[str, Any]]) -> Iterable[Choice]:
    for position, spec in enumerate(specs):
        yield Choice(
            program_id=question.program_id,
            question=question,
            code=spec["code"],
            text=spec["text"],
            settings={n: v for n, v in spec.items() if n not in ("code", "text")},
            position=position,
        )
