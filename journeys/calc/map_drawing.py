"""A map as a drawing of boxes, lines and texts, for SVG, PNG and PDF alike.

Sizes are in pixels of a 1 : 1 screen. Texts are cut into lines by an estimate of their width: a
Korean letter is as wide as the type is high, a Latin one a little over half of it.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

from journeys.calc.emotions import curve

RAIL, STEP, PAD, LINE, TYPE = 150.0, 160.0, 8.0, 16.0, 12.0
CURVE = 120.0
TEXT, MUTED, RULE, SUNKEN, SURFACE = "#17202a", "#5b6775", "#d5dbe2", "#f6f7f9", "#ffffff"
#: One colour per persona, distinct for colour-blind readers.
SERIES = ("#0b6e69", "#b4470e", "#3b5ba9", "#8a6100", "#7b4b94", "#5b6775")
_MOODS = {"pain": "#b4470e", "gain": "#0b6e69"}
_LINES = frozenset(("interaction", "visibility"))
_NARROW = 0.56


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float
    fill: str = SURFACE
    stroke: str = RULE
    accent: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """One line of text; `y` is its base line."""

    x: float
    y: float
    text: str
    bold: bool = False
    colour: str = TEXT
    size: float = TYPE


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through points."""

    points: tuple[tuple[float, float], ...]
    colour: str
    dashed: bool = False
    width: float = 1.0


@dataclass(frozen=True, slots=True)
class Dot:
    """A marker of a feeling."""

    x: float
    y: float
    colour: str


@dataclass
class Drawing:
    """Everything drawn, in order, and the size of the sheet."""

    title: str
    width: float
    height: float = 0.0
    parts: list[Box | Words | Stroke | Dot] = field(default_factory=list)


def width_of(text: str, size: float = TYPE) -> float:
    """Estimated width of a text."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return size * (wide + _NARROW * (len(text) - wide))


def wrapped(text: str, width: float, size: float = TYPE) -> list[str]:
    """A text in lines that fit; a word longer than a line is cut."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        piece = word
        while width_of(piece, size) > width:
            cut = next(n for n in range(len(piece), 0, -1) if width_of(piece[:n], size) <= width)
            lines += [line, piece[:cut]] if line else [piece[:cut]]
            line, piece = "", piece[cut:]
        if line and width_of(f"{line} {piece}", size) > width:
            lines.append(line)
            line = piece
        else:
            line = f"{line} {piece}".strip()
    return [*lines, line] if line else lines or [""]


def drawing(
    own: Mapping[str, Any], *, language: str, words: Mapping[str, str], scores: Mapping[str, str]
) -> Drawing:
    """Draw our own document (journeys.services.map_exchange) in one language.

    `words` are “stage”, “step”, “everyone”; `scores` what stands in the score lane by step.
    """
    return _Draughtsman(own, language, words, scores).drawn()


