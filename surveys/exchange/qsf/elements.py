"""The JSON of a .qsf read with limits: its elements by kind, whatever way lists are written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from cxportal.core.file_limits import decoded
from surveys.exchange.ledger import Entry, Ledger, Unreadable, shortened

MAX_ELEMENTS = 20_000
Json = Mapping[str, Any]


@dataclass
class File:
    """The head of the survey and its elements: (element, its entry) by kind."""

    head: Json
    elements: dict[str, list[tuple[Json, Entry]]] = field(default_factory=dict)

    def payloads(self, kind: str) -> Iterator[tuple[Any, Entry]]:
        """What elements of a kind hold."""
        for element, entry in self.elements.get(kind, []):
            yield element.get("Payload"), entry


def read_file(content: bytes, ledger: Ledger) -> File:
    """Raises Unreadable "not_json" with line, "not_qsf", "too_many_rows", "encoding"."""
    text = decoded(content)
    try:
        data = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise Unreadable("not_json", place=place) from error
    if not isinstance(data, dict) or not isinstance(data.get("SurveyEntry"), dict):
        raise Unreadable("not_qsf", place="SurveyEntry")
    found = [e for e in listed(data.get("SurveyElements")) if isinstance(e, dict)]
    if not found:
        raise Unreadable("not_qsf", place="SurveyElements")
    if len(found) > MAX_ELEMENTS:
        raise Unreadable("too_many_rows", most=MAX_ELEMENTS)
    file = File(data["SurveyEntry"])
    for number, element in enumerate(found, 1):
        kind = str(element.get("Element", "?"))[:8]
        name = element.get("PrimaryAttribute") or element.get("SecondaryAttribute")
        entry = ledger.found(kind, f"SurveyElements, {number}", name)
        file.elements.setdefault(kind, []).append((element, entry))
    for number, name in enumerate(sorted(set(data) - {"SurveyEntry", "SurveyElements"}), 1):
        ledger.found("other", f"{number}", name).refuse("no_counterpart")
    return file


def listed(value: Any) -> list[Any]:
    """A list, or the values of a dict that stands for one."""
    if isinstance(value, list):
        return value
    return list(value.values()) if isinstance(value, dict) else []


def keyed(value: Any) -> dict[str, Any]:
    """A dict by string keys; a list counts from 0; an empty list is an empty dict."""
    if isinstance(value, dict):
        return {str(key): part for key, part in value.items()}
    return {str(i): part for i, part in enumerate(value)} if isinstance(value, list) else {}


def in_order(options: Any, order: Any) -> list[tuple[str, Json]]:
    """(id, option) in the order the file gives; those it forgets come last."""
    known = {key: part for key, part in keyed(options).items() if isinstance(part, dict)}
    wanted = [str(key) for key in order] if isinstance(order, list) else []
    keys = dict.fromkeys([*(key for key in wanted if key in known), *known])
    return [(key, known[key]) for key in keys]


def is_empty(value: Any) -> bool:
    """True for what holds nothing; false and 0 are something."""
    return value is None or value in ("", [], {})


def said(value: Any) -> str:
    """A value as a short word for the report."""
    return shortened(
        value if isinstance(value, str | int | float) else orjson.dumps(value).decode()
    )
