"""The files a map leaves as: .ojf, CSV, Mermaid, SVG, PNG and PDF."""

import io
from collections.abc import Callable, Mapping
from typing import Any

import orjson
from django.utils.translation import gettext as _
from fpdf import FPDF
from PIL import Image, ImageDraw, ImageFont

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from cxportal.core.exports import write_rows
from cxportal.core.figures import shown_score
from cxportal.core.models import text_in
from cxportal.launch.assets import font_file
from journeys.calc import map_csv, ojf
from journeys.calc.map_drawing import Box, Dot, Drawing, Stroke, Words, drawing, svg
from journeys.calc.mermaid import mermaid
from journeys.models import Journey
from journeys.queries.maps import JourneyMap, map_of
from journeys.services.map_beside import beside_of
from journeys.services.map_exchange import own_document

_MM = 0.264583  # millimetres of a pixel
_FAMILY = "Pretendard"
#: A picture larger than this nobody opens.
MOST_PIXELS = 120_000_000
FORMATS: dict[str, tuple[str, str]] = {
    "ojf": ("application/json", "OpenJourney (.ojf)"),
    "csv": ("text/csv; charset=utf-8", "CSV"),
    "summary": ("text/csv; charset=utf-8", "CSV"),
    "mermaid": ("text/plain; charset=utf-8", "Mermaid"),
    "svg": ("image/svg+xml", "SVG"),
    "png": ("image/png", "PNG"),
    "pdf": ("application/pdf", "PDF"),
}
SUFFIXES = {"summary": "csv", "mermaid": "mmd"}


def file_kinds() -> dict[str, str]:
    """The kinds of files by what they are called."""
    names = {kind: label for kind, (_type, label) in FORMATS.items()}
    return {**names, "csv": _("CSV, every card"), "summary": _("CSV, a row per stage")}


def map_file(actor: Actor, journey: Journey, kind: str) -> bytes:
    """The map as a file of a kind of FORMATS, in the actor's language.

    Raises KeyError for an unknown kind, DomainError "pdf_unavailable" without the font.
    """
    return _WRITERS[kind](actor, journey)


def _ojf(actor: Actor, journey: Journey) -> bytes:
    own = own_document(actor, journey)
    beside = beside_of(actor, journey)
    whole = ojf.write(own, language=actor.language, beside=beside)
    return orjson.dumps(whole, option=orjson.OPT_INDENT_2)


def _csv(actor: Actor, journey: Journey) -> bytes:
    own = own_document(actor, journey)
    languages = map_csv.languages_of(own)
    file = io.BytesIO()
    write_rows(file, map_csv.columns(languages), map_csv.rows(own, languages))
    return file.getvalue()


def _summary(actor: Actor, journey: Journey) -> bytes:
    own = own_document(actor, journey)
    rows = map_csv.summary_rows(own, language=actor.language)
    file = io.BytesIO()
    write_rows(file, map_csv.SUMMARY_COLUMNS, rows)
    return file.getvalue()


def _mermaid(actor: Actor, journey: Journey) -> bytes:
    own = own_document(actor, journey)
    text = mermaid(own, language=actor.language, everyone=_("Every customer"))
    return text.encode()


def _svg(actor: Actor, journey: Journey) -> bytes:
    return svg(map_drawing(actor, journey)).encode()


def map_drawing(actor: Actor, journey: Journey) -> Drawing:
    """The map drawn with its scores of the last 30 days."""
    words = {"stage": _("Stage"), "step": _("Step"), "everyone": _("Every customer")}
    return drawing(
        own_document(actor, journey),
        language=actor.language,
        words=words,
        scores=_scores(map_of(actor, journey)),
    )


def _scores(shown: JourneyMap) -> Mapping[str, str]:
    found = {}
    for column in shown.columns:
        if column.step is None or column.point is None:
            continue
        words = shown_score(column.point.row.plain)
        if words is not None:
            margin = f" ± {words.margin}" if words.margin else ""
            figure = words.few or f"{words.value}{margin} · n {words.n}"
            found[f"metric/{column.step.uid}"] = figure
        if column.point.work.open:
            work = _("%(n)d open") % {"n": column.point.work.open}
            found[f"work/{column.step.uid}"] = work
    return found


