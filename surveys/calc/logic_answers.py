"""Check a whole answer along the way it makes, whoever brings it: a form, a client or a person."""

from collections.abc import Mapping
from typing import Any

from surveys.calc.answers import AnswerError, Value, validate_all
from surveys.calc.logic import Facts
from surveys.calc.logic_document import Document, codes_asked
from surveys.calc.logic_flow import LOOP_MARK, Walk, walk


def checked_along(
    document: Document, given: Mapping[str, Any], facts: Facts, seed: str
) -> tuple[dict[str, Value], dict[str, AnswerError], Walk]:
    """Clean answers, faults and the way. Answers the way does not come by are left out;
    a code that no question has is a fault.
    """
    asked = codes_asked(document)
    unknown = {c: AnswerError("unknown_question") for c in given if _base(c) not in asked}
    known = {c: v for c, v in given.items() if c not in unknown}
    # The rules compare clean values; what cannot be read yet is judged below.
    plain = {c: v for c, v in known.items() if LOOP_MARK not in c}
    clean, _faults = validate_all(asked.values(), plain, partial=True)
    way = walk(document, facts.knowing(answers={**known, **clean}), seed=seed)
    answers, errors = validate_all(way.questions.values(), way.answers)
    return answers, {**errors, **unknown}, way


def _base(code: str) -> str:
    return code.partition(".")[0].partition(LOOP_MARK)[0]
