"""Published versions of a survey: what changed from one to the next, how often answered."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.models import text_in
from surveys.calc.documents import DocumentChange, document_changes
from surveys.models import Survey, SurveyVersion
from surveys.queries.surveys import survey_document

FIELD_WORDS = {
    "kind": gettext_lazy("type"),
    "text": gettext_lazy("text"),
    "help": gettext_lazy("help text"),
    "required": gettext_lazy("required or not"),
    "settings": gettext_lazy("settings"),
    "choices": gettext_lazy("choices"),
    "title": gettext_lazy("title"),
    "welcome": gettext_lazy("welcome"),
    "thanks": gettext_lazy("thanks"),
    "languages": gettext_lazy("languages"),
    "default_language": gettext_lazy("main language"),
    "anonymous": gettext_lazy("anonymity"),
    "theme": gettext_lazy("colour"),
}
_ICONS = {"added": "plus-lg", "removed": "dash-lg", "moved": "arrow-down-up"}


@dataclass(frozen=True)
class ChangeWords:
    """One difference as a person reads it."""

    text: str
    icon: str = "pencil"


@dataclass(frozen=True)
class VersionRow:
    """A version with its answers (test answers left out) and what it changed."""

    version: SurveyVersion
    answers: int
    is_current: bool
    changes: list[ChangeWords]


def versions_of(survey: Survey) -> list[VersionRow]:
    """All versions, newest first: two queries."""
    versions = list(survey.versions.select_related("published_by").order_by("-number"))
    counted = (
        survey.responses.filter(completed_at__isnull=False, is_test=False)
        .order_by()
        .values_list("version")
        .annotate(n=Count("pk"))
    )
    answers = dict(counted)
    older = [*versions[1:], None]
    return [
        VersionRow(
            version=version,
            answers=answers.get(version.pk, 0),
            is_current=version.pk == survey.current_version_id,
            changes=_between(before, version.document),
        )
        for version, before in zip(versions, older, strict=True)
    ]


def draft_changes(survey: Survey) -> list[ChangeWords]:
    """What the draft changes in the current version; nothing for a survey never published."""
    return _between(survey.current_version, survey_document(survey))


def _between(before: SurveyVersion | None, document: dict[str, Any]) -> list[ChangeWords]:
    if before is None:
        return []
    return list(_in_words(document_changes(before.document, document)))


def _in_words(changes: list[DocumentChange]) -> Iterator[ChangeWords]:
    for change in changes:
        name = text_in(change.text) or change.code
        fields = ", ".join(str(FIELD_WORDS[field]) for field in change.fields)
        sentence = {
            "added": _("Added “%(name)s”"),
            "removed": _("Removed “%(name)s”"),
            "moved": _("Moved “%(name)s”"),
            "changed": _("Changed “%(name)s”: %(fields)s"),
            "pages": _("Changed the pages"),
            "survey": _("Changed the survey: %(fields)s"),
        }[change.kind]
        text = sentence % {"name": name, "fields": fields}
        yield ChangeWords(text, _ICONS.get(change.kind, "pencil"))