def _png(actor: Actor, journey: Journey) -> bytes:
    sheet = map_drawing(actor, journey)
    size = (int(sheet.width) + 1, int(sheet.height) + 1)
    if size[0] * size[1] > MOST_PIXELS:
        message = _("The map is too large for a picture. Take SVG or PDF.")
        raise DomainError("too_large", message, status=413)
    image = Image.new("RGB", size, "#ffffff")
    pen = ImageDraw.Draw(image)
    fonts: dict[tuple[float, bool], Any] = {}
    for part in sheet.parts:
        _paint(pen, part, fonts)
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _paint(pen: Any, part: Any, fonts: dict[tuple[float, bool], Any]) -> None:
    if isinstance(part, Box):
        corners = (part.x, part.y, part.x + part.width, part.y + part.height)
        pen.rectangle(corners, fill=part.fill, outline=part.stroke)
        if part.accent:
            pen.rectangle((part.x, part.y, part.x + 3, part.y + part.height), fill=part.accent)
    elif isinstance(part, Words):
        font = fonts.setdefault((part.size, part.bold), None) or _font(part)
        fonts[part.size, part.bold] = font
        pen.text((part.x, part.y), part.text, fill=part.colour, font=font, anchor="ls")
    elif isinstance(part, Dot):
        pen.ellipse((part.x - 5, part.y - 5, part.x + 5, part.y + 5), fill=part.colour)
    elif isinstance(part, Stroke):
        pen.line(part.points, fill=part.colour, width=int(part.width))


def _font(part: Words) -> Any:
    path = _font_path("bold" if part.bold else "regular")
    return ImageFont.truetype(path, part.size)


def _font_path(weight: str) -> str:
    path = font_file(weight)
    if not path.exists():
        message = _("This portal cannot write pictures: its font is not installed.")
        raise DomainError("pdf_unavailable", message, status=503)
    return str(path)


def _pdf(actor: Actor, journey: Journey) -> bytes:
    """One sheet as large as the map, so that nothing is cut; viewers and printers scale it."""
    sheet = map_drawing(actor, journey)
    pages = FPDF(unit="mm", format=(sheet.width * _MM, sheet.height * _MM))
    for style, weight in (("", "regular"), ("B", "bold")):
        pages.add_font(_FAMILY, style, _font_path(weight))
    pages.set_title(sheet.title)
    pages.set_lang(actor.language)
    pages.set_auto_page_break(False)
    pages.set_margins(0, 0)
    pages.add_page()
    for part in sheet.parts:
        _print(pages, part)
    return bytes(pages.output())


def _print(pages: FPDF, part: Any) -> None:
    if isinstance(part, Box):
        pages.set_fill_color(part.fill)
        pages.set_draw_color(part.stroke)
        pages.set_line_width(0.15)
        place = (part.x * _MM, part.y * _MM, part.width * _MM, part.height * _MM)
        pages.rect(*place, style="DF")
        if part.accent:
            pages.set_fill_color(part.accent)
            pages.rect(part.x * _MM, part.y * _MM, 3 * _MM, part.height * _MM, style="F")
    elif isinstance(part, Words):
        pages.set_font(_FAMILY, "B" if part.bold else "", part.size * 0.75)
        pages.set_text_color(part.colour)
        pages.text(part.x * _MM, part.y * _MM, "".join(c for c in part.text if c.isprintable()))
    elif isinstance(part, Dot):
        pages.set_fill_color(part.colour)
        pages.circle(part.x * _MM, part.y * _MM, 5 * _MM, style="F")
    elif isinstance(part, Stroke):
        pages.set_draw_color(part.colour)
        pages.set_line_width(part.width * _MM)
        pages.set_dash_pattern(*((1, 1) if part.dashed else ()))
        pages.polyline([(x * _MM, y * _MM) for x, y in part.points])
        pages.set_dash_pattern()


_WRITERS: dict[str, Callable[[Actor, Journey], bytes]] = {
    "ojf": _ojf,
    "csv": _csv,
    "summary": _summary,
    "mermaid": _mermaid,
    "svg": _svg,
    "png": _png,
    "pdf": _pdf,
}


def map_filename(journey: Journey, kind: str) -> str:
    """What a file is called."""
    name = "".join(c if c.isalnum() else "-" for c in text_in(journey.name)).strip("-")
    return f"{name or journey.code}.{SUFFIXES.get(kind, kind)}"
