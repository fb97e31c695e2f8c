"""PDF documents in Korean and English: headings, paragraphs, tables, bars and trends.

A renderer makes a Document, calls its methods from top to bottom and takes `bytes()`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import MethodReturnValue, TableBordersLayout, XPos, YPos
from fpdf.fonts import FontFace

from cxportal.core.calc.numbers import plain_number
from cxportal.core.charts import PATH_WIDTH, Trend, TrendPoint
from cxportal.core.errors import DomainError
from cxportal.launch.assets import font_file

CONTENT_TYPE = "application/pdf"
_MARGIN = 18.0  # mm
_FAMILY = "Pretendard"
Colour = tuple[int, int, int]
TEXT: Colour = (0x17, 0x20, 0x2A)
MUTED: Colour = (0x5B, 0x67, 0x75)
LINE: Colour = (0xD5, 0xDB, 0xE2)
BAND: Colour = (0xDC, 0xEB, 0xEA)
SUNKEN: Colour = (0xF6, 0xF7, 0xF9)
#: The tones of the screen, as they print.
TONES: dict[str, Colour] = {
    "accent": (0x0B, 0x6E, 0x69),
    "good": (0x0B, 0x6E, 0x69),
    "bad": (0xB4, 0x47, 0x0E),
    "neutral": (0x7A, 0x87, 0x94),
    "attention": (0x8A, 0x61, 0x00),
}
_HEADINGS = {1: 16.0, 2: 12.5, 3: 10.5}  # pt
_PX = 0.28  # mm of one pixel of a chart's geometry


@dataclass(frozen=True)
class BarRow:
    """One bar: `share` of the width, 0 to 1; `value` is what stands beside it."""

    label: str
    share: float
    value: str
    tone: str = "accent"


class _Pages(FPDF):
    """A4 pages with the document's name and the page's number at the foot."""

    foot = ""

    def footer(self) -> None:
        self.set_y(-14)
        self.set_font(_FAMILY, size=8)
        self.set_text_color(*MUTED)
        self.cell(self.epw - 20, 5, self.foot)
        self.cell(20, 5, f"{self.page_no()} / {{nb}}", align="R")


class Document:
    """A document being written, from top to bottom.

    `program` stands in the foot, `made_at` (aware) beside it. Raises DomainError
    "pdf_unavailable" where the font is not installed.
    """

    def __init__(
        self, title: str, *, program: str, made_at: datetime, state: str = "", language: str = "en"
    ) -> None:
        self.title = title
        pages = self._pages = _Pages(format="A4", unit="mm")
        for style, weight in (("", "regular"), ("B", "bold")):
            path = font_file(weight)
            if not path.exists():
                sentence = _("This portal cannot write PDF: its font is not installed.")
                raise DomainError("pdf_unavailable", sentence, status=503)
            pages.add_font(_FAMILY, style, str(path))
        pages.set_lang(language)
        pages.set_title(_clean(title))
        pages.set_creator("CX Portal")
        pages.set_margins(_MARGIN, _MARGIN)
        pages.set_auto_page_break(True, margin=20)
        pages.foot = _clean(f"{program} · {made_at:%Y-%m-%d %H:%M}")
        pages.add_page()
        self.heading(title, 1)
        if state:
            self.paragraph(state, muted=True)

    def heading(self, text: str, level: int = 2) -> None:
        """A heading; it never stands alone at the foot of a page."""
        pages, size = self._pages, _HEADINGS[level]
        if level > 1:
            pages.ln(3)
            self._keep(28)
        self._font(size, bold=True)
        self._lines(text, size * 0.5)
        pages.ln(1)

    def paragraph(self, text: str, *, muted: bool = False, size: float = 9.5) -> None:
        """Running text; line breaks in it stay."""
        self._font(size, colour=MUTED if muted else TEXT)
        self._lines(text, size * 0.53)
        self._pages.ln(1.2)

    def figure(self, label: str, value: str, note: str = "") -> None:
        """One large figure with its label and a note, such as a score."""
        self._keep(20)
        self._font(9, colour=MUTED)
        self._lines(label, 4.6)
        self._font(20, bold=True)
        self._lines(value, 9)
        if note:
            self._font(9, colour=MUTED)
            self._lines(note, 4.6)
        self._pages.ln(2)

    def table(
        self,
        columns: Sequence[str],
        rows: Sequence[Sequence[Any]],
        *,
        numeric: Sequence[int] = (),
        widths: Sequence[float] | None = None,
    ) -> None:
        """A table whose head repeats on each page; `numeric` columns stand to the right.

        `widths` are parts of the page's width; without them all are alike.
        """
        pages = self._pages
        self._font(8.5)
        pages.set_draw_color(*LINE)
        pages.set_fill_color(255, 255, 255)
        pages.set_line_width(0.15)
        align = tuple("R" if place in numeric else "L" for place in range(len(columns)))
        head = FontFace(emphasis="BOLD", color=MUTED, fill_color=SUNKEN)
        with pages.table(
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            headings_style=head,
            col_widths=tuple(widths) if widths else None,
            text_align=align,
            line_height=4.8,
            padding=1.1,
            width=pages.epw,
        ) as table:
            for cells in (columns, *rows):
                line = table.row()
                for value in cells:
                    line.cell(_clean("–" if value is None else str(value)))
        pages.ln(2)

    def bars(self, rows: Sequence[BarRow], *, label_share: float = 0.38) -> None:
        """Horizontal bars with their labels on the left and figures on the right."""
        pages = self._pages
        label, figure = pages.epw * label_share, 24.0
        room = pages.epw - label - figure - 2
        for row in rows:
            self._font(8.5)
            text = _clean(row.label)
            high = 4.6 * max(1, len(self._wrapped(text, label - 2, 4.6)))
            self._keep(high + 1)
            top = pages.get_y()
            pages.multi_cell(label - 2, 4.6, text, align="L", new_x=XPos.RIGHT, new_y=YPos.TOP)
            pages.set_fill_color(*SUNKEN)
            pages.rect(_MARGIN + label, top + 0.6, room, 3.4, style="F")
            pages.set_fill_color(*TONES.get(row.tone, TONES["accent"]))
            share = min(max(row.share, 0.0), 1.0)
            if share:
                pages.rect(_MARGIN + label, top + 0.6, room * share, 3.4, style="F")
            pages.set_xy(_MARGIN + label + room + 2, top)
            pages.cell(figure, 4.6, _clean(row.value), align="R")
            pages.set_xy(_MARGIN, top + high + 1)
        pages.ln(2)

    def trend(self, chart: Trend, *, digits: int = 0) -> None:
        """A score over time with its interval and target, and its table twin."""
        if not any(point.value is not None for point in chart.points):
            self.paragraph(_("Nothing to draw yet."), muted=True)
            return
        self._draw_trend(chart)
        rows = [
            (p.label, p.note or plain_number(p.value, digits), _span(p, digits), p.n)
            for p in chart.points
            if p.n
        ]
        columns = (_("Period"), _("Score"), _("Interval"), _("Answers"))
        self.table(columns, rows, numeric=(1, 2, 3))

    def _draw_trend(self, chart: Trend) -> None:
        pages, high = self._pages, chart.height * _PX
        self._keep(high + 14)
        left, top, room = _MARGIN + 10, pages.get_y() + 2, pages.epw - 14
        self._font(7.5, colour=MUTED)
        pages.set_line_width(0.15)
        for tick in chart.ticks:
            y = top + float(tick.y) * _PX
            pages.set_draw_color(*(MUTED if tick.zero else LINE))
            pages.line(left, y, left + room, y)
            pages.set_xy(_MARGIN, y - 2)
            pages.cell(9, 4, tick.text, align="R")
        self._draw_points(chart, left, top, room)
        if chart.target_y:
            y = top + float(chart.target_y) * _PX
            pages.set_draw_color(*TONES["attention"])
            pages.set_line_width(0.3)
            pages.set_dash_pattern(1.2, 1)
            pages.line(left, y, left + room, y)
            pages.set_dash_pattern()
        self._font(7.5, colour=MUTED)
        for label in chart.labels:
            x = left + _across(label.x) * room
            pages.set_xy(min(max(x - 9, _MARGIN), left + room - 14), top + high + 1)
            pages.cell(18, 4, _clean(label.text), align="C")
        pages.set_xy(_MARGIN, top + high + 7)

    def _draw_points(self, chart: Trend, left: float, top: float, room: float) -> None:
        pages = self._pages
        spots = [(left + _across(dot.x) * room, top + float(dot.y) * _PX) for dot in chart.dots]
        known = [i for i, point in enumerate(chart.points) if point.value is not None]
        pages.set_fill_color(*BAND)
        for band in chart.bands:
            ring = [(left + x * room, top + y * _PX) for x, y in _corners(band)]
            pages.polygon(ring, style="F")
        pages.set_draw_color(*TONES["accent"])
        pages.set_fill_color(*TONES["accent"])
        pages.set_line_width(0.5)
        for place in range(1, len(spots)):
            if known[place] - known[place - 1] == 1:  # a gap stays a gap
                pages.line(*spots[place - 1], *spots[place])
        for x, y in spots:
            pages.ellipse(x - 0.7, y - 0.7, 1.4, 1.4, style="F")

    def page_break(self) -> None:
        """Go on on a new page."""
        self._pages.add_page()

    def bytes(self) -> "bytes":
        """The finished document."""
        return bytes(self._pages.output())

    def _font(self, size: float, *, bold: bool = False, colour: Colour = TEXT) -> None:
        self._pages.set_font(_FAMILY, "B" if bold else "", size)
        self._pages.set_text_color(*colour)

    def _lines(self, text: str, height: float) -> None:
        pages = self._pages
        words = _clean(text)
        pages.multi_cell(pages.epw, height, words, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _wrapped(self, text: str, width: float, height: float) -> list[str]:
        kind = MethodReturnValue.LINES
        lines = self._pages.multi_cell(width, height, text, align="L", dry_run=True, output=kind)
        return list(lines)  # type: ignore[arg-type]

    def _keep(self, height: float) -> None:
        """Begin a new page when so many millimetres do not fit any more."""
        if self._pages.will_page_break(height):
            self._pages.add_page()


def _across(place: str) -> float:
    return float(place.removesuffix("%")) / 100


def _corners(path: str) -> Iterator[tuple[float, float]]:
    """The corners of a closed path of the chart's geometry, x from 0 to 1, y in its pixels."""
    for corner in path.removeprefix("M").removesuffix("Z").split("L"):
        x, y = corner.split()
        yield float(x) / PATH_WIDTH, float(y)


def _span(point: TrendPoint, digits: int) -> str:
    if point.value is None or point.low is None or point.high is None:
        return ""
    return f"{plain_number(point.low, digits)} … {plain_number(point.high, digits)}"


def _clean(text: str) -> str:
    """Without control characters, which no font can draw; tabs as blanks."""
    plain = str(text).replace("\t", " ")
    return "".join(c for c in plain if c == "\n" or c.isprintable() or c == "\u00a0")
