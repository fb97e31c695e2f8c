"""Hidden data: values nobody types, from the link, the customer, the event that led here, or fixed.

One function says for page, client, trial and correction alike where each value comes from.
"""

from collections.abc import Callable, Mapping
from typing import Any

from surveys.calc.kinds import UNSEEN, Question

MOST = 500


def hidden_values(
    asked: Mapping[str, Question],
    *,
    customer: Mapping[str, Any],
    event: Mapping[str, Any],
    brought: Callable[[str, str], Any],
) -> dict[str, str]:
    """The values of a survey's hidden questions by code; empty ones are left out.

    `asked` are all questions by code. `brought(code, name)` is what came along with the answer
    itself; it counts only for the origin "link": nobody may say what the customer or the event
    says.
    """
    found = {}
    for code, question in asked.items():
        if question["kind"] not in UNSEEN:
            continue
        settings = question.get("settings") or {}
        name, usual = str(settings.get("name") or code), settings.get("default") or ""
        origin = settings.get("origin", "link")
        known = None  # "fixed"
        if origin == "link":
            known = brought(code, name)
        elif origin in ("customer", "event"):
            known = (customer if origin == "customer" else event).get(name)
        value = _words(usual if known is None or known == "" else known)
        if value:
            found[code] = value
    return found


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(map(_words, value))[:MOST]
    return "" if isinstance(value, Mapping) else str(value).strip()[:MOST]


def event_facts(kind: str, place: str, day: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """What hidden data may name of an event: its data, and "kind", "place", "day" (ISO)."""
    return {"kind": kind, "place": place, "day": day, **data}
