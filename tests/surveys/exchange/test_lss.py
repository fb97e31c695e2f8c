"""A LimeSurvey structure arrives whole, and what does not is named."""

from typing import Any

import pytest

from surveys.exchange.ledger import Unreadable
from surveys.exchange.reading import Read, read_survey
from tests.surveys.exchange.files import GROUP, archive, lss, question, rows, text


def read(*tables: str, **more: Any) -> Read:
    made = read_survey(lss(GROUP, *tables, **more), "s.lss")
    totals = made.ledger.totals()
    assert totals["found"] == totals["taken"] + totals["changed"] + totals["refused"]
    return made


def asked(made: Read) -> dict[str, Any]:
    return {q["code"]: q for s in made.document["sections"] for q in s["questions"]}


def test_every_row_of_every_table_is_in_the_report() -> None:
    made = read(
        rows("questions", [question("1", "L", "Q1"), question("2", "T", "Q2")]),
        rows("question_l10ns", [text("1", "Where?"), text("2", "Why?")]),
        rows("answers", [{"aid": "1", "qid": "1", "code": "A1", "sortorder": "1"},
                         {"aid": "2", "qid": "1", "code": "A2", "sortorder": "2"}]),
        rows("answer_l10ns", [{"aid": "1", "answer": "Here", "language": "en"},
                              {"aid": "2", "answer": "There", "language": "en"}]),
        rows("assessments", [{"id": "1", "name": "high"}]),
        rows("strange_table", [{"a": "1"}, {"a": "2"}]),
        "<themes><theme>fruity</theme></themes>",
    )  # fmt: skip
    kinds = made.ledger.by_kind()
    found = {kind: row["found"] for kind, row in kinds.items()}
    assert found == {
        "file": 2, "languages": 1, "groups": 1, "group_l10ns": 1, "questions": 2,
        "question_l10ns": 2, "answers": 2, "answer_l10ns": 2, "assessments": 1,
        "strange_table": 2, "themes": 1,
    }  # fmt: skip
    assert kinds["assessments"]["refused"] == 1
    assert kinds["strange_table"]["refused"] == 2
    q1 = asked(made)["q1"]
    assert q1["kind"] == "single"
    assert [c["code"] for c in q1["choices"]] == ["A1", "A2"]
    assert q1["choices"][1]["text"] == {"en": "There"}


def test_the_older_layout_with_rows_per_language_is_read_alike() -> None:
    both = [("en", "Where?", "Here", "There"), ("ko", "어디요?", "여기", "저기")]
    made = read(
        rows("questions", [
            {**question("1", "L", "Q1"), "question": q, "help": "", "language": code}
            for code, q, _a, _b in both]),
        rows("answers", [
            {"qid": "1", "code": c, "answer": words, "sortorder": c, "language": code}
            for code, _q, a, b in both for c, words in (("1", a), ("2", b))]),
        languages=("en", "ko"),
    )  # fmt: skip
    q1 = asked(made)["q1"]
    assert made.document["languages"] == ["en", "ko"]
    assert q1["text"] == {"en": "Where?", "ko": "어디요?"}
    assert [c["text"]["ko"] for c in q1["choices"]] == ["여기", "저기"]
    assert made.ledger.by_kind()["answers"] == {"found": 4, "taken": 4, "changed": 0, "refused": 0}


@pytest.mark.parametrize(
    ("type_", "kind", "codes"),
    [
        ("5", "rating", []),
        ("G", "single", ["F", "M"]),
        ("Y", "single", ["Y", "N"]),
        ("N", "number", []),
        ("D", "date", []),
        ("S", "short_text", []),
        ("U", "long_text", []),
        ("X", "statement", []),
        ("|", "file", []),
    ],
)
def test_plain_types_have_their_kind(type_: str, kind: str, codes: list[str]) -> None:
    made = read(
        rows("questions", [question("1", type_, "q"), question("2", "T", "z")]),
        rows("question_l10ns", [text("1", "Hm?"), text("2", "Why?")]),
    )
    q = asked(made)["q"]
    assert q["kind"] == kind
    assert [c["code"] for c in q["choices"]] == codes


