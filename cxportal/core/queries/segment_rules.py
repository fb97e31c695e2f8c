"""A segment's rule, read strictly and turned into a filter; nothing a person types reaches SQL.

A rule is {"match": "all"|"any", "conditions": [{"field", "operator", "value"}]}. `field` is one
of the ground floor's, "attributes.<key>", or what upper floors registered.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson
from django.db.models import BooleanField, CharField, F, Func, Q, Value
from django.db.models.lookups import IContains
from django.utils.dateparse import parse_date
from django.utils.timezone import make_aware
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from cxportal.core.models import Customer
from cxportal.core.registry import Condition, segment_conditions

MAX_CONDITIONS = 20
MAX_VALUE = 500
ATTRIBUTE = "attributes."
OPERATORS = {
    "is": gettext_lazy("is"),
    "is_not": gettext_lazy("is not"),
    "contains": gettext_lazy("contains"),
    "in": gettext_lazy("is one of"),
    "gt": gettext_lazy("is more than"),
    "lt": gettext_lazy("is less than"),
    "is_set": gettext_lazy("is filled in"),
    "is_not_set": gettext_lazy("is empty"),
}
# Why somebody is in, whole sentences, since languages order field, comparison and value otherwise.
SENTENCES = {
    "is": gettext_lazy("%(field)s is %(value)s"),
    "is_not": gettext_lazy("%(field)s is not %(value)s"),
    "contains": gettext_lazy("%(field)s contains “%(value)s”"),
    "in": gettext_lazy("%(field)s is one of %(value)s"),
    "gt": gettext_lazy("%(field)s is more than %(value)s"),
    "lt": gettext_lazy("%(field)s is less than %(value)s"),
    "is_set": gettext_lazy("%(field)s is filled in"),
    "is_not_set": gettext_lazy("%(field)s is empty"),
}
BARE = ("is_set", "is_not_set")
_PATH = "$.keyvalue() ? (@.key == $key).value ? (@ %s $value)"


@dataclass(frozen=True)
class Asked:
    """One condition of a rule, checked."""

    field: str
    operator: str
    value: Any
    q: Q

    def sentence(self) -> str:
        """Why somebody is in, in words: “Language is ko”."""
        condition = condition_for(self.field)
        words = {value: str(label) for value, label in condition.choices}
        values = self.value if isinstance(self.value, list) else [self.value]
        shown = ", ".join(words.get(str(v), str(v)) for v in values)
        return str(SENTENCES[self.operator]) % {"field": condition.label, "value": shown}


def rule_read(rule: Any, actor: Actor) -> tuple[str, list[Asked]]:
    """Check a rule: ("all"|"any", conditions). Raises DomainError naming the bad condition."""
    if not isinstance(rule, Mapping):
        raise _bad(_("Send the rule as an object with “match” and “conditions”."))
    match, conditions = rule.get("match", "all"), rule.get("conditions", [])
    if match not in ("all", "any"):
        raise _bad(_("“match” is “all” or “any”."))
    if not isinstance(conditions, list) or len(conditions) > MAX_CONDITIONS:
        raise _bad(_("A rule has at most %(max)s conditions.") % {"max": MAX_CONDITIONS})
    return match, [_asked(number, raw, actor) for number, raw in enumerate(conditions, start=1)]


def rule_q(rule: Any, actor: Actor) -> Q:
    """The filter over customers; a rule without conditions is everyone."""
    match, asked = rule_read(rule, actor)
    whole = Q()
    for one in asked:
        whole = whole & one.q if match == "all" else whole | one.q
    return whole


def rule_stored(rule: Any, actor: Actor) -> dict[str, Any]:
    """The rule in the form that is kept: checked, nothing beside what was asked for."""
    match, asked = rule_read(rule, actor)
    rows = [{"field": a.field, "operator": a.operator, "value": a.value} for a in asked]
    return {"match": match, "conditions": rows}


def _bad(sentence: str, number: int = 0) -> DomainError:
    name = f"condition_{number}" if number else "rule"
    message = _("Condition %(number)s: ") % {"number": number} + sentence if number else sentence
    return DomainError("bad_rule", message, details={name: sentence})


def _asked(number: int, raw: Any, actor: Actor) -> Asked:
    if not isinstance(raw, Mapping):
        raise _bad(_("Send each condition as an object."), number)
    name, operator = str(raw.get("field", "")), str(raw.get("operator", ""))
    try:
        condition = condition_for(name)
        if operator not in condition.operators:
            raise ValueError(_("This comparison does not fit the field."))
        value = None if operator in BARE else _value(operator, raw.get("value"))
        return Asked(name, operator, value, condition.to_q(operator, value))
    except ValueError as error:
        raise _bad(str(error), number) from None


def _value(operator: str, value: Any) -> Any:
    if operator == "in":
        items = value.split(",") if isinstance(value, str) else value
        if not isinstance(items, list) or not items or len(items) > MAX_VALUE:
            raise ValueError(_("Give one or more values, separated by commas."))
        return [_single(item) for item in items]
    return _single(value)


def _single(value: Any) -> Any:
    if isinstance(value, str):
        text = value.strip()
        if not text:
            raise ValueError(_("Give a value to compare with."))
        if "\x00" in text or len(text) > MAX_VALUE:
            raise ValueError(_("Give a value of at most %(max)s characters.") % {"max": MAX_VALUE})
        return text
    if isinstance(value, bool | int | float):
        return value
    raise ValueError(_("Give a value to compare with."))


def condition_for(field: str) -> Condition:
    """The condition a field stands for. Raises ValueError for an unknown one."""
    found = BUILT_IN.get(field) or segment_conditions.get(field)
    if found is not None:
        return found
    key = field.removeprefix(ATTRIBUTE)
    if field.startswith(ATTRIBUTE) and key and len(key) <= 60 and "\x00" not in key:
        return Condition(field, key, tuple(OPERATORS), _attribute(key))
    raise ValueError(_("There is no field “%(field)s”.") % {"field": field[:80]})


def _text(name: str) -> Any:
    lookups = {"is": "iexact", "contains": "icontains", "gt": "gt", "lt": "lt"}

    def to_q(operator: str, value: Any) -> Q:
        if operator == "in":
            return Q(**{f"{name}__in": [str(v) for v in value]})
        if operator in BARE:
            return Q(**{name: ""}) if operator == "is_not_set" else ~Q(**{name: ""})
        if operator == "is_not":
            return ~Q(**{f"{name}__iexact": str(value)})
        return Q(**{f"{name}__{lookups[operator]}": str(value)})

    return to_q


def _yes_no(when_true: Q) -> Any:
    def to_q(operator: str, value: Any) -> Q:
        wanted = value is True or str(value).lower() in ("true", "yes", "1")
        return when_true if wanted == (operator == "is") else ~when_true

    return to_q


def _number(name: str) -> Any:
    def to_q(operator: str, value: Any) -> Q:
        if operator in BARE:
            return Q(**{f"{name}__isnull": operator == "is_not_set"})
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            raise ValueError(_("Give a number.")) from None
        if not number.is_finite() or abs(number) > 10**13:
            raise ValueError(_("Give a number."))
        return Q(**{f"{name}__{'exact' if operator == 'is' else operator}": number})

    return to_q


def _moment(name: str) -> Any:
    """Dates: later than the end of a day, earlier than its start."""

    def to_q(operator: str, value: Any) -> Q:
        day = _day(value)
        start = make_aware(datetime.combine(day, datetime.min.time()))
        end = make_aware(datetime.combine(day, datetime.max.time()))
        return Q(**{f"{name}__gt": end}) if operator == "gt" else Q(**{f"{name}__lt": start})

    return to_q


def _day(value: Any) -> date:
    try:
        day = parse_date(str(value))
    except ValueError:
        day = None
    if day is None or not 1900 <= day.year <= 2200:
        raise ValueError(_("Write the date as 2026-11-22."))
    return day


def _attribute(key: str) -> Any:
    """Conditions on the program's own data, which may be texts, numbers, flags or lists."""

    def to_q(operator: str, value: Any) -> Q:
        if operator in ("is", "in", "is_not"):
            values = value if isinstance(value, list) else [value]
            found = Q()
            for item in values:
                for form in _forms(item):
                    found |= Q(attributes__contains={key: form})
            return ~found if operator == "is_not" else found
        if operator in BARE:
            there = Q(attributes__has_key=key)
            return there if operator == "is_set" else ~there
        if operator == "contains":
            return Q(IContains(_attribute_text(key), Value(str(value))))
        return _compared(key, operator, value)

    return to_q