class _Draughtsman:
    def __init__(
        self,
        own: Mapping[str, Any],
        language: str,
        words: Mapping[str, str],
        scores: Mapping[str, str],
    ) -> None:
        self.own, self.language, self.words, self.scores = own, language, words, scores
        self.names = {row["code"]: self.say(row["name"]) for row in own["touchpoints"]}
        self.places = {row["code"]: row for row in own["touchpoints"]}
        self.steps: list[dict[str, Any] | None] = []
        for stage in own["stages"]:
            self.steps += stage["steps"] or [None]
        self.cards: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for card in own["cards"]:
            self.cards.setdefault((card["lane"], card["step"]), []).append(card)
        self.sheet = Drawing(
            self.say(own["journey"]["name"]),
            RAIL + STEP * max(len(self.steps), 1) + 2 * PAD,
        )
        self.y = PAD

    def say(self, value: Any) -> str:
        texts = value or {}
        found = texts.get(self.language) or next((text for text in texts.values() if text), "")
        return " ".join(found.split())

    def drawn(self) -> Drawing:
        self.put(Words(PAD, self.y + 18, self.sheet.title, bold=True, size=18))
        self.y += 34
        self.stages()
        self.row(self.words["step"], [[self.step_name(step)] for step in self.steps], bold=True)
        for lane in self.own["lanes"]:
            self.lane(lane)
        self.sheet.height = self.y + PAD
        return self.sheet

    def put(self, *parts: Box | Words | Stroke | Dot) -> None:
        self.sheet.parts += parts

    def step_name(self, step: dict[str, Any] | None) -> str:
        if step is None:
            return "–"
        return self.say(step["name"]) or self.names.get(step["touchpoint"], "")

    def rail(self, label: str, height: float) -> None:
        self.put(Box(PAD, self.y, RAIL, height, fill=SUNKEN))
        for number, line in enumerate(wrapped(label, RAIL - 2 * PAD)):
            self.put(Words(2 * PAD, self.y + PAD + LINE * (number + 0.75), line, bold=True))

    def stages(self) -> None:
        height = LINE + 2 * PAD
        self.rail(self.words["stage"], height)
        x = PAD + RAIL
        for number, stage in enumerate(self.own["stages"], start=1):
            wide = STEP * max(len(stage["steps"]), 1)
            line = wrapped(f"{number}. {self.say(stage['name'])}", wide - 2 * PAD)[0]
            self.put(Box(x, self.y, wide, height))
            self.put(Words(x + PAD, self.y + PAD + 12, line, bold=True))
            x += wide
        self.y += height

    def lane(self, lane: Mapping[str, Any]) -> None:
        label = self.say(lane["name"]) or lane["label"]
        if lane["kind"] in _LINES:
            self.line(label)
        elif lane["kind"] == "emotion":
            self.emotions(label)
        elif lane["kind"] == "touchpoint":
            self.row(label, [self.touchpoint(step) for step in self.steps])
        elif lane["kind"] in {"metric", "work"}:
            prefix = lane["kind"]
            keys = [f"{prefix}/{step['key']}" if step else "" for step in self.steps]
            self.row(label, [[self.scores[key]] if key in self.scores else [] for key in keys])
        else:
            self.notes(label, lane)

    def touchpoint(self, step: dict[str, Any] | None) -> list[str]:
        place = self.places.get(step["touchpoint"]) if step else None
        if place is None:
            return []
        return [self.say(place["name"]), *([place["channel"]] if place["channel"] else [])]

    def row(self, label: str, cells: Sequence[Sequence[str]], *, bold: bool = False) -> None:
        lines = [
            [line for text in cell for line in wrapped(text, STEP - 2 * PAD)] for cell in cells
        ]
        height = self.height(label, max((len(cell) for cell in lines), default=1) * LINE)
        self.rail(label, height)
        for column, cell in enumerate(lines):
            x = PAD + RAIL + STEP * column
            self.put(Box(x, self.y, STEP, height))
            for number, line in enumerate(cell):
                y = self.y + PAD + LINE * (number + 0.75)
                self.put(Words(x + PAD, y, line, bold=bold))
        self.y += height

    def height(self, label: str, inner: float) -> float:
        return max(inner, len(wrapped(label, RAIL - 2 * PAD)) * LINE, LINE) + 2 * PAD

    def line(self, label: str) -> None:
        height = LINE + PAD
        self.put(Words(2 * PAD, self.y + LINE, label, colour=MUTED, size=11))
        right = PAD + RAIL + STEP * len(self.steps)
        middle = self.y + height / 2
        self.put(Stroke(((PAD + RAIL, middle), (right, middle)), MUTED, dashed=True))
        self.y += height

    def notes(self, label: str, lane: Mapping[str, Any]) -> None:
        cells = [self.cards.get((lane["key"], s["key"]), []) if s else [] for s in self.steps]
        texts = [[wrapped(self.note(card), STEP - 4 * PAD) for card in cell] for cell in cells]
        tall = max((sum(len(t) * LINE + 2 * PAD for t in cell) for cell in texts), default=0)
        height = self.height(label, tall)
        self.rail(label, height)
        for column, cell in enumerate(texts):
            x, y = PAD + RAIL + STEP * column, self.y + PAD
            self.put(Box(x, self.y, STEP, height))
            for lines in cell:
                high = len(lines) * LINE + PAD
                accent = _MOODS.get(lane["kind"], MUTED)
                self.put(Box(x + PAD, y, STEP - 2 * PAD, high, accent=accent))
                for number, line in enumerate(lines):
                    self.put(Words(x + 2 * PAD, y + LINE * (number + 0.95), line))
                y += high + PAD
        self.y += height

    def note(self, card: Mapping[str, Any]) -> str:
        star = "★ " if card["is_moment_of_truth"] else ""
        feeling = "" if card["emotion"] is None else f" ({card['emotion']:+d})"
        return star + self.say(card["title"]) + feeling

    def emotions(self, label: str) -> None:
        people = [("", self.words["everyone"])]
        people += [(row["key"], self.say(row["name"])) for row in self.own["personas"]]
        found = []
        for who, name in people:
            values = [step["emotions"].get(who) if step else None for step in self.steps]
            if any(value is not None for value in values):
                found.append((name, curve(values, CURVE)))
        height = self.height(label, max(CURVE, LINE * (len(found) + 2)))
        self.rail(label, height)
        left, wide = PAD + RAIL, STEP * max(len(self.steps), 1)
        middle = self.y + PAD + CURVE / 2
        self.put(Box(left, self.y, wide, height))
        self.put(Stroke(((left, middle), (left + wide, middle)), RULE, dashed=True))
        for number, (name, drawn) in enumerate(found):
            colour = SERIES[number % len(SERIES)]
            y = self.y + PAD + LINE * (number + 2)
            self.put(Dot(2 * PAD + 4, y - 4, colour))
            self.put(Words(2 * PAD + 14, y, wrapped(name, RAIL - 30)[0], size=11))
            spots = tuple((left + p.x / 100 * wide, self.y + PAD + p.y) for p in drawn.points)
            if len(spots) > 1:
                self.put(Stroke(spots, colour, width=2))
            self.put(*(Dot(x, y, colour) for x, y in spots))
        self.y += height


