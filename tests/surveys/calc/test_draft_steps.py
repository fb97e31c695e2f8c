"""A change is taken back beside what others did since, or refused where they did the same."""

import random
from itertools import pairwise
from typing import Any

import pytest

from surveys.calc.draft_steps import (
    ORDER,
    Changes,
    Meanwhile,
    State,
    applied,
    changes_between,
    is_typing,
    joined,
)


def state(order: dict[str, list[str]] | None = None, **questions: Any) -> State:
    """A draft with one page; each question has a text."""
    asked = {f"question:{pk[1:]}": {"text": text, "code": pk} for pk, text in questions.items()}
    return {
        "survey": {"title": "T"},
        "section:1": {"title": ""},
        **asked,
        ORDER: {"sections": ["section:1"], "section:1": list(asked), **(order or {})},
    }


def test_what_nobody_else_touched_goes_back_and_forth() -> None:
    before, after = state(q1="A", q2="B"), state(q1="A!", q2="B")
    changes = changes_between(before, after)
    assert changes == {"question:1": {"text": ["A", "A!"]}}
    assert applied(after, changes, backwards=True) == before
    assert applied(before, changes, backwards=False) == after


def test_what_others_wrote_elsewhere_stays() -> None:
    changes = changes_between(state(q1="A", q2="B"), state(q1="A!", q2="B"))
    theirs = state(q1="A!", q2="B?")
    assert applied(theirs, changes, backwards=True) == state(q1="A", q2="B?")


@pytest.mark.parametrize("now", [state(q1="Theirs", q2="B"), state(q2="B")])
def test_the_same_words_changed_meanwhile_are_refused(now: State) -> None:
    changes = changes_between(state(q1="A", q2="B"), state(q1="A!", q2="B"))
    with pytest.raises(Meanwhile) as refused:
        applied(now, changes, backwards=True)
    assert refused.value.part == "question:1"


def test_a_deleted_question_returns_between_its_neighbours_though_others_added() -> None:
    changes = changes_between(state(q1="A", q2="B", q3="C"), state(q1="A", q3="C"))
    now = state(q9="New", q1="A", q3="C")
    back = applied(now, changes, backwards=True)
    assert back[ORDER]["section:1"] == [f"question:{n}" for n in (9, 1, 2, 3)]
    assert back["question:2"]["text"] == "B"


def test_a_question_that_others_rewrote_is_not_taken_away_again() -> None:
    changes = changes_between(state(q1="A"), state(q1="A", q2="Mine"))
    with pytest.raises(Meanwhile):
        applied(state(q1="A", q2="Theirs"), changes, backwards=True)
    assert applied(state(q1="A", q2="Mine", q3="C"), changes, backwards=True) == state(
        q1="A", q3="C"
    )


def test_a_page_that_others_filled_is_not_taken_away() -> None:
    before = state(q1="A")
    after = {**before, "section:2": {"title": ""}}
    after[ORDER] = {**before[ORDER], "sections": ["section:1", "section:2"], "section:2": []}
    changes = changes_between(before, after)
    assert applied(after, changes, backwards=True) == before
    filled = {**after, "question:5": {"text": "Theirs"}}
    filled[ORDER] = {**after[ORDER], "section:2": ["question:5"]}
    with pytest.raises(Meanwhile):
        applied(filled, changes, backwards=True)


def test_a_move_goes_back_though_others_moved_something_else() -> None:
    before = state(q1="A", q2="B", q3="C", q4="D")
    after = state(q2="B", q3="C", q4="D", q1="A")
    theirs = state(q3="C", q2="B", q4="D", q1="A")
    back = applied(theirs, changes_between(before, after), backwards=True)
    assert back[ORDER]["section:1"] == [f"question:{n}" for n in (1, 3, 2, 4)]


def test_typing_in_a_row_is_one_change() -> None:
    first = changes_between(state(q1=""), state(q1="Wh"))
    second = changes_between(state(q1="Wh"), state(q1="Why?"))
    assert joined(first, second) == {"question:1": {"text": ["", "Why?"]}}
    assert joined(first, changes_between(state(q1="Wh"), state(q1=""))) == {}
    assert joined(first, changes_between(state(q1="else"), state(q1="Why?"))) is None
    assert joined(first, changes_between(state(), state(q2="new"))) is None


def test_ticking_and_adding_are_steps_of_their_own() -> None:
    def choices(*pairs: tuple[str, str], **more: Any) -> Changes:
        parts = [{"code": code, "text": {"en": text}, **more} for code, text in pairs]
        return {"question:1": {"choices": [[{"code": "a", "text": {"en": ""}}], parts]}}

    assert is_typing(choices(("a", "App")))
    assert not is_typing(choices(("a", "App"), ("b", "Web")))
    assert not is_typing(choices(("a", ""), image="file:1"))
    on: Changes = {"question:1": {"required": [False, True]}}
    off: Changes = {"question:1": {"required": [True, False]}}
    assert joined(on, off) is None


def test_any_series_of_changes_goes_back_to_the_beginning_and_forth_again() -> None:
    dice = random.Random(5)
    states = [state(q1="A", q2="B", q3="C")]
    for step in range(200):
        now = states[-1]
        asked = list(now[ORDER]["section:1"])
        verb = dice.choice(["write", "add", "delete", "move"])
        after = {part: dict(fields) for part, fields in now.items()}
        if verb == "add" or not asked:
            part = f"question:{100 + step}"
            after[part] = {"text": "", "code": part}
            asked.insert(dice.randrange(len(asked) + 1), part)
        elif verb == "delete":
            del after[asked.pop(dice.randrange(len(asked)))]
        elif verb == "move":
            asked.insert(dice.randrange(len(asked)), asked.pop(dice.randrange(len(asked))))
        else:
            after[dice.choice(asked)]["text"] = str(step)
        after[ORDER]["section:1"] = asked
        states.append(after)
    steps = [changes_between(a, b) for a, b in pairwise(states)]
    now = states[-1]
    for changes, before in zip(reversed(steps), reversed(states[:-1]), strict=True):
        now = applied(now, changes, backwards=True)
        assert now == before
    for changes in steps:
        now = applied(now, changes, backwards=False)
    assert now == states[-1]
