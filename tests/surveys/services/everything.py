"""A document that uses every kind of question and every feature of rules."""

from typing import Any

from surveys.calc.kinds import SPECS

BOTH = {"en": "Words", "ko": "문구"}
RULE = {"source": "answer.single", "operator": "is", "value": "a"}
DEEP = {
    "all": [
        {"any": [RULE, {"source": "answer.nps", "operator": "between", "value": [0, 6]}]},
        {"not": {"source": "segment", "operator": "includes", "value": "vip"}},
        {"source": "answer.why", "operator": "not_answered"},
        {"source": "answer.multiple", "operator": "any_of", "value": ["a", "b"]},
    ]
}


def _choices(**first: Any) -> list[dict[str, Any]]:
    return [
        {"code": "a", "text": {"en": "Apple", "ko": "사과"}, **first},
        {"code": "b", "text": {"en": "Bread"}},
        {"code": "zz", "text": {"en": "Other"}},
    ]


_SETTINGS: dict[str, dict[str, Any]] = {
    "nps": {"labels": {"low": BOTH, "high": {"en": "Surely"}}},
    "csat": {"look": "stars", "scored": True},
    "rating": {"min": 0, "max": 7, "look": "smileys"},
    "slider": {"min": -5, "max": 5, "step": 2, "scored": True},
    "single": {"order": "random", "default": "b"},
    "multiple": {"min": 1, "max": 2, "order": "reversed_half", "default": ["b"]},
    "image_choice": {"multiple": True},
    "ranking": {"choices_from": {"question": "multiple", "which": "chosen"}},
    "constant_sum": {"total": 10, "unit": {"en": "points"}},
    "matrix_multiple": {
        "order": "random", "rows_from": {"question": "multiple", "which": "offered"}},
    "side_by_side": {
        "columns": [
            {"code": "now", "text": BOTH, "kind": "single", "choices": [
                {"code": "1", "text": {"en": "Good"}}, {"code": "2", "text": {"en": "Bad"}}]},
            {"code": "why", "text": {"en": "Why"}, "kind": "text"},
            {"code": "n", "text": {"en": "Times"}, "kind": "number"},
        ]
    },
    "short_text": {"max_length": 80, "default": "So-so"},
    "number": {"min": 0.5, "max": 99, "decimals": 2, "unit": {"en": "km"}, "default": 1.5},
    "date": {"earliest": "2026-01-01", "latest": "today"},
    "contact": {"fields": ["name", "email"]},
    "file": {"max_files": 2, "max_mb": 5, "types": ["image", "pdf"]},
    "hidden": {"origin": "link", "name": "store", "default": "x"},
}  # fmt: skip


def _question(kind: str) -> dict[str, Any]:
    spec = SPECS[kind]
    question: dict[str, Any] = {
        "code": kind, "kind": kind, "text": {**BOTH, "en": f"About {kind}: {{{{answer.nps|it}}}}"},
        "help": {"en": "So."}, "required": kind not in ("hidden", "statement"),
        "settings": _SETTINGS.get(kind, {}), "choices": [],
    }  # fmt: skip
    if spec.choices:
        question["choices"] = _choices()
    if spec.rows:
        question["rows"] = [
            {"code": "r1", "text": BOTH},
            {"code": "r2", "text": {"en": "Two"}, "show_if": RULE},
        ]
    return question


def everything() -> dict[str, Any]:
    """The document; `SPECS` decides which kinds there are."""
    questions = {kind: _question(kind) for kind in SPECS}
    questions["multiple"]["choices"] = _choices(score=2.5, show_if=RULE)
    questions["multiple"]["choices"][1] |= {"exclusive": True, "fixed": True}
    questions["multiple"]["choices"][2] |= {"other": True}
    questions["single"]["logic"] = {
        "skip": [{"if": RULE, "to": "section:last"}, {"to": "question:long_text"}]
    }
    questions["long_text"] |= {"code": "why", "note": "Ask in writing only.\nSecond line."}
    questions["single"]["logic"]["skip"][1]["to"] = "question:why"
    questions["statement"]["logic"] = {"show_if": DEEP, "random": "g1"}
    order = list(questions)
    return {
        "purpose": "nps", "title": {"en": "Everything", "ko": "모두"}, "welcome": BOTH,
        "thanks": {}, "languages": ["ko", "en"], "default_language": "en", "anonymous": True,
        "theme": {"brand": "#0b6e69", "font": "serif", "buttons": {"send": {"en": "Done"}}},
        "settings": {"one_per_page": True, "hide_back": True},
        "quotas": [{"code": "q1", "name": "Apples", "if": RULE, "limit": 5, "action": "end",
                    "text": {"en": "Enough."}}],
        "endings": [{"if": RULE, "text": {"en": "Tell others"}, "url": "https://example.com/r",
                     "link": {"en": "Write"}, "contact": True}],
        "sections": [
            {"title": BOTH, "questions": [questions[k] for k in order[:12]],
             "logic": {"skip": [{"if": RULE, "to": "end"}, {"to": "disqualify"}]}},
            {"code": "middle", "title": {}, "questions": [questions[k] for k in order[12:20]],
             "logic": {"show_if": DEEP, "random": "pages",
                       "loop": {"question": "multiple", "which": "chosen", "most": 3}}},
            {"code": "last", "title": {}, "questions": [questions[k] for k in order[20:]]},
        ],
    }  # fmt: skip
