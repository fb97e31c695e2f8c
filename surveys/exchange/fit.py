"""A draft fitted to our kinds and limits: the document the portal stores, the rest reported."""

from __future__ import annotations

from typing import Any

from surveys.exchange.codes import choice_code, question_code
from surveys.exchange.conditions import kept
from surveys.exchange.draft import Condition, Draft, Group, Item, Option, Page, Skip, Texts
from surveys.exchange.expressions import Untranslatable
from surveys.exchange.fit_kinds import fit_kind, refit_kind
from surveys.exchange.fit_settings import fitted_default, fitted_settings
from surveys.exchange.ledger import Entry, shortened
from surveys.exchange.pipes import piped
from surveys.exchange.texts import MOST

MAX_QUESTIONS, MAX_PAGES, MAX_ROWS, MAX_COLUMNS = 300, 100, 60, 10
MAX_CHOICES, MAX_COLUMN_CHOICES, MAX_POINTS = 1000, 200, 1_000_000
MAX_TITLE, MAX_QUOTAS, MAX_RULES, MAX_LIMIT = 200, 50, 20, 10_000_000
_OTHER_SOURCES = frozenset({"-oth-", "other"})


def fitted(draft: Draft) -> dict[str, Any]:
    """The survey in the shape of docs/survey-json.md; what does not fit is said in the ledger."""
    fit = _Fit(draft)
    sections = fit.sections()
    texts = {"title": draft.title, "welcome": draft.welcome, "thanks": draft.thanks}
    for name, value in texts.items():
        texts[name] = {code: text[: MAX_TITLE if name == "title" else MOST]
                       for code, text in value.items() if code in draft.languages}  # fmt: skip
    main = draft.languages[0]
    if not texts["title"].get(main):
        texts["title"][main] = next(iter(texts["title"].values()), draft.format)
    settings = {name: True for name, value in draft.settings.items() if value}
    return {
        **{name: value for name, value in texts.items() if value or name == "title"},
        "languages": draft.languages,
        "default_language": main,
        "anonymous": draft.anonymous,
        "theme": {"buttons": draft.buttons} if draft.buttons else {},
        **({"settings": settings} if settings else {}),
        **({"quotas": fit.quotas()} if draft.quotas else {}),
        "sections": sections,
    }


