"""Whatever is wrong inside a file, it is read and counted, or refused with a sentence."""

import pytest

from surveys.exchange.ledger import Unreadable
from surveys.exchange.reading import read_survey
from tests.surveys.exchange.files import (
    GROUP,
    choice_question,
    logic,
    lss,
    qsf,
    question,
    rows,
    selected,
    text,
)
from tests.surveys.exchange.mutants import Mutants, json_mutants, table_mutants, xml_mutants
from tests.surveys.services.test_imports import TEA

_QSF = qsf(
    [
        choice_question("QID1"),
        choice_question("QID2", DisplayLogic=logic(selected("QID1", "1"))),
        {
            "QuestionID": "QID3", "QuestionText": "How?", "QuestionType": "Matrix",
            "Selector": "Likert", "SubSelector": "SingleAnswer", "DataExportTag": "Q3",
            "Choices": {"1": {"Display": "Staff"}, "2": {"Display": "Price"}},
            "Answers": {"1": {"Display": "Good"}, "2": {"Display": "Bad"}},
            "Language": {"KO": {"QuestionText": "?", "Choices": {"1": {"Display": "?"}}}},
        },
    ]
)  # fmt: skip
_LSS = lss(
    GROUP,
    rows("surveys", [{"sid": "9", "language": "en", "format": "G"}]),
    rows("questions", [question("1", "M", "used"), question("2", "F", "rate", relevance="used_a")]),
    rows("subquestions", [{"qid": "11", "parent_qid": "1", "title": "a", "question_order": "1"},
                          {"qid": "21", "parent_qid": "2", "title": "a", "question_order": "1"}]),
    rows("answers", [{"aid": "1", "qid": "2", "code": "g", "assessment_value": "3"},
                     {"aid": "2", "qid": "2", "code": "b", "assessment_value": "1"}]),
    rows("question_l10ns", [text(q, f"Q {q}") for q in ("1", "2", "11", "21")]),
    rows("question_attributes", [{"qid": "1", "attribute": "max_answers", "value": "1"}]),
)  # fmt: skip


@pytest.mark.parametrize(
    ("content", "name", "mutants"),
    [(_QSF, "a.qsf", json_mutants), (_LSS, "a.lss", xml_mutants), (TEA, "a.md", table_mutants)],
    ids=["qsf", "lss", "md"],
)
def test_a_file_with_strange_values_is_counted_or_refused(
    content: bytes, name: str, mutants: Mutants
) -> None:
    read = 0
    for mutant in mutants(content, 60, 4):
        try:
            found = read_survey(mutant, name)
        except Unreadable:
            continue
        totals = found.ledger.totals()
        assert totals["found"] == totals["taken"] + totals["changed"] + totals["refused"]
        read += 1
    assert read > 10
