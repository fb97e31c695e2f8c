"""LimeSurvey's tab-separated structure, as the tables of its XML."""

import csv
import io

from surveys.exchange.ledger import Unreadable
from surveys.exchange.lss.tables import Document, Row

MAX_ROWS = 50_000
_HEAD = ("class", "name")
_PLAIN = frozenset(
    [
        "id",
        "related_id",
        "class",
        "type/scale",
        "name",
        "relevance",
        "text",
        "help",
        "language",
        "validation",
        "mandatory",
        "encrypted",
        "other",
        "default",
        "same_default",
        "same_script",
    ]
)


def is_tsv(start: str) -> bool:
    """True for a head line with LimeSurvey's columns."""
    head = start.split("\n", 1)[0].strip().split("\t")
    return len(head) > 3 and all(name in head for name in (*_HEAD, "type/scale"))


def read_tsv(text: str) -> Document:
    """The structure as tables. Raises Unreadable "too_many_rows", "not_csv"."""
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter="\t")
    document = Document("document", "Survey")
    builder = _Builder(document)
    try:
        for number, row in enumerate(reader, 2):
            if number > MAX_ROWS:
                raise Unreadable("too_many_rows", place=f"line {number}", most=MAX_ROWS)
            builder.add({k: v or "" for k, v in row.items() if k and isinstance(v, str)})
    except csv.Error as error:
        raise Unreadable("not_csv", place=f"line {reader.line_num}") from error
    return document


class _Builder:
    def __init__(self, document: Document) -> None:
        self.tables, self.lists = document.tables, document.lists
        self.survey: Row = {}
        self.words: dict[str, Row] = {}
        self.group = self.question = ""
        self.numbers: dict[tuple[str, str], str] = {}
        self.scale: dict[str, int] = {}

    def add(self, row: Row) -> None:
        kind = row.get("class", "").strip()
        reader = getattr(self, f"_{kind.lower()}", None)
        if reader is not None and kind:
            reader(row, row.get("language", "").strip())
        elif kind:
            self.tables.setdefault(f"tsv_{kind}", []).append(row)

    def _number(self, table: str, name: str) -> str:
        key = (table, name)
        if key not in self.numbers:
            self.numbers[key] = str(len(self.numbers) + 1)
        return self.numbers[key]

    def _s(self, row: Row, language: str) -> None:
        if not self.survey:
            self.tables["surveys"] = [self.survey]
        self.survey[row["name"]] = row.get("text", "")
        if row["name"] == "language":
            self._language(row.get("text", ""))
        if row["name"] == "additional_languages":
            for name in row.get("text", "").split():
                self._language(name)

    def _language(self, name: str) -> None:
        if name and name not in self.lists.setdefault("languages", []):
            self.lists["languages"].append(name)

    def _sl(self, row: Row, language: str) -> None:
        if language not in self.words:
            self.words[language] = {"surveyls_language": language}
            self.tables.setdefault("surveys_languagesettings", []).append(self.words[language])
            self._language(language)
        self.words[language][row["name"]] = row.get("text", "")

    def _g(self, row: Row, language: str) -> None:
        key = row.get("type/scale") or row.get("id") or row.get("name", "")
        self.group = self._number("G", key)
        self.tables.setdefault("groups", []).append(
            {
                "gid": self.group,
                "group_name": row.get("name", ""),
                "group_order": self.group,
                "description": row.get("text", ""),
                "language": language,
                "grelevance": row.get("relevance", ""),
                "randomization_group": row.get("random_group", ""),
            }
        )

    def _q(self, row: Row, language: str) -> None:
        self.question = self._number("Q", row.get("name", ""))
        made = {
            "qid": self.question,
            "parent_qid": "0",
            "gid": self.group,
            "type": row.get("type/scale", ""),
            "title": row.get("name", ""),
            "question": row.get("text", ""),
            "help": row.get("help", ""),
            "language": language,
            "question_order": self.question,
            "relevance": row.get("relevance", ""),
            "preg": row.get("validation", ""),
            "mandatory": row.get("mandatory", ""),
            "other": row.get("other", ""),
            "encrypted": row.get("encrypted", ""),
        }
        self.tables.setdefault("questions", []).append(made)
        for name, value in row.items():
            if name not in _PLAIN and value:
                mine = {"qid": self.question, "attribute": name, "value": value}
                self.tables.setdefault("question_attributes", []).append(mine)
        if row.get("default"):
            mine = {"qid": self.question, "defaultvalue": row["default"], "language": language}
            self.tables.setdefault("defaultvalues", []).append(mine)

    def _sq(self, row: Row, language: str) -> None:
        scale = row.get("type/scale", "") or "0"
        qid = self._number(f"SQ{self.question}", f"{scale} {row.get('name', '')}")
        self.tables.setdefault("subquestions", []).append(
            {
                "qid": f"s{qid}",
                "parent_qid": self.question,
                "title": row.get("name", ""),
                "question": row.get("text", ""),
                "language": language,
                "question_order": qid,
                "scale_id": scale,
                "relevance": row.get("relevance", ""),
            }
        )

    def _a(self, row: Row, language: str) -> None:
        scale = row.get("type/scale", "") or "0"
        order = self._number(f"A{self.question}", f"{scale} {row.get('name', '')}")
        self.tables.setdefault("answers", []).append(
            {
                "qid": self.question,
                "code": row.get("name", ""),
                "answer": row.get("text", ""),
                "sortorder": order,
                "assessment_value": row.get("assessment_value", ""),
                "language": language,
                "scale_id": scale,
            }
        )
