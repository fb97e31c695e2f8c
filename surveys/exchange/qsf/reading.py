"""A .qsf as a draft: options, blocks, the flow through them, questions and their logic."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from surveys.exchange.codes import language_code
from surveys.exchange.draft import Draft, Item
from surveys.exchange.expressions import Untranslatable
from surveys.exchange.ledger import Entry, Ledger, Unreadable
from surveys.exchange.qsf.elements import File, Json, is_empty, keyed, listed, read_file, said
from surveys.exchange.qsf.flow import lay_flow
from surveys.exchange.qsf.logic import condition_of
from surveys.exchange.qsf.questions import Read, read_question
from surveys.exchange.texts import plain_text

_IDS = re.compile(r"(ID|Date|Modified|Accessed|Activated|Set|Deleted)$")
_CARRIED = re.compile(r"q://(QID\w+)/ChoiceGroup/(\w+)")
_OPTIONS_NEUTRAL = frozenset({
    "false", "No", "None", "DefaultMessage", "http://", "https://", "0", "none", "off",
})  # fmt: skip
_BUTTONS = {"NextButton": "next", "PreviousButton": "back"}
_WHICH = {
    "SelectedChoices": "chosen",
    "UnselectedChoices": "not_chosen",
    "DisplayedChoices": "offered",
    "AllChoices": "offered",
}


@dataclass
class Survey:
    """What was read so far; questions by QID."""

    file: File
    ledger: Ledger
    draft: Draft
    main: str
    questions: dict[str, Read] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    hidden: dict[str, Item] = field(default_factory=dict)

    def find(self, name: str) -> Item | None:
        """The item logic means by a QID or an embedded field."""
        if name in self.hidden:
            return self.hidden[name]
        read = self.questions.get(name)
        if read is not None:
            return read.items[0]
        base, _, part = name.partition("#")
        side = self.questions.get(base)
        return next((i for i in side.items if i.source == f"{base}_{part}"), None) if side else None


def read_qsf(content: bytes, ledger: Ledger) -> Draft:
    """The draft of a Qualtrics survey. Raises Unreadable "not_qsf", "no_questions" …"""
    file = read_file(content, ledger)
    main = language_code(str(file.head.get("SurveyLanguage") or "EN")) or "en"
    survey = Survey(file, ledger, Draft("qsf", languages=[main]), main)
    _read_head(survey)
    _read_options(survey)
    for payload, entry in file.payloads("SQ"):
        _read_one(survey, payload, entry)
    lay_flow(survey)
    _read_logic(survey)
    _read_beside(survey)
    if not survey.draft.items:
        raise Unreadable("no_questions", place="SurveyElements")
    return survey.draft


def _read_head(survey: Survey) -> None:
    draft = survey.draft
    for name, value in survey.file.head.items():
        if is_empty(value) or value == "0000-00-00 00:00:00":
            continue
        entry = survey.ledger.found("survey_settings", f"SurveyEntry, {name}", said(value))
        if name == "SurveyName":
            text, loss = plain_text(value)
            draft.title = {survey.main: text[:200]}
            entry.change(loss) if loss else entry.take("title")
        elif name == "SurveyLanguage":
            entry.take(survey.main)
        elif name == "SurveyStatus":
            entry.refuse("set_here")
        elif name == "SurveyDescription":
            entry.refuse("setting")
        else:
            entry.refuse("internal" if _IDS.search(name) else "setting")
    draft.title = draft.title or {survey.main: "Qualtrics"}


def _read_options(survey: Survey) -> None:
    for payload, element in survey.file.payloads("SO"):
        element.take()
        for name, value in keyed(payload).items():
            if is_empty(value):
                continue
            if name == "AvailableLanguages":
                _read_languages(survey, value)
                continue
            entry = survey.ledger.found("survey_settings", f"SO, {name}", f"{name}: {said(value)}")
            _settle_option(survey.draft, entry, name, value)


def _read_languages(survey: Survey, value: Any) -> None:
    names = value if isinstance(value, list) else list(keyed(value))
    for number, name in enumerate(names, 1):
        entry = survey.ledger.found("languages", f"SO, AvailableLanguages {number}", name)
        code = language_code(str(name))
        if not code:
            entry.refuse("unknown_language")
            continue
        entry.take(code)
        if code not in survey.draft.languages:
            survey.draft.languages.append(code)


def _settle_option(draft: Draft, entry: Entry, name: str, value: Any) -> None:
    text = str(value)
    if name == "AnonymizeResponse":
        draft.anonymous = text in ("Yes", "true")
        entry.take()
    elif name == "BackButton":
        draft.settings["hide_back"] = text != "true"
        entry.take()
    elif name == "ProgressBarDisplay":
        draft.settings["hide_progress"] = text == "None"
        entry.take()
    elif name in _BUTTONS and (words := _button(text)):
        draft.buttons[_BUTTONS[name]] = {draft.languages[0]: words}
        entry.take("button")
    elif name in ("SaveAndContinue", "PartialData", "NewScoring", "ProtectSelectionIds"):
        entry.change("always_saved") if name in ("SaveAndContinue", "PartialData") else entry.take()
    elif text in _OPTIONS_NEUTRAL or value is False:
        entry.take()
    elif name in (
        "Skin",
        "SkinType",
        "SkinLibrary",
        "Header",
        "Footer",
        "CustomStyles",
        "NextButton",
        "PreviousButton",
        "SurveyTitle",
        "SurveyMetaDescription",
    ):
        entry.refuse("look")
    elif name in ("SurveyProtection", "NoIndex", "SecureResponseFiles", "SurveyExpiration"):
        entry.refuse("set_here")
    else:
        entry.refuse("setting")  # fmt: skip


def _button(text: str) -> str:
    """Words on a button; arrows alone say less than our own."""
    words = plain_text(text)[0][:40]
    return words if any(sign.isalpha() for sign in words) else ""


def _read_one(survey: Survey, payload: Any, entry: Entry) -> None:
    if not isinstance(payload, Mapping):
        entry.refuse("unreadable")
        return
    read = read_question(payload, entry, survey.ledger, survey.main)
    qid = str(payload.get("QuestionID") or entry.name)
    if read is None:
        survey.refused.add(qid)
        return
    survey.questions[qid] = read
    for words in keyed(payload.get("Language")):
        code = language_code(words)
        if code and code not in survey.draft.languages:
            survey.draft.languages.append(code)


def _read_logic(survey: Survey) -> None:
    for read in survey.questions.values():
        if read.logic:
            found = translated(survey, read.payload["DisplayLogic"], read.logic, read.item.notes)
            for item in read.items:
                item.shown_entry = read.logic
                item.shown_if = None if isinstance(found, bool) else found
                if item is not read.item:
                    item.notes += [n for n in read.item.notes if n not in item.notes]
        for option, expression in read.logics:
            assert option.shown_entry is not None
            found = translated(survey, expression, option.shown_entry, read.item.notes)
            option.shown_if = None if isinstance(found, bool) else found
        if read.dynamic:
            _carry(survey, read)


def translated(survey: Survey, expression: Any, entry: Entry, notes: list[str]) -> Any:
    """The condition of an expression, True where it is kept as a note."""
    words = said_in_words(expression)
    entry.name = words or entry.name
    try:
        found = condition_of(expression, survey.find)
    except Untranslatable as error:
        entry.change("kept_as_note", "note", part=str(error))
        notes.append(words or said(expression))
        return True
    entry.take("condition")
    return found


def said_in_words(expression: Any) -> str:
    """Qualtrics' own description of a condition, without its HTML."""
    found = []
    for _key, part in sorted(keyed(expression).items()):
        for _number, test in sorted(keyed(part).items()) if isinstance(part, Mapping) else ():
            if isinstance(test, Mapping) and test.get("Description"):
                spaced = str(test["Description"]).replace("</span>", "</span> ")
                found.append(plain_text(spaced)[0])
    return " ".join(found)[:1000]


