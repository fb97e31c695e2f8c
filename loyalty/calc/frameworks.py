"""The exchange format of frameworks: read, checked, and refused with the place that is wrong.

`{"format": "cx-framework", "format_version": 1, "code", "name": {lang: text}, "description",
"source", "levels": [{lang: text}, …], "sections": [{"code", "name", "items": [{"code", "text",
"guidance"?, "weight"?, "reference"?: {"share" 0–100, "text", "source"}}]}]}`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

FORMAT, FORMAT_VERSION = "cx-framework", 1
MAX_BYTES, MAX_ITEMS, MAX_TEXT = 500_000, 300, 2_000
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


class FrameworkError(ValueError):
    """A file that is no framework; `place` says where, `reason` is one of REASONS."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}")
        self.place, self.reason = place, reason


#: Why a file is refused; the page says each in the reader's language.
REASONS = ("too_large", "not_json", "not_this_format", "missing", "bad_code", "twice", "bad_text",
           "bad_levels", "bad_weight", "bad_reference", "too_many")  # fmt: skip


def framework_read(content: bytes) -> dict[str, Any]:
    """The checked document of a file. Raises FrameworkError."""
    if len(content) > MAX_BYTES:
        raise FrameworkError("file", "too_large")
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as fault:
        raise FrameworkError("file", "not_json") from fault
    return framework_check(document)


def framework_check(document: Any) -> dict[str, Any]:
    """The document with nothing but what is known of it. Raises FrameworkError."""
    known = isinstance(document, Mapping) and document.get("format") == FORMAT
    if not known or document.get("format_version") != FORMAT_VERSION:
        raise FrameworkError("format", "not_this_format")
    levels = document.get("levels")
    if not isinstance(levels, list) or not 3 <= len(levels) <= 10:
        raise FrameworkError("levels", "bad_levels")
    sections = document.get("sections")
    if not isinstance(sections, list) or not sections:
        raise FrameworkError("sections", "missing")
    checked = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "code": _code(document, "code"),
        "name": _texts(document, "name", "name"),
        "description": _texts(document, "description", "description", required=False),
        "source": _plain(document.get("source", ""), "source"),
        "levels": [_texts({"l": level}, "l", f"levels.{at}") for at, level in enumerate(levels)],
        "sections": [_section(section, f"sections.{at}") for at, section in enumerate(sections)],
    }
    codes = [item["code"] for item in items_of(checked)]
    if not codes:
        raise FrameworkError("sections", "missing")
    if len(codes) > MAX_ITEMS:
        raise FrameworkError("sections", "too_many")
    for code in codes:
        if codes.count(code) > 1:
            raise FrameworkError(f"item {code}", "twice")
    return checked


def items_of(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every statement, in order."""
    for section in document["sections"]:
        yield from section["items"]


def weights_of(document: Mapping[str, Any]) -> dict[str, float]:
    """Weight by statement; 1 where none is given."""
    return {item["code"]: float(item.get("weight", 1)) for item in items_of(document)}


def _section(section: Any, place: str) -> dict[str, Any]:
    if not isinstance(section, Mapping) or not isinstance(section.get("items"), list):
        raise FrameworkError(place, "missing")
    return {
        "code": _code(section, f"{place}.code"),
        "name": _texts(section, "name", f"{place}.name"),
        "items": [_item(item, f"{place}.items.{at}") for at, item in enumerate(section["items"])],
    }


def _item(item: Any, place: str) -> dict[str, Any]:
    if not isinstance(item, Mapping):
        raise FrameworkError(place, "missing")
    checked: dict[str, Any] = {
        "code": _code(item, f"{place}.code"),
        "text": _texts(item, "text", f"{place}.text"),
    }
    if guidance := _texts(item, "guidance", f"{place}.guidance", required=False):
        checked["guidance"] = guidance
    if "weight" in item:
        checked["weight"] = _number(item["weight"], f"{place}.weight", 100, "bad_weight")
    if "reference" in item:
        checked["reference"] = _reference(item["reference"], f"{place}.reference")
    return checked


def _reference(reference: Any, place: str) -> dict[str, Any]:
    if not isinstance(reference, Mapping):
        raise FrameworkError(place, "bad_reference")
    return {
        "share": _number(reference.get("share"), f"{place}.share", 100, "bad_reference"),
        "text": _texts(reference, "text", f"{place}.text"),
        "source": _plain(reference.get("source", ""), f"{place}.source"),
    }


def _number(value: Any, place: str, most: float, reason: str) -> float | int:
    good = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= most
    if not good:
        raise FrameworkError(place, reason)
    return value  # type: ignore[no-any-return]


def _code(holder: Mapping[str, Any], place: str) -> str:
    code = holder.get("code")
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        raise FrameworkError(place, "bad_code")
    return code


def _plain(value: Any, place: str) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT or "\x00" in value:
        raise FrameworkError(place, "bad_text")
    return value


def _texts(
    holder: Mapping[str, Any], name: str, place: str, *, required: bool = True
) -> dict[str, str]:
    given = holder.get(name, {})
    if isinstance(given, str):
        given = {"en": given}
    if not isinstance(given, Mapping):
        raise FrameworkError(place, "bad_text")
    texts = {str(code)[:8]: _plain(text, place) for code, text in given.items() if text}
    if required and not texts:
        raise FrameworkError(place, "missing")
    return texts
