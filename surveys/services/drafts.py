"""The draft of a survey under lock, and what its parts must fulfil before they are stored."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import lock
from cxportal.core.errors import DomainError, StaleEdit
from cxportal.core.models import AuditEntry, as_texts
from cxportal.core.models.fields import validate_texts
from cxportal.core.policies import authorise
from surveys.models import Question, Section, Survey

TEXT_MOST = 4000
MAX_CHOICES = 1000
TEXT_LIMITS = {Question.Kind.SHORT_TEXT: 1000, Question.Kind.LONG_TEXT: 20_000}
_STEMS = {"short_text": "text", "long_text": "comment"}
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")


def draft_lock(actor: Actor, survey: Survey) -> Survey:
    """The survey, locked; every change of a part begins here."""
    authorise(actor, "surveys.change_surveys", survey)
    return lock(survey)


def draft_touch(draft: Survey) -> int:
    """Note that the locked draft differs from what is published; its new version."""
    Survey.unscoped.filter(pk=draft.pk).update(  # unscoped: the survey locked before
        has_changes=True, version=F("version") + 1
    )
    draft.refresh_from_db(fields=["version", "has_changes", "updated_at"])
    return draft.version


def expect_part(
    draft: Survey, part: Section | Question, version: int | None, shown: Mapping[str, Any]
) -> None:
    """Raise StaleEdit when the part changed after survey version `version`.

    The answer carries what is stored now (`shown`), who changed it last and when.
    """
    if version is not None and part.version > version:
        raise StaleEdit({"version": draft.version, **shown, **last_change(draft, part)})


def last_change(draft: Survey, part: Section | Question | None = None) -> dict[str, str]:
    """{"changed_by", "changed_at"} of a question, page or the whole survey; {} when unknown."""
    entries = AuditEntry.unscoped.filter(  # unscoped: of the survey the actor has locked
        program_id=draft.program_id, object_type=draft._meta.label_lower, object_id=draft.pk
    )
    if isinstance(part, Question):
        entries = entries.filter(changes__question=part.code)
    elif isinstance(part, Section):
        entries = entries.filter(changes__section=part.pk)
    last = entries.order_by("-at", "-pk").first()
    return {"changed_by": last.actor_label, "changed_at": last.at.isoformat()} if last else {}


def invalid(message: str, field: str = "") -> DomainError:
    """A refusal of input, beside `field` where one is named."""
    return DomainError("invalid", message, details={field: message} if field else None)


def checked_texts(value: Any, language: str, field: str = "") -> dict[str, str]:
    """Texts in the stored shape. Raises DomainError "invalid"."""
    if value is not None and not isinstance(value, str | Mapping):
        raise invalid(_("Give a text or a text per language."), field)
    texts = as_texts(value, language)
    try:
        validate_texts(texts)
    except ValidationError as error:
        raise invalid(error.messages[0], field) from error
    if any(len(text) > TEXT_MOST for text in texts.values()):
        raise invalid(_("A text has at most %(max)s characters.") % {"max": TEXT_MOST}, field)
    return texts


def checked_kind(kind: str) -> str:
    """Raises DomainError "invalid" for a kind there is not."""
    if kind not in Question.Kind.values:
        raise invalid(_("There is no such kind of question."), "kind")
    return kind


def checked_note(note: Any) -> str:
    """A note to colleagues. Raises DomainError "invalid"."""
    if not isinstance(note, str) or len(note) > TEXT_MOST:
        raise invalid(_("A text has at most %(max)s characters.") % {"max": TEXT_MOST}, "note")
    return note.replace("\x00", "").strip()


def free_code(draft: Survey, code: str | None, kind: str, besides: int | None = None) -> str:
    """The wanted code when it is free, else the next one that no version ever used.

    Raises DomainError "invalid" and "code_taken" (409).
    """
    rows = draft.questions.exclude(pk=besides) if besides else draft.questions
    taken = set(rows.values_list("code", flat=True))
    if code:
        if not isinstance(code, str) or not _CODE.fullmatch(code):
            message = _("A code begins with a letter and has small letters, digits and _ only.")
            raise invalid(message, "code")
        if code in taken:
            message = _("Another question of this survey has this code.")
            raise DomainError("code_taken", message, status=409, details={"code": message})
        return code
    taken |= {question["code"] for question in published_questions(draft)}
    stem, number = _STEMS.get(kind, kind), 1
    while (candidate := stem if number == 1 else f"{stem}_{number}") in taken:
        number += 1
    return candidate


def checked_section_code(draft: Survey, code: str, besides: int | None = None) -> str:
    """A code no other page of the draft has; "" stays empty. Raises "invalid", "code_taken"."""
    if not code:
        return ""
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        message = _("A code begins with a letter and has small letters, digits and _ only.")
        raise invalid(message, "code")
    if draft.sections.exclude(pk=besides or 0).filter(code=code).exists():
        message = _("Another page of this survey has this code.")
        raise DomainError("code_taken", message, status=409, details={"code": message})
    return code


def published_questions(survey: Survey) -> Iterator[Mapping[str, Any]]:
    """The questions of all published versions; codes in use there keep their meaning."""
    documents: Iterable[dict[str, Any]] = survey.versions.values_list("document", flat=True)
    for document in documents:
        for section in document["sections"]:
            yield from section["questions"]
