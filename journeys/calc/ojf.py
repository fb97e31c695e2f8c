"""The OpenJourney Format (.ojf) of the open editor Ptolemy, read in all its dialects, and written.

Its specification puts persona and pointOfView at the root and scores on -5..5; its samples wrap
them in `metadata`; its README writes `stage` for `stageId` and knows no swimlanes; its first
requirements scored 0..10. Ours adds the whole map under one key of its own, by which it comes
back exactly.
"""

from collections.abc import Mapping
from typing import Any

from journeys.calc.map_files import (
    HIGHEST,
    LIMITS,
    LOWEST,
    SEVERITIES,
    TAG,
    TAGS,
    TEXT,
    TITLE,
    FileProblem,
    Note,
    ParsedMap,
    a_list,
    a_text,
    an_object,
    key_of,
    without_nul,
)
from journeys.calc.map_own import own_map

#: Where our own map stands in a file.
OWN = "cxPortal"
VERSION = "1.0"
_TEN = 10
#: Longer texts are refused rather than cut.
MOST_TEXT = 200_000
#: Names of swimlanes → kinds of our lanes; anything else is a lane of its own.
_KINDS = (
    ("pain", "pain"), ("barrier", "pain"), ("gain", "gain"), ("opportunit", "opportunity"),
    ("quote", "quote"), ("backstage", "backstage"), ("support", "support"),
    ("evidence", "evidence"), ("onstage", "onstage"), ("thought", "thinking"),
    ("thinking", "thinking"), ("goal", "goal"), ("motivation", "goal"), ("need", "goal"),
    ("action", "doing"), ("doing", "doing"),
    ("불편", "pain"), ("기쁨", "gain"), ("기회", "opportunity"), ("행동", "doing"),
    ("목표", "goal"),
)  # fmt: skip
#: What of the root and of `metadata` is read; the rest is noted.
_ABOUT = frozenset((
    "version", "generator", "title", "persona", "pointOfView", "pov", "description",
))  # fmt: skip
_ROWS = frozenset(("metadata", "stages", "swimlanes", "nodes"))
_NODE = frozenset((
    "id", "stageId", "stage", "swimlaneId", "swimlane", "title", "name", "description",
    "severity", "score", "isMomentOfTruth", "tags",
))  # fmt: skip


def read(value: Any, *, language: str = "en", name: str = "") -> ParsedMap:
    """Read a parsed .ojf file; texts are kept under `language`.

    Raises FileProblem with the place of what cannot be read.
    """
    root = an_object(value, "$")
    if OWN in root:
        return own_map(root[OWN], f"$.{OWN}")
    about = {**root, **an_object(root.get("metadata") or {}, "$.metadata")}
    if "stages" not in root and "nodes" not in root:
        raise FileProblem("$", "no_map")
    return _Reader(root, about, language).map(name)


