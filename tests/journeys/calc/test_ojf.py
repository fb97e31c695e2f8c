"""The OpenJourney Format in all its dialects, and refusals with their place."""

from typing import Any

import pytest

from journeys.calc import ojf
from journeys.calc.map_files import FileProblem

SPEC: dict[str, Any] = {
    "version": "1.0",
    "persona": "Frequent guest",
    "pointOfView": "Booking by phone",
    "stages": [{"id": "s1", "name": "Search"}, {"id": "s2", "name": "Pay"}],
    "swimlanes": [{"id": "a", "name": "User Action"}, {"id": "b", "name": "Feelings"}],
    "nodes": [
        {
            "stageId": "s1", "swimlaneId": "a", "title": "Looks", "description": "By phone",
            "score": 4, "isMomentOfTruth": True, "icon": "search", "tags": ["Mobile", "Mobile"],
        },
        {
            "stageId": "s2", "swimlaneId": "b", "title": "Doubts", "severity": "medium",
            "score": -3, "sentiment": "anxious", "purpose": "pain-point",
            "blueprint": {"backstage": [{"action": "Check", "actor": "Bank"}]},
        },
    ],
}  # fmt: skip


def cards(parsed: Any) -> list[dict[str, Any]]:
    return list(parsed.document["cards"])


def test_the_specification_is_read_whole() -> None:
    parsed = ojf.read(SPEC, language="en", name="file")
    assert parsed.notes == []
    assert parsed.personas == {"p1": {"en": "Frequent guest"}}
    assert parsed.description == {"en": "Booking by phone"}
    assert [s["name"]["en"] for s in parsed.document["stages"]] == ["Search", "Pay"]
    assert [x["kind"] for x in parsed.document["lanes"]] == ["doing", "custom"]
    first, second = cards(parsed)
    assert (first["emotion"], first["is_moment_of_truth"], first["tags"]) == (4, True, ["Mobile"])
    assert first["details"] == {"icon": "search"}
    assert (second["emotion"], second["severity"]) == (-3, "medium")
    assert second["details"]["blueprint"]["backstage"][0]["actor"] == "Bank"


def test_the_readmes_dialect_without_swimlanes_is_read() -> None:
    parsed = ojf.read(
        {
            "metadata": {"title": "Example", "pov": "By app", "persona": "Kim"},
            "stages": [{"id": "s1", "name": "Awareness"}],
            "nodes": [{"id": "n1", "stage": "s1", "title": "Finds us"}],
        },
        language="ko",
    )
    assert (parsed.name, parsed.description) == ({"ko": "Example"}, {"ko": "By app"})
    assert parsed.personas == {"p1": {"ko": "Kim"}}
    assert len(cards(parsed)) == len(parsed.document["lanes"]) == 1
    assert parsed.notes == []


def test_stages_are_known_by_number_name_or_the_nodes_alone() -> None:
    """Ids may be numbers (0 too), nodes may say a name, and stages may be missing."""
    for stages, said in (
        ([{"id": 0, "name": "See"}, {"id": 1, "name": "Buy"}], [0, 1]),
        ([{"id": "a", "name": "See"}, {"id": "b", "name": "Buy"}], ["See", "Buy"]),
        (["See", "Buy"], ["See", "Buy"]),
        (None, ["See", "Buy"]),
    ):
        nodes = [{"stage": stage, "title": "x"} for stage in said]
        parsed = ojf.read({"nodes": nodes, **({"stages": stages} if stages else {})})
        assert [s["name"]["en"] for s in parsed.document["stages"]] == ["See", "Buy"]
        steps = [s["steps"][0]["key"] for s in parsed.document["stages"]]
        assert [card["step"] for card in cards(parsed)] == steps
        assert parsed.notes == []


