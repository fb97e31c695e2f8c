"""The tables of LimeSurvey's XML: rows of named cells, read with limits and without a tree."""

from dataclasses import dataclass, field
from typing import Any, cast

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import (  # type: ignore[import-untyped]
    DefusedXMLParser,
    ParseError,
)

from cxportal.core.file_limits import decoded
from surveys.exchange.ledger import Unreadable

MAX_ROWS = 200_000
MAX_DEPTH = 12
MAX_CELL = 1_000_000
Row = dict[str, str]


@dataclass
class Document:
    """`kind` is LimeSurvey's word for the file: Survey, Group, Question, Responses …

    `tables` keep their order; `lists` hold what is no table (languages, themes), as texts.
    """

    root: str = ""
    kind: str = ""
    version: str = ""
    tables: dict[str, list[Row]] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)


def read_tables(content: bytes) -> Document:
    """Read a file. Raises Unreadable "not_xml" with line, "xml_entities", "too_deep",
    "too_many_rows", "encoding".
    """
    text = decoded(content).lstrip("\ufeff \t\r\n")
    if text.startswith("<?xml"):
        # Decoded already: what the head says about letters no longer holds.
        text = text.partition("?>")[2]
    collector = _Collector()
    parser = cast(Any, DefusedXMLParser)(target=collector, forbid_dtd=True)
    try:
        parser.feed(text)
        parser.close()
    except DefusedXmlException as error:
        raise Unreadable("xml_entities") from error
    except ParseError as error:
        line, column = error.position
        raise Unreadable("not_xml", place=f"line {line}, column {column}") from error
    return collector.document


class _Collector:
    """What the parser tells it becomes rows at once; no tree is kept."""

    def __init__(self) -> None:
        self.document = Document()
        self.path: list[str] = []
        self.row: Row | None = None
        self.parts: list[str] = []
        self.count = 0

    def start(self, tag: str, _attributes: Any) -> None:
        self.path.append(tag)
        if len(self.path) > MAX_DEPTH:
            raise Unreadable("too_deep", most=MAX_DEPTH)
        self.parts = []
        if len(self.path) == 1:
            self.document.root = tag
        if self._in_table() and len(self.path) == 4 and tag == "row":
            self.count += 1
            if self.count > MAX_ROWS:
                raise Unreadable("too_many_rows", most=MAX_ROWS)
            self.row = {}
        elif self._in_table() and len(self.path) == 3 and tag == "rows":
            self.document.tables.setdefault(self.path[1], [])

    def _in_table(self) -> bool:
        return len(self.path) >= 3 and self.path[2] == "rows"

    def data(self, text: str) -> None:
        self.parts.append(text)

    def end(self, tag: str) -> None:
        text, depth = "".join(self.parts), len(self.path)
        self.parts = []
        if self.row is not None and depth == 5:
            # Column names that begin with a digit are written with _ before them.
            self.row[tag] = text[:MAX_CELL]
        elif self.row is not None and depth == 4:
            self.document.tables[self.path[1]].append(self.row)
            self.row = None
        elif depth == 2 and tag == "LimeSurveyDocType":
            self.document.kind = text.strip()
        elif depth == 2 and tag == "DBVersion":
            self.document.version = text.strip()
        elif depth == 2 and text.strip() and tag not in self.document.tables:
            self.document.lists.setdefault(tag, []).append(text.strip())
        elif depth == 3 and tag not in ("fields", "rows"):
            self.document.lists.setdefault(self.path[1], []).append(text.strip())
        self.path.pop()

    def close(self) -> Document:
        return self.document
