"""Two maps beside each other: by stage and lane what each says, and what differs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.calc.numbers import signed_number
from cxportal.core.models import text_in
from journeys.calc.map_changes import Change, Did, changes
from journeys.models import Journey, Lane, Persona, Touchpoint
from journeys.services.map_documents import Document, map_document


@dataclass(frozen=True)
class Entry:
    """A line in a cell: its words, and whether it is only here or differs there."""

    text: str
    did: str = ""


@dataclass(frozen=True)
class Pair:
    """One lane of one stage on both sides."""

    label: str
    left: Sequence[Entry]
    right: Sequence[Entry]

    @property
    def differs(self) -> bool:
        """Whether anything differs."""
        return any(entry.did for entry in (*self.left, *self.right))


@dataclass(frozen=True)
class ComparedStage:
    """A stage of either map with its lanes."""

    name: str
    did: str
    pairs: Sequence[Pair]


@dataclass
class Words:
    """Names of what documents mention by code or id."""

    touchpoints: dict[str, str] = field(default_factory=dict)
    personas: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, actor: Actor) -> "Words":
        """Two queries."""
        places = Touchpoint.objects.for_actor(actor).values_list("code", "name")
        people = Persona.objects.for_actor(actor).values_list("pk", "name")
        return cls(
            {code: text_in(name) for code, name in places},
            {str(pk): text_in(name) for pk, name in people},
        )

    def name(self, value: Any) -> str:
        """A name as people read it: texts, a touchpoint's code or a lane's kind."""
        if isinstance(value, dict):
            return text_in(value)
        kinds: dict[str, Any] = dict(Lane.Kind.choices)
        return str(self.touchpoints.get(value) or kinds.get(value) or value or "")

    def persona(self, key: str) -> str:
        """A persona's name; "" is every customer."""
        return self.personas.get(key, _("Every customer")) if key else _("Every customer")


@dataclass(frozen=True)
class Said:
    """A change in words."""

    did: str
    what: str
    name: str
    place: str
    details: Sequence[str] = ()


def changes_in_words(actor: Actor, before: Document, after: Document) -> list[Said]:
    """Every difference between two documents, as people read it."""
    words = Words.of(actor)
    return [_said(words, change) for change in changes(before, after)]


def did_words() -> dict[str, str]:
    """What may have happened."""
    return {
        Did.ADDED: _("added"),
        Did.REMOVED: _("taken off"),
        Did.CHANGED: _("changed"),
        Did.MOVED: _("moved"),
    }


def _said(words: Words, change: Change) -> Said:
    what = {
        "stage": _("Stage"),
        "step": _("Step"),
        "lane": _("Lane"),
        "card": _("Card"),
        "emotion": _("Feeling"),
    }[change.what]
    name = words.persona if change.what == "emotion" else field_word
    details = [
        f"{name(key)}: {_value(words, old)} → {_value(words, new)}"
        for key, old, new in change.fields
    ]
    place = " · ".join(words.name(part) for part in change.place)
    return Said(change.did, what, words.name(change.name), place, details)


def field_word(name: str) -> str:
    """A field of the map in words."""
    known = {
        "name": _("Name"),
        "title": _("Title"),
        "description": _("Description"),
        "text": _("Text"),
        "target": _("Target"),
        "touchpoint": _("Touchpoint"),
        "kind": _("Kind"),
        "emotion": _("Feeling"),
        "severity": _("Severity"),
        "is_moment_of_truth": _("Moment of truth"),
        "persona": _("Persona"),
        "image": _("Image"),
        "tags": _("Tags"),
    }
    return str(known.get(name, name))


def _value(words: Words, value: Any) -> str:
    if value is None or value in ("", {}, []):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return text_in(value)
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    return words.name(value) if isinstance(value, str) else str(value)


def compared(actor: Actor, left: Journey, right: Journey) -> list[ComparedStage]:
    """Both maps by stage and lane, in the order of the left one; what is new comes after."""
    words = Words.of(actor)
    one, two = map_document(actor, left), map_document(actor, right)
    sides = (_Side(one, words), _Side(two, words))
    marks = _marks(changes(one, two))
    codes = list(dict.fromkeys(s["code"] for doc in (one, two) for s in doc["stages"]))
    lanes = list(dict.fromkeys(x["key"] for doc in (one, two) for x in doc["lanes"]))
    return [_stage(code, lanes, sides, marks) for code in codes]


class _Side:
    """One document, ready to be asked for what a stage says in a lane."""

    def __init__(self, document: Document, words: Words) -> None:
        self.words = words
        self.stages = {stage["code"]: stage for stage in document["stages"]}
        self.lanes = {lane["key"]: lane for lane in document["lanes"]}
        self.home = {
            step["key"]: stage["code"] for stage in document["stages"] for step in stage["steps"]
        }
        self.cards: dict[tuple[str, str], list[Document]] = {}
        for card in document["cards"]:
            place = (self.home[card["step"]], card["lane"])
            self.cards.setdefault(place, []).append(card)

    def step(self, row: Document) -> str:
        """A step's name."""
        return self.words.name(row["name"] or row["touchpoint"])

    def steps(self, code: str, marks: dict[tuple[str, str], str]) -> list[Entry]:
        """The steps of a stage."""
        rows = self.stages[code]["steps"] if code in self.stages else []
        return [Entry(self.step(row), marks.get(("step", row["key"]), "")) for row in rows]

    def feelings(self, code: str, marks: dict[tuple[str, str], str]) -> list[Entry]:
        """Feelings per step."""
        rows = self.stages[code]["steps"] if code in self.stages else []
        return [
            Entry(
                f"{self.step(row)}: "
                + ", ".join(signed_number(value) for value in row["emotions"].values()),
                marks.get(("emotion", row["key"]), ""),
            )
            for row in rows
            if row["emotions"]
        ]

    def notes(self, code: str, lane: str, marks: dict[tuple[str, str], str]) -> list[Entry]:
        """The cards of a stage in a lane."""
        return [
            Entry(text_in(card["title"]), marks.get(("card", card["key"]), ""))
            for card in self.cards.get((code, lane), ())
        ]


def _marks(found: Iterable[Change]) -> dict[tuple[str, str], str]:
    marks: dict[tuple[str, str], str] = {}
    for change in found:
        marks.setdefault((change.what, change.key), change.did)
    return marks


def _stage(
    code: str, lanes: list[str], sides: tuple[_Side, _Side], marks: dict[tuple[str, str], str]
) -> ComparedStage:
    left, right = sides
    known = left.stages.get(code) or right.stages[code]
    pairs = [
        Pair(_("Steps"), left.steps(code, marks), right.steps(code, marks)),
        Pair(_("Emotions"), left.feelings(code, marks), right.feelings(code, marks)),
    ]
    for lane in lanes:
        row = left.lanes.get(lane) or right.lanes[lane]
        pair = Pair(
            left.words.name(row["name"] or row["kind"]),
            left.notes(code, lane, marks),
            right.notes(code, lane, marks),
        )
        pairs.append(pair)
    shown = [pair for pair in pairs if pair.left or pair.right]
    return ComparedStage(text_in(known["name"]), marks.get(("stage", code), ""), shown)
