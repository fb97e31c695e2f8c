"""What the readers of map files have in common: a parsed map, notes about it, and refusals.

A parsed document has the shape of journeys.services.map_documents; personas are named by keys of
the file (`personas` maps them to texts), touchpoints by code (`touchpoints` describes each).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from uuid import NAMESPACE_URL, UUID, uuid5

Texts: TypeAlias = dict[str, str]

#: Most rows of each kind a file may bring.
LIMITS = {"stages": 100, "steps": 400, "lanes": 40, "cards": 5_000, "personas": 50}
LOWEST, HIGHEST = -5, 5
TITLE, TEXT, TAGS, TAG = 300, 4_000, 20, 60
SEVERITIES = ("low", "medium", "high")
CARD_LANES = frozenset((
    "goal", "doing", "thinking", "factor", "pain", "gain", "quote", "image", "onstage",
    "backstage", "support", "evidence", "opportunity", "custom",
))  # fmt: skip
OTHER_LANES = frozenset(("touchpoint", "emotion", "metric", "work", "interaction", "visibility"))


class FileProblem(Exception):
    """A file that cannot be read: `place` inside it, and a reason by its code."""

    def __init__(self, place: str, reason: str, **params: Any) -> None:
        super().__init__(f"{place}: {reason}")
        self.place, self.reason, self.params = place, reason, params


@dataclass(frozen=True, slots=True)
class Note:
    """What did not come over as it was: where, what was said there, and what it became."""

    place: str
    reason: str
    said: str = ""
    became: str = ""


@dataclass
class ParsedMap:
    """A map read from a file."""

    name: Texts
    document: dict[str, Any]
    description: Texts = field(default_factory=dict)
    touchpoints: list[dict[str, Any]] = field(default_factory=list)
    personas: dict[str, Texts] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    journey: dict[str, Any] = field(default_factory=dict)
    #: What stood beside the map: metrics of touchpoints, number of actions, pictures of cards.
    beside: dict[str, Any] = field(default_factory=dict)


def key_of(*parts: str) -> str:
    """The same key for the same parts, so that reading a file again makes the same map."""
    return str(uuid5(NAMESPACE_URL, "\x1f".join(parts)))


def an_object(value: Any, place: str) -> Mapping[str, Any]:
    """Raises FileProblem "not_object"."""
    if not isinstance(value, dict):
        raise FileProblem(place, "not_object")
    return value


def a_list(value: Any, place: str, most: int) -> list[Any]:
    """A list, [] for nothing. Raises FileProblem "not_list", "too_many"."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise FileProblem(place, "not_list")
    if len(value) > most:
        raise FileProblem(place, "too_many", most=most)
    return value


def a_text(value: Any, place: str, most: int, *, needed: bool = False) -> str:
    """A text without NUL. Raises FileProblem "not_text", "missing", "too_long"."""
    if value is None:
        value = ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise FileProblem(place, "not_text")
    text = value.replace("\x00", "")
    if needed and not text.strip():
        raise FileProblem(place, "missing")
    if len(text) > most:
        raise FileProblem(place, "too_long", most=most)
    return text


def texts_of(value: Any, place: str, most: int, *, needed: bool = False) -> Texts:
    """A text per language. Raises FileProblem as `a_text`, and "not_texts"."""
    if value is None:
        value = {}
    if not isinstance(value, dict) or not all(
        isinstance(code, str) and 2 <= len(code) <= 8 for code in value
    ):
        raise FileProblem(place, "not_texts")
    found = {code: a_text(text, f"{place}.{code}", most) for code, text in value.items()}
    if needed and not any(text.strip() for text in found.values()):
        raise FileProblem(place, "missing")
    return {code: text for code, text in found.items() if text}


def a_feeling(value: Any, place: str) -> int | None:
    """A whole number from -5 to 5. Raises FileProblem "not_feeling"."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not LOWEST <= value <= HIGHEST:
        raise FileProblem(place, "not_feeling")
    return value


def a_key(value: Any, place: str) -> str:
    """A uuid. Raises FileProblem "not_key"."""
    try:
        return str(UUID(a_text(value, place, 60, needed=True)))
    except ValueError as error:
        raise FileProblem(place, "not_key") from error


def no_doubles(keys: Iterable[str], place: str) -> None:
    """Raises FileProblem "twice"."""
    seen: set[str] = set()
    for number, key in enumerate(keys):
        if key in seen:
            raise FileProblem(f"{place}[{number}]", "twice", name=key)
        seen.add(key)


def without_nul(value: Any) -> Any:
    """A JSON value whose texts the database can keep."""
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, list):
        return [without_nul(item) for item in value]
    if isinstance(value, dict):
        return {without_nul(name): without_nul(item) for name, item in value.items()}
    return value
