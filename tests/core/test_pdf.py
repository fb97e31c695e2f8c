"""PDF documents: both languages are in them as text, tables go over pages, charts are drawn."""

import re
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cxportal.core import charts, pdf
from cxportal.core.errors import DomainError

NOW = datetime(2026, 11, 26, tzinfo=UTC)


def document(title: str = "고객 경험 보고서") -> pdf.Document:
    return pdf.Document(title, program="한빛 Retail", made_at=NOW, state="2026-11")


def pages(content: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", content))


def test_a_document_in_korean_and_english_is_written() -> None:
    made = document()
    made.heading("순추천지수 NPS")
    made.paragraph("안내가 친절했습니다.\nThe staff were kind.\x00\t")
    made.figure("NPS", "+42 ± 6", "n 318")
    made.bars([pdf.BarRow("추천 고객", 0.5, "50%", "good"), pdf.BarRow("x" * 200, 1.4, "140%")])
    content = made.bytes()
    assert content.startswith(b"%PDF-")
    assert b"/FontFile2" in content  # the font goes along: it prints the same everywhere
    assert pages(content) == 1


def test_a_long_table_goes_over_pages() -> None:
    made = document()
    made.table(["Stage", "Score"], [[f"단계 {i}", i] for i in range(120)], numeric=(1,))
    assert pages(made.bytes()) > 2


def test_a_trend_is_drawn_with_its_table_and_nothing_where_nothing_was_measured() -> None:
    points = [charts.TrendPoint(f"2026-{m:02}", 10.0 + m, 5.0, 20.0, 50) for m in range(1, 7)]
    drawn, empty = document(), document()
    drawn.trend(charts.trend(points, scale=(-100, 100), target=40))
    empty.trend(charts.trend([charts.TrendPoint("2026-01", None)], scale=(-100, 100)))
    assert _lines(drawn.bytes()) > _lines(empty.bytes()) + 10


def _lines(content: bytes) -> int:
    """Strokes in the page streams."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)
    text = b""
    for stream in streams:
        try:
            text += zlib.decompress(stream)
        except zlib.error:
            continue
    return len(re.findall(rb" l\s+S", text))


def test_a_portal_without_the_font_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "font_file", lambda weight: Path("/nowhere") / weight)
    with pytest.raises(DomainError) as refused:
        document()
    assert refused.value.code == "pdf_unavailable"
