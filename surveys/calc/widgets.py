"""Widgets of a dashboard: what each shows, checked without knowing who asks.

`{"kind": "metric", "id": 3, "days": 90, "size": "half"}`; kinds: metric (score and trend), groups
(a metric by a kind of group, `"by": "segment"`), operational (a counted figure), program (all
metrics), note (`"text"`). The order of the list is the order on the page.
"""

from collections.abc import Mapping, Sequence
from typing import Any

KINDS = ("metric", "groups", "operational", "program", "note")
WITH_OBJECT = frozenset({"metric", "groups", "operational"})
DAYS = (30, 90, 365)
SIZES = ("half", "full")
MOST_WIDGETS = 24
MAX_TEXT = 1000


def checked_widget(given: Mapping[str, Any]) -> dict[str, Any]:
    """A clean widget. Raises ValueError naming the field that does not fit."""
    kind = given.get("kind")
    if kind not in KINDS:
        raise ValueError("kind")
    days, size = given.get("days", DAYS[1]), given.get("size", SIZES[0])
    if days not in DAYS:
        raise ValueError("days")
    if size not in SIZES:
        raise ValueError("size")
    widget: dict[str, Any] = {"kind": kind, "days": days, "size": size}
    if kind in WITH_OBJECT:
        number = given.get("id")
        if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < 2**63:
            raise ValueError("id")
        widget["id"] = number
    if kind == "groups":
        by = given.get("by")
        if not isinstance(by, str) or not 0 < len(by) <= 20:
            raise ValueError("by")
        widget["by"] = by
    if kind == "note":
        text = given.get("text")
        if not isinstance(text, str) or not text.strip() or "\x00" in text:
            raise ValueError("text")
        widget["text"] = text.strip()[:MAX_TEXT]
    return widget


def moved(widgets: Sequence[dict[str, Any]], place: int, to: int) -> list[dict[str, Any]]:
    """The widgets with one at another place. Raises IndexError."""
    kept = list(widgets)
    kept.insert(max(0, min(to, len(kept) - 1)), kept.pop(place))
    return kept
