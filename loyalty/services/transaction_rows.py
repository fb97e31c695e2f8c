"""Rows of transactions as clients send them, checked by hand. Nothing here touches the database."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from loyalty.models import Transaction

MAX_LENGTHS = {"external_id": 120, "customer": 120, "channel": 60, "store": 120, "product": 120}
MAX_AMOUNT = Decimal(10) ** 13
CLOCK_SLACK = timedelta(hours=1)
EARLIEST_YEAR = 1970
REQUIRED = ("external_id", "customer", "occurred_at", "amount")
FIELDS = (*REQUIRED, "margin", "kind", "channel", "store", "product", "currency")
_KINDS = frozenset(Transaction.Kind.values)


@dataclass
class CheckedRow:
    """A row after its checks: `values` holds only the fields that were sent."""

    external_id: str
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def row_checked(row: Any, zone: ZoneInfo, currency: str) -> CheckedRow:
    """Check one row; times without an offset are taken in the program's `zone`.

    A row may say its currency; any but the program's own is refused.
    """
    if not isinstance(row, Mapping):
        return CheckedRow("", errors={"row": _("Send each row as an object with its fields.")})
    shown = str(row.get("external_id") or "").replace("\x00", "")[: MAX_LENGTHS["external_id"]]
    checked = CheckedRow(shown)
    for name, value in row.items():
        try:
            if name == "currency":
                _check_currency(value, currency)
                continue
            checked.values[name] = _check(name, value, zone)
        except ValueError as error:
            checked.errors[str(name)[:60]] = str(error)
    for name in REQUIRED:
        if checked.values.get(name) in (None, "") and name not in checked.errors:
            checked.errors[name] = _("This field is needed.")
    _check_sign(checked)
    return checked


def _check(name: str, value: Any, zone: ZoneInfo) -> Any:
    if name == "occurred_at":
        return _moment(value, zone)
    check = _CHECKS.get(name)
    if check is None:
        raise ValueError(_("There is no such field."))
    return check(value)


def _check_currency(value: Any, currency: str) -> None:
    if value not in (None, "", currency):
        message = _("Amounts are in %(currency)s. Convert them first.")
        raise ValueError(message % {"currency": currency})


def _check_sign(checked: CheckedRow) -> None:
    amount = checked.values.get("amount")
    if amount is None or checked.errors:
        return
    kind = checked.values.get("kind", Transaction.Kind.PURCHASE)
    if kind == Transaction.Kind.REFUND and amount > 0:
        checked.errors["amount"] = _("A refund is a negative amount.")
    elif kind == Transaction.Kind.COST and amount > 0:
        checked.errors["amount"] = _("A cost is a negative amount.")
    elif kind == Transaction.Kind.PURCHASE and amount < 0:
        checked.errors["amount"] = _("A purchase is not negative. Send a refund with its kind.")


def _text(name: str) -> Callable[[Any], str]:
    limit = MAX_LENGTHS[name]

    def check(value: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            raise ValueError(_("Send a text in quotes."))
        text = value.strip()
        if "\x00" in text:
            raise ValueError(_("The text holds a NUL character, which cannot be stored."))
        if len(text) > limit:
            raise ValueError(_("At most %(max)s characters.") % {"max": limit})
        return text

    return check


def _amount(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise ValueError(_("Send a number."))
    try:
        amount = Decimal(str(value).strip())
    except InvalidOperation:
        raise ValueError(_("Send a number, for example 12900 or 12900.50.")) from None
    if not amount.is_finite() or abs(amount) > MAX_AMOUNT:
        raise ValueError(_("This amount is too large to be true."))
    if amount != round(amount, 2):
        raise ValueError(_("At most two digits after the point."))
    return amount


def _margin(value: Any) -> Decimal | None:
    return None if value is None or value == "" else _amount(value)


def _moment(value: Any, zone: ZoneInfo) -> datetime:
    try:
        moment = _parsed(value)
    except ValueError:
        moment = None
    if moment is None:
        raise ValueError(_("Write the time as 2026-11-22T14:05:00+09:00 or the day as 2026-11-22."))
    if timezone.is_naive(moment):
        moment = moment.replace(tzinfo=zone)
    if moment > timezone.now() + CLOCK_SLACK:
        raise ValueError(_("This time lies in the future."))
    if moment.year < EARLIEST_YEAR:
        raise ValueError(_("This time lies too far in the past."))
    return moment


def _parsed(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        return None
    moment = parse_datetime(value)
    if moment is None and (day := parse_date(value)) is not None:
        moment = datetime(day.year, day.month, day.day)  # noqa: DTZ001 # the zone follows
    return moment


def _kind(value: Any) -> str:
    if not isinstance(value, str) or value not in _KINDS:
        raise ValueError(_("Choose one of: %(kinds)s.") % {"kinds": ", ".join(sorted(_KINDS))})
    return value


_CHECKS: dict[str, Callable[[Any], Any]] = {
    **{name: _text(name) for name in MAX_LENGTHS},
    "amount": _amount,
    "margin": _margin,
    "kind": _kind,
}
