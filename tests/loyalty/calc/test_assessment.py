"""What several people's levels add up to."""

import json

import pytest

from loyalty.calc.assessment import item_result, on_hundred, radar_points, weighted_level
from loyalty.calc.frameworks import FrameworkError, framework_read, items_of, weights_of
from loyalty.services.assessments import standard_frameworks

GOOD = {
    "format": "cx-framework",
    "format_version": 1,
    "code": "own",
    "name": {"en": "Own"},
    "levels": [{"en": "no"}, {"en": "partly"}, {"en": "yes"}],
    "sections": [{"code": "a", "name": "A", "items": [{"code": "a1", "text": "We do"}]}],
}


def test_cannot_say_does_not_count() -> None:
    result = item_result([1, 5, None])
    assert (result.n, result.mean, result.lowest, result.highest) == (2, 3.0, 1, 5)
    assert result.apart
    assert item_result([None]).mean is None


def test_three_of_five_levels_is_half_the_way() -> None:
    assert on_hundred(3, 5) == 50
    results = {"a": item_result([5]), "b": item_result([1, 3])}
    assert weighted_level(results, {"a": 1, "b": 3}, 5) == pytest.approx(43.75)
    assert weighted_level({}, {"a": 1}, 5) is None


def test_the_first_corner_stands_at_the_top() -> None:
    points = radar_points([100, 100, 0, None], 10)
    assert points[0] == pytest.approx((0, -10))
    assert points[1] == pytest.approx((10, 0))
    assert points[3] == pytest.approx((0, 0))


def test_the_portal_s_frameworks_are_bilingual_and_complete() -> None:
    frameworks = standard_frameworks()
    assert set(frameworks) == {
        *("building-blocks", "cem-steps", "maturity", "crm-capabilities"),
        *("competencies", "seven-efforts"),
    }
    assert len(frameworks["building-blocks"]["sections"]) == 9
    assert len(frameworks["cem-steps"]["sections"]) == 5
    assert len(list(items_of(frameworks["seven-efforts"]))) == 7
    for document in frameworks.values():
        texts = [document["name"], *(item["text"] for item in items_of(document))]
        assert all(text.get("en") and text.get("ko") for text in texts)


def test_a_file_is_read_back_as_it_was_written() -> None:
    for document in standard_frameworks().values():
        assert framework_read(json.dumps(document).encode()) == document
    assert weights_of(framework_read(json.dumps(GOOD).encode())) == {"a1": 1.0}


@pytest.mark.parametrize(
    ("change", "place", "reason"),
    [
        ({"format": "x"}, "format", "not_this_format"),
        ({"levels": [{"en": "a"}]}, "levels", "bad_levels"),
        ({"sections": []}, "sections", "missing"),
        ({"code": "Own Code"}, "code", "bad_code"),
        ({"name": {}}, "name", "missing"),
        ({"name": {"en": "x" * 2001}}, "name", "bad_text"),
        (
            {"sections": [{"code": "a", "name": "A", "items": [{"code": "b", "text": 3}]}]},
            "sections.0.items.0.text",
            "bad_text",
        ),
        (
            {"sections": [{**GOOD["sections"][0], "items": GOOD["sections"][0]["items"] * 2}]},  # type: ignore[index]
            "item a1",
            "twice",
        ),
    ],
)
def test_a_file_that_is_no_framework_is_refused_with_its_place(
    change: dict[str, object], place: str, reason: str
) -> None:
    with pytest.raises(FrameworkError) as refused:
        framework_read(json.dumps({**GOOD, **change}).encode())
    assert (refused.value.place, refused.value.reason) == (place, reason)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[" * 100_000, b"x" * 500_001])
def test_no_file_breaks_the_reader(content: bytes) -> None:
    with pytest.raises(FrameworkError):
        framework_read(content)
