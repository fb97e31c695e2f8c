"""Icons of the installed Bootstrap Icons sprite, drawn into the page: only the used ones travel."""

import re
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage

SPRITE = "vendor/bootstrap-icons/bootstrap-icons.svg"
_SYMBOL = re.compile(r"<symbol\b(?P<attributes>[^>]*)>(?P<drawing>.*?)</symbol>", re.DOTALL)
_ID = re.compile(r'\bid="([^"]+)"')


@lru_cache(maxsize=1)
def icon_drawings() -> dict[str, str]:
    """Every icon's inner SVG by name; empty where the front-end libraries are not installed."""
    path = _sprite_path()
    if path is None:
        return {}
    drawings = {}
    for symbol in _SYMBOL.finditer(path.read_text(encoding="utf-8")):
        name = _ID.search(symbol["attributes"])
        if name:
            drawings[name[1]] = symbol["drawing"].strip()
    return drawings


def _sprite_path() -> Path | None:
    found = finders.find(SPRITE)
    if isinstance(found, str):
        return Path(found)
    try:
        collected = Path(staticfiles_storage.path(SPRITE))
    except NotImplementedError:
        return None
    return collected if collected.exists() else None