def _forms(item: Any) -> list[Any]:
    """“5” typed into a form means the number 5 as well, and “gold” may stand in a list."""
    forms = [item]
    number = _as_number(item)
    if isinstance(item, str):
        forms += [item.lower() == "true"] if item.lower() in ("true", "false") else []
        forms += [number] if number is not None else []
    elif number is not None:
        forms.append(str(item))
    return [*forms, *([form] for form in forms)]


def _as_number(item: Any) -> int | float | None:
    if isinstance(item, bool):
        return None
    try:
        number = float(item)
    except (TypeError, ValueError):
        return None
    if not math.isfinite(number) or abs(number) > 1e15:
        return None
    return int(number) if number.is_integer() else number


def _attribute_text(key: str) -> Func:
    return Func(
        F("attributes"),
        Value(key),
        function="jsonb_extract_path_text",
        output_field=CharField(),
    )


def _compared(key: str, operator: str, value: Any) -> Q:
    """Numbers by size, texts (dates as 2026-11-22) by order; other types never match."""
    number = _as_number(value)
    named = {"key": key, "value": value if number is None else number}
    path = _PATH % (">" if operator == "gt" else "<")
    return Q(
        Func(
            F("attributes"),
            Value(path),
            Value(orjson.dumps(named).decode()),
            template="jsonb_path_exists(%(expressions)s)",
            arg_joiner=", ",
            output_field=BooleanField(),
            function="jsonb_path_exists",
        )
    )


