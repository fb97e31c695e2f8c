"""What changed between two documents of a map (see journeys.services.map_documents)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

Document: TypeAlias = Mapping[str, Any]
Texts: TypeAlias = Mapping[str, str]


class Did(StrEnum):
    """What happened to something on the map."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: `what` is stage, step, lane, card or emotion; `place` are the names of
    the stage and lane around it; `fields` are those that differ, with both values.
    """

    did: Did
    what: str
    key: str
    name: Any
    place: tuple[Any, ...] = ()
    fields: tuple[tuple[str, Any, Any], ...] = ()


_FIELDS = {
    "stage": ("name", "description", "target"),
    "step": ("name", "touchpoint"),
    "lane": ("name", "kind"),
    "card": (
        "title", "text", "emotion", "severity", "is_moment_of_truth", "persona", "image", "tags",
    ),
}  # fmt: skip


def changes(before: Document, after: Document) -> list[Change]:
    """Every difference, in the order of the map: stages, steps, lanes, cards, feelings."""
    old, new = _Index(before), _Index(after)
    found: list[Change] = []
    for what in ("stage", "step", "lane", "card"):
        found += _rows(what, old, new)
    return found + _emotions(old, new)


class _Index:
    """A document's rows by their keys, each with its names and its place."""

    def __init__(self, document: Document) -> None:
        self.rows: dict[str, dict[str, Any]] = {"stage": {}, "step": {}, "lane": {}, "card": {}}
        self.home: dict[str, str] = {}
        for stage in document.get("stages", ()):
            self.rows["stage"][stage["code"]] = stage
            for step in stage.get("steps", ()):
                self.rows["step"][step["key"]] = step
                self.home[step["key"]] = stage["code"]
        for lane in document.get("lanes", ()):
            self.rows["lane"][lane["key"]] = lane
        for card in document.get("cards", ()):
            self.rows["card"][card["key"]] = card
            self.home[card["key"]] = f"{card['lane']}/{card['step']}"

    def name(self, what: str, key: str) -> Any:
        """Texts; a step without any is called as its touchpoint's code, a lane as its kind."""
        row = self.rows[what][key]
        if what == "card":
            return row["title"]
        return row.get("name") or row.get("touchpoint") or row.get("kind") or key

    def place(self, what: str, key: str) -> tuple[Any, ...]:
        """Names of what it stands in."""
        if what == "step":
            return (self.name("stage", self.home[key]),)
        if what != "card":
            return ()
        card = self.rows["card"][key]
        step = card["step"]
        inner = self.place("step", step) if step in self.rows["step"] else ()
        return (*inner, self.name("step", step), self.name("lane", card["lane"]))


def _rows(what: str, old: _Index, new: _Index) -> list[Change]:
    before, after = old.rows[what], new.rows[what]
    found = [
        Change(Did.REMOVED, what, key, old.name(what, key), old.place(what, key))
        for key in before
        if key not in after
    ]
    for key, row in after.items():
        about = (what, key, new.name(what, key), new.place(what, key))
        if key not in before:
            found.append(Change(Did.ADDED, *about))
            continue
        fields = tuple(
            (name, before[key].get(name), row.get(name))
            for name in _FIELDS[what]
            if (before[key].get(name) or None) != (row.get(name) or None)
        )
        if fields:
            found.append(Change(Did.CHANGED, *about, fields))
        if old.home.get(key) != new.home.get(key):
            found.append(Change(Did.MOVED, *about))
    return found + _order(what, old, new)


def _order(what: str, old: _Index, new: _Index) -> list[Change]:
    """Stages and lanes that stand elsewhere among those both documents have."""
    if what not in {"stage", "lane"}:
        return []
    kept = [key for key in old.rows[what] if key in new.rows[what]]
    now = [key for key in new.rows[what] if key in old.rows[what]]
    return [Change(Did.MOVED, what, key, new.name(what, key)) for key in _out_of_order(kept, now)]


def _out_of_order(before: list[str], after: list[str]) -> list[str]:
    """The fewest keys that moved: those outside the longest run that kept its order."""
    rank = {key: place for place, key in enumerate(before)}
    best: list[list[str]] = []
    for key in after:
        runs = [run for run in best if rank[run[-1]] < rank[key]]
        best.append([*_longest(runs), key])
    kept = set(_longest(best))
    return [key for key in after if key not in kept]


def _longest(runs: list[list[str]]) -> list[str]:
    return max(runs, key=len, default=[])


def _emotions(old: _Index, new: _Index) -> list[Change]:
    found = []
    for key, step in new.rows["step"].items():
        known = old.rows["step"].get(key, {}).get("emotions") or {}
        now = step.get("emotions") or {}
        fields = tuple(
            (who, known.get(who), now.get(who))
            for who in sorted({*known, *now})
            if known.get(who) != now.get(who)
        )
        if fields and key in old.rows["step"]:
            place = new.place("step", key)
            found.append(Change(Did.CHANGED, "emotion", key, new.name("step", key), place, fields))
    return found
