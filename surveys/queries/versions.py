"""Published versions of a survey: what changed from one to the next, how often answered."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cxportal.core.models import text_in
from surveys.calc.documents import (
    ComparisonBreak,
    DocumentChange,
    comparison_breaks,
    document_changes,
)
from surveys.models import Survey, SurveyVersion
from surveys.queries.surveys import survey_document

FIELD_WORDS = {
    "kind": gettext_lazy("type"),
    "text": gettext_lazy("text"),
    "help": gettext_lazy("help text"),
    "required": gettext_lazy("required or not"),
    "settings": gettext_lazy("settings"),
    "choices": gettext_lazy("choices"),
    "rows": gettext_lazy("rows"),
    "logic": gettext_lazy("rules"),
    "quotas": gettext_lazy("quotas"),
    "endings": gettext_lazy("thanks for some"),
    "note": gettext_lazy("note"),
    "title": gettext_lazy("title"),
    "welcome": gettext_lazy("welcome"),
    "thanks": gettext_lazy("thanks"),
    "languages": gettext_lazy("languages"),
    "default_language": gettext_lazy("main language"),
    "anonymous": gettext_lazy("anonymity"),
    "theme": pgettext_lazy("theme", "look"),
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


def draft_breaks(survey: Survey) -> list[ChangeWords]:
    """What publishing the draft would break: answers before and after not the same thing."""
    if survey.current_version is None:
        return []
    found = comparison_breaks(survey.current_version.document, survey_document(survey))
    return [ChangeWords(_break_sentence(one), "exclamation-circle") for one in found]


def _break_sentence(one: ComparisonBreak) -> str:
    sentences = {
        "kind": _("“%(name)s” is of another type: its answers before and after differ."),
        "scale": _("“%(name)s” has another scale: its scores cannot be compared."),
        "text": _("“%(name)s” asks something else now. Give a new question its own code."),
        "choice_gone": _("“%(name)s” no longer offers %(about)s: shares shift."),
        "choice_reworded": _("“%(name)s” has choices that mean something else: %(about)s."),
    }
    about = ", ".join(f"“{text}”" for text in one.about)
    return sentences[one.kind] % {"name": text_in(one.text) or one.code, "about": about}


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