class _Reader:
    def __init__(self, root: Mapping[str, Any], about: Mapping[str, Any], language: str) -> None:
        self.root, self.about, self.language = root, about, language
        self.notes: list[Note] = []
        self.is_ten = self._is_ten()

    def map(self, fallback: str) -> ParsedMap:
        stages, steps = self._stages()
        lanes, names = self._lanes()
        cards = self._cards(stages, steps, lanes, names)
        title = a_text(self.about.get("title") or fallback, "$.metadata.title", TITLE)
        persona = self._persona()
        point = self._point()
        self._unread("$", self.root, _ABOUT | _ROWS)
        self._unread("$.metadata", self.root.get("metadata") or {}, _ABOUT)
        return ParsedMap(
            name={self.language: title or "OpenJourney"},
            description=self._texts(point),
            document={
                "stages": list(stages.values()),
                "lanes": list(lanes.values()),
                "cards": cards,
            },
            personas={"p1": {self.language: persona}} if persona else {},
            notes=self.notes,
        )

    def _point(self) -> str:
        """The first of the names its dialects use; what another one says is noted."""
        said = [
            (name, self.about[name])
            for name in ("pointOfView", "pov", "description")
            if self.about.get(name)
        ]
        for name, other in said[1:]:
            self.notes.append(Note(f"$.{name}", "unread", str(other)[:60], "left out"))
        return self._long(said[0][1], f"$.{said[0][0]}") if said else ""

    def _unread(self, place: str, row: Mapping[str, Any], known: frozenset[str]) -> None:
        """Note what there is no field for."""
        for name, value in row.items():
            if name not in known and value not in (None, "", [], {}):
                note = Note(f"{place}.{name}"[:200], "unread", str(value)[:60], "left out")
                self.notes.append(note)

    def _long(self, value: Any, place: str) -> str:
        """A text as long as we keep one; what is cut off is noted."""
        text = a_text(value, place, MOST_TEXT)
        if len(text) > TEXT:
            self.notes.append(Note(place, "shortened", text[:60], str(TEXT)))
        return text[:TEXT]

    def _texts(self, text: str) -> dict[str, str]:
        return {self.language: text} if text else {}

    def _persona(self) -> str:
        persona = self.about.get("persona")
        if isinstance(persona, dict):
            name = "name" if persona.get("name") else "title"
            self._unread("$.persona", persona, frozenset(("id", name)))
            persona = persona.get(name)
        return a_text(persona, "$.persona", TITLE)

    def _named(self, name: str, most: int) -> list[tuple[str, str, str, Mapping[str, Any]]]:
        """Place, id, name and row of objects with id and name; a bare text is both."""
        rows, seen = [], set()
        for number, row in enumerate(a_list(self.root.get(name), f"$.{name}", most)):
            place = f"$.{name}[{number}]"
            whole = an_object({"id": row, "name": row} if isinstance(row, str) else row, place)
            said = whole.get("name") or whole.get("title")
            text = a_text(said, f"{place}.name", TITLE, needed=True)
            own = a_text(whole.get("id"), f"{place}.id", 200) or f"{name}-{number + 1}"
            if own in seen:
                raise FileProblem(f"{place}.id", "twice", name=own)
            seen.add(own)
            rows.append((place, own, text, whole))
        return rows

    def _named_by_nodes(self) -> list[tuple[str, str, str, Mapping[str, Any]]]:
        """Stages of a file that lists none: what its nodes call them, in their order."""
        nodes = self.root.get("nodes")
        rows = [row for row in nodes if isinstance(row, dict)] if isinstance(nodes, list) else []
        names = dict.fromkeys(_named_stage(row)[:TITLE] for row in rows)
        known = [name for name in names if name.strip()][: LIMITS["stages"]]
        return [("$.nodes", name, name, {}) for name in known]

    def _stages(self) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
        """Stages by their id in the file, each with one step, which holds its cards."""
        found: dict[str, dict[str, Any]] = {}
        steps: dict[str, str] = {}
        rows = self._named("stages", LIMITS["stages"]) or self._named_by_nodes()
        for number, (place, own, text, row) in enumerate(rows):
            self._unread(place, row, frozenset(("id", "name", "title", "description")))
            key = key_of("ojf", "step", str(number), own)
            # Some dialects name the stage by its name rather than its id.
            steps.setdefault(text, own)
            steps[own] = own
            step = {"key": key, "name": {self.language: text}, "touchpoint": None, "emotions": {}}
            found[own] = {
                "code": f"stage-{number + 1}",
                "name": {self.language: text},
                "description": self._texts(
                    self._long(row.get("description"), f"{place}.description")
                ),
                "target": None,
                "steps": [step],
            }
        return found, steps

    def _lanes(self) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
        """Lanes by id, and the ids by id and by name."""
        found: dict[str, dict[str, Any]] = {}
        names: dict[str, str] = {}
        rows = self._named("swimlanes", LIMITS["lanes"] - 2)
        for number, (place, own, text, row) in enumerate(rows):
            self._unread(place, row, frozenset(("id", "name", "title")))
            names.setdefault(text, own)
            names[own] = own
            found[own] = self._lane(own, text, number)
        return found, names

    def _lane(self, own: str, text: str, number: int) -> dict[str, Any]:
        small = text.casefold()
        kind = next((kind for part, kind in _KINDS if part in small), "custom")
        key = key_of("ojf", "lane", str(number), own)
        return {"key": key, "kind": kind, "name": {self.language: text}}

    def _cards(
        self,
        stages: Mapping[str, Any],
        steps: Mapping[str, str],
        lanes: dict[str, dict[str, Any]],
        names: Mapping[str, str],
    ) -> list[dict[str, Any]]:
        cards = []
        nodes = a_list(self.root.get("nodes"), "$.nodes", LIMITS["cards"])
        for number, node in enumerate(nodes):
            place = f"$.nodes[{number}]"
            row = an_object(node, place)
            stage = steps.get(_named_stage(row), "")
            if not stage:
                stage = _named_stage(row)
                self.notes.append(Note(f"{place}.stageId", "unknown_stage", stage[:60], "left out"))
                continue
            said = _first(row, "swimlaneId", "swimlane")
            lane = names.get(said, said)
            if lane not in lanes:
                if lane:
                    note = Note(f"{place}.swimlaneId", "unknown_lane", lane[:60], "Cards")
                    self.notes.append(note)
                lane = "\x1fcards"
                lanes.setdefault(lane, self._lane(lane, "Cards", 999))
            card = self._card(row, place, key_of("ojf", "node", str(number)))
            cards.append(
                {**card, "lane": lanes[lane]["key"], "step": stages[stage]["steps"][0]["key"]}
            )
        return cards

    def _card(self, row: Mapping[str, Any], place: str, key: str) -> dict[str, Any]:
        title = self._long(row.get("title") or row.get("name"), f"{place}.title")
        text = self._long(row.get("description"), f"{place}.description")
        if not title.strip():
            title = text[:TITLE] or "–"
            self.notes.append(Note(f"{place}.title", "untitled", "", title[:60]))
        if len(title) > TITLE:
            self.notes.append(Note(f"{place}.title", "shortened", title[:60], str(TITLE)))
            title = title[:TITLE]
        return {
            "key": key,
            "title": {self.language: title},
            "text": self._texts(text),
            "emotion": self._feeling(row.get("score"), f"{place}.score"),
            "severity": self._severity(row.get("severity"), f"{place}.severity"),
            "is_moment_of_truth": str(row.get("isMomentOfTruth")).casefold() in {"true", "1"},
            "tags": self._tags(row.get("tags"), f"{place}.tags"),
            # What we have no field for is kept and shown beside the card.
            "details": {
                name: without_nul(value) for name, value in row.items() if name not in _NODE
            },
            "persona": None,
            "image": None,
        }

    def _is_ten(self) -> bool:
        """Scores run from 0 to 10 when none is below 0 and one is above 5."""
        nodes = self.root.get("nodes")
        rows = nodes if isinstance(nodes, list) else []
        scores = [_number(row.get("score")) for row in rows if isinstance(row, dict)]
        known = [score for score in scores if score is not None]
        is_ten = bool(known) and min(known) >= 0 and max(known) > HIGHEST
        if is_ten:
            self.notes.append(Note("$.nodes", "scale_ten", "0…10", "−5…5"))
        return is_ten

    def _feeling(self, value: Any, place: str) -> int | None:
        score = _number(value)
        if score is None:
            if value is not None:
                self.notes.append(Note(place, "not_number", str(value)[:60], "left out"))
            return None
        moved = score - _TEN / 2 if self.is_ten else score
        feeling = max(LOWEST, min(HIGHEST, round(moved)))
        if feeling != moved:
            self.notes.append(Note(place, "rounded", str(value)[:60], str(feeling)))
        return feeling

    def _severity(self, value: Any, place: str) -> str:
        text = str(value or "").strip().casefold()
        if text and text not in SEVERITIES:
            self.notes.append(Note(place, "unknown_severity", text[:60], "left out"))
            return ""
        return text

    def _tags(self, value: Any, place: str) -> list[str]:
        rows = value.split(",") if isinstance(value, str) else value
        if rows is not None and not isinstance(rows, list):
            raise FileProblem(place, "not_list")
        words = [a_text(tag, place, TEXT).strip()[:TAG] for tag in rows or ()]
        found = list(dict.fromkeys(word for word in words if word))
        if len(found) > TAGS:
            self.notes.append(Note(place, "shortened", str(len(found)), str(TAGS)))
        return found[:TAGS]


