"""A LimeSurvey structure as a draft: settings, groups, and what is below them."""

from dataclasses import dataclass, field
from math import isfinite

from surveys.exchange.draft import Draft, Page, Texts
from surveys.exchange.ledger import Entry, Ledger, Unreadable, shortened
from surveys.exchange.lss.kinds import KEYS, NEUTRAL
from surveys.exchange.lss.logic import read_logic
from surveys.exchange.lss.questions import Asked, read_questions
from surveys.exchange.lss.tables import Document, Row
from surveys.exchange.lss.texts import Languages, put_text, read_languages, row_entry

STRUCTURES = {"Survey", "Group", "Question"}
_WORDS = {
    "surveyls_title": "title",
    "surveyls_welcometext": "welcome",
    "surveyls_endtext": "thanks",
}
#: Tables that stand beside the survey's structure and have no place in ours.
_BESIDE = {
    "survey_url_parameters": "url_parameter",
    "plugin_settings": "plugin",
    "plugins": "plugin",
    "assessments": "assessment",
    "labelsets": "no_counterpart",
    "labels": "no_counterpart",
}
_READ = frozenset(
    [
        "surveys",
        "surveys_languagesettings",
        "groups",
        "group_l10ns",
        "questions",
        "question_l10ns",
        "subquestions",
        "subquestion_l10ns",
        "answers",
        "answer_l10ns",
        "question_attributes",
        "conditions",
        "defaultvalues",
        "defaultvalue_l10ns",
        "quota",
        "quota_members",
        "quota_languagesettings",
    ]
)


@dataclass
class Structure:
    """What was read so far; questions by their number in the file."""

    document: Document
    ledger: Ledger
    languages: Languages
    draft: Draft
    pages: dict[str, Page] = field(default_factory=dict)
    asked: dict[str, Asked] = field(default_factory=dict)


def read_lss(document: Document, ledger: Ledger) -> Draft:
    """The draft of a .lss, .lsg or .lsq. Raises Unreadable "not_lss", "no_questions"."""
    if document.root != "document" or document.kind not in STRUCTURES:
        raise Unreadable("not_lss", place="LimeSurveyDocType", kind=shortened(document.kind))
    ledger.found("file", "LimeSurveyDocType", document.kind).take()
    if document.version:
        ledger.found("file", "DBVersion", document.version).take()
    languages = read_languages(document, ledger)
    structure = Structure(document, ledger, languages, Draft("lss", languages=languages.codes))
    _read_settings(structure)
    _read_words(structure)
    _read_groups(structure)
    read_questions(structure)
    read_logic(structure)
    _read_beside(structure)
    draft = structure.draft
    draft.pages = list(structure.pages.values())
    if not draft.items:
        raise Unreadable("no_questions", place="questions")
    if not any(draft.title.values()):
        draft.title = {languages.main: "LimeSurvey"}
    return draft


def _read_settings(structure: Structure) -> None:
    for number, row in enumerate(structure.document.tables.get("surveys", []), 1):
        row_entry(structure.ledger, "surveys", number, row.get("sid", "")).take()
        for name, value in row.items():
            if not value.strip():
                continue
            entry = structure.ledger.found("survey_settings", f"surveys, {name}", value)
            _settle_setting(structure.draft, entry, name, value.strip())


def _settle_setting(draft: Draft, entry: Entry, name: str, value: str) -> None:
    if name == "anonymized":
        draft.anonymous = value == "Y"
        entry.take("anonymous" if draft.anonymous else "")
    elif name in ("language", "additional_languages"):
        entry.take()
    elif name in KEYS:
        entry.refuse("internal")
    elif name == "format":
        if value in ("G", "I"):
            entry.take()
        else:
            entry.change("page_per_group")
    elif name in ("active", "startdate", "expires", "autoredirect"):
        entry.refuse("set_here")
    elif value in NEUTRAL:
        entry.take()
    elif name in ("admin", "adminemail", "bounce_email", "emailnotificationto", "emailresponseto"):
        entry.refuse("personal")
    elif name == "template":
        entry.refuse("look")
    else:
        entry.refuse("setting")


def _read_words(structure: Structure) -> None:
    rows = structure.document.tables.get("surveys_languagesettings", [])
    for number, row in enumerate(rows, 1):
        language = structure.languages.of(row, "surveyls_language")
        table = "surveys_languagesettings"
        name = row.get("surveyls_language", "")
        whole = row_entry(structure.ledger, table, number, name)
        if language:
            whole.take(language)
        else:
            whole.refuse("unknown_language")
        for column, value in row.items():
            if value.strip() and column not in KEYS:
                place = f"{table}, row {number}, {column}"
                entry = structure.ledger.found("survey_texts", place, value)
                _settle_word(structure.draft, entry, column, value, language)


def _settle_word(draft: Draft, entry: Entry, column: str, value: str, language: str) -> None:
    if column in _WORDS and language:
        texts: Texts = getattr(draft, _WORDS[column])
        put_text(texts, language, value, entry)
        entry.take(_WORDS[column])
    elif column.startswith(("surveyls_email", "email_admin")):
        entry.refuse("mail_text")
    elif column in ("surveyls_dateformat", "surveyls_numberformat", "surveyls_attributecaptions"):
        entry.take()
    elif not language:
        entry.refuse("unknown_language")
    else:
        entry.refuse("setting")


def _read_groups(structure: Structure) -> None:
    tables, ledger = structure.document.tables, structure.ledger
    apart = "group_l10ns" in tables
    order: dict[str, float] = {}
    for number, row in enumerate(tables.get("groups", []), 1):
        gid = row.get("gid", "")
        entry = row_entry(ledger, "groups", number, row.get("group_name") or gid)
        if gid not in structure.pages:
            structure.pages[gid] = Page(entry=entry)
            order[gid] = _number(row.get("group_order"))
            _group_settings(structure, number, row, structure.pages[gid])
        if not apart:
            _name_group(structure, row, structure.pages[gid], entry)
        entry.take("page")
    for number, row in enumerate(tables.get("group_l10ns", []), 1):
        entry = row_entry(ledger, "group_l10ns", number, row.get("group_name", ""))
        page = structure.pages.get(row.get("gid", ""))
        if page is None:
            entry.refuse("orphan")
        else:
            _name_group(structure, row, page, entry)
    ordered = sorted(structure.pages, key=lambda gid: order[gid])
    structure.pages = {gid: structure.pages[gid] for gid in ordered}


def _number(text: str | None) -> float:
    try:
        number = float(text or 0)
    except ValueError:
        return 0.0
    return number if isfinite(number) else 0.0


def _name_group(structure: Structure, row: Row, page: Page, entry: Entry) -> None:
    language = structure.languages.of(row)
    if not language:
        entry.refuse("unknown_language")
        return
    put_text(page.title, language, row.get("group_name", ""), entry)
    put_text(page.text, language, row.get("description", ""), entry)
    entry.take(language)


def _group_settings(structure: Structure, number: int, row: Row, page: Page) -> None:
    relevance = row.get("grelevance", "").strip()
    if relevance:
        place = f"groups, row {number}, grelevance"
        page.shown_entry = structure.ledger.found("group_settings", place, relevance)
    random = row.get("randomization_group", "").strip()
    if random:
        place = f"groups, row {number}, randomization_group"
        entry = structure.ledger.found("group_settings", place, random)
        page.random_group = random
        entry.take("random")


def _read_beside(structure: Structure) -> None:
    """Themes, plugins, link parameters and whatever else a file carries."""
    document, ledger = structure.document, structure.ledger
    for name, values in document.lists.items():
        if name == "languages":
            continue
        for number, value in enumerate(values, 1):
            entry = ledger.found(name, f"{name}, {number}", value)
            entry.refuse("look" if name.startswith("theme") else "no_counterpart")
    for table, rows in document.tables.items():
        if table in _READ:
            continue
        for number, row in enumerate(rows, 1):
            first = next((v for v in row.values() if v.strip()), "")
            name = row.get("name") or row.get("parameter") or row.get("key") or first
            row_entry(ledger, table, number, name).refuse(_BESIDE.get(table, "no_counterpart"))
