"""The settings of a fitted question within our limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from surveys.calc.answers import AnswerError, validate
from surveys.calc.kinds import PREFILLED
from surveys.exchange.draft import Item
from surveys.exchange.ledger import Entry

_SHORT, _LONG = 1000, 20_000  # characters
_FILES, _MEGABYTES = 5, 20
_GREATEST = 10**15


def fitted_settings(item: Item, main: str, before: Mapping[str, Item]) -> dict[str, Any]:
    """What the kind may set; limits that ours does not know are said in the ledger."""
    made: dict[str, Any] = {}
    if item.settings.get("random") and item.kind != "statement":
        made["order"] = "random"
    for name in ("choices_from", "rows_from"):
        if name in item.settings:
            made |= _carried(item, name, before)
    build = _BUILD.get(item.kind)
    if build:
        made |= build(item, item.settings, main)
    return made


def _carried(item: Item, name: str, before: Mapping[str, Item]) -> dict[str, Any]:
    source = before.get(item.settings[name]["question"])
    if source is None or source.kind not in (
        "single",
        "dropdown",
        "multiple",
        "ranking",
        "image_choice",
    ):
        item.entry.change("carry", item.kind)
        return {}
    return {name: {"question": source.code, "which": item.settings[name]["which"]}}  # fmt: skip


def fitted_default(item: Item, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The answer that stands there beforehand, where the kind takes one and it fits."""
    if not item.defaults:
        return {}
    known = {option.source.lower(): option.code for option in item.choices}
    found: list[Any] = []
    fates: dict[int, tuple[Entry, list[str]]] = {}  # one cell may hold several values
    for value, entry in item.defaults:
        fate = (
            "" if item.kind in PREFILLED and (not found or item.kind == "multiple") else "prefilled"
        )
        answer = known.get(value.lower()) if item.choices else _answer(item.kind, settings, value)
        if answer is None:
            fate = fate or "prefilled_unfit"
        found += [answer] if not fate else []
        fates.setdefault(id(entry), (entry, []))[1].append(fate)
    for entry, reasons in fates.values():
        _settle_default(entry, reasons)
    if not found:
        return {}
    return {"default": list(dict.fromkeys(found)) if item.kind == "multiple" else found[0]}


def _settle_default(entry: Entry, reasons: list[str]) -> None:
    if not any(reasons):
        entry.take("default")
    elif all(reasons):
        entry.refuse(reasons[0])
    else:
        entry.change("prefilled_partly", "default")


def _answer(kind: str, settings: Mapping[str, Any], text: str) -> Any:
    """The answer as it is stored; None for one that the question would not take."""
    if kind not in PREFILLED:
        return None
    found = validate({"code": "", "kind": kind, "settings": settings}, [text])
    return None if isinstance(found, AnswerError) else found


def _labels(item: Item, found: Mapping[str, Any], main: str) -> dict[str, Any]:
    return {"labels": found["labels"]} if found.get("labels") else {}


def _rating(item: Item, found: Mapping[str, Any], main: str) -> dict[str, Any]:
    return {"min": found.get("min", 1), "max": found.get("max", 5), **_labels(item, found, main)}


def _slider(item: Item, found: Mapping[str, Any], main: str) -> dict[str, Any]:
    low, high = int(found.get("min", 0)), int(found.get("max", 100))
    if low >= high or max(abs(low), abs(high)) > _GREATEST:
        item.entry.change("limits", item.kind)
        low, high = 0, 100
    step = int(found.get("step") or 1)
    kept = {"step": step} if 1 < step <= high - low else {}
    return {"min": low, "max": high, **kept, **_labels(item, found, main)}


def _several(item: Item, found: Mapping[str, Any], main: str) -> dict[str, Any]:
    count = len(item.choices)
    kept = {name: int(found[name]) for name in ("min", "max") if found.get(name)}
    if kept.get("min", 1) > kept.get("max", count) or kept.get("min", 1) > count:
        item.entry.change("limits", item.kind)
        return {}
    if kept.get("max", 1) < 1 or kept.get("max", 0) > count:
        kept.pop("max", None)
    return kept


def _number(item: Item, found: Mapping[str, Any], main: str) -> dict[str, Any]:
    kept = {name: found[name] for name in ("min", "max") if found.get(name) is not None}
    huge = any(abs(value) > _GREATEST for value in kept.values())
    if huge or kept.get("min", 0) > kept.get("max", kept.get("min", 0)):
        item.entry.change("limits", item.kind)
        kept = {}
    decimals = int(found.get("decimals") or 0)
    unit = {"unit": {main: found["unit"]}} if found.get("unit") else {}
    return {**kept, **({"decimals": min(decimals, 6)} if decimals else {}), **unit}


def _text(item: Item, found: Mapping[str, Any], main: str) -> dict[str, Any]:
    most = found.get("max_length")
    if not most or most < 1:
        return {}
    if item.kind == "short_text" and most > _SHORT:
        item.kind = "long_text"
        item.entry.change("long_answer", "long_text")
    if most > _LONG:
        item.entry.change("limits", item.kind)
    return {"max_length": min(int(most), _LONG)}


def _file(item: Item, found: Mapping[str, Any], main: str) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    if found.get("types"):
        kept["types"] = found["types"]
    if found.get("max_files"):
        kept["max_files"] = min(int(found["max_files"]), _FILES)
    if found.get("kilobytes"):
        kept["max_mb"] = max(1, min(-(-int(found["kilobytes"]) // 1024), _MEGABYTES))
    return kept


def _total(item: Item, found: Mapping[str, Any], main: str) -> dict[str, Any]:
    total = int(found.get("total") or 100)
    if not 1 <= total <= 1_000_000:
        item.entry.change("limits", item.kind)
        total = 100
    return {"total": total}


def _days(item: Item, found: Mapping[str, Any], main: str) -> dict[str, Any]:
    return {name: found[name] for name in ("earliest", "latest") if found.get(name)}


def _hidden(item: Item, found: Mapping[str, Any], main: str) -> dict[str, Any]:
    kept = {
        "origin": found.get("origin", "link"),
        "name": str(found.get("name") or item.code)[:100],
    }
    return {**kept, **({"default": found["default"]} if found.get("default") else {})}


_BUILD: dict[str, Callable[[Item, Mapping[str, Any], str], dict[str, Any]]] = {
    "nps": _labels,
    "best_worst": _labels,
    "rating": _rating,
    "slider": _slider,
    "multiple": _several,
    "ranking": _several,
    "number": _number,
    "short_text": _text,
    "long_text": _text,
    "file": _file,
    "constant_sum": _total,
    "date": _days,
    "hidden": _hidden,
}
