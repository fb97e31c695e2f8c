"""LimeSurvey's logic: relevance, the older conditions, quotas and default values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from surveys.exchange.codes import language_code
from surveys.exchange.draft import Condition, Item, Quota, Test
from surveys.exchange.expressions import Reference, Untranslatable, condition_of, joined
from surveys.exchange.ledger import Entry
from surveys.exchange.lss.defaults import read_defaults
from surveys.exchange.lss.filters import read_row_conditions
from surveys.exchange.lss.questions import Asked
from surveys.exchange.lss.tables import Row
from surveys.exchange.lss.texts import put_text, row_entry

if TYPE_CHECKING:
    from surveys.exchange.lss.reading import Structure

_SUFFIX = re.compile(
    r"\.(NAOK|shown|value|code|valueNAOK|question|relevanceStatus|mandatory|type)$"
)
_PLAIN = frozenset({"NAOK", "value", "code", "valueNAOK", "shown"})
_SGQA = re.compile(r"(?:INSERTANS:)?(\d+)X(\d+)X(\d+)(.*)")
_NEW_SGQA = re.compile(r"Q(\d+)(?:_S(\d+))?")
_METHODS = {
    "==": "equals",
    "!=": "not_equals",
    "<": "less",
    "<=": "at_most",
    ">": "greater",
    ">=": "at_least",
}


def read_logic(structure: Structure) -> None:
    """Settle all conditions of questions and groups, quotas and defaults."""
    names = _Names(structure)
    for page in structure.pages.values():
        if page.shown_entry:
            found = _translated(page.shown_entry, names, page.notes)
            if isinstance(found, bool):
                page.shown_entry.take()
            page.shown_if = None if isinstance(found, bool) else found
    older = _older_conditions(structure, names)
    for qid, asked in structure.asked.items():
        notes: list[str] = []
        # Conditions of older files are in the relevance as well, when there is one.
        condition: Condition | bool = True
        if asked.relevance:
            condition = _translated(asked.relevance, names, notes)
        elif qid in older:
            condition = older[qid]
        for item in asked.items:
            item.notes += notes
            item.shown_entry = asked.relevance
            item.shown_if = None if isinstance(condition, bool) else condition
    read_row_conditions(
        structure, lambda entry, text, notes: _translated_text(entry, text, names, notes)
    )
    read_defaults(structure)
    _read_quotas(structure)


def _translated(entry: Entry, names: _Names, notes: list[str]) -> Condition | bool:
    """The condition of an expression; kept as a note where ours cannot say it."""
    return _translated_text(entry, names.full.get(id(entry), entry.name), names, notes)


def _translated_text(entry: Entry, text: str, names: _Names, notes: list[str]) -> Condition | bool:
    try:
        found = condition_of(text.strip().removeprefix("{").removesuffix("}"), names.resolve)
    except Untranslatable as error:
        entry.change("kept_as_note", "note", part=str(error))
        notes.append(text)
        return True
    if found is False:
        entry.change("kept_as_note", "note", part=text)
        notes.append(text)
        return True
    entry.take("condition")
    return found


class _Names:
    """What a variable of an expression stands for."""

    def __init__(self, structure: Structure) -> None:
        self.asked = structure.asked
        self.by_title = {asked.title.lower(): asked for asked in structure.asked.values()}
        self.full: dict[int, str] = {}
        for asked in structure.asked.values():
            if asked.relevance:
                self.full[id(asked.relevance)] = asked.row.get("relevance", "")
        groups = structure.document.tables.get("groups", [])
        by_gid = {row.get("gid", ""): row.get("grelevance", "") for row in reversed(groups)}
        for gid, page in structure.pages.items():
            if page.shown_entry:
                self.full[id(page.shown_entry)] = by_gid.get(gid, "")

    def resolve(self, name: str) -> Reference | None:
        suffix = _SUFFIX.search(name)
        if suffix and suffix[1] not in _PLAIN:
            return None
        plain = name[: suffix.start()] if suffix else name
        sgqa = _SGQA.fullmatch(plain)
        if sgqa:
            asked = self.asked.get(sgqa[3])
            return reference_to(asked, sgqa[4]) if asked else self._longer(sgqa[3], sgqa[4])
        return self._by_title(plain.lower())

    def _longer(self, digits: str, rest: str) -> Reference | None:
        """A question's number and a code of digits run together: 82556X3X71 is 7 and 1."""
        for cut in range(len(digits) - 1, 0, -1):
            asked = self.asked.get(digits[:cut])
            if asked:
                return reference_to(asked, digits[cut:] + rest)
        return None

    def _by_title(self, name: str) -> Reference | None:
        if name in self.by_title:
            return reference_to(self.by_title[name], "")
        parts = name.split("_")
        for cut in range(len(parts) - 1, 0, -1):
            asked = self.by_title.get("_".join(parts[:cut]))
            if asked:
                return reference_to(asked, "_".join(parts[cut:]))
        return None


def reference_to(asked: Asked, suffix: str) -> Reference | None:
    """The question, its row or its choice that a suffix names; None when it is not here."""
    if not asked.items:
        return None
    first = asked.items[0]
    if not suffix:
        return Reference(first.source) if len(asked.items) == 1 or first.choices else None
    if suffix == "comment":
        return _comment(asked)
    return _part(first, suffix.lower()) or _item(asked, suffix.lower())


