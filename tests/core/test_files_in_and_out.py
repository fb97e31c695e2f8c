"""Tables in and out: read strictly, written so that nothing runs."""

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from cxportal.core.errors import DomainError
from cxportal.core.exports import write_file, write_rows
from cxportal.core.imports import MAX_BYTES, read_csv

FORMULAS = [
    "=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1", "＝1+1", "＋1", "－1", "＠a",
    '=HYPERLINK("http://x","y")', "\ufeff=1", "\u00a0=1",
]  # fmt: skip


def test_a_file_is_read_by_its_column_names() -> None:
    text = 'External_ID;Name;attributes.Tier\r\nA;김하나;gold\r\n\r\nB;"two\nlines";\r\n'
    for encoding in ("utf-8", "utf-8-sig", "cp949"):
        table = read_csv(text.encode(encoding), required=["external_id"])
        assert table.columns == ["external_id", "name", "attributes.Tier"]
        assert table.rows[0] == (
            2,
            {"external_id": "A", "name": "김하나", "attributes.Tier": "gold"},
        )
        assert table.rows[1][1]["name"] == "two\nlines"


@pytest.mark.parametrize(
    ("content", "line", "word"),
    [
        (b"", 1, "empty"),
        (b"  \n\n", 1, "empty"),
        (b"PK\x03\x04rest", 1, "XLSX"),
        (b"%PDF-1.7", 1, "PDF"),
        (b"a,b\n1,2,3\n", 2, "3 cells instead of 2"),
        (b"a,b\n1\n", 2, "1 cells instead of 2"),
        (b'a,b\n1,"open\n', 2, "quotation"),
        (b"a,b\n1,\xff\xff\n", 2, "UTF-8"),
        (b"a,b\n1,\x00\n", 2, "NUL"),
        (b"a,a\n1,2\n", 1, "twice"),
        (b",,\n1,2,3\n", 1, "names no columns"),
        (b"a\n" + b"x" * 30_000, 2, "20,000"),
        (b"a\n" + b"x" * 200_000, 2, "20,000"),
        (",".join(f"c{i}" for i in range(101)).encode(), 1, "100 columns"),
    ],
)
def test_what_is_no_table_is_refused_with_line_and_reason(
    content: bytes, line: int, word: str
) -> None:
    with pytest.raises(DomainError) as refused:
        read_csv(content)
    assert refused.value.code == "not_csv"
    assert refused.value.details["line"] == line
    assert word in refused.value.message


def test_files_that_are_too_large_are_refused() -> None:
    with pytest.raises(DomainError) as large:
        read_csv(b"a\n" + b"1\n" * (MAX_BYTES // 2))
    with pytest.raises(DomainError) as many:
        read_csv(b"a\n" + b"1\n" * 11, max_rows=10)
    assert (large.value.code, many.value.code) == ("too_large", "too_many_rows")


def test_missing_and_unknown_columns_are_named() -> None:
    with pytest.raises(DomainError) as missing:
        read_csv(b"name\nAnn\n", required=["external_id"])
    with pytest.raises(DomainError) as strange:
        read_csv(b"external_id,shoe\nA,42\n", known=["external_id"])
    assert "external_id" in missing.value.message
    assert "shoe" in strange.value.message


@pytest.mark.parametrize("text", FORMULAS)
def test_nothing_written_runs_in_a_spreadsheet(text: str) -> None:
    file = io.BytesIO()
    assert write_rows(file, [text, "b"], [[text, "plain"]], bom=False) == 1
    read = list(csv.reader(io.StringIO(file.getvalue().decode(), newline="")))
    assert read == [[f"'{text}", "b"], [f"'{text}", "plain"]]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_sheet_holds_texts_as_texts(text: str) -> None:
    file = io.BytesIO()
    assert write_rows(file, ["a", "n"], [[text, -5], ["http://x.example", 1.5]], kind="xlsx") == 2
    with zipfile.ZipFile(file) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    file.seek(0)
    rows = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()
    assert rows[2] == ["http://x.example", 1.5]
    assert rows[1][1] == -5


def test_json_lines_keep_numbers_and_nothing_else_is_needed_to_read_them() -> None:
    file = io.BytesIO()
    write_rows(file, ["code", "n"], [["=1", 3], [None, 4.5]], kind="jsonl")
    lines = [json.loads(line) for line in file.getvalue().splitlines()]
    assert lines == [{"code": "=1", "n": 3}, {"code": None, "n": 4.5}]


def test_the_mark_for_spreadsheets_is_a_choice() -> None:
    with_mark, without = io.BytesIO(), io.BytesIO()
    write_rows(with_mark, ["a"], [])
    write_rows(without, ["a"], [], bom=False)
    assert with_mark.getvalue().startswith(b"\xef\xbb\xbf")
    assert without.getvalue() == b"a\r\n"


def test_numbers_stay_numbers(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "file.csv"
    assert write_file(path, ["n"], [[-5], [None], [True], ["한"]]) == 4
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert lines == ["n", "-5", '""', "true", "한"]


def test_a_broken_export_leaves_nothing_behind(tmp_path: Path) -> None:
    def rows() -> object:
        yield ["fine"]
        raise OSError("disk full")

    with pytest.raises(OSError):
        write_file(tmp_path / "file.csv", ["a"], rows())  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []
