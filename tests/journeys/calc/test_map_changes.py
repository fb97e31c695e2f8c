"""What changed between two documents of a map."""

from copy import deepcopy
from typing import Any

from journeys.calc.map_changes import changes

DOCUMENT: dict[str, Any] = {
    "stages": [
        {
            "code": code, "name": {"en": code}, "description": {}, "target": None,
            "steps": [{"key": f"{code}1", "name": {}, "touchpoint": "till", "emotions": {"": 1}}],
        }
        for code in ("a", "b", "c")
    ],
    "lanes": [{"key": "l", "kind": "pain", "name": {}}],
    "cards": [
        {"key": "k", "lane": "l", "step": "a1", "title": {"en": "Loud"}, "emotion": None},
    ],
}  # fmt: skip


def said(after: Any) -> list[tuple[str, str, str]]:
    return [(c.did, c.what, c.key) for c in changes(DOCUMENT, after)]


def test_equal_documents_have_no_changes() -> None:
    assert said(deepcopy(DOCUMENT)) == []


def test_added_removed_changed_and_moved_are_told_with_both_values() -> None:
    after = deepcopy(DOCUMENT)
    after["cards"][0] |= {"step": "b1", "emotion": -2}
    after["cards"].append({"key": "n", "lane": "l", "step": "a1", "title": {"en": "New"}})
    after["stages"][0]["steps"][0]["emotions"] = {"": 3}
    after["stages"].pop()
    assert said(after) == [
        ("removed", "stage", "c"),
        ("removed", "step", "c1"),
        ("changed", "card", "k"),
        ("moved", "card", "k"),
        ("added", "card", "n"),
        ("changed", "emotion", "a1"),
    ]
    changed = next(c for c in changes(DOCUMENT, after) if c.did == "changed")
    assert changed.fields == (("emotion", None, -2),)
    assert changed.place == ({"en": "b"}, "till", "pain")


def test_a_moved_stage_is_the_only_one_that_moved() -> None:
    after = deepcopy(DOCUMENT)
    after["stages"].append(after["stages"].pop(0))
    assert said(after) == [("moved", "stage", "a")]
