"""Questions of a LimeSurvey file with their subquestions, answers and attributes."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite
from typing import TYPE_CHECKING

from surveys.exchange.draft import Item, Option, Page, Texts
from surveys.exchange.ledger import Entry, Ledger
from surveys.exchange.lss.attributes import Attributes, read_attributes
from surveys.exchange.lss.kinds import KINDS, OTHER_CODE
from surveys.exchange.lss.shapes import items_of
from surveys.exchange.lss.tables import Row
from surveys.exchange.lss.texts import Languages, put_text, row_entry

if TYPE_CHECKING:
    from surveys.exchange.lss.reading import Structure


@dataclass
class Below:
    """A subquestion or an answer of a question."""

    key: str
    option: Option
    scale: str
    order: float
    relevance: tuple[Entry, str] | None = None


@dataclass
class Asked:
    """A question as the file has it, and the items it becomes."""

    qid: str
    gid: str
    type: str
    title: str
    row: Row
    entry: Entry
    order: float
    text: Texts = field(default_factory=dict)
    help: Texts = field(default_factory=dict)
    subquestions: list[Below] = field(default_factory=list)
    answers: list[Below] = field(default_factory=list)
    attributes: Attributes = field(default_factory=Attributes)
    items: list[Item] = field(default_factory=list)
    relevance: Entry | None = None

    def scale(self, rows: list[Below], number: str) -> list[Option]:
        """Options of one scale, in order."""
        wanted = [b for b in rows if (b.scale or "0") == number]
        return [b.option for b in sorted(wanted, key=lambda b: b.order)]


def read_questions(structure: Structure) -> None:
    """Enter all questions and put what they become on their pages."""
    tables, ledger = structure.document.tables, structure.ledger
    below = _read_rows(structure, "questions")
    _read_rows(structure, "subquestions", all_below=True)
    _read_texts(structure, "question_l10ns", below)
    _read_texts(structure, "subquestion_l10ns", below)
    _read_answers(structure)
    for qid, found in read_attributes(tables.get("question_attributes", []), ledger).items():
        if qid in structure.asked:
            structure.asked[qid].attributes = found
            _relevance_again(structure.asked[qid])
        else:
            found.orphaned()
    for asked in sorted(structure.asked.values(), key=lambda asked: asked.order):
        page = structure.pages.setdefault(asked.gid, Page())
        asked.items = items_of(asked, structure.languages)
        page.items.extend(asked.items)
        asked.attributes.close()


def _read_rows(structure: Structure, table: str, all_below: bool = False) -> dict[str, Below]:
    """Rows of a table; those with a parent are subquestions. Returns the latter by key."""
    rows = structure.document.tables.get(table, [])
    known, later = _known_below(structure), []
    for number, row in enumerate(rows, 1):
        name = row.get("title", "") or row.get("qid", "")
        entry = row_entry(structure.ledger, table, number, name)
        if all_below or (row.get("parent_qid", "0") or "0") != "0":
            later.append((row, entry))
        else:
            _read_question(structure, row, entry, number)
    for row, entry in later:  # a parent may stand below its parts
        _read_subquestion(structure, row, entry, known)
    return known


def _known_below(structure: Structure) -> dict[str, Below]:
    return {b.key: b for asked in structure.asked.values() for b in asked.subquestions}


def _read_question(structure: Structure, row: Row, entry: Entry, number: int) -> None:
    qid = row.get("qid", "")
    asked = structure.asked.get(qid)
    if asked is None:
        type_ = row.get("type", "").strip()
        order = float(len(structure.asked)) / 1e6 + _number(row.get("question_order"))
        asked = Asked(qid, row.get("gid", ""), type_, row.get("title", ""), row, entry, order)
        structure.asked[qid] = asked
        _settings(structure.ledger, asked, number)
        if type_ not in KINDS:
            entry.refuse("unknown_type", type=type_)
    if "question" in row:
        _put(structure.languages, asked, row, entry)
    entry.take()


def _relevance_again(asked: Asked) -> None:
    """Older files say the relevance among the attributes as well."""
    own = asked.row.get("relevance", "").strip() or "1"
    for _language, value, entry in asked.attributes.rows.get("relevance", ()):
        if value.strip() in ("", "1", own):
            entry.take()


def _number(text: str | None) -> float:
    try:
        number = float(text or 0)
    except ValueError:
        return 0.0
    return number if isfinite(number) else 0.0


def _put(languages: Languages, asked: Asked, row: Row, entry: Entry) -> None:
    language = languages.of(row)
    if not language:
        entry.refuse("unknown_language")
        return
    put_text(asked.text, language, row.get("question", ""), entry)
    put_text(asked.help, language, row.get("help", ""), entry)


def _settings(ledger: Ledger, asked: Asked, number: int) -> None:
    """Cells of a question's row that change how it behaves."""
    neutral = {"preg": "", "encrypted": "N", "relevance": "1", "same_script": "0"}
    for name in ("preg", "encrypted", "relevance", "modulename", "other", "mandatory"):
        value = asked.row.get(name, "").strip()
        if not value or value == neutral.get(name, "N"):
            continue
        entry = ledger.found("question_settings", f"questions, row {number}, {name}", value)
        if name == "relevance":
            asked.relevance = entry
        elif name == "mandatory":
            entry.take() if value == "Y" else entry.change("soft_mandatory")
        elif name == "other":
            entry.take(OTHER_CODE)
        elif name == "preg":
            entry.refuse("pattern")
        else:
            entry.refuse("setting")


