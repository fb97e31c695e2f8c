"""What became of every element of an imported file: taken, changed or refused, and why.

A reader enters an element as soon as it sees it; whatever nobody settled by the end is refused,
so that nothing of a file disappears in silence: taken + changed + refused = found.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cxportal.core.file_limits import Unreadable

__all__ = ["CHANGED", "REFUSED", "RESULTS", "TAKEN", "Entry", "Ledger", "Unreadable", "shortened"]
TAKEN, CHANGED, REFUSED = "taken", "changed", "refused"
RESULTS = (TAKEN, CHANGED, REFUSED)
_SHOWN = 200  # characters of a name or value in the report


@dataclass(slots=True)
class Entry:
    """One element of the file. `reason` is a code with figures, said in words by the page."""

    kind: str
    place: str
    name: str = ""
    result: str = ""
    became: str = ""
    reason: str = ""
    params: dict[str, Any] = field(default_factory=dict)

    def take(self, became: str = "") -> None:
        """It is there as it was; a change said before stays said."""
        if self.result != CHANGED:
            self.result = TAKEN
        self.became = became or self.became

    def change(self, reason: str, became: str = "", **params: Any) -> None:
        """It is there, but not as it was. The first reason stays."""
        if self.result == REFUSED:
            return
        if self.result != CHANGED:
            self.reason, self.params = reason, params
        self.result, self.became = CHANGED, became or self.became

    def refuse(self, reason: str, **params: Any) -> None:
        """It is not there."""
        self.result, self.reason, self.params, self.became = REFUSED, reason, params, ""

    def as_dict(self) -> dict[str, Any]:
        """In the shape a report keeps."""
        return {
            "kind": self.kind,
            "place": self.place,
            "name": self.name,
            "result": self.result,
            "became": self.became,
            "reason": self.reason,
            "params": self.params,
        }


@dataclass
class Ledger:
    """All elements of a file in the order they were met."""

    entries: list[Entry] = field(default_factory=list)

    def found(self, kind: str, place: str, name: object = "") -> Entry:
        """Enter an element."""
        entry = Entry(kind, place, shortened(name))
        self.entries.append(entry)
        return entry

    def close(self) -> None:
        """Refuse what nobody settled."""
        for entry in self.entries:
            if not entry.result:
                entry.refuse("no_counterpart")

    def totals(self) -> dict[str, int]:
        """{"found", "taken", "changed", "refused"} of a closed ledger."""
        counted = Counter(entry.result for entry in self.entries)
        return {"found": len(self.entries), **{result: counted[result] for result in RESULTS}}

    def by_kind(self) -> dict[str, dict[str, int]]:
        """The same per kind of element, in the order of first meeting."""
        kinds: dict[str, dict[str, int]] = {}
        for entry in self.entries:
            row = kinds.setdefault(entry.kind, {"found": 0, **dict.fromkeys(RESULTS, 0)})
            row["found"] += 1
            row[entry.result] += 1
        return kinds

    def as_dict(self) -> dict[str, Any]:
        """The report: totals, counts per kind, every element."""
        return {
            **self.totals(),
            "kinds": self.by_kind(),
            "elements": [entry.as_dict() for entry in self.entries],
        }

    def of_kind(self, kind: str) -> Iterator[Entry]:
        """The elements of one kind."""
        return (entry for entry in self.entries if entry.kind == kind)


def shortened(value: object) -> str:
    """A value as one short line for the report."""
    text = " ".join(str(value if value is not None else "").split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def report_params(params: Mapping[str, Any]) -> dict[str, Any]:
    """Figures of a sentence, short enough to be shown."""
    return {key: shortened(value) for key, value in params.items()}
