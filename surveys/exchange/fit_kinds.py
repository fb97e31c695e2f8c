"""Kinds that a draft names but we do not have, and questions with too little to choose from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from surveys.exchange.draft import Item, Texts

_CHOICE_KINDS = frozenset(
    ["single", "multiple", "dropdown", "image_choice", "ranking", "best_worst", "constant_sum"]
)
_MATRICES = frozenset({"matrix_single", "matrix_multiple"})
_OURS = {"side_by_side_texts": "side_by_side", "matrix_groups": "matrix_single"}
_CARRIED = frozenset({"choices_from", "rows_from"})
_FEWEST, _LONG_LIST = 2, 60  # choices


def fit_kind(item: Item, main: str) -> None:
    """Give an item a kind we have and enough to choose from; say so where it changed."""
    item.kind = _OURS.get(item.kind, item.kind)
    carried = item.settings.keys() & _CARRIED
    if item.kind in _MATRICES:
        _fit_matrix(item, main)
    elif item.kind == "side_by_side":
        _fit_sides(item)
    if item.kind in _CHOICE_KINDS and len(item.choices) < _FEWEST and not carried:
        _fit_few(item, main)
    if item.kind == "single" and len(item.choices) > _LONG_LIST:
        item.kind = "dropdown"
        item.entry.change("long_list", "dropdown")


def refit_kind(item: Item, main: str, settings: Mapping[str, Any]) -> bool:
    """Fit once more what was to carry choices on and cannot; True when it did."""
    lost = (item.settings.keys() & _CARRIED) - settings.keys()
    for name in lost:
        del item.settings[name]
    if lost:
        fit_kind(item, main)
    return bool(lost)


def _fit_matrix(item: Item, main: str) -> None:
    if not item.rows and "rows_from" not in item.settings:
        item.kind = "multiple" if item.kind == "matrix_multiple" else "single"
        item.entry.change("no_rows", item.kind)
    elif len(item.choices) < _FEWEST:
        # One column: those rows it is true for.
        item.text = _with(item.text, item.choices[0].text if item.choices else {})
        item.kind, item.choices, item.rows = "multiple", item.rows, []
        item.entry.change("one_column", "multiple")


def _fit_sides(item: Item) -> None:
    for part in item.parts:
        if part.kind == "single" and len(part.choices) < _FEWEST:
            part.kind = "short_text"
            part.entry.change("no_choices", "text")
    if not item.rows:
        item.kind, item.parts = "short_text", []
        item.entry.change("no_rows", "short_text")


def _fit_few(item: Item, main: str) -> None:
    """One choice is a consent, none leaves a text."""
    if len(item.choices) == 1:
        item.text = _with(item.text, item.choices[0].text)
        item.kind, item.choices = "consent", []
        item.entry.change("one_choice", "consent")
    else:
        item.kind, item.choices = "short_text", []
        item.entry.change("no_choices", "short_text")
    item.settings = {}


def _with(texts: Texts, more: Texts) -> Texts:
    """A question's text with what stood beside it."""
    return {
        code: f"{texts[code]} – {more[code]}" if more.get(code) else texts[code] for code in texts
    } or dict(more)
