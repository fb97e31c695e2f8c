"""Fill `{{name}}` and `{{name|there}}` in texts people write, from a list of allowed values.

Only a look-up by name: no attribute access, no expressions, no templates. A tag that is not in
the list stays as it was written; what a value contains is never read as a tag again.
"""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from html import escape, unescape

_TAG = re.compile(r"\{\{[ \t]{0,8}([a-z][a-z0-9_.]{0,63})[ \t]{0,8}(?:\|([^{}\r\n]{0,200}))?\}\}")
#: Line ends of every kind and the other control characters, none of which a header may hold.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class Target(StrEnum):
    """Where the filled text goes, which decides how values are made safe."""

    HTML = "html"
    TEXT = "text"
    HEADER = "header"


def merge(text: str, values: Mapping[str, str | None], target: Target | str) -> str:
    """Fill the tags of `text`; an empty or missing value gives way to the tag's fallback.

    For HTML, values are escaped and fit between tags or into a quoted attribute, and `text`
    itself must be sanitised already. For a header the whole result is one line.
    """
    meant = Target(target)
    filled = _TAG.sub(lambda match: _filled(match, values, meant), text)
    return header_safe(filled) if meant is Target.HEADER else filled


def _filled(match: re.Match[str], values: Mapping[str, str | None], target: Target) -> str:
    name, fallback = match.group(1), match.group(2)
    if name not in values:
        return match.group(0)
    value = values[name]
    if value is None or not value.strip():
        # The fallback is part of the text: in HTML its entities are undone before escaping.
        value = unescape(fallback or "") if target is Target.HTML else fallback or ""
    return escape(value) if target is Target.HTML else value


def header_safe(text: str) -> str:
    """Make one line of a text: control characters and line ends become a space."""
    return _CONTROLS.sub(" ", text).strip()


def tags_in(text: str) -> frozenset[str]:
    """Names of all tags in a text."""
    return frozenset(match.group(1) for match in _TAG.finditer(text))


def tags_replaced(text: str, change: Callable[[str, str | None], str | None]) -> str:
    """The text with each tag as `change(name, fallback)` writes it; None leaves it as it is."""

    def written(match: re.Match[str]) -> str:
        found = change(match.group(1), match.group(2))
        return match.group(0) if found is None else found

    return _TAG.sub(written, text)


def unknown_tags(text: str, allowed: frozenset[str] | set[str]) -> frozenset[str]:
    """Names of tags that nothing would fill, to be mended before a text is used."""
    return tags_in(text) - allowed
