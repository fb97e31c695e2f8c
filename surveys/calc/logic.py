"""Conditions: the one evaluator for pages, preview, validation, reports and automations.

A condition is data: `{"all": [...]}`, `{"any": [...]}`, `{"not": {...}}` or a comparison
`{"source": "answer.nps", "operator": "lte", "value": 6}`. docs/survey-json.md lists the
sources and operators. An empty condition holds.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

Condition: TypeAlias = Mapping[str, Any]

#: What a comparison may look at: the word before the first dot of `source`.
SOURCES = ("answer", "hidden", "customer", "segment", "language", "channel", "score", "item")
#: Of these there is one: nothing follows the word.
_ALONE = frozenset({"segment", "language", "channel", "score", "item"})
OPERATORS = (
    "is", "is_not", "any_of", "none_of", "includes", "excludes", "gt", "gte", "lt", "lte",
    "between", "contains", "not_contains", "answered", "not_answered",
)  # fmt: skip
#: Operators that compare with nothing.
UNARY = frozenset({"answered", "not_answered"})
_LISTS = frozenset({"any_of", "none_of", "between"})
MAX_DEPTH, MAX_PARTS, MAX_VALUES, MAX_LENGTH = 4, 40, 200, 500


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a respondent at some moment.

    `answers` holds the stored shapes by question code; `more` further sources by their whole
    name ("event.kind"), for automations. `item` is the code a loop is at.
    """

    answers: Mapping[str, Any] = field(default_factory=dict)
    customer: Mapping[str, Any] = field(default_factory=dict)
    segments: frozenset[str] = frozenset()
    language: str = ""
    channel: str = ""
    score: float = 0
    item: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)

    def knowing(self, **changes: Any) -> "Facts":
        """The same person a moment later."""
        return replace(self, **changes)


def holds(condition: Condition | None, facts: Facts) -> bool:
    """True when the condition is met; what cannot be read is not met."""
    if not condition:
        return True
    if "all" in condition:
        return all(holds(part, facts) for part in condition["all"])
    if "any" in condition:
        parts = condition["any"]
        return not parts or any(holds(part, facts) for part in parts)
    if "not" in condition:
        return not holds(condition["not"], facts)
    return _compared(condition, facts)


def _compared(test: Condition, facts: Facts) -> bool:
    found = value_of(str(test.get("source", "")), facts)
    wanted, operator = test.get("value"), test.get("operator")
    given = _listed(found)
    if operator == "answered":
        return bool(given)
    if operator == "not_answered":
        return not given
    if operator in _NEGATED:
        return not _met(_NEGATED[operator], given, wanted)
    return _met(str(operator), given, wanted)


_NEGATED = {
    "is_not": "is",
    "none_of": "any_of",
    "excludes": "includes",
    "not_contains": "contains",
}


def _met(operator: str, given: list[Any], wanted: Any) -> bool:
    """Compare each value given; a list meets "is" only when it holds nothing else."""
    if operator == "is":
        return bool(given) and all(_same(value, wanted) for value in given)
    if operator == "includes":
        return any(_same(value, wanted) for value in given)
    if operator == "any_of":
        return any(_same(value, one) for value in given for one in _listed(wanted))
    if operator == "contains":
        return any(str(wanted).casefold() in str(value).casefold() for value in given)
    if operator == "between":
        low, high = (*_listed(wanted), None, None)[:2]
        return any(_order(v, low) >= 0 and _order(v, high) <= 0 for v in given)
    signs = _SIGNS.get(operator)
    return signs is not None and any(_order(value, wanted) in signs for value in given)


_SIGNS = {"gt": {1}, "gte": {0, 1}, "lt": {-1}, "lte": {-1, 0}}
#: What cannot be compared: neither less nor more, and no sign of an operator.
_INCOMPARABLE = float("nan")


def _listed(value: Any) -> list[Any]:
    if value in (None, "", [], {}):
        return []
    if isinstance(value, Mapping):
        return [cell for part in value.values() for cell in _listed(part)]
    if isinstance(value, list | tuple | set | frozenset):
        return list(value)
    return [value]


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return _yes(one) == _yes(other)
    left, right = _number(one), _number(other)
    if left is not None and right is not None:
        return left == right
    return str(one).strip().casefold() == str(other).strip().casefold()


