"""XPath of forms: relevant and choice_filter as conditions, constraint as limits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from surveys.exchange.draft import Condition, Group, Item, Page, Test
from surveys.exchange.expressions import (
    Call,
    Literal,
    Name,
    Node,
    Operation,
    Reference,
    Untranslatable,
    condition_of,
    joined,
    parsed,
)
from surveys.exchange.ledger import Entry

if TYPE_CHECKING:
    from surveys.exchange.xlsform.reading import Form

_FILTER = re.compile(
    r"^\s*(?:\$\{\s*([^{}]+?)\s*\}\s*=\s*([\w-]+)|([\w-]+)\s*=\s*\$\{\s*([^{}]+?)\s*\})\s*$"
)
_CONSTANT = re.compile(r"^\s*([\w-]+)\s*(!?=)\s*(?:'([^']*)'|\"([^\"]*)\"|(\d+))\s*$")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBERS = frozenset({"number", "slider", "rating"})


def settle_expressions(form: Form) -> None:
    """Translate what the rows left open, now that every name is known."""
    own: dict[int, Condition] = {}
    for target, entry, text in form.conditions:
        condition = _translated(form, target, entry, text)
        if condition is None:
            continue
        if isinstance(target, Item):
            target.shown_if, target.shown_entry = condition, entry
        else:
            own[id(target)] = condition
            target.shown_entry = entry
    _inherit(form, own)
    for item, entry, text in form.filters:
        _filter(form, item, entry, text)


def _translated(form: Form, target: Item | Page, entry: Entry, text: str) -> Condition | None:
    def resolve(name: str) -> Reference | None:
        item = target if name == "." and isinstance(target, Item) else form.names.get(name)
        return Reference(item.source) if item else None

    try:
        found = condition_of(_xpath(text), resolve)
        if found is False:
            raise Untranslatable(text)
    except Untranslatable as error:
        entry.change("kept_as_note", "note", part=str(error))
        target.notes.append(f"relevant: {text}")
        return None
    entry.take("condition")
    return None if found is True else found


def _xpath(text: str) -> str:
    """`= ''` and `!= ''` on a name, and dotted names, need no more than this."""
    return text.replace("“", '"').replace("”", '"').replace("’", "'").replace("‘", "'")


def _inherit(form: Form, own: dict[int, Condition]) -> None:
    """A page inside groups is shown when all of them are."""
    by_entry: dict[int, list[Condition]] = {}
    for page in form.draft.pages:
        chain = form.chains.get(id(page), [])
        found = [own[key] for key in chain if key in own]
        if found:
            by_entry[id(page)] = found
            page.shown_if = found[0] if len(found) == 1 else Group(True, tuple(found))


def _filter(form: Form, item: Item, entry: Entry, text: str) -> None:
    """`${state} = state_column`: each choice is shown for its own cell's value.

    `column = 'value'` leaves out at once what has another value there.
    """
    said = re.split(r"\s+and\s+", text)
    constant = [match for part in said if (match := _CONSTANT.match(part))]
    parts = [_FILTER.match(part) for part in said if not _CONSTANT.match(part)]
    pairs = [(m[1] or m[4], m[2] or m[3]) for m in parts if m]
    sources = {name: form.names.get(name) for name, _column in pairs}
    if len(pairs) != len(parts) or not all(sources.values()):
        entry.change("kept_as_note", "note", part=text)
        item.notes.append(f"choice_filter: {text}")
        return
    for match in constant:
        _leave_out(form, item, match)
    for option in item.choices:
        if option.is_other or not pairs:
            continue
        tests: list[Condition | bool] = []
        for name, column in pairs:
            source = sources[name]
            assert source is not None
            operator = "includes" if source.kind == "multiple" else "equals"
            tests.append(Test(source.source, operator, option.filters.get(column, "")))
        found = joined(True, tests)
        option.shown_if, option.shown_entry = (None if isinstance(found, bool) else found), entry
        form.lists.used_filters |= {column for _name, column in pairs}
    item.choices = _merged(item)
    entry.take("condition")


def _leave_out(form: Form, item: Item, found: re.Match[str]) -> None:
    """Offer only the choices with (or without) one value in a column."""
    column, sign, *texts = found.groups()
    wanted = next(text for text in texts if text is not None)
    kept = []
    for option in item.choices:
        same = option.filters.get(column, "") == wanted
        if option.is_other or same == (sign == "="):
            kept.append(option)
        else:
            option.entry.change("choice_filtered")
    item.choices = kept
    form.lists.used_filters.add(column)


def _merged(item: Item) -> list[Any]:
    """A choice that stands in the list once per filter value is one with several conditions."""
    kept: dict[str, Any] = {}
    for option in item.choices:
        first = kept.setdefault(option.source, option)
        if first is not option and first.shown_if and option.shown_if:
            both = joined(False, [first.shown_if, option.shown_if])
            first.shown_if = None if isinstance(both, bool) else both
            option.entry.change("choice_merged", first.source)
    return list(kept.values())


def limits_of(text: str, kind: str) -> dict[str, Any] | None:
    """min, max, max_length, earliest, latest that say the same; None when nothing does."""
    try:
        return _limits(parsed(_xpath(text)), kind)
    except Untranslatable:
        return None


def _limits(node: Node, kind: str) -> dict[str, Any] | None:
    if not isinstance(node, Operation):
        return None
    if node.operator == "&&":
        left, right = _limits(node.left, kind), _limits(node.right, kind)
        if left is None or right is None or left.keys() & right.keys():
            return None
        return {**left, **right}
    subject, operator, value = node.left, node.operator, node.right
    if isinstance(subject, Literal) and value == Name("."):
        subject, value = value, subject
        operator = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}.get(operator, operator)
    if kind == "date" and subject == Name("."):
        return _day_limit(operator, value)
    return _limit(subject, operator, value.value, kind) if isinstance(value, Literal) else None


def _day_limit(operator: str, value: Node) -> dict[str, Any] | None:
    """`. <= today()`, `. >= '2020-01-01'`, `. >= date('2020-01-01')`."""
    if value == Call("today", ()):
        day = "today"
    else:
        literal = (
            value.arguments[0] if isinstance(value, Call) and len(value.arguments) == 1 else value
        )
        if isinstance(value, Call) and value.function not in ("date", "date-time"):
            return None
        day = str(literal.value) if isinstance(literal, Literal) else ""
        if not _DAY.fullmatch(day):
            return None
    names = {">=": "earliest", "<=": "latest"}
    return {names[operator]: day} if operator in names else None


def _limit(subject: Node, operator: str, value: Any, kind: str) -> dict[str, Any] | None:
    """The limit that `subject operator value` sets to the answer at hand."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    own = Name(".")
    if (subject == own and kind in _NUMBERS) or subject == Call("count-selected", (own,)):
        return _number_limit(operator, value)
    if subject == Call("string-length", (own,)) and kind.endswith("_text"):
        found = _number_limit(operator, value) or {}
        return {"max_length": int(found["max"])} if "max" in found else None
    return None


def _number_limit(operator: str, value: int | float) -> dict[str, Any] | None:
    whole = isinstance(value, int)
    if operator == ">=":
        return {"min": value}
    if operator == "<=":
        return {"max": value}
    if operator == ">" and whole:
        return {"min": value + 1}
    if operator == "<" and whole:
        return {"max": value - 1}
    return None
