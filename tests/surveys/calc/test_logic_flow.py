"""The way through a survey: what is asked of whom, in which order, and where it ends."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.calc.answers import validate
from surveys.calc.logic import Facts
from surveys.calc.logic_document import has_flow
from surveys.calc.logic_flow import COMPLETE, DISQUALIFY, END, QUOTA, ending_of, walk
from tests.surveys.logic_surveys import (
    any_answer,
    compare,
    question,
    random_documents,
    section,
    survey,
)


def codes(document: dict[str, Any], answers: dict[str, Any], **more: Any) -> list[list[str]]:
    """Codes of the questions of each page."""
    seed = more.pop("seed", "s")
    way = walk(document, Facts(answers=answers, **more), seed=seed)
    return [[q["code"] for q in page.questions] for page in way.pages]


def test_a_survey_without_rules_has_its_sections_as_pages() -> None:
    plain = survey(section(question("a"), question("b")), section(question("c")))
    assert not has_flow(plain)
    assert codes(plain, {}) == [["a", "b"], ["c"]]


def test_a_question_is_shown_by_an_answer_and_begins_a_page_of_its_own() -> None:
    asked = survey(
        section(question("nps", "nps"), question("why", show_if=compare("answer.nps", "lte", 6)))
    )
    assert has_flow(asked)
    assert codes(asked, {}) == [["nps"]]
    assert codes(asked, {"nps": 3}) == [["nps"], ["why"]]
    assert codes(asked, {"nps": 9}) == [["nps"]]


def test_a_rule_about_the_person_does_not_break_the_page() -> None:
    asked = survey(
        section(question("a"), question("b", show_if=compare("customer.tier", "is", "gold")))
    )
    assert codes(asked, {}) == [["a"]]
    assert codes(asked, {}, customer={"tier": "gold"}) == [["a", "b"]]


def test_a_skip_leads_on_to_a_question_a_page_the_end_or_out() -> None:
    def with_target(to: str) -> dict[str, Any]:
        rule = {"if": compare("answer.a", "is", "x"), "to": to}
        return survey(
            section(question("a", skip=[rule]), question("b")),
            section(question("c"), question("d"), code="last"),
        )

    assert codes(with_target("question:d"), {"a": "x"}) == [["a"], ["d"]]
    assert codes(with_target("section:last"), {"a": "x"}) == [["a"], ["c", "d"]]
    assert codes(with_target("section:last"), {"a": "y"}) == [["a"], ["b"], ["c", "d"]]
    for end in (END, DISQUALIFY):
        way = walk(with_target(end), Facts(answers={"a": "x"}))
        assert (len(way.pages), way.ending) == (1, end)


def test_a_rule_that_leads_back_or_nowhere_is_passed_over() -> None:
    for to in ("question:a", "question:gone", "section:p1", "section:gone"):
        asked = survey(
            section(question("a"), code="p1"), section(question("b", skip=[{"to": to}])),
            section(question("c")),
        )  # fmt: skip
        assert codes(asked, {}) == [["a"], ["b"], ["c"]], to


def test_a_page_branches_after_its_last_question() -> None:
    asked = survey(
        section(question("a"), skip=[{"if": compare("answer.a", "is", "x"), "to": "section:z"}]),
        section(question("b")),
        section(question("c"), code="z"),
    )
    assert codes(asked, {"a": "x"}) == [["a"], ["c"]]


def test_answers_off_the_way_count_for_nothing() -> None:
    asked = survey(
        section(question("a")),
        section(question("b"), show_if=compare("answer.a", "is", "yes")),
        section(question("c", show_if=compare("answer.b", "answered"))),
    )
    way = walk(asked, Facts(answers={"a": "no", "b": "old", "c": "old"}))
    assert way.answers == {"a": "no"}
    assert [page.key for page in way.pages] == ["1"]


def test_choices_are_carried_forward_and_an_empty_question_is_left_out() -> None:
    places = [{"code": c, "text": {"en": c}} for c in ("app", "store", "web")]
    used = question("used", "multiple", choices=places)
    rank = question("rank", "ranking", settings={"choices_from": {"question": "used"}})
    other = {"choices_from": {"question": "used", "which": "not_chosen"}}
    unused = question("unused", "single", settings=other)
    asked = survey(section(used, rank, unused))
    way = walk(asked, Facts(answers={"used": ["app", "web"]}))
    found = way.questions
    assert [c["code"] for c in found["rank"]["choices"]] == ["app", "web"]
    assert [c["code"] for c in found["unused"]["choices"]] == ["store"]
    assert validate(found["rank"], {"store": ["1"]}).code == "unknown_choice"  # type: ignore[union-attr]
    assert "rank" not in walk(asked, Facts()).questions


def test_the_text_beside_a_choice_is_carried_with_it() -> None:
    other = [{"code": "o", "text": {"en": "Other"}, "other": True}]
    asked = survey(
        section(
            question("used", "multiple", choices=other),
            question("rate", "matrix_single", choices=other,
                     settings={"rows_from": {"question": "used"}}),
        )
    )  # fmt: skip
    way = walk(asked, Facts(answers={"used": ["o"], "used.o": "By post"}))
    assert way.questions["rate"]["rows"] == [{"code": "o", "text": {"en": "By post"}}]


def test_a_loop_asks_its_page_for_each_item_chosen() -> None:
    places = [{"code": c, "text": {"en": c.upper()}} for c in ("app", "ap", "web")]
    inner = question("why", show_if=compare("answer.rate", "lte", 2))
    asked = survey(
        section(question("used", "multiple", choices=places)),
        section(question("rate", "rating"), inner, loop={"question": "used"}),
    )
    answers = {"used": ["app", "ap"], "rate@app": 1, "rate@ap": 5}
    way = walk(asked, Facts(answers=answers))
    assert [page.key for page in way.pages] == ["1", "2@app", "3@app", "2@ap"]
    assert list(way.questions) == ["used", "rate@app", "why@app", "rate@ap"]
    assert way.pages[1].item_text == {"en": "APP"}


def test_what_is_mixed_depends_on_the_seed_alone_and_ends_stay() -> None:
    choices: list[dict[str, Any]] = [{"code": f"c{i}", "text": {}} for i in range(8)]
    choices.append({"code": "none", "text": {}, "exclusive": True})
    mixed = question("a", "multiple", choices=choices, settings={"order": "random"})
    asked = survey(section(mixed))

    def order(seed: str) -> list[str]:
        found = walk(asked, Facts(), seed=seed).questions["a"]
        return [c["code"] for c in found["choices"]]

    assert order("one") == order("one")
    assert len({tuple(order(str(seed))) for seed in range(20)}) > 10
    assert all(order(str(seed))[-1] == "none" for seed in range(20))


def test_sections_of_a_group_change_places_among_themselves() -> None:
    asked = survey(
        section(question("first")),
        *(section(question(f"q{i}"), random="group") for i in range(5)),
        section(question("last")),
    )
    pages = [codes(asked, {}, seed=str(seed)) for seed in range(20)]
    orders = {tuple(code for page in one for code in page) for one in pages}
    assert len(orders) > 5
    assert all(order[0] == "first" and order[-1] == "last" for order in orders)


def test_points_add_up_along_the_way_and_choose_the_page_of_thanks() -> None:
    yes = [{"code": "y", "text": {}, "score": 3}, {"code": "n", "text": {}}]
    asked = survey(
        section(
            question("a", "single", choices=yes),
            question("b", "rating", settings={"scored": True}),
            question("c", show_if=compare("score", "gte", 5)),
        ),
        endings=[{"if": compare("score", "gte", 7), "text": {"en": "High"}}],
    )
    way = walk(asked, Facts(answers={"a": "y", "b": 5}))
    assert way.score == 8
    assert "c" in way.questions
    assert "c" not in walk(asked, Facts(answers={"a": "n", "b": 3})).questions
    assert ending_of(asked, Facts(score=way.score)) is asked["endings"][0]
    assert ending_of(asked, Facts(score=1)) is None


def test_a_full_quota_ends_the_way_once_its_group_is_known() -> None:
    quota = {"code": "men", "if": compare("answer.sex", "is", "m"), "limit": 5}
    asked = survey(section(question("sex"), skip=[]), section(question("b")), quotas=[quota])
    full = frozenset({"men"})
    assert walk(asked, Facts(), full=full).ending == COMPLETE
    assert walk(asked, Facts(answers={"sex": "w"}), full=full).ending == COMPLETE
    ended = walk(asked, Facts(answers={"sex": "m"}), full=full)
    assert (ended.ending, ended.quota, len(ended.pages)) == (QUOTA, quota, 1)
    assert walk(asked, Facts(answers={"sex": "m"})).ending == COMPLETE


@settings(max_examples=150, deadline=None)
@given(document=random_documents(), data=st.data())
def test_page_by_page_and_the_whole_agree_and_there_is_always_a_way_on(
    document: dict[str, Any], data: st.DataObject
) -> None:
    """Whatever the rules and answers, answering page after page comes to an end, and the check of
    the whole finds the questions, and only the questions, that were shown.
    """
    seed = data.draw(st.sampled_from(["1", "2", "3"]))
    answers: dict[str, Any] = {}
    seen: list[str] = []
    way, place = walk(document, Facts(), seed=seed), 0
    while place < len(way.pages):
        page = way.pages[place]
        seen.append(page.key)
        for asked in page.questions:
            answer = any_answer(asked, data)
            if answer is not None:
                answers[asked["code"]] = answer
        way = walk(document, Facts(answers=answers), seed=seed)
        here = way.page(page.key)
        assert here is not None, "a page must not vanish by its own answers"
        assert [p.key for p in way.pages[: here + 1]] == seen
        place = here + 1
    assert way.answers == answers
    assert {c.partition(".")[0] for c in way.answers} <= set(way.questions)
    assert [p.key for p in way.pages] == seen