def svg(sheet: Drawing) -> str:
    """The drawing as an SVG file of its own."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{sheet.width:g}" '
        f'height="{sheet.height:g}" viewBox="0 0 {sheet.width:g} {sheet.height:g}" role="img">'
        f"<title>{_xml(sheet.title)}</title>"
        f'<rect width="100%" height="100%" fill="{SURFACE}"/>'
        "<g font-family=\"Pretendard, system-ui, 'Apple SD Gothic Neo', 'Malgun Gothic', "
        "'Noto Sans KR', sans-serif\">"
    )
    return head + "".join(_drawn(part) for part in sheet.parts) + "</g></svg>\n"


def _drawn(part: Box | Words | Stroke | Dot) -> str:
    if isinstance(part, Box):
        box = (
            f'<rect x="{part.x:g}" y="{part.y:g}" width="{part.width:g}" '
            f'height="{part.height:g}" fill="{part.fill}" stroke="{part.stroke}"/>'
        )
        if part.accent:
            box += (
                f'<rect x="{part.x:g}" y="{part.y:g}" width="3" height="{part.height:g}" '
                f'fill="{part.accent}"/>'
            )
        return box
    if isinstance(part, Words):
        weight = ' font-weight="600"' if part.bold else ""
        return (
            f'<text x="{part.x:g}" y="{part.y:g}" font-size="{part.size:g}" '
            f'fill="{part.colour}"{weight}>{_xml(part.text)}</text>'
        )
    if isinstance(part, Dot):
        return f'<circle cx="{part.x:g}" cy="{part.y:g}" r="5" fill="{part.colour}"/>'
    dash = ' stroke-dasharray="4 4"' if part.dashed else ""
    points = " ".join(f"{x:g},{y:g}" for x, y in part.points)
    return (
        f'<polyline points="{points}" fill="none" stroke="{part.colour}" '
        f'stroke-width="{part.width:g}"{dash}/>'
    )


def _xml(text: str) -> str:
    """Without what XML cannot hold, and escaped."""
    return escape("".join(c for c in text if c in "\t\n\r" or (ord(c) >= 32 and c.isprintable())))
