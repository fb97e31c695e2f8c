"""How long a survey takes, estimated before anybody has answered it.

Seconds per kind follow the rules of thumb of the field (about 7.5 seconds a closed question, 5 a
matrix row, half a minute an open one) plus reading at 200 words a minute; for Korean, written
without spaces between many words, 500 characters a minute.
"""

from collections.abc import Mapping
from typing import Any

from surveys.calc.kinds import ROW_KINDS, UNSEEN, Question

_SECONDS = {
    "statement": 1.0, "consent": 3.0, "short_text": 12.0, "long_text": 30.0, "contact": 25.0,
    "file": 30.0, "email": 10.0, "phone": 10.0, "date": 8.0, "time": 8.0, "number": 8.0,
    "ranking": 4.0, "best_worst": 12.0, "constant_sum": 6.0, "slider": 8.0,
}  # fmt: skip
_CLOSED, _ROW, _CELL = 7.5, 5.0, 4.0
_PER_CHOICE = frozenset({"ranking", "constant_sum"})
_WORDS_A_MINUTE, _SIGNS_A_MINUTE = 200, 500


def estimated_seconds(document: Mapping[str, Any], language: str = "") -> float:
    """Seconds a person needs who is asked every question once, reading included."""
    main = language or str(document.get("default_language") or "en")
    questions = [q for s in document.get("sections") or () for q in s.get("questions") or ()]
    reading = _reading(document.get("welcome") or {}, main)
    return reading + sum(_seconds(q, main) for q in questions if q["kind"] not in UNSEEN)


def _seconds(question: Question, language: str) -> float:
    kind, choices = question["kind"], question.get("choices") or ()
    texts = [question.get("text"), question.get("help"), *(c.get("text") for c in choices)]
    reading = sum(_reading(text or {}, language) for text in texts)
    if kind in ROW_KINDS:
        columns = (question.get("settings") or {}).get("columns") or ()
        each = max(len(columns), 1) * _CELL if columns else _ROW
        return reading + len(question.get("rows") or ()) * each
    times = len(choices) if kind in _PER_CHOICE else 1
    return reading + _SECONDS.get(kind, _CLOSED) * times


def _reading(texts: Mapping[str, str], language: str) -> float:
    text = texts.get(language, "")
    if language == "ko":
        return 60 * len("".join(text.split())) / _SIGNS_A_MINUTE
    return 60 * len(text.split()) / _WORDS_A_MINUTE


def minutes(seconds: float) -> int:
    """Whole minutes as one says them: at least one."""
    return max(1, round(seconds / 60))