def _first(row: Mapping[str, Any], *names: str) -> str:
    """The first of these that is there, as text; 0 is an id as well."""
    return next((str(row[name]) for name in names if row.get(name) not in (None, "")), "")


def _named_stage(row: Mapping[str, Any]) -> str:
    return _first(row, "stageId", "stage")


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if abs(number) < 1e9 else None


def write(
    own: Mapping[str, Any], *, language: str, beside: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Our map (as `own_map` reads it) as an .ojf file in one language, and whole beside it.

    `beside` are the metrics, actions and pictures that belong to the map without being part of it.
    """

    def say(value: Any) -> str:
        texts = value or {}
        return texts.get(language) or next((text for text in texts.values() if text), "")

    names = {row["code"]: say(row["name"]) for row in own["touchpoints"]}
    home = {step["key"]: stage["code"] for stage in own["stages"] for step in stage["steps"]}
    steps = {
        step["key"]: say(step["name"]) or names.get(step["touchpoint"], "")
        for stage in own["stages"]
        for step in stage["steps"]
    }
    nodes = []
    for card in own["cards"]:
        score = {} if card["emotion"] is None else {"score": card["emotion"]}
        severity = {"severity": card["severity"]} if card["severity"] else {}
        nodes.append(
            {
                **card["details"],
                "id": card["key"],
                "stageId": home[card["step"]],
                "swimlaneId": card["lane"],
                "title": say(card["title"]),
                "description": say(card["text"]),
                **severity,
                **score,
                "isMomentOfTruth": card["is_moment_of_truth"],
                "tags": [*card["tags"]],
                "step": steps[card["step"]],
            }
        )
    used = {card["lane"] for card in own["cards"]}
    return {
        "version": VERSION,
        "metadata": {"title": say(own["journey"]["name"]), "generator": "CX Portal"},
        "persona": ", ".join(say(row["name"]) for row in own["personas"]),
        "pointOfView": say(own["journey"]["description"]),
        "stages": [{"id": row["code"], "name": say(row["name"])} for row in own["stages"]],
        "swimlanes": [
            {"id": row["key"], "name": say(row["name"]) or row["label"]}
            for row in own["lanes"]
            if row["key"] in used
        ],
        "nodes": nodes,
        OWN: {**own, **(beside or {})},
    }