def _part(item: Item, wanted: str) -> Reference | None:
    """A choice, a row or a cell of a question."""
    for option in item.choices if item.kind in ("multiple", "ranking") else ():
        if option.source.lower() == wanted:
            return Reference(item.source, choice=option.source)
    for option in item.rows:
        if option.source.lower() == wanted:
            column = item.parts[0].source if item.parts else ""
            return Reference(item.source, row=option.source, column=column)
        for number, part in enumerate(item.parts):
            names = (f"{option.source}_{part.source}".lower(), f"{option.source}#{number}".lower())
            if wanted in names:
                return Reference(item.source, row=option.source, column=part.source)
    return None


def _item(asked: Asked, wanted: str) -> Reference | None:
    """One of the questions a question became."""
    named = f"{asked.title}_{wanted}".lower()
    found = [item for item in asked.items if item.source.lower() == named]
    return Reference(found[0].source) if found else None


def _comment(asked: Asked) -> Reference | None:
    found = [item for item in asked.items if item.source == f"{asked.title}_comment"]
    return Reference(found[0].source) if found else None


def _older_conditions(structure: Structure, names: _Names) -> dict[str, Condition | bool]:
    """Rows of `conditions`: scenarios are joined by or; in one, the same question by or."""
    scenarios: dict[str, dict[str, dict[str, list[Condition | bool]]]] = {}
    for number, row in enumerate(structure.document.tables.get("conditions", []), 1):
        said = f"{row.get('cfieldname', '')} {row.get('method', '')} {row.get('value', '')}"
        entry = row_entry(structure.ledger, "conditions", number, said)
        asked = structure.asked.get(row.get("qid", ""))
        if asked is None:
            entry.refuse("orphan")
            continue
        if asked.relevance and asked.relevance.name not in ("", "1"):
            entry.take("relevance")  # LimeSurvey writes the same into the relevance
            continue
        test = _older_test(row, names)
        if test is None:
            entry.change("kept_as_note", "note", part=said)
            for item in asked.items:
                item.notes.append(said)
            continue
        entry.take("condition")
        scenario = scenarios.setdefault(asked.qid, {}).setdefault(row.get("scenario", "1"), {})
        scenario.setdefault(row.get("cqid", ""), []).append(test)
    return {
        qid: joined(False, [joined(True, [joined(False, tests) for tests in of.values()])
                            for of in found.values()])
        for qid, found in scenarios.items()
    }  # fmt: skip


def _older_test(row: Row, names: _Names) -> Condition | None:
    field, value = row.get("cfieldname", "").lstrip("+"), row.get("value", "")
    operator = _METHODS.get(row.get("method", "").strip() or "==")
    new = _NEW_SGQA.fullmatch(field)
    if new and new[1] in names.asked:
        found = reference_to(names.asked[new[1]], "")
    else:
        found = names.resolve(field)
    if found is None or operator is None or value.startswith("@"):
        return None
    if found.choice:
        chosen = value == "Y"
        wanted = "includes" if (operator == "equals") == chosen else "excludes"
        return Test(found.source, wanted, found.choice)
    if value == "":
        return Test(found.source, "unanswered" if operator == "equals" else "answered")
    return Test(found.source, operator, value, found.row)


def _read_quotas(structure: Structure) -> None:
    tables, ledger = structure.document.tables, structure.ledger
    quotas: dict[str, Quota] = {}
    for number, row in enumerate(tables.get("quota", []), 1):
        entry = row_entry(ledger, "quota", number, row.get("name", ""))
        try:
            limit = int(row.get("qlimit") or 0)
        except ValueError:
            limit = 0
        if row.get("active") == "0":
            entry.refuse("quota_off")
            continue
        quotas[row.get("id", "")] = Quota(row.get("name", ""), limit, None, entry)
    members: dict[str, dict[str, list[Condition | bool]]] = {}
    for number, row in enumerate(tables.get("quota_members", []), 1):
        entry = row_entry(ledger, "quota_members", number, row.get("code", ""))
        test, quota = _member(structure, row), quotas.get(row.get("quota_id", ""))
        if test is None or quota is None:
            entry.refuse("orphan")
            continue
        quota.members.append(entry)
        members.setdefault(row["quota_id"], {}).setdefault(row.get("qid", ""), []).append(test)
    for key, by_question in members.items():
        when = joined(True, [joined(False, tests) for tests in by_question.values()])
        quotas[key].when = None if isinstance(when, bool) else when
    for number, row in enumerate(tables.get("quota_languagesettings", []), 1):
        message = row.get("quotals_message", "")
        entry = row_entry(ledger, "quota_languagesettings", number, message)
        quota = quotas.get(row.get("quotals_quota_id", ""))
        language = structure.languages.ours.get(row.get("quotals_language", ""), "")
        language = language or language_code(row.get("quotals_language", ""))
        if quota is None:
            entry.refuse("orphan")
            continue
        put_text(quota.message, language, message, entry)
        quota.members.append(entry)
    structure.draft.quotas = list(quotas.values())


def _member(structure: Structure, row: Row) -> Condition | None:
    asked = structure.asked.get(row.get("qid", ""))
    if asked is None or not asked.items:
        return None
    item: Item = asked.items[0]
    code = row.get("code", "")
    if item.kind == "multiple":
        return Test(item.source, "includes", code)
    if item.rows:
        line, _, value = code.rpartition("-")
        return Test(item.source, "equals", value, line) if line else None
    return Test(item.source, "equals", code)
