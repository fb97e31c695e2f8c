"""Whether an event of a customer asks for a message: conditions on its place and data."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

OPERATORS = ("is", "is_not", "contains", "at_least", "at_most")
MOST_CONDITIONS = 10
_OWN = "data."


class ConditionError(ValueError):
    """A condition that cannot be asked; its text is a code: field, operator or value."""


def condition_checked(raw: Any) -> dict[str, str]:
    """One condition in its stored shape {"field", "operator", "value"}.

    `field` is "place" or "data.<name>". Raises ConditionError.
    """
    if not isinstance(raw, Mapping):
        raise ConditionError("field")
    field, operator = str(raw.get("field") or "").strip(), str(raw.get("operator") or "is")
    value = raw.get("value")
    if field != "place" and not (field.startswith(_OWN) and len(_OWN) < len(field) <= 60):
        raise ConditionError("field")
    if operator not in OPERATORS:
        raise ConditionError("operator")
    text = _text(value)
    if not text or len(text) > 200 or "\x00" in text:
        raise ConditionError("value")
    if operator in ("at_least", "at_most") and _number(text) is None:
        raise ConditionError("value")
    return {"field": field, "operator": operator, "value": text}


def conditions_hold(
    conditions: Sequence[Mapping[str, Any]], *, place: str, data: Mapping[str, Any]
) -> bool:
    """Whether all conditions hold of an event; none at all always do.

    A field the event does not carry is nothing: no condition but "is_not" holds of it.
    """
    return all(_holds(condition, place, data) for condition in conditions)


def _holds(condition: Mapping[str, Any], place: str, data: Mapping[str, Any]) -> bool:
    field, operator, wanted = (str(condition[name]) for name in ("field", "operator", "value"))
    found: Any = place if field == "place" else data.get(field.removeprefix(_OWN))
    if operator == "is_not":
        return _text(found).casefold() != wanted.casefold()
    if operator == "is":
        return _text(found).casefold() == wanted.casefold()
    if operator == "contains":
        return _contains(found, wanted)
    have, bound = _number(found), _number(wanted)
    if have is None or bound is None:
        return False
    return have >= bound if operator == "at_least" else have <= bound


def _contains(found: Any, wanted: str) -> bool:
    if isinstance(found, list):
        return any(_text(one).casefold() == wanted.casefold() for one in found)
    return wanted.casefold() in _text(found).casefold()


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip()


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None