@pytest.mark.parametrize(
    ("type_", "choices"),
    [
        ("A", ["1", "2", "3", "4", "5"]),
        ("B", [str(n) for n in range(1, 11)]),
        ("C", ["Y", "U", "N"]),
        ("E", ["I", "S", "D"]),
    ],
)
def test_arrays_with_their_own_scale_are_matrices(type_: str, choices: list[str]) -> None:
    made = read(
        rows("questions", [question("1", type_, "grid"),
                           question("5", "T", "SQ1", parent_qid="1", scale_id="0"),
                           question("6", "T", "SQ2", parent_qid="1", scale_id="0")]),
        rows("question_l10ns", [text("1", "Rate"), text("5", "Staff"), text("6", "Price")]),
    )  # fmt: skip
    grid = asked(made)["grid"]
    assert grid["kind"] == "matrix_single"
    assert [row["code"] for row in grid["rows"]] == ["SQ1", "SQ2"]
    assert [row["text"]["en"] for row in grid["rows"]] == ["Staff", "Price"]
    assert [c["code"] for c in grid["choices"]] == choices


def test_several_texts_numbers_and_two_scales_are_tables() -> None:
    made = read(
        rows("questions", [
            question("1", "Q", "who"), question("5", "T", "a", parent_qid="1", scale_id="0"),
            question("2", "K", "how"), question("6", "T", "b", parent_qid="2", scale_id="0"),
            question("3", "1", "two"), question("7", "T", "c", parent_qid="3", scale_id="0"),
            question("4", ";", "cells"), question("8", "T", "y", parent_qid="4", scale_id="0"),
            question("9", "T", "x", parent_qid="4", scale_id="1")]),
        rows("question_l10ns", [text(str(n), f"text {n}") for n in range(1, 10)]),
        rows("answers", [
            {"aid": f"{s}{c}", "qid": "3", "code": c, "sortorder": c, "scale_id": s}
            for s in "01" for c in "12"]),
        rows("question_attributes", [
            {"qid": "3", "attribute": "dualscale_headerA", "value": "Now", "language": "en"}]),
    )  # fmt: skip
    made_of = {
        code: [(c["code"], c["kind"], c["text"]["en"]) for c in q["settings"]["columns"]]
        for code, q in asked(made).items()
    }
    assert made_of == {
        "who": [("value", "text", "Answer")],
        "how": [("value", "number", "Number")],
        "two": [("1", "single", "Now"), ("2", "single", "2")],
        "cells": [("x", "text", "text 9")],
    }


def test_relevance_becomes_a_rule_or_a_note() -> None:
    made = read(
        rows("questions", [
            question("1", "M", "used", other="Y"),
            question("7", "T", "app", parent_qid="1", scale_id="0"),
            question("8", "T", "shop", parent_qid="1", scale_id="0"),
            question("2", "N", "age", relevance='used_app.NAOK == "Y" or is_empty(used_shop)'),
            question("3", "T", "why", relevance="{age.NAOK >= 18 and !is_empty(age)}"),
            question("4", "T", "odd", relevance="strlen(why) > age * 2"),
            question("5", "T", "early", relevance="last.NAOK == 1"),
            question("6", "T", "last")]),
        rows("question_l10ns", [text(str(n), f"text {n}") for n in range(1, 9)]),
    )  # fmt: skip
    found = asked(made)
    assert found["age"]["logic"]["show_if"] == {
        "any": [
            {"source": "answer.used", "operator": "includes", "value": "app"},
            {"source": "answer.used", "operator": "excludes", "value": "shop"},
        ]
    }
    assert found["why"]["logic"]["show_if"] == {
        "all": [
            {"source": "answer.age", "operator": "gte", "value": 18},
            {"source": "answer.age", "operator": "answered"},
        ]
    }
    assert found["used"]["choices"][-1] == {"code": "other", "text": {"en": "Other"}, "other": True}
    assert "logic" not in found["odd"]
    assert found["odd"]["note"] == "strlen(why) > age * 2"
    assert found["early"]["note"] == "last.NAOK == 1"  # asked later than it decides over
    settings = made.ledger.by_kind()["question_settings"]
    assert (settings["taken"], settings["changed"]) == (3, 2)


