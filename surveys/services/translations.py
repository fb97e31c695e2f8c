"""Translations out as a table for translators, and back into the draft."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from cxportal.core.policies import authorise
from cxportal.core.spreadsheets import is_spreadsheet, read_spreadsheet
from surveys.calc.translations import (
    PlacedText,
    Texts,
    question_translated,
    texts_of,
    translated,
)
from surveys.exchange.ledger import Unreadable
from surveys.models import Section, Survey
from surveys.queries.documents import document_of
from surveys.queries.surveys import sections_of
from surveys.services.choices import choice_specs
from surveys.services.draft_steps import undoable
from surveys.services.drafts import draft_lock, invalid
from surveys.services.questions import question_shown, question_update, section_update
from surveys.services.surveys import survey_update

#: Head of the column that says where a text belongs.
PLACE = "place"
MOST_BYTES, MOST_ROWS = 5 * 1024 * 1024, 20_000


@dataclass
class TranslationResult:
    """What became of a table: places changed, unknown, and those whose original has changed
    since the table was made.
    """

    changed: int = 0
    unknown: list[str] = field(default_factory=list)
    outdated: list[str] = field(default_factory=list)


def translations_of(survey: Survey, sections: Sequence[Section] | None = None) -> list[PlacedText]:
    """Every text of the draft in its order."""
    parts = list(sections) if sections is not None else sections_of(survey)
    return list(texts_of(document_of(survey, parts), {part.pk: part.key for part in parts}))


def translation_columns(survey: Survey) -> list[str]:
    """The head of the table: the place, the main language, then the others."""
    main = survey.default_language
    return [PLACE, main, *(code for code in survey.languages if code != main)]


def translation_rows(survey: Survey) -> Iterable[list[str]]:
    """The table's rows, one per text."""
    languages = translation_columns(survey)[1:]
    for text in translations_of(survey):
        yield [text.place, *(text.texts.get(code, "") for code in languages)]


def translation_table(content: bytes) -> list[dict[str, str]]:
    """A file of a translator (XLSX, XLS or CSV) as rows by the heads of its columns.

    Raises DomainError "invalid" for what is no such table.
    """
    if len(content) > MOST_BYTES:
        raise invalid(_("The file is larger than 5 MB."), "file")
    try:
        rows = _sheet(content) if is_spreadsheet(content) else _csv(content)
    except (Unreadable, UnicodeDecodeError, csv.Error) as error:
        raise invalid(_("This is no table in XLSX or CSV that we can read."), "file") from error
    if not rows or PLACE not in rows[0] or len(rows) > MOST_ROWS:
        sentence = _("The first row must name the columns: “place” and the codes of languages.")
        raise invalid(sentence, "file")
    head = rows[0]
    return [dict(zip(head, map(_plain, row), strict=False)) for row in rows[1:]]


def _sheet(content: bytes) -> list[list[str]]:
    return next(iter(read_spreadsheet(content).values()), [])


def _csv(content: bytes) -> list[list[str]]:
    text = content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def _plain(text: str) -> str:
    """Without the ' that keeps a spreadsheet from running a text as a formula."""
    return text[1:] if text.startswith("'") else text


@transaction.atomic
@undoable("survey.translate")
def translations_apply(
    *, actor: Actor, survey: Survey, rows: Sequence[Mapping[str, str]]
) -> TranslationResult:
    """Put translations into the draft; the main language's own texts stay as they are.

    A blank cell changes nothing. Raises DomainError "invalid".
    """
    authorise(actor, "surveys.change_surveys", survey)
    draft = draft_lock(actor, survey)
    if len(rows) > MOST_ROWS:
        raise DomainError("too_many_rows", _("The table is too long."), status=413)
    main, sections = draft.default_language, sections_of(draft)
    known = {text.place: text.texts for text in translations_of(draft, sections)}
    result, given = TranslationResult(), {}
    for row in rows:
        place = str(row.get(PLACE) or "").strip()
        if place not in known:
            result.unknown += [place] if place else []
            continue
        original = str(row.get(main) or "").strip()
        if original and original != known[place].get(main, "").strip():
            result.outdated.append(place)
        texts = {c: str(row[c]) for c in draft.languages if c != main and row.get(c)}
        fresh = {c: t for c, t in texts.items() if t.strip() and t != known[place].get(c)}
        if fresh:
            given[place] = fresh
    result.changed = len(given)
    if given:
        _write(actor, draft, sections, given)
    return result


def _write(
    actor: Actor, draft: Survey, sections: Sequence[Section], given: Mapping[str, Texts]
) -> None:
    own = _own(draft, given)
    if own:
        survey_update(actor=actor, survey=draft, **own)
    for section in sections:
        texts = given.get(f"section:{section.key}:title")
        if texts:
            title = translated(section.title, texts)
            section_update(actor=actor, section=section, title=title)
        for question in section.questions.all():
            start = f"question:{question.code}:"
            if any(place.startswith(start) for place in given):
                shown = question_shown(question, choice_specs(question))
                values = question_translated(shown, given)
                question_update(actor=actor, question=question, **values)


def _own(draft: Survey, given: Mapping[str, Texts]) -> dict[str, Any]:
    """The survey's own texts that change."""
    own: dict[str, Any] = {
        name: translated(getattr(draft, name), given[f"survey:{name}"])
        for name in ("title", "welcome", "thanks")
        if f"survey:{name}" in given
    }
    if any(place.startswith("ending:") for place in given):
        own["endings"] = [
            {
                **ending,
                **{
                    name: translated(ending[name], given.get(f"ending:{number}:{name}"))
                    for name in ("text", "link")
                    if ending.get(name)
                },
            }
            for number, ending in enumerate(draft.endings)
        ]
    if any(place.startswith("quota:") for place in given):
        own["quotas"] = [
            {**q, "text": translated(q.get("text") or {}, given.get(f"quota:{q['code']}:text"))}
            for q in draft.quotas
        ]
    if any(place.startswith("button:") for place in given):
        buttons = draft.theme.get("buttons") or {}
        own["theme"] = {
            **draft.theme,
            "buttons": {n: translated(t, given.get(f"button:{n}")) for n, t in buttons.items()},
        }
    return own
