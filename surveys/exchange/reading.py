"""Which format a file is in, told by its content, and the survey it holds."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from cxportal.core.file_limits import ZIP, check_size, decoded, unpacked
from cxportal.core.spreadsheets import is_spreadsheet
from surveys.exchange.draft import Draft
from surveys.exchange.fit import fitted
from surveys.exchange.ledger import Ledger, Unreadable
from surveys.exchange.lss.reading import read_lss
from surveys.exchange.lss.responses import Answers, read_answers
from surveys.exchange.lss.tables import read_tables
from surveys.exchange.lss.tsv import is_tsv, read_tsv
from surveys.exchange.native import is_native, read_native
from surveys.exchange.qsf.reading import read_qsf
from surveys.exchange.xlsform.reading import read_xlsform

#: Endings a file may have; others are read by their content as well.
ENDINGS = ("lss", "lsa", "lsg", "lsq", "tsv", "qsf", "xlsx", "xls", "csv", "md", "json")
_SHEET = re.compile(r"xl/worksheets/")


@dataclass
class Read:
    """A file as read: our document, what became of every element, answers it brought."""

    format: str
    document: dict[str, Any]
    ledger: Ledger
    answers: list[Answers] = field(default_factory=list)


def read_survey(content: bytes, name: str) -> Read:
    """Read a file of any format we know. Raises Unreadable with place and reason."""
    check_size(content)
    ledger = Ledger()
    if is_spreadsheet(content):
        return _of_archive(content, name, ledger)
    text = decoded(content)
    start = text.lstrip("\ufeff \t\r\n")[:400]
    if start.startswith("<"):
        return _done(read_lss(read_tables(content), ledger), ledger)
    if start.startswith(("{", "[")):
        if is_native(text):
            document = read_native(text, ledger)
            ledger.close()
            return Read("json", document, ledger)
        return _done(read_qsf(content, ledger), ledger)
    if is_tsv(start):
        return _done(read_lss(read_tsv(text), ledger), ledger)
    return _done(read_xlsform(content, name, ledger), ledger)


def _of_archive(content: bytes, name: str, ledger: Ledger) -> Read:
    """An Excel file, or a LimeSurvey archive with the survey and its answers."""
    if not content.startswith(ZIP):
        return _done(read_xlsform(content, name, ledger), ledger)
    members = unpacked(content)
    if any(_SHEET.match(member) for member in members):
        return _done(read_xlsform(content, name, ledger), ledger)
    surveys = sorted(member for member in members if member.lower().endswith(".lss"))
    if not surveys:
        raise Unreadable("unknown_archive", place=", ".join(sorted(members)[:3])[:200])
    document = read_tables(members[surveys[0]])
    draft = read_lss(document, ledger)
    ledger.found("archive", surveys[0], surveys[0]).take()
    answers = []
    for member, data in sorted(members.items()):
        if member == surveys[0]:
            continue
        entry = ledger.found("archive", member, member)
        if member.lower().endswith("_responses.lsr"):
            entry.take("responses")
            answers.append(read_answers(read_tables(data), draft, document, ledger, member))
        else:
            entry.refuse("archive_member")
    return _done(draft, ledger, answers)


def _done(draft: Draft, ledger: Ledger, answers: list[Answers] | None = None) -> Read:
    document = fitted(draft)
    if not any(section["questions"] for section in document["sections"]):
        raise Unreadable("no_questions")
    for found in answers or ():
        found.translate()
    ledger.close()
    kept = [found for found in answers or () if found.rows]
    return Read(draft.format, document, ledger, kept)
