"""One answer as clients send it: the serializer's rules by hand, for bodies that keep them all.

A body that does not is left to the serializer, which says what is wrong with it.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from rest_framework.serializers import ValidationError

from cxportal.core.api.fields import MAX_ID, JsonField

MAX_ANSWERS = 400_000  # bytes
MAX_TEXTS = {"external_id": 120, "language": 8, "channel": 10}
_REQUIRED = ("survey", "answers")
_answers, _dimensions = JsonField(max_bytes=MAX_ANSWERS), JsonField()


def plain_row(body: Any) -> dict[str, Any] | None:
    """The values of a body that is plainly right; None when the serializer has to look at it."""
    if not isinstance(body, Mapping) or any(name not in body for name in _REQUIRED):
        return None
    try:
        return {name: _CHECKS[name](value) for name, value in body.items()}
    except (KeyError, ValueError, ValidationError):
        return None


def _number(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MAX_ID:
        return value
    raise ValueError


def _number_or_none(value: Any) -> int | None:
    return None if value is None else _number(value)


def _text(name: str) -> Callable[[Any], str]:
    most = MAX_TEXTS[name]

    def check(value: Any) -> str:
        if not isinstance(value, str) or not value or value != value.strip():
            raise ValueError
        if len(value) > most or "\x00" in value:
            raise ValueError
        return value

    return check


def _moment(value: Any) -> datetime:
    moment = parse_datetime(value) if isinstance(value, str) else None
    if moment is None or timezone.is_naive(moment):
        raise ValueError
    return moment


def _submission(value: Any) -> UUID:
    if not isinstance(value, str):
        raise ValueError
    return UUID(value)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


_CHECKS: dict[str, Callable[[Any], Any]] = {
    **{name: _text(name) for name in MAX_TEXTS},
    "survey": _number,
    "answers": _answers.to_internal_value,
    "dimensions": _dimensions.to_internal_value,
    "submission_id": _submission,
    "completed_at": _moment,
    "started_at": _moment,
    "campaign_id": _number_or_none,
    "invitation_id": _number_or_none,
    "is_test": _flag,
}
