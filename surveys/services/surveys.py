"""Surveys: made from a template, edited, published, closed, copied."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, changed_fields, emit, save_version
from cxportal.core.errors import DomainError, StaleEdit
from cxportal.core.models import text_in
from cxportal.core.policies import authorise
from surveys.calc.logic_document import targets_of
from surveys.models import (
    ChecklistItem,
    ChecklistStore,
    Choice,
    Question,
    Section,
    Survey,
    SurveyVersion,
)
from surveys.queries.surveys import sections_of, survey_document, survey_problems
from surveys.services.choices import choice_specs
from surveys.services.draft_steps import OWN, undoable
from surveys.services.drafts import checked_texts, draft_lock, invalid, last_change
from surveys.services.metrics import metrics_ensure_for_survey
from surveys.services.questions import question_shown
from surveys.services.survey_checks import checked_access, checked_workings
from surveys.templates_library import TEMPLATES, THANKS

TEXTS = {"title", "welcome", "thanks"}
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")
COPY_WORD = {"en": "Copy of", "ko": "사본:"}


@transaction.atomic
def survey_create(
    *,
    actor: Actor,
    title: Mapping[str, str] | str,
    template: str = "empty",
    languages: Iterable[str] | None = None,
    default_language: str | None = None,
    anonymous: bool | None = None,
    external_id: str | None = None,
) -> Survey:
    """Make a draft with one section and the template's questions.

    Raises DomainError: "unknown_template", "invalid" (no title, unknown language),
    "external_id_taken" (409).
    """
    authorise(actor, "surveys.change_surveys")
    spec = TEMPLATES.get(template)
    if spec is None:
        raise DomainError("unknown_template", _("There is no such template."))
    main = default_language or actor.program.default_language
    offered = list(dict.fromkeys([main, *(languages or actor.program.languages)]))
    _refuse_languages(offered, main)
    texts = checked_texts(title, main, "title")
    _refuse_untitled(texts)
    survey = Survey(
        program=actor.program,
        title=texts,
        purpose=spec["purpose"],
        languages=offered,
        default_language=main,
        thanks=dict(THANKS),
        anonymous=spec.get("anonymous", False) if anonymous is None else anonymous,
        owner=actor.user,
        external_id=external_id or None,
    )
    _save_new(survey)
    section = Section(program=actor.program, survey=survey)
    section.save()
    for position, question in enumerate(spec["questions"]):
        made = _question_from(survey, section, question, position)
        if "check" in question:
            _check_from(survey, made, question["check"])
        for code, names in question.get("competitors", {}).items():
            name = text_in(names, survey.default_language)
            ChecklistStore(program=actor.program, survey=survey, code=code, competitor=name).save()
    audit(actor=actor, action="survey.create", obj=survey, changes={"template": template})
    return survey


def _check_from(survey: Survey, question: Question, check: Mapping[str, Any]) -> None:
    ChecklistItem(
        program=survey.program,
        survey=survey,
        question_code=question.code,
        touchpoint=text_in(check["touchpoint"], survey.default_language),
        weight=check["weight"],
    ).save()


def _refuse_languages(languages: Iterable[str], main: str) -> None:
    offered = list(languages)
    good = all(isinstance(code, str) and _LANGUAGE.fullmatch(code) for code in offered)
    if not good or main not in offered or len(set(offered)) < len(offered):
        raise invalid(_("Choose the main language among the survey's languages."), "languages")


def _refuse_untitled(title: Mapping[str, str]) -> None:
    if not any(text.strip() for text in title.values()):
        raise invalid(_("Give the survey a title."), "title")


def _save_new(survey: Survey) -> None:
    try:
        with transaction.atomic():
            survey.save()
    except IntegrityError as taken:
        message = _("Another survey of this program has this external id.")
        details = {"external_id": message}
        raise DomainError("external_id_taken", message, status=409, details=details) from taken


def _question_from(
    survey: Survey, section: Section, spec: Mapping[str, Any], position: int
) -> Question:
    question = Question(
        program=survey.program,
        survey=survey,
        section=section,
        code=spec["code"],
        kind=spec["kind"],
        text=dict(spec["text"]),
        help=dict(spec.get("help", {})),
        required=spec.get("required", False),
        settings=dict(spec.get("settings", {})),
        rows=list(spec.get("rows", ())),
        logic=dict(spec.get("logic", {})),
        note=spec.get("note", ""),
        position=position,
    )
    question.save()
    Choice.unscoped.bulk_create(  # unscoped: children of the question just made
        Choice(
            program=survey.program,
            question=question,
            code=choice["code"],
            text=dict(choice["text"]),
            settings={n: v for n, v in choice.items() if n not in ("code", "text")},
            position=place,
        )
        for place, choice in enumerate(spec.get("choices", ()))
    )
    return question


@transaction.atomic
@undoable("survey.update")
def survey_update(
    *, actor: Actor, survey: Survey, version: int | None = None, **values: Any
) -> Survey:
    """Change title, welcome, thanks, languages, anonymity or theme of the draft.

    With `version` only when nobody else changed one of these since. Raises DomainError
    "invalid"; "anonymity_fixed" once answers exist; StaleEdit with what is stored now.
    """
    stored = draft_lock(actor, survey)
    _expect_own(stored, version)
    unknown = set(values) - set(OWN)
    if unknown:
        raise LookupError(f"not editable: {sorted(unknown)}")
    for name in TEXTS & values.keys():
        values[name] = checked_texts(values[name], stored.default_language, name)
    _refuse_untitled(values.get("title", stored.title))
    main = values.get("default_language", stored.default_language)
    _refuse_languages(values.get("languages", stored.languages), main)
    values |= checked_workings(values, main)
    _refuse_anonymity_change(stored, values)
    changes = changed_fields(stored, values)
    if changes:
        marks = {"has_changes": True, "own_version": stored.version + 1}
        save_version(stored, {**values, **marks})
        stored.refresh_from_db(fields=["sort_title"])
        audit(actor=actor, action="survey.update", obj=stored, changes=changes)
    return stored


def _expect_own(survey: Survey, version: int | None) -> None:
    if version is not None and survey.own_version > version:
        shown = {name: getattr(survey, name) for name in OWN}
        raise StaleEdit({"version": survey.version, **shown, **last_change(survey)})


def _refuse_anonymity_change(survey: Survey, values: Mapping[str, Any]) -> None:
    wanted = values.get("anonymous", survey.anonymous)
    if wanted != survey.anonymous and survey.responses.exists():
        message = _("Answers were given under the old promise. Copy the survey to change it.")
        raise DomainError("anonymity_fixed", message, status=409, details={"anonymous": message})


@transaction.atomic
def survey_set_access(*, actor: Actor, survey: Survey, access: Mapping[str, Any]) -> Survey:
    """Say who may answer from now on: closing date, most answers, password and the like.

    It holds at once, without publishing. Raises DomainError "invalid".
    """
    stored = draft_lock(actor, survey)
    clean = checked_access(access, stored.access)
    changes = save_version(stored, {"access": clean})
    if changes:
        audit(
            actor=actor, action="survey.set_access", obj=stored, changes={"access": sorted(clean)}
        )
    return stored


@transaction.atomic
def survey_publish(*, actor: Actor, survey: Survey) -> SurveyVersion:
    """Freeze the draft as the next version and open the survey.

    Raises DomainError "not_ready" with the problems. Publishing without a change answers the
    current version.
    """
    stored = draft_lock(actor, survey)
    blocking = [problem.text for problem in survey_problems(stored) if problem.blocks]
    if blocking:
        raise DomainError("not_ready", " ".join(blocking), details={"problems": blocking})
    document = survey_document(stored)
    version, was_open = stored.current_version, stored.state == Survey.State.OPEN
    is_new = version is None or version.document != document
    if version is None or is_new:
        version = _freeze(actor, stored, document)
    save_version(
        stored, {"current_version": version, "state": Survey.State.OPEN, "has_changes": False}
    )
    if is_new or not was_open:
        _tell_published(actor, stored, version)
    return version


def _freeze(actor: Actor, survey: Survey, document: dict[str, Any]) -> SurveyVersion:
    last = survey.versions.aggregate(last=Max("number"))["last"] or 0
    version = SurveyVersion(
        program=actor.program,
        survey=survey,
        number=last + 1,
        document=document,
        published_by=actor.user,
    )
    version.save()
    return version


def _tell_published(actor: Actor, survey: Survey, version: SurveyVersion) -> None:
    metrics_ensure_for_survey(actor=actor, survey=survey)
    audit(actor=actor, action="survey.publish", obj=survey, changes={"number": version.number})
    payload = {"id": survey.pk, "version": version.number}
    emit(actor=actor, event="survey.published", payload=payload)


@transaction.atomic
def survey_close(*, actor: Actor, survey: Survey) -> Survey:
    """Stop taking answers; links say that the survey is closed. Raises "never_published"."""
    return _change_state(actor, survey, Survey.State.CLOSED, "survey.close")


@transaction.atomic
def survey_reopen(*, actor: Actor, survey: Survey) -> Survey:
    """Take answers again. Raises DomainError "never_published" (409) for a draft."""
    return _change_state(actor, survey, Survey.State.OPEN, "survey.reopen")


def _change_state(actor: Actor, survey: Survey, state: str, action: str) -> Survey:
    stored = draft_lock(actor, survey)
    if stored.current_version_id is None:
        raise DomainError("never_published", _("Publish the survey first."), status=409)
    changes = save_version(stored, {"state": state})
    if changes:
        audit(actor=actor, action=action, obj=stored, changes=changes)
    return stored


@transaction.atomic
def survey_duplicate(*, actor: Actor, survey: Survey) -> Survey:
    """Copy the draft with all questions into a new draft."""
    authorise(actor, "surveys.change_surveys", survey)
    copy = Survey(
        program=actor.program,
        title={
            code: f"{COPY_WORD.get(code, COPY_WORD['en'])} {text}"
            for code, text in survey.title.items()
        },
        purpose=survey.purpose,
        languages=survey.languages,
        default_language=survey.default_language,
        welcome=survey.welcome,
        thanks=survey.thanks,
        anonymous=survey.anonymous,
        theme=survey.theme,
        settings=survey.settings,
        quotas=survey.quotas,
        endings=survey.endings,
        owner=actor.user,
    )
    copy.save()
    targets = targets_of(survey_document(survey))
    for old in sections_of(survey):
        section = Section(
            program=actor.program,
            survey=copy,
            title=old.title,
            # Rules that lead to a page without a code find the copy by the old one's name.
            code=old.key if f"section:{old.key}" in targets else old.code,
            logic=old.logic,
            position=old.position,
        )
        section.save()
        for question in old.questions.all():
            spec = question_shown(question, choice_specs(question))
            _question_from(copy, section, spec, question.position)
    _copy_checklist(survey, copy)
    audit(actor=actor, action="survey.duplicate", obj=copy, changes={"from": survey.pk})
    return copy


def _copy_checklist(survey: Survey, copy: Survey) -> None:
    for rows in (survey.checklist_items.all(), survey.checklist_stores.all()):
        for row in rows:
            row.pk, row.survey = None, copy
            row.save(force_insert=True)


@transaction.atomic
def survey_delete(*, actor: Actor, survey: Survey) -> None:
    """Delete a survey that was never answered. Raises DomainError "has_responses" (409)."""
    stored = draft_lock(actor, survey)
    if stored.responses.exists() or stored.campaigns.exists():
        message = _("It has campaigns or answers. Close it instead; its scores stay.")
        raise DomainError("has_responses", message, status=409)
    audit(actor=actor, action="survey.delete", obj=stored)
    stored.delete()
