"""Small files of other tools, written by hand for the tests."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from xlsxwriter import Workbook


def rows(table: str, cells: Sequence[Mapping[str, str]]) -> str:
    """A table of LimeSurvey's XML; an empty cell is an empty tag."""
    names = dict.fromkeys(name for row in cells for name in row)
    head = "".join(f"<fieldname>{name}</fieldname>" for name in names)
    body = "".join(
        "<row>"
        + "".join(
            f"<{name}><![CDATA[{text}]]></{name}>" if text else f"<{name}/>"
            for name, text in row.items()
        )
        + "</row>"
        for row in cells
    )
    return f"<{table}><fields>{head}</fields><rows>{body}</rows></{table}>"


def lss(*tables: str, kind: str = "Survey", languages: Sequence[str] = ("en",)) -> bytes:
    """A LimeSurvey structure."""
    spoken = "".join(f"<language>{code}</language>" for code in languages)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<document>'
        f"<LimeSurveyDocType>{kind}</LimeSurveyDocType><DBVersion>630</DBVersion>"
        f"<languages>{spoken}</languages>{''.join(tables)}</document>"
    ).encode()


def question(qid: str, type_: str, title: str, **more: str) -> dict[str, str]:
    """A row of `questions` in the newer layout."""
    row = {"qid": qid, "parent_qid": "0", "gid": "1", "type": type_, "title": title, "other": "N"}
    return {**row, "mandatory": "N", "question_order": qid, "relevance": "1", **more}


def text(qid: str, words: str, language: str = "en") -> dict[str, str]:
    """A row of `question_l10ns`."""
    return {"qid": qid, "question": words, "help": "", "language": language}


GROUP = rows("groups", [{"gid": "1", "group_order": "1", "grelevance": ""}]) + rows(
    "group_l10ns", [{"gid": "1", "group_name": "Visit", "description": "", "language": "en"}]
)


def qsf(
    questions: Sequence[Mapping[str, Any]],
    flow: Sequence[Mapping[str, Any]] | None = None,
    blocks: Sequence[Mapping[str, Any]] | None = None,
    options: Mapping[str, Any] | None = None,
) -> bytes:
    """A Qualtrics survey with its questions in one block unless said otherwise."""
    ids = [{"Type": "Question", "QuestionID": q["QuestionID"]} for q in questions]
    elements: list[dict[str, Any]] = [
        {
            "Element": "BL",
            "PrimaryAttribute": "Survey Blocks",
            "Payload": blocks or [{"Type": "Default", "ID": "BL_1", "BlockElements": ids}],
        },
        {
            "Element": "FL",
            "PrimaryAttribute": "Survey Flow",
            "Payload": {
                "Type": "Root",
                "FlowID": "FL_1",
                "Flow": flow or [{"Type": "Block", "ID": "BL_1", "FlowID": "FL_2"}],
            },
        },
        {"Element": "SO", "PrimaryAttribute": "Survey Options", "Payload": options or {}},
    ]
    elements += [
        {"Element": "SQ", "PrimaryAttribute": q["QuestionID"], "Payload": dict(q)}
        for q in questions
    ]
    head = {"SurveyID": "SV_1", "SurveyName": "Tea", "SurveyLanguage": "EN"}
    return json.dumps({"SurveyEntry": head, "SurveyElements": elements}).encode()


def choice_question(qid: str, selector: str = "SAVR", **more: Any) -> dict[str, Any]:
    """A multiple-choice question with three choices."""
    return {
        "QuestionID": qid,
        "QuestionText": f"What about {qid}?",
        "DataExportTag": qid.replace("QID", "Q"),
        "QuestionType": "MC",
        "Selector": selector,
        "SubSelector": "TX",
        "Choices": {n: {"Display": f"Choice {n}"} for n in ("1", "2", "3")},
        "ChoiceOrder": ["1", "2", "3"],
        "Validation": {"Settings": {"ForceResponse": "OFF", "Type": "None"}},
        "Language": [],
        **more,
    }


def selected(qid: str, choice: str, conjunction: str = "") -> dict[str, Any]:
    """An expression of Qualtrics' logic."""
    word = {"Conjuction": conjunction} if conjunction else {}
    return {
        "LogicType": "Question",
        "LeftOperand": f"q://{qid}/SelectableChoice/{choice}",
        "Operator": "Selected",
        "Type": "Expression",
        **word,
    }


def logic(*tests: Mapping[str, Any]) -> dict[str, Any]:
    """A BooleanExpression with one set."""
    numbered = {str(n): dict(test) for n, test in enumerate(tests)}
    return {"0": {**numbered, "Type": "If"}, "Type": "BooleanExpression"}


def markdown(text_: str) -> bytes:
    """An XLSForm as a Markdown table."""
    return text_.encode()


def workbook(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """An Excel file."""
    file = io.BytesIO()
    book = Workbook(file, {"in_memory": True})
    for name, cells in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(cells):
            sheet.write_row(number, 0, row)
    book.close()
    return file.getvalue()


def archive(members: Mapping[str, bytes]) -> bytes:
    """A zip."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return file.getvalue()
