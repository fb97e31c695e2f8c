"""Broken, huge and hostile files are refused at once, with the reason."""

import time

import pytest

from surveys.exchange.ledger import Unreadable
from surveys.exchange.reading import read_survey
from tests.surveys.exchange.files import archive, lss, qsf, workbook

LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    b"]><document><LimeSurveyDocType>&b;</LimeSurveyDocType></document>"
)
OUTSIDE = (
    b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    b"<document><LimeSurveyDocType>&x;</LimeSurveyDocType></document>"
)
SHEET = "xl/worksheets/sheet1.xml"
FAR = (
    b'<worksheet><sheetData><row r="1"><c r="A1"/></row><row><c r="XFD1048576"/></row></sheetData>'
)

HOSTILE = {
    "nothing": (b"", "x.lss", "empty"),
    "blanks": (b" \n\t ", "x.csv", "empty"),
    "binary": (b"\x7fELF" + b"\x00\x01" * 500, "x.lss", "other_format"),
    "zeros inside": (b"type,name\ntext\x00,a", "x.csv", "nul"),
    "a picture": (b"\x89PNG\r\n", "x.xlsx", "other_format"),
    "billion laughs": (LAUGHS, "x.lss", "xml_entities"),
    "a file from outside": (OUTSIDE, "x.lss", "xml_entities"),
    "deep XML": (b"<a>" * 5000, "x.lss", "too_deep"),
    "deep JSON": (b"[" * 100_000, "x.qsf", "not_json"),
    "cut off": (lss()[:60], "x.lss", "not_xml"),
    "cut off JSON": (qsf([])[:60], "x.qsf", "not_json"),
    "cut off spreadsheet": (workbook({"survey": [["type"]]})[:900], "x.xlsx", "not_zip"),
    "zip bomb": (archive({SHEET: b"<" + b"0" * 100_000_000}), "x.xlsx", "zip_bomb"),
    "bomb in an archive": (archive({"a.lss": b" " * 100_000_000}), "x.lsa", "zip_bomb"),
    "a path outside": (archive({"../../a.lss": b"<document/>"}), "x.lsa", "zip_path"),
    "an absolute path": (archive({"/etc/a.lss": b"<document/>"}), "x.lsa", "zip_path"),
    "many members": (archive({f"{n}.lss": b"" for n in range(300)}), "x.lsa", "zip_members"),
    "another archive": (archive({"a.txt": b"hello"}), "x.lsa", "unknown_archive"),
    "a cell far away": (archive({SHEET: FAR}), "x.xlsx", "sheet_too_large"),
    "a million columns": (b"type," * 1_000_000 + b"\ntext,a,b", "x.csv", "too_many_columns"),
    "wrong letters": ("type,name,label\ntext,a,é".encode("latin-1"), "x.csv", "encoding"),
    "wrongly declared": (b'<?xml version="1.0" encoding="utf-8"?><a>\xb0\xa1</a>', "x", "encoding"),
    "an old spreadsheet, cut": (b"\xd0\xcf\x11\xe0" + b"x" * 600, "x.xls", "not_spreadsheet"),
    "too large": (b"a" * (20 * 1024 * 1024 + 1), "x.csv", "too_large"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_at_once(name: str) -> None:
    content, file_name, code = HOSTILE[name]
    begun = time.perf_counter()
    with pytest.raises(Unreadable) as refused:
        read_survey(content, file_name)
    assert refused.value.code == code
    assert time.perf_counter() - begun < 2


def test_an_archive_that_lies_about_its_sizes_is_refused() -> None:
    """The directory says ten bytes, the data unpack to a hundred megabytes."""
    honest = archive({"a.lss": b" " * 5_000_000})
    small = (10).to_bytes(4, "little")
    lying = honest.replace((5_000_000).to_bytes(4, "little"), small)
    assert lying != honest
    with pytest.raises(Unreadable) as refused:
        read_survey(lying, "x.lsa")
    assert refused.value.code == "not_zip"


def test_the_ending_of_a_name_decides_nothing() -> None:
    question = {"QuestionID": "QID1", "QuestionText": "Why?", "QuestionType": "TE",
                "Selector": "SL", "DataExportTag": "why"}  # fmt: skip
    assert read_survey(qsf([question]), "survey.xlsx").format == "qsf"
