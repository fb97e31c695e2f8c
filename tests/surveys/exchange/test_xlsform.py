"""An XLSForm arrives whole from every container, and what does not is named by its cell."""

from typing import Any

import pytest

from surveys.exchange.ledger import Unreadable
from surveys.exchange.reading import Read, read_survey
from tests.surveys.exchange.files import workbook

FORM: dict[str, list[list[Any]]] = {
    "survey": [
        ["type", "name", "label::English (en)", "label::Korean (ko)", "required", "relevant"],
        ["select_one yn", "came", "Did you come?", "오셨어요?", "yes", ""],
        ["begin_group", "visit", "Visit", "방문", "", "${came} = 'y'"],
        ["integer", "age", "How old?", "나이가?", "", ""],
        ["select_multiple yn or_other", "what", "What?", "무엇을?", "", "${age} >= 18"],
        ["end_group"],
        ["text", "why", "Why, ${came}?", "왜요?", "", "not(selected(${what}, 'n'))"],
    ],
    "choices": [
        ["list_name", "name", "label::English (en)", "label::Korean (ko)"],
        ["yn", "y", "Yes", "네"],
        ["yn", "n", "No", "아니요"],
    ],
    "settings": [["form_title", "default_language"], ["Tea", "English (en)"]],
}


def read(content: bytes, name: str = "f.xlsx") -> Read:
    made = read_survey(content, name)
    totals = made.ledger.totals()
    assert totals["found"] == totals["taken"] + totals["changed"] + totals["refused"]
    return made


def asked(made: Read) -> dict[str, Any]:
    return {q["code"]: q for s in made.document["sections"] for q in s["questions"]}


def of_markdown(text: str) -> Read:
    return read("\n".join(line.strip() for line in text.strip().splitlines()).encode(), "f.md")


def as_csv(sheets: dict[str, list[list[Any]]]) -> bytes:
    lines = []
    for name, rows in sheets.items():
        lines.append(f'"{name}"' + "," * max(len(row) for row in rows))
        lines += ["," + ",".join(f'"{cell}"' for cell in row) for row in rows]
    return "\n".join(lines).encode()


def as_markdown(sheets: dict[str, list[list[Any]]]) -> bytes:
    lines = []
    for name, rows in sheets.items():
        lines.append(f"| {name} |")
        width = max(len(row) for row in rows)
        for row in rows:
            lines.append("| | " + " | ".join([*map(str, row), *[""] * (width - len(row))]) + " |")
    return "\n".join(lines).encode()


@pytest.mark.parametrize(
    ("content", "name"),
    [(workbook(FORM), "f.xlsx"), (as_csv(FORM), "f.csv"), (as_markdown(FORM), "f.md"),
     (as_csv(FORM).decode().encode("utf-16"), "f.csv"), (b"\xef\xbb\xbf" + as_csv(FORM), "f.csv"),
     (as_csv(FORM).decode().encode("cp949"), "f.csv")],
    ids=["xlsx", "csv", "md", "utf-16", "bom", "cp949"],
)  # fmt: skip
def test_every_container_gives_the_same_survey(content: bytes, name: str) -> None:
    made = read(content, name)
    found = asked(made)
    assert made.document["title"] == {"en": "Tea"}
    assert made.document["languages"] == ["en", "ko"]
    assert {code: q["kind"] for code, q in found.items()} == {
        "came": "single", "age": "number", "what": "multiple", "why": "short_text"}  # fmt: skip
    assert found["came"]["text"] == {"en": "Did you come?", "ko": "오셨어요?"}
    assert found["came"]["required"] is True
    assert [c.get("other", False) for c in found["what"]["choices"]] == [False, False, True]
    assert found["what"]["logic"]["show_if"] == {
        "source": "answer.age", "operator": "gte", "value": 18}  # fmt: skip
    assert found["why"]["logic"]["show_if"] == {
        "source": "answer.what", "operator": "excludes", "value": "n"}  # fmt: skip
    assert found["why"]["text"]["en"] == "Why, {{answer.came|…}}?"
    assert made.document["sections"][1]["title"] == {"en": "Visit", "ko": "방문"}
    assert made.document["sections"][1]["logic"]["show_if"]["value"] == "y"
    assert not [e for e in made.ledger.entries if e.result == "refused"]


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        ("text", "short_text"), ("q string", "short_text"), ("note", "statement"),
        ("int", "number"), ("decimal", "number"), ("range", "slider"), ("date", "date"),
        ("time", "time"), ("dateTime", "date"), ("acknowledge", "consent"),
        ("trigger", "consent"), ("photo", "file"), ("hidden", "hidden"),
        ("select one from l", "single"), ("select1 l", "single"), ("select_one l", "single"),
        ("select all that apply from l", "multiple"), ("select multiple l", "multiple"),
        ("rank l", "ranking"),
    ],
)  # fmt: skip
def test_types_with_their_older_names(type_: str, kind: str) -> None:
    made = of_markdown(f"""
        | survey | | | |
        | | type | name | label |
        | | {type_} | a | A? |
        | | text | z | Z? |
        | choices | | | |
        | | list name | name | label |
        | | l | 1 | one |
        | | l | 2 | two |
    """)
    assert asked(made)["a"]["kind"] == kind


