"""A Qualtrics survey arrives whole, and what does not is named."""

from typing import Any

import pytest

from surveys.exchange.ledger import Unreadable
from surveys.exchange.reading import Read, read_survey
from tests.surveys.exchange.files import choice_question, logic, qsf, selected


def read(questions: list[dict[str, Any]], **more: Any) -> Read:
    made = read_survey(qsf(questions, **more), "s.qsf")
    totals = made.ledger.totals()
    assert totals["found"] == totals["taken"] + totals["changed"] + totals["refused"]
    return made


def asked(made: Read) -> dict[str, Any]:
    return {q["code"]: q for s in made.document["sections"] for q in s["questions"]}


@pytest.mark.parametrize(
    ("selector", "kind"),
    [("SAVR", "single"), ("SAHR", "single"), ("DL", "dropdown"), ("SB", "dropdown"),
     ("MAVR", "multiple"), ("MSB", "multiple")],
)  # fmt: skip
def test_choice_questions(selector: str, kind: str) -> None:
    made = read([choice_question("QID1", selector, RecodeValues={"1": "5", "2": "3", "3": "1"})])
    q1 = asked(made)["q1"]
    assert q1["kind"] == kind
    assert [(c["code"], c["text"]["en"]) for c in q1["choices"]] == [
        ("5", "Choice 1"), ("3", "Choice 2"), ("1", "Choice 3")]  # fmt: skip


def test_nps_has_a_list_of_choices_and_labels_at_its_ends() -> None:
    made = read([
        choice_question("QID1", "NPS", Choices=[{"Display": str(n)} for n in range(11)],
                        ChoiceOrder=[], ColumnLabels=[{"Display": "No"}, {"Display": "Yes"}]),
        choice_question("QID2", DisplayLogic=logic(selected("QID1", "9"))),
    ])  # fmt: skip
    q1 = asked(made)["q1"]
    assert (q1["kind"], q1["choices"]) == ("nps", [])
    assert q1["settings"]["labels"] == {"low": {"en": "No"}, "high": {"en": "Yes"}}
    rule = asked(made)["q2"]["logic"]["show_if"]
    assert rule == {"source": "answer.q1", "operator": "is", "value": 9}


def matrix(selector: str, sub: str, **more: Any) -> dict[str, Any]:
    answers = {"1": {"Display": "Bad"}, "2": {"Display": "Good"}}
    question = choice_question("QID1", selector, QuestionType="Matrix", SubSelector=sub)
    return {**question, "Answers": answers, "AnswerOrder": ["1", "2"], **more}


@pytest.mark.parametrize(
    ("question", "kind", "rows", "choices"),
    [
        (matrix("Likert", "SingleAnswer"), "matrix_single", 3, 2),
        (matrix("Likert", "DND"), "matrix_single", 3, 2),
        (matrix("Likert", "MultipleAnswer"), "matrix_multiple", 3, 2),
        (matrix("MaxDiff", ""), "best_worst", 0, 3),
        (choice_question("QID1", "DND", QuestionType="RO"), "ranking", 0, 3),
        (choice_question("QID1", "VRTL", QuestionType="CS"), "constant_sum", 0, 3),
        (choice_question("QID1", "DragAndDrop", QuestionType="PGR", Groups=["A", "B"]),
         "matrix_single", 3, 2),
    ],
)  # fmt: skip
def test_questions_of_several_items(
    question: dict[str, Any], kind: str, rows: int, choices: int
) -> None:
    q1 = asked(read([question]))["q1"]
    assert (q1["kind"], len(q1.get("rows", [])), len(q1["choices"])) == (kind, rows, choices)


def test_texts_forms_and_side_by_side() -> None:
    text = {"QuestionType": "TE", "Choices": [], "ChoiceOrder": []}
    wanted = {"Settings": {"ForceResponse": "ON", "ContentType": "ValidEmail"}}
    sides = {
        str(n): {
            "QuestionText": f"Side {n}", "QuestionType": "Matrix", "Selector": "Likert",
            "SubSelector": sub, "Answers": {"1": {"Display": "a"}, "2": {"Display": "b"}},
        }
        for n, sub in ((1, "SingleAnswer"), (2, "MultipleAnswer"))
    }  # fmt: skip
    found = asked(read([
        choice_question("QID1", "SL", **text), choice_question("QID2", "ML", **text),
        choice_question("QID3", "SL", **text | {"Validation": wanted}),
        choice_question("QID4", "FORM", QuestionType="TE"),
        choice_question("QID5", "SBSMatrix", QuestionType="SBS", AdditionalQuestions=sides),
    ]))  # fmt: skip
    kinds = {code: q["kind"] for code, q in found.items()}
    assert kinds == {"q1": "short_text", "q2": "long_text", "q3": "email", "q4": "side_by_side",
                     "q5": "side_by_side", "q5_2": "matrix_multiple"}  # fmt: skip
    assert found["q3"]["required"] is True
    assert [c["kind"] for c in found["q4"]["settings"]["columns"]] == ["text"]


def test_languages_come_along() -> None:
    german = {"DE": {"QuestionText": "Wie?", "Choices": {"1": {"Display": "So"}}}}
    made = read([choice_question("QID1", Language=german)],
                options={"AvailableLanguages": {"EN": [], "DE": [], "KLINGON": []}})  # fmt: skip
    q1 = asked(made)["q1"]
    assert made.document["languages"] == ["en", "de"]
    assert (q1["text"]["de"], q1["choices"][0]["text"]["de"]) == ("Wie?", "So")
    assert made.ledger.by_kind()["languages"]["refused"] == 1