def _yes(value: Any) -> bool:
    return value is True or str(value).casefold() in ("true", "yes", "1")


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value)
    try:
        return float(value) if isinstance(value, str) and len(value) < 40 else None
    except ValueError:
        return None


def _order(one: Any, other: Any) -> float:
    """-1, 0 or 1; numbers as numbers, dates and words by their letters."""
    left, right = _number(one), _number(other)
    if left is None or right is None:
        texts = isinstance(one, str) and isinstance(other, str) and one and other
        if not texts or (left is None) != (right is None):
            return _INCOMPARABLE
        return float((one > other) - (one < other))
    return (left > right) - (left < right)


def value_of(source: str, facts: Facts) -> Any:
    """What a source says now; None where it is silent or not known."""
    if source in facts.more:
        return facts.more[source]
    head, _dot, name = source.partition(".")
    if head in ("answer", "hidden"):
        return _answer(name, facts)
    if head == "customer":
        return facts.customer.get(name)
    alone: dict[str, Any] = {
        "segment": sorted(facts.segments),
        "language": facts.language,
        "channel": facts.channel,
        "score": facts.score,
        "item": facts.item,
    }
    return alone.get(head)


def _answer(name: str, facts: Facts) -> Any:
    """ "nps", a part of an answer ("grid.price", "grid.price.now"), or a text beside a choice."""
    if name in facts.answers:
        return facts.answers[name]
    code, _dot, part = name.partition(".")
    value = facts.answers.get(code)
    for step in part.split(".") if part else ():
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def comparisons(condition: Condition | None) -> Iterator[Condition]:
    """Every comparison in a condition, however deep it stands."""
    if not condition:
        return
    for word in ("all", "any"):
        for part in condition.get(word) or ():
            yield from comparisons(part)
    if "not" in condition:
        yield from comparisons(condition["not"])
    if "source" in condition:
        yield condition


def questions_in(condition: Condition | None) -> set[str]:
    """Codes of the questions a condition looks at."""
    return {
        str(test["source"]).split(".")[1]
        for test in comparisons(condition)
        if str(test["source"]).partition(".")[0] in ("answer", "hidden")
        and "." in str(test["source"])
    }


def condition_fault(condition: Any, *, more: Iterable[str] = (), depth: int = 0) -> str:
    """The first thing wrong with the shape of a condition as a code, "" when it can be kept.

    Codes: not_a_condition, too_deep, unknown_source, unknown_operator, bad_value. `more` are
    further sources by their whole name or their first word.
    """
    if condition in (None, {}):
        return ""
    if not isinstance(condition, Mapping):
        return "not_a_condition"
    if "source" in condition:
        return _comparison_fault(condition, frozenset(more))
    return _group_fault(condition, more, depth + 1)


def _group_fault(group: Condition, more: Iterable[str], depth: int) -> str:
    if depth > MAX_DEPTH:
        return "too_deep"
    if set(group) not in ({"all"}, {"any"}, {"not"}):
        return "not_a_condition"
    parts = [group["not"]] if "not" in group else next(iter(group.values()))
    if not isinstance(parts, list) or len(parts) > MAX_PARTS:
        return "not_a_condition"
    faults = (condition_fault(part, more=more, depth=depth) for part in parts)
    return next((fault for fault in faults if fault), "")


def _comparison_fault(test: Condition, more: frozenset[str]) -> str:
    source, operator, value = test.get("source"), test.get("operator"), test.get("value")
    if set(test) - {"source", "operator", "value"} or not isinstance(source, str):
        return "not_a_condition"
    head, _dot, name = source.partition(".")
    known = source in more or head in more or (head in SOURCES and bool(name) != (head in _ALONE))
    if not known or len(source) > MAX_LENGTH:
        return "unknown_source"
    if operator not in OPERATORS:
        return "unknown_operator"
    return "" if _fits(operator, value) else "bad_value"


def _fits(operator: str, value: Any) -> bool:
    if operator in UNARY:
        return value is None
    if operator in _LISTS:
        good = isinstance(value, list) and 0 < len(value) <= MAX_VALUES
        pair = operator != "between" or (good and len(value) == 2)
        return good and pair and all(_plain(one) for one in value)
    return _plain(value)


def _plain(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= MAX_LENGTH
    return isinstance(value, int | float)