@pytest.mark.parametrize(
    ("type_", "reason"),
    [("geopoint", "location"), ("calculate", "calculation"), ("deviceid", "metadata"),
     ("select_one_from_file x.csv", "external_list"), ("select_one nolist", "no_list"),
     ("jump", "unknown_type")],
)  # fmt: skip
def test_what_we_do_not_ask_is_named(type_: str, reason: str) -> None:
    made = of_markdown(f"""
        | survey | | | |
        | | type | name | label |
        | | {type_} | a | A? |
        | | text | z | Z? |
    """)
    assert list(asked(made)) == ["z"]
    (refused,) = [e for e in made.ledger.entries if e.result == "refused"]
    assert (refused.reason, refused.place) == (reason, "survey, row 2")


def test_constraints_are_limits_or_notes() -> None:
    made = of_markdown("""
        | survey | | | | |
        | | type | name | label | bind:constraint |
        | | integer | a | A? | . >= 5 and . <72 |
        | | text | b | B? | string-length(.) <= 30 |
        | | integer | c | C? | . < ${a} |
    """)
    found = asked(made)
    assert found["a"]["settings"] == {"min": 5, "max": 71}
    assert found["b"]["settings"] == {"max_length": 30}
    assert found["c"]["note"] == "constraint: . < ${a}"


def test_a_choice_filter_shows_each_choice_for_its_value() -> None:
    made = of_markdown("""
        | survey | | | | |
        | | type | name | label | choice_filter |
        | | select_one s | state | State? | |
        | | select_one c | county | County? | ${state}=cf |
        | choices | | | | |
        | | list_name | name | label | cf |
        | | s | tx | Texas | |
        | | s | wa | Washington | |
        | | c | king | King | wa |
        | | c | king | King | tx |
        | | c | pierce | Pierce | wa |
    """)
    king, pierce = asked(made)["county"]["choices"]
    one = {"source": "answer.state", "operator": "is", "value": "wa"}
    assert pierce["show_if"] == one
    assert king["show_if"] == {"any": [one, {**one, "value": "tx"}]}


def test_a_repeat_is_asked_once_and_nested_groups_share_their_conditions() -> None:
    made = of_markdown("""
        | survey | | | | |
        | | type | name | label | relevant |
        | | integer | n | How many? | |
        | | begin repeat | child | Child | ${n} > 0 |
        | | text | name | Name? | |
        | | begin group | more | More | ${n} > 2 |
        | | text | hobby | Hobby? | |
        | | end group | | | |
        | | text | last | Last? | |
        | | end repeat | | | |
    """)
    conditions = [s.get("logic", {}).get("show_if") for s in made.document["sections"]]
    outer = {"source": "answer.n", "operator": "gt", "value": 0}
    inner = {"source": "answer.n", "operator": "gt", "value": 2}
    assert conditions == [None, outer, {"all": [outer, inner]}, outer]
    assert [e.reason for e in made.ledger.of_kind("groups")] == ["repeat_once", ""]


