"""Pictures of a survey: its logo and those of its choices. Only real pictures, and small ones."""

from collections.abc import Mapping
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.models import StoredFile, as_texts
from cxportal.core.policies import authorise
from cxportal.core.services.files import file_delete, file_store
from surveys.models import Question, Survey
from surveys.queries.pictures import PERMISSION, TYPES, unused_pictures
from surveys.services.answer_files import looks_like
from surveys.services.choices import choice_specs
from surveys.services.drafts import invalid
from surveys.services.questions import question_update

MOST_BYTES = 1024 * 1024
MOST_ALT = 300
#: A picture nobody uses is kept that long: it may have been brought a moment ago.
UNUSED_HOURS = 24


@transaction.atomic
def survey_picture_store(*, actor: Actor, survey: Survey, file: "File[bytes]") -> str:
    """Keep a picture; returns the name by which themes and choices call it ("file:<id>").

    Its kind is read from its first bytes, never from its name. Raises DomainError "invalid".
    """
    authorise(actor, "surveys.change_surveys", survey)
    head = file.read(16)
    file.seek(0)
    ending = next((end for end in TYPES if looks_like(end, head)), "")
    if not ending or (file.size or 0) > MOST_BYTES:
        raise invalid(_("Bring a PNG, JPEG, GIF or WebP picture of at most 1 MB."), "logo")
    stored = file_store(
        actor=actor,
        name=f"picture.{ending}",
        content=file,
        content_type=TYPES[ending],
        permission=PERMISSION,
    )
    return f"file:{stored.pk}"


@transaction.atomic
def choice_picture_set(
    *,
    actor: Actor,
    question: Question,
    code: str,
    alt: Mapping[str, str],
    file: "File[bytes] | None" = None,
) -> Question:
    """Give a choice a picture with its words for who cannot see it; without a file only the words.

    The words are asked for in every language of the survey. Raises DomainError "invalid".
    """
    authorise(actor, "surveys.change_surveys", question.survey)
    specs = choice_specs(question)
    spec = next((spec for spec in specs if spec["code"] == code), None)
    if spec is None:
        raise invalid(_("There is no such choice."), "choices")
    if file is None and not spec.get("image"):
        raise invalid(_("Choose a picture first."), "file")
    words = {code: text.strip() for code, text in as_texts(alt, "").items() if text.strip()}
    if set(question.survey.languages) - words.keys():
        raise invalid(_("Say in every language what the picture shows."), "alt")
    if any(len(text) > MOST_ALT for text in words.values()):
        raise invalid(_("A text has at most %(max)s characters.") % {"max": MOST_ALT}, "alt")
    spec["alt"] = {**(spec.get("alt") or {}), **words}
    if file is not None:
        spec["image"] = survey_picture_store(actor=actor, survey=question.survey, file=file)
    return question_update(actor=actor, question=question, choices=specs)


@transaction.atomic
def choice_picture_remove(*, actor: Actor, question: Question, code: str) -> Question:
    """Take the picture of a choice off; its bytes go once nothing names it any more."""
    specs: list[dict[str, Any]] = choice_specs(question)
    for spec in specs:
        if spec["code"] == code:
            spec.pop("image", None)
            spec.pop("alt", None)
    return question_update(actor=actor, question=question, choices=specs)


def pictures_drop_unused() -> None:
    """Remove pictures that no draft, version, library item or step names any more."""
    rows = StoredFile.unscoped.filter(pk__in=unused_pictures(UNUSED_HOURS))  # unscoped: sweep
    for stored in rows.select_related("program"):
        file_delete(actor=Actor.system(stored.program), stored=stored)
