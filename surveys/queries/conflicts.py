"""What two people wrote into the same place, side by side."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from surveys.models import Question, Survey
from surveys.queries.versions import FIELD_WORDS


@dataclass(frozen=True)
class ConflictRow:
    """One field: what is stored now and what was about to be saved."""

    name: str
    theirs: str
    mine: str


def conflict_rows(
    survey: Survey, stored: Mapping[str, Any], mine: Mapping[str, Any]
) -> list[ConflictRow]:
    """The fields that differ, in words."""
    names = {**FIELD_WORDS, "code": _("code")}
    return [
        ConflictRow(str(names[name]), _words(survey, stored[name]), _words(survey, value))
        for name, value in mine.items()
        if name in names and name in stored and stored[name] != value
    ]


def _words(survey: Survey, value: Any) -> str:
    if isinstance(value, bool):
        return _("on") if value else _("off")
    if isinstance(value, Mapping):
        return " / ".join(_words(survey, part) for part in value.values()) or "–"
    if isinstance(value, list):
        return ", ".join(_item(survey, item) for item in value) or "–"
    if value in Question.Kind.values:
        return str(Question.Kind(value).label)
    return str(value or "–")


def _item(survey: Survey, item: Any) -> str:
    if isinstance(item, Mapping):
        return item["text"].get(survey.default_language) or str(item["code"])
    return str(item)
