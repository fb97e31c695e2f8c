"""LimeSurvey's texts per language, whichever of its two layouts a file has."""

from dataclasses import dataclass, field

from surveys.exchange.codes import language_code
from surveys.exchange.draft import Texts
from surveys.exchange.ledger import Entry, Ledger, shortened
from surveys.exchange.lss.tables import Document, Row
from surveys.exchange.texts import plain_text


@dataclass
class Languages:
    """The file's codes and ours, the main language first."""

    ours: dict[str, str] = field(default_factory=dict)
    main: str = "en"

    @property
    def codes(self) -> list[str]:
        return list(dict.fromkeys([self.main, *self.ours.values()]))

    def of(self, row: Row, column: str = "language") -> str:
        """Our code of a row's language, the main one where it names none."""
        named = row.get(column, "").strip()
        return self.ours.get(named, "") if named else self.main


def read_languages(document: Document, ledger: Ledger) -> Languages:
    """Enter the languages; those whose code nobody can read are refused with their texts."""
    found, languages = document.lists.get("languages", []), Languages()
    survey = next(iter(document.tables.get("surveys", [])), {})
    for number, name in enumerate(found, 1):
        entry = ledger.found("languages", f"languages, {number}", name)
        code = language_code(name)
        if not code or len(code) > 8:
            entry.refuse("unknown_language")
            continue
        languages.ours[name] = code
        if code == name:
            entry.take(code)
        else:
            entry.change("language_named", code)
    for row in document.tables.get("surveys_languagesettings", []):
        name = row.get("surveyls_language", "")
        if name and name not in languages.ours and language_code(name):
            languages.ours[name] = language_code(name)
    main = survey.get("language", "") or (found[0] if found else "")
    languages.main = languages.ours.get(main) or language_code(main) or "en"
    if main:
        languages.ours.setdefault(main, languages.main)
    return languages


def put_text(texts: Texts, language: str, value: str, entry: Entry) -> None:
    """Add a text in a language; what its HTML loses is said in the ledger."""
    text, loss = plain_text(value)
    if loss:
        entry.change(loss)
    if text and language and language not in texts:
        texts[language] = text


def row_entry(ledger: Ledger, table: str, number: int, name: str) -> Entry:
    """A row of a table in the ledger."""
    return ledger.found(table, f"{table}, row {number}", shortened(name))