def test_older_conditions_quotas_and_random_groups_are_taken() -> None:
    made = read(
        rows("questions", [question("1", "G", "sex"), question("2", "T", "why")]),
        rows("question_l10ns", [text("1", "You?"), text("2", "Why?")]),
        rows("conditions", [{"cid": "1", "qid": "2", "cqid": "1", "cfieldname": "9X1X1",
                             "method": "==", "value": "F", "scenario": "1"}]),
        rows("quota", [{"id": "4", "name": "Women", "qlimit": "50", "active": "1"}]),
        rows("quota_members", [{"id": "1", "qid": "1", "quota_id": "4", "code": "F"}]),
        rows("quota_languagesettings", [{"quotals_quota_id": "4", "quotals_language": "en",
                                         "quotals_message": "Thank <b>you</b>, we have enough."}]),
    )  # fmt: skip
    rule = {"source": "answer.sex", "operator": "is", "value": "F"}
    assert asked(made)["why"]["logic"] == {"show_if": rule}
    assert made.document["quotas"] == [
        {
            "code": "quota1",
            "name": "Women",
            "if": rule,
            "limit": 50,
            "action": "disqualify",
            "text": {"en": "Thank you, we have enough."},
        }
    ]


def test_html_is_words_and_pipes_are_answers() -> None:
    words = "<p>Hello {name.NAOK},</p><p>how <b>was</b> it?<script>alert(1)</script></p> {sum(1,2)}"
    made = read(
        rows("questions", [question("1", "S", "name"), question("2", "T", "why")]),
        rows("question_l10ns", [text("1", "Name?"), text("2", words)]),
    )
    why = asked(made)["why"]
    assert why["text"]["en"] == "Hello {{answer.name|…}},\n\nhow was it?\n…"
    assert why["note"] == "{sum(1,2)}"
    reasons = {e.reason for e in made.ledger.entries if e.result == "changed"}
    assert reasons == {"script_gone", "pipe_gone"}


def test_an_archive_brings_its_answers() -> None:
    structure = lss(
        GROUP,
        rows("surveys", [{"sid": "9", "language": "en", "anonymized": "N"}]),
        rows("questions", [
            question("1", "M", "used"), question("11", "T", "app", parent_qid="1", scale_id="0"),
            question("12", "T", "web", parent_qid="1", scale_id="0"),
            question("2", "A", "grid"), question("13", "T", "r1", parent_qid="2", scale_id="0"),
            question("3", "N", "age")]),
        rows("question_l10ns", [text(n, f"text {n}") for n in ("1", "2", "3", "11", "12", "13")]),
    )  # fmt: skip
    old = {"_9X1X1app": "Y", "_9X1X1web": "", "_9X1X2r1": "4", "_9X1X3": "30"}
    new = {"Q1_S11": "", "Q1_S12": "Y", "Q2_S13": "5", "Q3": "41"}
    base = {"id": "7", "submitdate": "2026-01-02 03:04:05", "startlanguage": "en", "token": "t"}
    for columns, expected in (
        (old, {"used": ["app"], "grid": {"r1": "4"}, "age": 30}),
        (new, {"used": ["web"], "grid": {"r1": "5"}, "age": 41}),
    ):
        answers = rows("responses", [{**base, **columns}, {"id": "8", "submitdate": ""}])
        content = archive({
            "survey_9.lss": structure,
            "survey_9_responses.lsr": lss(answers, kind="Responses"),
            "survey_9_timings.lsi": b"<document/>",
        })  # fmt: skip
        made = read_survey(content, "a.lsa")
        (found,) = made.answers
        (row,) = found.rows
        assert row["answers"] == expected
        assert row["completed_at"].isoformat() == "2026-01-02T03:04:05"
        kinds = made.ledger.by_kind()
        assert kinds["responses"] == {"found": 2, "taken": 1, "changed": 0, "refused": 1}
        assert kinds["archive"]["refused"] == 1
        totals = made.ledger.totals()
        assert totals["found"] == totals["taken"] + totals["changed"] + totals["refused"]