def test_and_binds_stronger_than_or() -> None:
    tests = (selected("QID1", "1"), selected("QID1", "2", "Or"), selected("QID2", "3", "And"))
    made = read([choice_question("QID1"), choice_question("QID2", "MAVR"),
                 choice_question("QID3", DisplayLogic=logic(*tests))])  # fmt: skip
    first, second = (
        {"source": "answer.q1", "operator": "is", "value": code} for code in ("1", "2")
    )
    third = {"source": "answer.q2", "operator": "includes", "value": "3"}
    assert asked(made)["q3"]["logic"]["show_if"] == {"any": [first, {"all": [second, third]}]}


def test_logic_we_cannot_say_stays_as_a_note() -> None:
    device = {"LogicType": "DeviceType", "Operator": "Is", "LeftOperand": "mobile",
              "Description": "<b>If</b> Device Type Is Mobile"}  # fmt: skip
    made = read([choice_question("QID1"), choice_question("QID2", DisplayLogic=logic(device))])
    q2 = asked(made)["q2"]
    assert "logic" not in q2
    assert q2["note"] == "If Device Type Is Mobile"


def test_the_flow_decides_pages_branches_mixing_and_ends() -> None:
    def block(number: int) -> dict[str, Any]:
        element = {"Type": "Question", "QuestionID": f"QID{number}"}
        return {"Type": "Standard", "ID": f"BL_{number}", "Description": f"Part {number}",
                "BlockElements": [element]}  # fmt: skip

    def place(number: int) -> dict[str, Any]:
        return {"Type": "Standard", "ID": f"BL_{number}", "FlowID": f"FL_{10 + number}"}

    branch = {"Type": "Branch", "FlowID": "FL_20", "BranchLogic": logic(selected("QID1", "2"))}
    made = read(
        [choice_question(f"QID{n}") for n in range(1, 7)],
        blocks=[*map(block, range(1, 6)),
                {**block(6), "Type": "Trash"}],
        flow=[
            {"Type": "EmbeddedData", "FlowID": "FL_9", "EmbeddedData": [{"Field": "Store"}]},
            place(1),
            {**branch, "Flow": [{"Type": "EndSurvey", "FlowID": "FL_21"}]},
            {**branch, "FlowID": "FL_22", "Flow": [place(2)]},
            {"Type": "BlockRandomizer", "FlowID": "FL_23", "SubSet": 1,
             "Flow": [place(3), place(4)]},
            {"Type": "WebService", "FlowID": "FL_24"},
        ],
    )  # fmt: skip
    hidden, one, two, three, four = made.document["sections"]
    rule = {"source": "answer.q1", "operator": "is", "value": "2"}
    assert hidden["questions"][0]["kind"] == "hidden"
    assert one["logic"] == {"skip": [{"if": rule, "to": "end"}]}
    assert two["logic"] == {"show_if": rule}
    assert three["logic"] == four["logic"] == {"random": "fl_23"}
    refused = {e.name: e.reason for e in made.ledger.entries if e.result == "refused"}
    assert refused["Q5"] == "not_in_flow"
    assert refused["Q6"] == "trash"
    assert [e.reason for e in made.ledger.of_kind("flow") if e.result != "taken"] == [
        "random_all", "web_service"]  # fmt: skip


def test_skip_logic_leads_on_and_never_back() -> None:
    def skip(target: str) -> dict[str, Any]:
        return {"Locator": "q://QID2/SelectableChoice/1", "Condition": "Selected",
                "SkipToDestination": target, "Description": target}  # fmt: skip

    elements: list[dict[str, Any]] = [
        {"Type": "Question", "QuestionID": f"QID{n}"} for n in (1, 2, 3)
    ]
    elements[1]["SkipLogic"] = [skip("QID3"), skip("ENDOFSURVEY"), skip("ENDOFBLOCK"), skip("QID1")]
    last = {"Type": "Standard", "ID": "BL_2",
            "BlockElements": [{"Type": "Question", "QuestionID": "QID4"}]}  # fmt: skip
    made = read(
        [choice_question(f"QID{n}") for n in range(1, 5)],
        blocks=[{"Type": "Default", "ID": "BL_1", "BlockElements": elements}, last],
        flow=[{"Type": "Block", "ID": f"BL_{n}", "FlowID": f"FL_{n}"} for n in (1, 2)],
    )
    rules = asked(made)["q2"]["logic"]["skip"]
    assert [rule["to"] for rule in rules] == ["question:q3", "end", "section:page2"]
    assert made.document["sections"][1]["code"] == "page2"
    assert asked(made)["q2"]["note"] == "QID1"


def test_choices_carried_on_and_pipes() -> None:
    carried = choice_question(
        "QID2", Choices=[], ChoiceOrder=[],
        QuestionText="You chose ${q://QID1/ChoiceGroup/SelectedChoices} at ${loc://City}",
        DynamicChoices={"Locator": "q://QID1/ChoiceGroup/SelectedChoices", "Type": "Dynamic"},
    )  # fmt: skip
    q2 = asked(read([choice_question("QID1", "MAVR"), carried]))["q2"]
    assert q2["settings"] == {"choices_from": {"question": "q1", "which": "chosen"}}
    assert q2["text"]["en"] == "You chose {{answer.q1|…}} at …"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'{"SurveyEntry": {}', "not_json"),
        (b"[1, 2]", "not_qsf"),
        (b'{"SurveyEntry": {}, "SurveyElements": []}', "not_qsf"),
        (qsf([]), "no_questions"),
    ],
)
def test_what_is_no_survey_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_survey(content, "s.qsf")
    assert refused.value.code == code
