"""What differs between two published documents."""

from typing import Any

from surveys.calc.documents import DocumentChange, document_changes


def document(*pages: list[str], **own: Any) -> dict[str, Any]:
    """Pages of questions named by their codes."""
    sections = [
        {"title": {}, "questions": [{"code": c, "kind": "nps", "text": {"en": c}} for c in codes]}
        for codes in pages
    ]
    return {"title": {"en": "T"}, "languages": ["en"], "sections": sections, **own}


def kinds(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str]]:
    return [(change.kind, change.code) for change in document_changes(old, new)]


def test_equal_documents_differ_in_nothing() -> None:
    assert document_changes(document(["a", "b"]), document(["a", "b"])) == []


def test_added_and_removed_questions_are_named() -> None:
    assert kinds(document(["a", "b"]), document(["b", "c"])) == [("added", "c"), ("removed", "a")]


def test_a_changed_question_says_which_fields() -> None:
    new = document(["a"])
    new["sections"][0]["questions"][0] |= {"text": {"en": "x"}, "required": True}
    assert document_changes(document(["a"]), new) == [
        DocumentChange("changed", "a", {"en": "x"}, ("text", "required"))
    ]


def test_the_fewest_questions_count_as_moved() -> None:
    assert kinds(document(["a", "b", "c", "d"]), document(["d", "a", "b", "c"])) == [("moved", "d")]
    swapped = kinds(document(["a", "b", "c"]), document(["b", "a", "c"]))
    assert [kind for kind, _code in swapped] == ["moved"]


def test_a_question_that_stays_beside_added_ones_did_not_move() -> None:
    assert kinds(document(["a"]), document(["x", "y", "a"])) == [("added", "x"), ("added", "y")]


def test_pages_and_own_words_come_first() -> None:
    new = document(["a"], ["b"], title={"en": "New"})
    changes = document_changes(document(["a", "b"]), new)
    assert [change.kind for change in changes] == ["survey", "pages"]
    assert changes[0].fields == ("title",)


def test_what_breaks_the_comparison_is_named() -> None:
    from surveys.calc.documents import comparison_breaks
    from tests.surveys.logic_surveys import CHOICES, question, section, survey

    old = survey(
        section(
            {**question("a", "rating"), "text": {"en": "How satisfied are you?"}},
            {**question("b", "rating"), "text": {"en": "How was the advice?"}},
            question("c", "single", choices=CHOICES),
            {**question("d", "nps"), "text": {"en": "Would you recommend us?"}},
        )
    )
    fewer = [{**CHOICES[0], "text": {"en": "Something else"}}, CHOICES[1]]
    new = survey(
        section(
            {**question("a", "csat"), "text": {"en": "How satisfied are you?"}},
            {**question("b", "rating", settings={"max": 10}), "text": {"en": "How was advice?"}},
            question("c", "single", choices=fewer),
            {**question("d", "nps"), "text": {"en": "Is the shop clean?"}},
            question("e"),
        )
    )
    found = [(one.kind, one.code, one.about) for one in comparison_breaks(old, new)]
    assert found == [
        ("kind", "a", ()),
        ("scale", "b", ()),
        ("choice_gone", "c", ("z",)),
        ("choice_reworded", "c", ("Something else",)),
        ("text", "d", ()),
    ]
    assert comparison_breaks(old, old) == []