_TEXT = ("is", "is_not", "contains", "in", "is_set", "is_not_set")
_IS = ("is",)
_CHOICE = ("is", "is_not", "in")
_HAS_EMAIL, _HAS_PHONE = ~Q(email=""), ~Q(phone="")
_HAS_EMAIL_LABEL = gettext_lazy("Has an e-mail address")
_HAS_PHONE_LABEL = gettext_lazy("Has a phone number")
_YES_NO = (("yes", gettext_lazy("yes")), ("no", gettext_lazy("no")))
_KINDS = tuple((value, label) for value, label in Customer.Kind.choices)

BUILT_IN: dict[str, Condition] = {
    c.field: c
    for c in (
        Condition("kind", gettext_lazy("Kind"), _CHOICE, _text("kind"), _KINDS),
        Condition("language", gettext_lazy("Language"), _TEXT, _text("language")),
        Condition(
            "has_email", gettext_lazy("Has an e-mail address"), _IS, _yes_no(_HAS_EMAIL), _YES_NO
        ),
        Condition(
            "has_phone", gettext_lazy("Has a phone number"), _IS, _yes_no(~Q(phone="")), _YES_NO
        ),
        Condition("created", gettext_lazy("Known since"), ("gt", "lt"), _moment("created_at")),
        Condition("is_test", gettext_lazy("Test customer"), _IS, _yes_no(Q(is_test=True)), _YES_NO),
        Condition(
            "lifetime_value",
            gettext_lazy("Lifetime value"),
            ("is", "gt", "lt", "is_set", "is_not_set"),
            _number("lifetime_value"),
        ),
        Condition("external_id", gettext_lazy("External id"), _TEXT, _text("external_id")),
    )
}


def fields_offered() -> list[Condition]:
    """What a rule may ask about, apart from attributes."""
    return [*BUILT_IN.values(), *segment_conditions.values()]


def customers_of_rule(actor: Actor, rule: Any) -> Any:
    """Everyone the rule picks, without those who were erased."""
    customers = Customer.objects.for_actor(actor).filter(erased_at=None, merged_into=None)
    return customers.filter(rule_q(rule, actor))
