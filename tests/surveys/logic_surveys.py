"""Documents with rules, written by hand and at random, and answers that fit a question."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

KINDS = ("single", "multiple", "nps", "short_text")
CHOICES = [{"code": c, "text": {"en": c}, "score": i} for i, c in enumerate(("x", "y", "z"))]


def compare(source: str, operator: str, value: Any = None) -> dict[str, Any]:
    compared = {"source": source, "operator": operator}
    return compared if value is None else {**compared, "value": value}


def question(code: str, kind: str = "short_text", **more: Any) -> dict[str, Any]:
    """A question; `show_if`, `skip` and `random` are its rules."""
    logic = {name: more.pop(name) for name in ("show_if", "skip", "random") if name in more}
    made = {"code": code, "kind": kind, "text": {"en": code}, "required": False, **more}
    return {**made, "logic": logic} if logic else made


def section(*questions: dict[str, Any], code: str = "", **logic: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"title": {}, "questions": list(questions)}
    if code:
        made["code"] = code
    return {**made, "logic": logic} if logic else made


def survey(*sections: dict[str, Any], **more: Any) -> dict[str, Any]:
    numbered = [{"id": i, **s} for i, s in enumerate(sections, 1)]
    return {
        "title": {"en": "T"},
        "languages": ["en"],
        "default_language": "en",
        "sections": numbered,
        **more,
    }


@st.composite
def conditions(draw: Any, codes: list[str], depth: int = 2) -> dict[str, Any]:
    """A condition on some of the questions, on the score or on nothing that exists."""
    if depth and draw(st.booleans()):
        word = draw(st.sampled_from(["all", "any"]))
        parts = st.lists(conditions(codes, depth - 1), max_size=3)
        return {word: draw(parts)}
    source = draw(st.sampled_from([*(f"answer.{c}" for c in codes), "score", "language"]))
    operator = draw(st.sampled_from(["is", "is_not", "includes", "gte", "lt", "answered"]))
    value = None if operator == "answered" else draw(st.sampled_from(["x", "y", 5, 0, "en"]))
    return compare(source, operator, value)


@st.composite
def random_documents(draw: Any) -> dict[str, Any]:
    """Up to four sections of up to three questions with rules of every kind."""
    count = draw(st.integers(1, 4))
    sizes = [draw(st.integers(1, 3)) for _ in range(count)]
    codes = [f"q{s}_{i}" for s, size in enumerate(sizes) for i in range(size)]
    targets = [
        *(f"question:{c}" for c in codes),
        *(f"section:s{i}" for i in range(count)),
        "end",
        "disqualify",
        "question:gone",
    ]

    def rules() -> Any:
        rule = st.builds(
            lambda condition, to: {"if": condition, "to": to},
            conditions(codes),
            st.sampled_from(targets),
        )
        return draw(st.lists(rule, max_size=2))

    sections = []
    for number, size in enumerate(sizes):
        questions = [draw(_question(f"q{number}_{i}", codes)) for i in range(size)]
        for asked in questions:
            logic = {
                "show_if": draw(st.none() | conditions(codes)),
                "skip": rules(),
                "random": draw(st.sampled_from(["", "", "g"])),
            }
            asked["logic"] = {name: value for name, value in logic.items() if value}
        logic = {
            "show_if": draw(st.none() | conditions(codes)),
            "skip": rules(),
            "random": draw(st.sampled_from(["", "", "s"])),
            "loop": draw(st.none() | st.just({"question": codes[0], "which": "chosen"})),
        }
        kept = {name: value for name, value in logic.items() if value}
        sections.append(section(*questions, code=f"s{number}", **kept))
    return survey(*sections, settings={"one_per_page": draw(st.booleans())})


@st.composite
def _question(draw: Any, code: str, codes: list[str]) -> dict[str, Any]:
    kind = draw(st.sampled_from(KINDS))
    settings: dict[str, Any] = {}
    choices = CHOICES if kind in ("single", "multiple") else []
    if choices and draw(st.booleans()):
        settings["order"] = "random"
    if choices and draw(st.integers(0, 3)) == 0:
        which = draw(st.sampled_from(["chosen", "not_chosen", "offered"]))
        settings["choices_from"] = {"question": draw(st.sampled_from(codes)), "which": which}
        choices = []
    made = question(code, kind, settings=settings, choices=choices)
    return made if choices or "choices_from" in settings else {**made, "choices": []}


def any_answer(asked: Mapping[str, Any], data: Any) -> Any:
    """An answer that fits the question, or None."""
    offered = [c["code"] for c in asked.get("choices") or ()]
    kinds = {
        "nps": st.integers(0, 10),
        "short_text": st.sampled_from(["x", "y", "words"]),
        "single": st.sampled_from(offered or [None]),
        "multiple": st.lists(st.sampled_from(offered or [None]), unique=True, min_size=1),
    }
    if asked["kind"] in ("single", "multiple") and not offered:
        return None
    return data.draw(st.none() | kinds[asked["kind"]])