def _read_subquestion(
    structure: Structure, row: Row, entry: Entry, known: dict[str, Below]
) -> None:
    qid, parent = row.get("qid", ""), structure.asked.get(row.get("parent_qid", ""))
    if parent is None:
        entry.refuse("orphan")
        return
    below = known.get(qid)
    if below is None:
        option = Option(row.get("title", ""), {}, entry)
        order = _number(row.get("question_order")) + len(parent.subquestions) / 1e6
        below = Below(qid, option, row.get("scale_id", "0"), order)
        known[qid] = below
        parent.subquestions.append(below)
        below.relevance = _below_relevance(structure.ledger, row, entry)
    if "question" in row:
        language = structure.languages.of(row)
        put_text(below.option.text, language, row["question"], entry)
    entry.take()


def _below_relevance(ledger: Ledger, row: Row, entry: Entry) -> tuple[Entry, str] | None:
    relevance = row.get("relevance", "").strip()
    if relevance in ("", "1"):
        return None
    return ledger.found("question_settings", f"{entry.place}, relevance", relevance), relevance


def _read_texts(structure: Structure, table: str, below: dict[str, Below]) -> None:
    for number, row in enumerate(structure.document.tables.get(table, []), 1):
        entry = row_entry(structure.ledger, table, number, row.get("question", ""))
        language, qid = structure.languages.of(row), row.get("qid", "")
        script = row.get("script", "").strip()
        if script:
            place = f"{table}, row {number}, script"
            structure.ledger.found("question_settings", place, script).refuse("script")
        if not language:
            entry.refuse("unknown_language")
        elif qid in structure.asked:
            _put(structure.languages, structure.asked[qid], row, entry)
            entry.take(language)
        elif qid in below or qid in (below := _known_below(structure)):
            put_text(below[qid].option.text, language, row.get("question", ""), entry)
            entry.take(language)
        else:
            entry.refuse("orphan")


def _read_answers(structure: Structure) -> None:
    by_id: dict[str, Option] = {}
    seen: dict[tuple[str, str, str], Option] = {}
    for number, row in enumerate(structure.document.tables.get("answers", []), 1):
        qid, code, scale = row.get("qid", ""), row.get("code", ""), row.get("scale_id", "0")
        entry = row_entry(structure.ledger, "answers", number, f"{code} {row.get('answer', '')}")
        asked = structure.asked.get(qid)
        if asked is None:
            entry.refuse("orphan")
            continue
        option = seen.get((qid, code, scale))
        if option is None:
            option = seen[qid, code, scale] = Option(code, {}, entry)
            option.score = _number(row.get("assessment_value")) or None
            order = _number(row.get("sortorder")) + len(asked.answers) / 1e6
            asked.answers.append(Below(row.get("aid", ""), option, scale, order))
            by_id[row.get("aid", "")] = option
        if "answer" in row:
            put_text(option.text, structure.languages.of(row), row["answer"], entry)
        entry.take()
    for number, row in enumerate(structure.document.tables.get("answer_l10ns", []), 1):
        entry = row_entry(structure.ledger, "answer_l10ns", number, row.get("answer", ""))
        language, found = structure.languages.of(row), by_id.get(row.get("aid", ""))
        if found is None or not language:
            entry.refuse("orphan" if found is None else "unknown_language")
            continue
        put_text(found.text, language, row.get("answer", ""), entry)
        entry.take(language)