class _Fit:
    def __init__(self, draft: Draft) -> None:
        self.draft, self.main = draft, draft.languages[0]
        self.codes: set[str] = set()
        self.before: dict[str, Item] = {}

    def sections(self) -> list[dict[str, Any]]:
        """All pages with their questions, codes given first so that rules can name them."""
        pages = self._pages()
        places = self._places(pages)
        made = []
        for number, page in enumerate(pages):
            logic = self._page_logic(page, pages, number, places)
            questions = [self._question(item, page, pages, places) for item in page.items]
            for item in page.items:
                # A carried-on choice keeps meaning what it meant.
                self.before.setdefault(item.source, item)
            skips = self._skips(page.skips, page, pages, places, page.notes)
            logic |= {"skip": [*logic.get("skip", []), *skips]} if skips else {}
            section = {
                **({"code": page.code} if page.code else {}),
                **({"logic": logic} if logic else {}),
                "title": self._texts(page.title, page.entry, MAX_TITLE),
                "questions": questions,
            }
            self._page_notes(page, questions)
            made.append(section)
        return made

    def _page_notes(self, page: Page, questions: list[dict[str, Any]]) -> None:
        notes = [note for note in page.notes if note != "mixed"]
        if notes and questions:
            old = questions[0].get("note", "")
            questions[0]["note"] = "\n".join([*([old] if old else []), *notes])[:MOST]

    def _pages(self) -> list[Page]:
        """Pages that ask something, introductions as statements, not more than we take."""
        for page in self.draft.pages:
            if page.text and page.items:
                entry = page.entry or page.items[0].entry
                entry.change("text_as_statement")
                page.items.insert(0, Item("introduction", "statement", entry, page.text))
        pages = [page for page in self.draft.pages if page.items]
        for page in pages[MAX_PAGES:]:
            for item in page.items:
                item.shown_if = _both(page.shown_if, item.shown_if)
            pages[MAX_PAGES - 1].items += page.items
            if page.entry:
                page.entry.change("page_joined")
        return pages[:MAX_PAGES]

    def _places(self, pages: list[Page]) -> dict[str, int]:
        """Codes for everything; the place of each question in the whole survey by its name."""
        places: dict[str, int] = {}
        count = 0
        for page in pages:
            for item in list(page.items):
                if count >= MAX_QUESTIONS:
                    item.entry.refuse("too_many", most=MAX_QUESTIONS)
                    page.items.remove(item)
                    continue
                fit_kind(item, self.main)
                self._name(item)
                places.setdefault(item.source, count)
                count += 1
        pages[:] = [page for page in pages if page.items]
        return places

    def _name(self, item: Item) -> None:
        wanted = next((name for name in item.aliases if name), "")
        named = self.draft.format == "qsf" and wanted
        source = wanted if named else item.source.removeprefix("embedded:")
        item.code = question_code(source, self.codes)
        for options, most in ((item.choices, MAX_CHOICES), (item.rows, MAX_ROWS)):
            _code_options(options, most)
        taken: set[str] = set()
        for part in item.parts[MAX_COLUMNS:]:
            part.entry.refuse("too_many", most=MAX_COLUMNS)
        del item.parts[MAX_COLUMNS:]
        for part in item.parts:
            part.code = choice_code(part.source, taken)
            _code_options(part.choices, MAX_COLUMN_CHOICES)

    def _texts(
        self, texts: Texts, entry: Entry | None, most: int = MOST, notes: list[str] | None = None
    ) -> Texts:
        clean = {c: text for c, text in texts.items() if c in self.draft.languages and text}
        if entry is not None:
            gone = piped(clean, self.draft.format, self.before, entry)
            if notes is not None:
                notes += gone
        for code, text in clean.items():
            if len(text) > most:
                clean[code] = text[: most - 1] + "…"
                if entry is not None:
                    entry.change("text_shortened")
        return clean

    def _page_logic(
        self, page: Page, pages: list[Page], number: int, places: dict[str, int]
    ) -> dict[str, Any]:
        logic: dict[str, Any] = {}
        shown = self._condition(page.shown_if, page.shown_entry, page.notes)
        if shown:
            logic["show_if"] = shown
        if page.random_group:
            logic["random"] = page.random_group[:40]
        return logic

    def _condition(
        self, condition: Condition | None, entry: Entry | None, notes: list[str]
    ) -> dict[str, Any]:
        if condition is None:
            return {}
        try:
            return kept(condition, self.before)
        except Untranslatable as error:
            if entry is not None:
                said = entry.name
                entry.change("kept_as_note", "note", part=str(error))
                notes.append(said)
            return {}

    def _question(
        self, item: Item, page: Page, pages: list[Page], places: dict[str, int]
    ) -> dict[str, Any]:
        entry = item.entry
        text = self._texts(item.text, entry, notes=item.notes)
        if not text.get(self.main):
            text[self.main] = next(iter(text.values()), "") or item.source or item.code
            entry.change("text_from_code")
        settings = fitted_settings(item, self.main, self.before)
        if refit_kind(item, self.main, settings):
            settings = fitted_settings(item, self.main, self.before)
        settings |= fitted_default(item, settings)
        made: dict[str, Any] = {
            "code": item.code,
            "kind": item.kind,
            "text": text,
            "help": self._texts(item.help, entry, notes=item.notes),
            "required": item.required and item.kind not in ("statement", "hidden"),
            "settings": settings,
        }
        if item.parts:
            made["settings"]["columns"] = [self._column(part) for part in item.parts]
        rows = [self._option(row, item) for row in item.rows]
        made |= {"rows": rows} if rows else {}
        made["choices"] = [self._option(choice, item) for choice in item.choices]
        logic = self._logic(item, page, pages, places)
        made |= {"logic": logic} if logic else {}
        if item.notes:
            made["note"] = "\n".join(dict.fromkeys(item.notes))[:MOST]
        entry.take(f"{item.kind} · {item.code}")
        self.before.setdefault(item.source, item)
        return made

    def _logic(
        self, item: Item, page: Page, pages: list[Page], places: dict[str, int]
    ) -> dict[str, Any]:
        logic: dict[str, Any] = {}
        shown = self._condition(item.shown_if, item.shown_entry, item.notes)
        if shown:
            logic["show_if"] = shown
        if "mixed" in page.notes:
            logic["random"] = "mixed"
        self.before.setdefault(item.source, item)
        skips = self._skips(item.skips, page, pages, places, item.notes)
        if skips:
            logic["skip"] = skips
        return logic

    def _skips(
        self,
        skips: list[Skip],
        page: Page,
        pages: list[Page],
        places: dict[str, int],
        notes: list[str],
    ) -> list[dict[str, Any]]:
        rules = []
        for skip in skips[:MAX_RULES]:
            target = self._target(skip.target, page, pages, places)
            if target is None:
                skip.entry.change("kept_as_note", "note", part=skip.target)
                notes.append(skip.entry.name or skip.target)
                continue
            when = self._condition(skip.when, skip.entry, notes)
            if skip.when is not None and not when:
                continue
            rules.append({**({"if": when} if when else {}), "to": target})
            skip.entry.take(target)
        for skip in skips[MAX_RULES:]:
            skip.entry.refuse("too_many", most=MAX_RULES)
        return rules

    def _target(
        self, name: str, page: Page, pages: list[Page], places: dict[str, int]
    ) -> str | None:
        at = pages.index(page)
        if name == "end":
            return "end"
        if name == "end_of_page":
            # A block with page breaks is several pages with the same entry.
            following = next((p for p in pages[at + 1 :] if p.entry is not page.entry), None)
            if following is None:
                return "end"
            following.code = following.code or f"page{pages.index(following) + 1}"
            return f"section:{following.code}"
        here = max((places[i.source] for i in page.items if i.source in self.before), default=-1)
        if places.get(name, -1) <= here:
            return None
        found = next((i for p in pages for i in p.items if i.source == name), None)
        return f"question:{found.code}" if found else None

    def _option(self, option: Option, item: Item) -> dict[str, Any]:
        text = self._texts(option.text, option.entry, 500)
        if not text.get(self.main):
            text[self.main] = next(iter(text.values()), "") or option.source or option.code
            option.entry.change("text_from_code")
        made: dict[str, Any] = {"code": option.code, "text": text}
        marks = {"other": option.is_other, "exclusive": option.is_exclusive}
        if item.kind in ("single", "dropdown", "multiple", "ranking", "image_choice"):
            made |= {name: True for name, value in marks.items() if value}
        elif option.is_other:
            option.entry.change("other_text_gone")
        if option.score and any(choice is option for choice in item.choices):
            if abs(option.score) <= MAX_POINTS:
                made["score"] = option.score
            else:
                option.entry.change("limits")
        shown = self._condition(option.shown_if, option.shown_entry, item.notes)
        if shown:
            made["show_if"] = shown
        return made

    def _column(self, part: Item) -> dict[str, Any]:
        text = self._texts(part.text, part.entry)
        text.setdefault(self.main, next(iter(text.values()), part.source))
        kind = {"number": "number", "single": "single"}.get(part.kind, "text")
        made: dict[str, Any] = {"code": part.code, "text": text, "kind": kind}
        if kind == "single":
            made["choices"] = [self._option(choice, part) for choice in part.choices]
            for choice in made["choices"]:
                for name in set(choice) - {"code", "text"}:
                    del choice[name]
        return made

    def quotas(self) -> list[dict[str, Any]]:
        """Quotas whose group our logic can name."""
        made: list[dict[str, Any]] = []
        for number, quota in enumerate(self.draft.quotas, 1):
            when = self._condition(quota.when, quota.entry, [])
            if not when or len(made) >= MAX_QUOTAS:
                for entry in (quota.entry, *quota.members):
                    entry.refuse("quota")
                continue
            text = self._texts(quota.message, None)
            if quota.limit > MAX_LIMIT:
                quota.entry.change("limits")
            made.append(
                {
                    "code": f"quota{number}",
                    "name": shortened(quota.name)[:120] or f"quota{number}",
                    "if": when,
                    "limit": min(max(0, quota.limit), MAX_LIMIT),
                    "action": "disqualify",
                    **({"text": text} if text else {}),
                }
            )
            for entry in (quota.entry, *quota.members):
                entry.take(f"quota{number}")
        return made


def _code_options(options: list[Option], most: int) -> None:
    for option in options[most:]:
        option.entry.refuse("too_many", most=most)
    del options[most:]
    taken: set[str] = set()
    for option in options:
        wanted = option.preferred or option.source
        if option.is_other and option.source in _OTHER_SOURCES:
            wanted = "other"
        option.code = choice_code(wanted, taken)


def _both(one: Condition | None, other: Condition | None) -> Condition | None:
    if one is None or other is None:
        return one or other
    return Group(True, (one, other))