def test_other_sheets_columns_and_unused_lists_are_refused_cell_by_cell() -> None:
    sheets = {
        "survey": [["type", "name", "label", "my notes"], ["text", "a", "A?", "remember"]],
        "choices": [["list_name", "name", "label"], ["unused", "x", "X"]],
        "license": [["free"], [], ["as air"]],
    }
    made = read(workbook(sheets))
    refused = {e.place: e.reason for e in made.ledger.entries if e.result == "refused"}
    assert refused == {
        "survey, D2": "column", "choices, row 2": "unused_list", "license": "other_sheet",
        "license, row 1": "other_sheet", "license, row 3": "other_sheet",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("sheets", "code", "place"),
    [
        ({"survey": [["type", "name", "label", "label"], ["text", "a", "A", "B"]]},
         "duplicate_column", "survey, D1"),
        ({"survey": [["type", "name", "label::English", "Label :: english"], ["text", "a", "A"]]},
         "duplicate_column", "survey, D1"),
        ({"survey": [["name", "label"], ["a", "A"]]}, "no_type_column", "survey, row 1"),
        ({"other": [["type"]]}, "no_survey_sheet", ""),
        ({"survey": [["type", "name", "label"], ["begin group", "g", "G"], ["text", "a", "A"]]},
         "not_closed", "survey, row 2"),
        ({"survey": [["type", "name", "label"], ["text", "a", "A"], ["end group"]]},
         "not_opened", "survey, row 3"),
        ({"survey": [["type", "name", "label"], ["geopoint", "a", "A"]]}, "no_questions", "survey"),
    ],
)  # fmt: skip
def test_a_broken_form_is_refused_with_its_place(
    sheets: dict[str, Any], code: str, place: str
) -> None:
    with pytest.raises(Unreadable) as refused:
        read_survey(workbook(sheets), "f.xlsx")
    assert (refused.value.code, refused.value.place) == (code, place)


def test_lists_from_outside_fixed_filters_days_and_defaults() -> None:
    sheets = {
        "survey": [
            ["type", "name", "label", "choice_filter", "constraint", "default"],
            ["select_one_external cities", "city", "City?", "country='kr'", "", "jeju"],
            ["date", "born", "Born?", "", ". <= today() and . >= '1900-01-01'", "2001-02-03"],
            ["text", "mail", "Mail?", "", "regex(., '^\\S+@\\S+$')", "today()"],
            ["select_multiple cities", "many", "Which?", "", "", "seoul nowhere"],
        ],
        "external_choices": [
            ["list_name", "name", "label", "country"],
            *(["cities", code, code.title(), land] for code, land in
              (("seoul", "kr"), ("jeju", "kr"), ("rome", "it"))),
        ],
    }  # fmt: skip
    made = read(workbook(sheets))
    questions = {q["code"]: q for q in made.document["sections"][0]["questions"]}
    assert [c["code"] for c in questions["city"]["choices"]] == ["seoul", "jeju"]
    assert questions["city"]["settings"] == {"default": "jeju"}
    assert questions["born"]["settings"] == {
        "earliest": "1900-01-01", "latest": "today", "default": "2001-02-03"}  # fmt: skip
    assert (questions["mail"]["kind"], questions["mail"]["settings"]) == ("email", {})
    assert questions["many"]["settings"] == {"default": ["seoul"]}
    said = {e.place: (e.result, e.reason) for e in made.ledger.of_kind("cells")}
    assert said["survey, F4"] == ("refused", "calculation")
    assert said["survey, F5"] == ("changed", "prefilled_partly")


def test_a_long_list_is_a_dropdown_with_all_its_choices() -> None:
    choices = [["countries", f"c{n}", f"Country {n}"] for n in range(1, 252)]
    made = read(workbook({
        "survey": [["type", "name", "label"], ["select_one countries", "home", "Where?"]],
        "choices": [["list_name", "name", "label"], *choices]}))  # fmt: skip
    (question,) = made.document["sections"][0]["questions"]
    assert (question["kind"], len(question["choices"])) == ("dropdown", 251)
