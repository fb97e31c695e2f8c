"""How a survey appears on a website: where, when, to how many, how often to the same person."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

MODES = ("popup", "inline")
POSITIONS = ("right", "left", "centre")
MOST_ORIGINS, MOST_PAGES = 10, 20
DEFAULTS: dict[str, Any] = {
    "mode": "popup",
    "origins": [],
    "pages": [],
    "delay": 5,
    "scroll": 0,
    "share": 100,
    "again_days": 90,
    "position": "right",
}
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?", re.ASCII)
_PAGE = re.compile(r"[^\s\x00]{1,200}")
_NUMBERS = {"delay": (0, 3600), "scroll": (0, 100), "share": (1, 100), "again_days": (0, 3650)}


class EmbeddingError(ValueError):
    """A setting that cannot be used; its text is the setting's name."""


def embed_checked(raw: Mapping[str, Any]) -> dict[str, Any]:
    """All settings in their stored shape, missing ones by DEFAULTS. Raises EmbeddingError.

    `delay` seconds on the page and `scroll` percent of it read come both before it appears;
    `share` percent of visitors see it; `again_days` 0 shows it to the same person once at most.
    `pages` are paths, * stands for anything; none means every page. `origins` may show it in a
    frame; none means every site.
    """
    unknown = set(raw) - set(DEFAULTS)
    if unknown:
        raise EmbeddingError(sorted(unknown)[0])
    values = {**DEFAULTS, **raw}
    for name, known in (("mode", MODES), ("position", POSITIONS)):
        if values[name] not in known:
            raise EmbeddingError(name)
    for name, (least, most) in _NUMBERS.items():
        if not isinstance(values[name], int) or not least <= values[name] <= most:
            raise EmbeddingError(name)
    origins = [text.rstrip("/").lower() for text in _texts("origins", values["origins"])]
    values["origins"] = _fitting("origins", origins, _ORIGIN, MOST_ORIGINS)
    pages = _texts("pages", values["pages"])
    values["pages"] = _fitting("pages", pages, _PAGE, MOST_PAGES)
    return values


def _texts(name: str, given: Any) -> list[str]:
    if not isinstance(given, list | tuple) or not all(isinstance(one, str) for one in given):
        raise EmbeddingError(name)
    return [one.strip() for one in given if one.strip()]


def _fitting(name: str, texts: Iterable[str], shape: re.Pattern[str], most: int) -> list[str]:
    found = list(dict.fromkeys(texts))
    if len(found) > most or not all(shape.fullmatch(text) for text in found):
        raise EmbeddingError(name)
    return found


def frame_ancestors(embed: Mapping[str, Any]) -> str:
    """Who may show the survey in a frame, as a Content-Security-Policy says it."""
    return " ".join(["'self'", *(embed.get("origins") or ["https:", "http:"])])