def test_a_group_or_a_question_alone_and_the_tab_separated_form_are_read() -> None:
    for kind in ("Group", "Question"):
        tables = (rows("questions", [question("1", "T", "a")]),
                  rows("question_l10ns", [text("1", "Why?")]))  # fmt: skip
        made = read_survey(lss(GROUP, *tables, kind=kind), "g.lsg")
        assert list(asked(made)) == ["a"]
    head = (
        "id\trelated_id\tclass\ttype/scale\tname\trelevance\ttext\thelp\tlanguage\tmandatory\tother"
    )
    lines = [
        "\t\tS\t\tlanguage\t\ten\t\t\t\t",
        "\t\tSL\t\tsurveyls_title\t\tTea\t\ten\t\t",
        "1\t\tG\tG0\tVisit\t1\t\t\ten\t\t",
        "2\t\tQ\tL\tq1\t1\tWhere?\t\ten\tY\tN",
        "3\t2\tA\t0\ta1\t\tHere\t\ten\t\t",
        "4\t2\tA\t0\ta2\t\tThere\t\ten\t\t",
        "5\t\tQ\tM\tq2\tq1.NAOK == 'a1'\tWhat?\t\ten\tN\tN",
        "6\t5\tSQ\t0\tx\t\tTea\t\ten\t\t",
        "7\t5\tSQ\t0\ty\t\tCake\t\ten\t\t",
    ]
    made = read_survey("\n".join([head, *lines]).encode(), "s.tsv")
    found = asked(made)
    assert made.document["title"] == {"en": "Tea"}
    assert found["q1"]["required"] is True
    assert [c["code"] for c in found["q2"]["choices"]] == ["x", "y"]
    assert found["q2"]["logic"]["show_if"]["value"] == "a1"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<document><LimeSurveyDocType>Responses</LimeSurveyDocType></document>", "not_lss"),
        (b"<html><body>hello</body></html>", "not_lss"),
        (lss(GROUP), "no_questions"),
        (lss(GROUP)[:-30], "not_xml"),
    ],
)
def test_what_is_no_survey_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_survey(content, "s.lss")
    assert refused.value.code == code


def test_defaults_stand_there_beforehand_where_they_fit() -> None:
    made = read(
        rows("surveys", [{"sid": "9", "language": "en"}]),
        rows("questions", [question("1", "L", "one"), question("2", "M", "many"),
                           question("3", "N", "age"), question("4", "S", "who")]),
        rows("subquestions", [
            {"qid": "20", "parent_qid": "2", "title": "a", "question_order": "1"},
            {"qid": "21", "parent_qid": "2", "title": "b", "question_order": "2"}]),
        rows("question_l10ns", [text(n, f"Q {n}") for n in ("1", "2", "3", "4", "20", "21")]),
        rows("answers", [{"qid": "1", "code": c, "aid": c, "sortorder": "1"} for c in ("x", "y")]),
        rows("answer_l10ns", [{"aid": c, "answer": c, "language": "en"} for c in ("x", "y")]),
        rows("defaultvalues", [{"dvid": "1", "qid": "1", "sqid": "0"},
                               {"dvid": "2", "qid": "2", "sqid": "21"},
                               {"dvid": "3", "qid": "3", "sqid": "0"},
                               {"dvid": "4", "qid": "4", "sqid": "0"}]),
        rows("defaultvalue_l10ns", [
            {"dvid": "1", "defaultvalue": "y", "language": "en"},
            {"dvid": "2", "defaultvalue": "Y", "language": "en"},
            {"dvid": "3", "defaultvalue": "many", "language": "en"},
            {"dvid": "4", "defaultvalue": "{TOKEN:FIRSTNAME}", "language": "en"}]),
    )  # fmt: skip
    settings = {code: found["settings"] for code, found in asked(made).items()}
    assert (settings["one"]["default"], settings["many"]["default"]) == ("y", ["b"])
    assert not any("default" in settings[code] for code in ("age", "who"))
    fates = [(e.result, e.reason) for e in made.ledger.of_kind("defaultvalue_l10ns")]
    assert fates == [("taken", ""), ("taken", ""), ("refused", "prefilled_unfit"),
                     ("refused", "calculation")]  # fmt: skip


def test_rows_follow_their_own_relevance_and_array_filters() -> None:
    below = [{"qid": f"{p}{n}", "parent_qid": p, "title": c, "question_order": n}
             for p in ("1", "2") for n, c in (("1", "a"), ("2", "b"))]  # fmt: skip
    below[3]["relevance"] = "!is_empty(name)"
    made = read(
        rows("surveys", [{"sid": "9", "language": "en"}]),
        rows("questions", [question("3", "S", "name", question_order="0"),
                           question("1", "M", "used"), question("2", "A", "rate")]),
        rows("subquestions", below),
        rows("question_l10ns", [text(q, q) for q in ("1", "2", "3", "11", "12", "21", "22")]),
        rows("question_attributes", [
            {"qid": "2", "attribute": "array_filter", "value": "used"}]),
    )  # fmt: skip
    rate = asked(made)["rate"]
    took = {"source": "answer.used", "operator": "includes"}
    assert rate["rows"][0]["show_if"] == {**took, "value": "a"}
    named = {"source": "answer.name", "operator": "answered"}
    assert rate["rows"][1]["show_if"] == {"all": [named, {**took, "value": "b"}]}
    assert [e.result for e in made.ledger.of_kind("question_attributes")] == ["taken"]