def _carry(survey: Survey, read: Read) -> None:
    assert read.dynamic is not None
    locator = str(keyed(read.payload.get("DynamicChoices")).get("Locator", ""))
    found = _CARRIED.match(locator)
    source = survey.find(found[1]) if found else None
    which = _WHICH.get(found[2]) if found else None
    if source is None or which is None:
        read.dynamic.refuse("carry")
        return
    name = "rows_from" if read.item.kind.startswith(("matrix", "side")) else "choices_from"
    read.item.settings[name] = {"question": source.source, "which": which}
    read.dynamic.take(name)


def _read_beside(survey: Survey) -> None:
    reasons = {"QC": "counted", "STAT": "internal", "RS": "internal", "PROJ": "internal",
               "BR": "internal", "NT": "note", "QO": "quota_other", "QG": "quota_other",
               "SCO": "scoring"}  # fmt: skip
    for kind, elements in survey.file.elements.items():
        for element, entry in elements:
            if not entry.result:
                entry.refuse(reasons.get(kind, "no_counterpart"))
            if kind in ("SCO", "NT", "QO", "QG"):
                _children(survey, kind, element.get("Payload"))


def _children(survey: Survey, kind: str, payload: Any) -> None:
    """What scoring, notes and quotas hold, one by one."""
    groups: Json = keyed(payload)
    parts = listed(groups.get("ScoringCategories") or groups.get("Notes"))
    for number, part in enumerate(parts, 1):
        name = keyed(part).get("Name") or keyed(part).get("Message") or said(part)
        survey.ledger.found(kind, f"{kind}, {number}", name).refuse("no_counterpart")
