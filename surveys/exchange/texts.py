"""Other tools' HTML as plain text: what is read stays, what would run or look goes."""

import html
import re
from collections.abc import Mapping
from html.parser import HTMLParser

from surveys.exchange.ledger import Entry

_BLOCKS = frozenset(
    [
        "p",
        "div",
        "br",
        "li",
        "tr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "table",
        "ul",
        "ol",
        "section",
        "article",
        "header",
        "footer",
        "blockquote",
    ]
)
_CELLS = frozenset({"td", "th"})
_SILENT = frozenset({"script", "style", "noscript", "template", "svg", "iframe", "object"})
# What disappears with its tag and is worth a word in the report.
_MEDIA = frozenset({"img", "video", "audio", "iframe", "object", "embed", "svg"})
_LOOKS_HTML = re.compile(r"<[a-zA-Z/!][^<>]*>|&[a-zA-Z#][a-zA-Z0-9]*;")
_SPACES = re.compile(r"[ \t\r\f\v\u00a0]+")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
MOST = 4000


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent = 0
        self.media = False
        self.scripts = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _MEDIA:
            self.media = True
        if tag in _SILENT:
            self.silent += 1
            self.scripts = self.scripts or tag == "script"
        elif tag == "li":
            self.parts.append("\n• ")
        elif tag in _BLOCKS:
            self.parts.append("\n")
        elif tag in _CELLS:
            self.parts.append(" ")
        elif tag == "img" and not self.silent:
            alt = dict(attrs).get("alt")
            self.parts.append(alt or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self.silent = max(0, self.silent - 1)
        elif tag in _BLOCKS and tag != "br":
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(data)


def plain_text(value: object) -> tuple[str, str]:
    """(text, what was lost): "" when nothing, else formatting_gone, media_gone, script_gone or
    text_shortened.
    """
    raw = _CONTROLS.sub("", str(value if value is not None else ""))
    loss = ""
    if _LOOKS_HTML.search(raw):
        reader = _Reader()
        # Line breaks in HTML source are spaces; text without a tag keeps its own.
        reader.feed(raw.replace("\r", " ").replace("\n", " ") if "<" in raw else raw)
        reader.close()
        loss = _loss(reader, raw)
        raw = "".join(reader.parts)
    lines = (_SPACES.sub(" ", line).strip() for line in raw.splitlines())
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    if len(text) > MOST:
        return text[: MOST - 1] + "…", "text_shortened"
    return text, loss


def _loss(reader: _Reader, raw: str) -> str:
    if reader.scripts:
        return "script_gone"
    if reader.media:
        return "media_gone"
    left = re.sub(r"</?(p|div|br|span)\s*/?>", "", raw, flags=re.IGNORECASE)
    return "formatting_gone" if re.search(r"<[a-zA-Z][^<>]*>", left) else ""


def read_text(value: object, entry: Entry) -> str:
    """A text for our survey; what is lost is said in the ledger."""
    text, loss = plain_text(value)
    if loss:
        entry.change(loss)
    return text


def without_empty(texts: Mapping[str, str]) -> dict[str, str]:
    """Only languages that say something."""
    return {language: text for language, text in texts.items() if text}


def unescaped(value: str) -> str:
    """Entities of a code or expression written out."""
    return html.unescape(value)
