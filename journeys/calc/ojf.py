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
)
from journeys.calc.map_own import own_map

#: Where our own map stands in a file.
OWN = "cxPortal"
VERSION = "1.0"
_TEN = 10
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
        lanes, kinds = self._lanes()
        cards = self._cards(stages, steps, lanes, kinds)
        title = a_text(self.about.get("title") or fallback, "$.metadata.title", TITLE)
        persona = self._persona()
        point = (
            self.about.get("pointOfView") or self.about.get("pov") or self.about.get("description")
        )
        return ParsedMap(
            name={self.language: title or "OpenJourney"},
            description=self._texts(a_text(point, "$.pointOfView", TEXT)),
            document={
                "stages": list(stages.values()),
                "lanes": list(lanes.values()),
                "cards": cards,
            },
            personas={"p1": {self.language: persona}} if persona else {},
            notes=self.notes,
        )

    def _texts(self, text: str) -> dict[str, str]:
        return {self.language: text} if text else {}

    def _persona(self) -> str:
        persona = self.about.get("persona")
        if isinstance(persona, dict):
            persona = persona.get("name") or persona.get("title")
        return a_text(persona, "$.persona", TITLE)

    def _named(self, name: str, most: int) -> list[tuple[str, Mapping[str, Any]]]:
        """Objects with id and name; a bare text is both."""
        rows = []
        for number, row in enumerate(a_list(self.root.get(name), f"$.{name}", most)):
            place = f"$.{name}[{number}]"
            whole = {"id": row, "name": row} if isinstance(row, str) else row
            rows.append((place, an_object(whole, place)))
        return rows

    def _stages(self) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
        """Stages by their id in the file, each with one step, which holds its cards."""
        found: dict[str, dict[str, Any]] = {}
        steps: dict[str, str] = {}
        for number, (place, row) in enumerate(self._named("stages", LIMITS["stages"])):
            text = a_text(row.get("name") or row.get("title"), f"{place}.name", TITLE, needed=True)
            own = a_text(row.get("id") or f"stage-{number + 1}", f"{place}.id", 200)
            if own in found:
                raise FileProblem(f"{place}.id", "twice", name=own)
            key = key_of("ojf", "step", str(number), own)
            steps[own] = key
            step = {"key": key, "name": {self.language: text}, "touchpoint": None, "emotions": {}}
            found[own] = {
                "code": f"stage-{number + 1}",
                "name": {self.language: text},
                "description": self._texts(
                    a_text(row.get("description"), f"{place}.description", TEXT)
                ),
                "target": None,
                "steps": [step],
            }
        return found, steps

    def _lanes(self) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
        found: dict[str, dict[str, Any]] = {}
        for number, (place, row) in enumerate(self._named("swimlanes", LIMITS["lanes"] - 2)):
            text = a_text(row.get("name") or row.get("title"), f"{place}.name", TITLE, needed=True)
            own = a_text(row.get("id") or f"lane-{number + 1}", f"{place}.id", 200)
            if own in found:
                raise FileProblem(f"{place}.id", "twice", name=own)
            found[own] = self._lane(own, text, number)
        return found, {own: lane["kind"] for own, lane in found.items()}

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
        kinds: Mapping[str, str],
    ) -> list[dict[str, Any]]:
        cards = []
        nodes = a_list(self.root.get("nodes"), "$.nodes", LIMITS["cards"])
        for number, node in enumerate(nodes):
            place = f"$.nodes[{number}]"
            row = an_object(node, place)
            stage = str(row.get("stageId", row.get("stage", "")))
            if stage not in stages:
                self.notes.append(Note(f"{place}.stageId", "unknown_stage", stage[:60], "left out"))
                continue
            lane = str(row.get("swimlaneId", row.get("swimlane", "")) or "")
            if lane not in lanes:
                if lane:
                    note = Note(f"{place}.swimlaneId", "unknown_lane", lane[:60], "Cards")
                    self.notes.append(note)
                lane = "\x1fcards"
                lanes.setdefault(lane, self._lane(lane, "Cards", 999))
            card = self._card(row, place, key_of("ojf", "node", str(number)))
            cards.append({**card, "lane": lanes[lane]["key"], "step": steps[stage]})
        return cards

    def _card(self, row: Mapping[str, Any], place: str, key: str) -> dict[str, Any]:
        title = a_text(row.get("title") or row.get("name"), f"{place}.title", TEXT)
        text = a_text(row.get("description"), f"{place}.description", TEXT)
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
            "is_moment_of_truth": row.get("isMomentOfTruth") in {True, "true"},
            "tags": self._tags(row.get("tags"), f"{place}.tags"),
            # What we have no field for is kept and shown beside the card.
            "details": {name: value for name, value in row.items() if name not in _NODE},
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


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if abs(number) < 1e9 else None


def write(own: Mapping[str, Any], *, language: str) -> dict[str, Any]:
    """Our map (as `own_map` reads it) as an .ojf file in one language, and whole beside it."""

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
        OWN: own,
    }