def test_every_element_without_a_field_is_noted_with_its_place() -> None:
    value = {
        "metadata": {"title": "T", "author": "Kim", "persona": {"name": "Kim", "age": 40}},
        "theme": "dark",
        "pointOfView": "By app",
        "description": "Another",
        "stages": [{"id": "s", "name": "S", "color": "red"}],
        "swimlanes": [{"id": "l", "name": "L", "order": 3}],
        "nodes": [{"stageId": "s", "swimlaneId": "l", "title": "x", "description": "y" * 4001}],
    }
    parsed = ojf.read(value)
    assert {(note.place, note.reason) for note in parsed.notes} == {
        ("$.metadata.author", "unread"),
        ("$.persona.age", "unread"),
        ("$.theme", "unread"),
        ("$.description", "unread"),
        ("$.stages[0].color", "unread"),
        ("$.swimlanes[0].order", "unread"),
        ("$.nodes[0].description", "shortened"),
    }


def test_odd_values_are_taken_or_noted_and_never_break_the_reader() -> None:
    odd: list[Any] = [None, True, 0, -1, 1e300, "x\x00y", [], {}, [[]], {"a": "\x00"}]
    names = (
        "stageId",
        "swimlaneId",
        "title",
        "score",
        "severity",
        "isMomentOfTruth",
        "tags",
        "icon",
    )
    for name in names:
        for value in odd:
            node = {"stageId": "s", "title": "x", name: value}
            try:
                parsed = ojf.read({"stages": [{"id": "s", "name": "S"}], "nodes": [node]})
            except FileProblem as problem:
                assert problem.place.startswith("$.nodes[0]")
            else:
                assert "\x00" not in repr(cards(parsed)) and "\\x00" not in repr(cards(parsed))


@pytest.mark.parametrize(
    ("scores", "feelings"),
    [
        ([0, 5, 10], [-5, 0, 5]),
        ([-5, 0, 5], [-5, 0, 5]),
        ([0, 3, 5], [0, 3, 5]),
        ([2.6, "−", -9], [3, None, -5]),
    ],
)
def test_both_scales_of_scores_become_feelings(scores: list[Any], feelings: list[Any]) -> None:
    nodes = [{"stageId": "s1", "title": "x", "score": score} for score in scores]
    parsed = ojf.read({"stages": [{"id": "s1", "name": "A"}], "nodes": nodes})
    assert [card["emotion"] for card in cards(parsed)] == feelings


def test_what_cannot_come_over_is_listed_and_nothing_is_dropped_in_silence() -> None:
    nodes = [
        {"stageId": "gone", "title": "Lost"},
        {"stageId": "s1", "swimlaneId": "gone", "title": "Kept"},
        {"stageId": "s1", "description": "Only words"},
        {"stageId": "s1", "title": "x", "severity": "terrible"},
    ]
    parsed = ojf.read({"stages": [{"id": "s1", "name": "A"}], "nodes": nodes})
    assert [(n.place, n.reason) for n in parsed.notes] == [
        ("$.nodes[0].stageId", "unknown_stage"),
        ("$.nodes[1].swimlaneId", "unknown_lane"),
        ("$.nodes[2].title", "untitled"),
        ("$.nodes[3].severity", "unknown_severity"),
    ]
    assert len(cards(parsed)) == 3


@pytest.mark.parametrize(
    ("value", "place", "reason"),
    [
        ([], "$", "not_object"),
        ({"hello": 1}, "$", "no_map"),
        ({"stages": {}}, "$.stages", "not_list"),
        ({"stages": [{"id": "a"}]}, "$.stages[0].name", "missing"),
        ({"stages": [{"id": "a", "name": "A"}] * 2}, "$.stages[1].id", "twice"),
        ({"stages": [], "nodes": [3]}, "$.nodes[0]", "not_object"),
        ({"stages": [{"name": ["x"]}]}, "$.stages[0].name", "not_text"),
        ({"cxPortal": {"journey": {"name": {}}}}, "$.cxPortal.journey.name", "missing"),
    ],
)
def test_a_bad_file_is_refused_with_its_place(value: Any, place: str, reason: str) -> None:
    with pytest.raises(FileProblem) as problem:
        ojf.read(value)
    assert (problem.value.place, problem.value.reason) == (place, reason)
