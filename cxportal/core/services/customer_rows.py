"""Rows of customers as clients send them, checked by hand: 10,000 in well under a second.

Nothing here touches the database. A row is a mapping; keys that are absent leave the stored value
alone, attributes are merged key by key, an attribute of null is taken away.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from cxportal.core.models import Customer

MAX_LENGTHS = {"external_id": 120, "name": 200, "email": 254, "phone": 40, "language": 8}
MAX_ATTRIBUTES = 100
MAX_ATTRIBUTE_KEY = 60
MAX_ATTRIBUTE_TEXT = 1000
MAX_ATTRIBUTE_ITEMS = 50
MAX_WHOLE_NUMBER = 10**15
FIELDS = (
    "external_id",
    "kind",
    "name",
    "email",
    "phone",
    "language",
    "attributes",
    "is_test",
    "account_manager",
)
# Nearly all addresses, a part of what Django's slower check accepts.
_PLAIN_EMAIL = re.compile(
    r"[a-z0-9_%+-]+(\.[a-z0-9_%+-]+)*@([a-z0-9]([a-z0-9-]{0,60}[a-z0-9])?\.)+[a-z]{2,60}",
    re.ASCII | re.IGNORECASE,
)
_PHONE = re.compile(r"[0-9+()./ x-]{3,40}", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?", re.ASCII)
_KINDS = frozenset(Customer.Kind.values)


@dataclass
class CheckedRow:
    """A row after its checks: `values` holds only the fields that were sent."""

    external_id: str
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def row_checked(row: Any, managers: Mapping[str, int]) -> CheckedRow:
    """Check one row; `managers` maps the members' e-mail addresses to membership ids."""
    if not isinstance(row, Mapping):
        return CheckedRow("", errors={"row": _("Send each row as an object with its fields.")})
    checked = CheckedRow(_shown_id(row.get("external_id")))
    for name, value in row.items():
        check = _CHECKS.get(name)
        try:
            if check is None:
                raise ValueError(_unknown_field(name))
            checked.values[name] = check(value)
        except ValueError as error:
            checked.errors[str(name)[:60]] = str(error)
    if "external_id" not in row:
        checked.errors["external_id"] = _("Give the customer's id in your own systems.")
    _resolve_manager(checked, managers)
    return checked


def values_checked(values: Mapping[str, Any], managers: Mapping[str, int]) -> CheckedRow:
    """Check a change of one known customer: no external_id needed."""
    checked = row_checked({"external_id": "-", **values}, managers)
    if "external_id" not in values:
        checked.values.pop("external_id", None)
    return checked


def _shown_id(value: Any) -> str:
    return str(value).replace("\x00", "")[: MAX_LENGTHS["external_id"]] if value is not None else ""


def _unknown_field(name: Any) -> str:
    return _("There is no such field. Put data of your own into “attributes”.")


def _resolve_manager(checked: CheckedRow, managers: Mapping[str, int]) -> None:
    address = checked.values.pop("account_manager", None)
    if address is None:
        return
    if address and address not in managers:
        checked.errors["account_manager"] = _("No member of this program has this e-mail address.")
        return
    checked.values["account_manager_id"] = managers[address] if address else None


def _text(name: str) -> Callable[[Any], str]:
    limit = MAX_LENGTHS[name]

    def check(value: Any) -> str:
        if value is None:
            return ""
        if not isinstance(value, str):
            raise ValueError(_("Send a text in quotes."))
        text = value.strip()
        if "\x00" in text:
            raise ValueError(_("The text holds a NUL character, which cannot be stored."))
        if len(text) > limit:
            raise ValueError(_too_long(limit))
        return text

    return check


def _too_long(limit: int) -> str:
    return _("At most %(max)s characters.") % {"max": limit}


_plain = {name: _text(name) for name in MAX_LENGTHS}


def _external_id(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    text = _plain["external_id"](value)
    if not text:
        raise ValueError(_("Give the customer's id in your own systems."))
    return text


def _email(value: Any) -> str:
    text = _plain["email"](value)
    if text and not _PLAIN_EMAIL.fullmatch(text):
        try:
            validate_email(text)
        except ValidationError:
            raise ValueError(_("This is not an e-mail address.")) from None
    return text.lower()


def _phone(value: Any) -> str:
    text = _plain["phone"](value)
    if text and not _PHONE.fullmatch(text):
        raise ValueError(_("Write a phone number with digits, spaces and + ( ) - . / only."))
    return text


def _language(value: Any) -> str:
    text = _plain["language"](value)
    if text and not _LANGUAGE.fullmatch(text):
        raise ValueError(_("Write the language as a code, for example “ko” or “en”."))
    return text


def _kind(value: Any) -> str:
    if not isinstance(value, str) or value not in _KINDS:
        raise ValueError(
            _("Choose one of: %(kinds)s.") % {"kinds": ", ".join(Customer.Kind.values)}
        )
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(_("Send true or false."))
    return value


def _manager(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(_("Send the e-mail address of a member."))
    return value.strip().lower()


def _attributes(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(_("Send attributes as an object, for example {“tier”: “gold”}."))
    if len(value) > MAX_ATTRIBUTES:
        raise ValueError(_("At most %(max)s attributes.") % {"max": MAX_ATTRIBUTES})
    for key, item in value.items():
        _attribute_key(key)
        _attribute_value(key, item)
    return value


def _attribute_key(key: Any) -> None:
    if not isinstance(key, str) or not key or "\x00" in key or len(key) > MAX_ATTRIBUTE_KEY:
        raise ValueError(
            _("An attribute's name has 1 to %(max)s characters.") % {"max": MAX_ATTRIBUTE_KEY}
        )


def _attribute_value(key: str, item: Any) -> None:
    if item is None or isinstance(item, bool) or _is_fit(item):
        return
    if isinstance(item, list) and len(item) <= MAX_ATTRIBUTE_ITEMS and all(map(_is_fit, item)):
        return
    raise ValueError(
        _(
            "“%(key)s” must be a text of at most %(max)s characters without NUL, a number, "
            "true, false, null or a list of at most %(items)s of these."
        )
        % {"key": key, "max": MAX_ATTRIBUTE_TEXT, "items": MAX_ATTRIBUTE_ITEMS}
    )


def _is_fit(item: Any) -> bool:
    if isinstance(item, str):
        return len(item) <= MAX_ATTRIBUTE_TEXT and "\x00" not in item
    if isinstance(item, bool):
        return True
    if isinstance(item, int):
        return abs(item) <= MAX_WHOLE_NUMBER
    return isinstance(item, float) and math.isfinite(item)


_CHECKS: dict[str, Callable[[Any], Any]] = {
    "external_id": _external_id,
    "kind": _kind,
    "name": _plain["name"],
    "email": _email,
    "phone": _phone,
    "language": _language,
    "attributes": _attributes,
    "is_test": _flag,
    "account_manager": _manager,
}
