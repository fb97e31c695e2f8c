"""Qualtrics' questions: type and selector to our kind, choices, rows, validation, languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from surveys.exchange.codes import language_code
from surveys.exchange.draft import Item, Option, Texts
from surveys.exchange.ledger import Entry, Ledger
from surveys.exchange.qsf.elements import Json, in_order, is_empty, keyed, listed, said
from surveys.exchange.qsf.kinds import (
    INTERNAL,
    NOT_ASKED,
    QUIET,
    VALIDATION_NEUTRAL,
    kind_of,
)
from surveys.exchange.texts import plain_text


@dataclass
class Read:
    """A question of the file with what is still to be settled about it."""

    item: Item
    payload: Json
    entry: Entry
    place: str
    ledger: Ledger
    main: str
    logic: Entry | None = None
    dynamic: Entry | None = None
    logics: list[tuple[Option, Any]] = field(default_factory=list)
    extra: list[Item] = field(default_factory=list)

    @property
    def items(self) -> list[Item]:
        return self.extra or [self.item]


def read_question(payload: Json, entry: Entry, ledger: Ledger, main: str) -> Read | None:
    """Enter a question with all its parts; None when we have no such question."""
    place = str(payload.get("QuestionID") or entry.place)
    type_, selector = str(payload.get("QuestionType", "")), str(payload.get("Selector", ""))
    kind, reason = kind_of(type_, selector, str(payload.get("SubSelector", "") or ""))
    entry.name = said(payload.get("DataExportTag") or place)
    item = Item(place, kind or "statement", entry)
    item.aliases = [str(payload.get("DataExportTag") or "")]
    read = Read(item, payload, entry, place, ledger, main)
    _put(item.text, main, payload.get("QuestionText"), entry)
    _options(read)
    _settings(read)
    _translations(read)
    if not kind:
        word = NOT_ASKED.get(type_, "unknown_type")
        entry.refuse(word, type=f"{type_} {selector}".strip())
        for option in [*item.choices, *item.rows, *item.columns]:
            option.entry.refuse(word, type=type_)
        return None
    if reason:
        entry.change(reason, kind)
    entry.take(kind)
    _SHAPES.get(kind, lambda _read: None)(read)
    return read


def _put(texts: Texts, language: str, value: Any, entry: Entry) -> None:
    text, loss = plain_text(value)
    if loss:
        entry.change(loss)
    if text and language:
        texts.setdefault(language, text)


def _option(read: Read, key: str, option: Json, kind: str, recode: Any) -> Option:
    entry = read.ledger.found(kind, f"{read.place}, {kind} {key}", option.get("Display"))
    made = Option(key, {}, entry)
    _put(made.text, read.main, option.get("Display"), entry)
    made.is_other = str(option.get("TextEntry", "")).lower() in ("true", "1", "on")
    made.is_exclusive = option.get("ExclusiveAnswer") in (True, "true", "1")
    made.preferred = str(recode) if recode not in (None, "") else ""
    if not is_empty(option.get("Image")):
        entry.change("image_gone")
    if not is_empty(option.get("DisplayLogic")):
        place = f"{read.place}, {kind} {key}, DisplayLogic"
        made.shown_entry = read.ledger.found("choice_logic", place, "DisplayLogic")
        read.logics.append((made, option["DisplayLogic"]))
    entry.take()
    return made


def _options(read: Read) -> None:
    payload, item, ledger, main = read.payload, read.item, read.ledger, read.main
    recodes = keyed(payload.get("RecodeValues"))
    rows_first = not is_empty(payload.get("Answers")) or not is_empty(
        payload.get("AdditionalQuestions")
    )
    tags = keyed(payload.get("ChoiceDataExportTags"))
    for key, option in in_order(payload.get("Choices"), payload.get("ChoiceOrder")):
        recode = tags.get(key) if rows_first else recodes.get(key)
        made = _option(read, key, option, "choices", recode)
        (item.rows if rows_first else item.choices).append(made)
    for key, option in in_order(payload.get("Answers"), payload.get("AnswerOrder")):
        made = _option(read, key, option, "answers", recodes.get(key))
        item.choices.append(made)
    for number, name in enumerate(listed(payload.get("Groups")), 1):
        label = name.get("Display") if isinstance(name, Mapping) else name
        entry = ledger.found("groups", f"{read.place}, groups {number}", label)
        group = Option(str(number), {}, entry)
        _put(group.text, main, label, entry)
        entry.take()
        item.columns.append(group)
    for key, part in keyed(payload.get("AdditionalQuestions")).items():
        if isinstance(part, Mapping):
            item.parts.append(_side(read, key, part))
    for key, label in keyed(payload.get("ColumnLabels")).items():
        text = label.get("Display") if isinstance(label, Mapping) else label
        entry = ledger.found("labels", f"{read.place}, ColumnLabels {key}", text)
        if item.kind in ("nps", "slider", "matrix_single") and key in ("0", "1", "2"):
            item.settings.setdefault("labels_found", []).append((entry, text))
        else:
            entry.refuse("label")


def _side(read: Read, key: str, part: Json) -> Item:
    """One question of a side-by-side one."""
    place = f"{read.place}, AdditionalQuestions {key}"
    entry = read.ledger.found("sub_questions", place, part.get("QuestionText"))
    kind, reason = kind_of(
        str(part.get("QuestionType", "")),
        str(part.get("Selector", "")),
        str(part.get("SubSelector", "") or ""),
    )
    column = Item(key, kind or "matrix_single", entry)
    _put(column.text, read.main, part.get("QuestionText"), entry)
    side = Read(column, part, entry, place, read.ledger, read.main)
    recodes = keyed(part.get("RecodeValues"))
    for name, option in in_order(part.get("Answers"), part.get("AnswerOrder")):
        made = _option(side, name, option, "answers", recodes.get(name))
        column.choices.append(made)
    column.required = _force(part) == "ON"
    if reason:
        entry.change(reason)
    entry.take()
    return column


def _force(payload: Json) -> str:
    settings = keyed(keyed(payload.get("Validation")).get("Settings"))
    return str(settings.get("ForceResponse", ""))


def _settings(read: Read) -> None:
    """Every other key of the question that holds something."""
    for name, value in read.payload.items():
        if is_empty(value) or name in QUIET:
            continue
        place = f"{read.place}, {name}"
        if name == "Validation":
            _validation(read, value)
            continue
        entry = read.ledger.found("question_settings", place, f"{name}: {said(value)}")
        if name == "DisplayLogic":
            read.logic = entry
        elif name == "DynamicChoices":
            read.dynamic = entry
        elif name == "DefaultChoices":
            _defaults(read, entry, value)
        elif name == "Randomization":
            _random(read, entry, value)
        elif name in ("RecodeValues", "ChoiceDataExportTags"):
            entry.take("codes") if value else entry.take()
        elif name == "QuestionJS":
            entry.refuse("script")
        elif name == "DataVisibility":
            hidden = isinstance(value, Mapping) and value.get("Hidden") is True
            entry.refuse("setting") if hidden else entry.take()
        elif name in INTERNAL or value in (False, "false"):
            entry.refuse("internal") if name in INTERNAL else entry.take()
        else:
            entry.refuse("setting")


def _defaults(read: Read, entry: Entry, value: Any) -> None:
    """Choices that are ticked, or the text that stands there, beforehand."""
    item, chosen = read.item, []
    for key, given in keyed(value).items():
        if isinstance(given, Mapping) and given.get("Selected") in (True, "true", "1"):
            chosen.append(key)
        elif item.kind.endswith("_text") and (text := _default_text(given)):
            chosen.append(text)
    item.defaults = [(one, entry) for one in chosen]
    if not chosen:
        entry.refuse("prefilled") if not is_empty(value) and value is not False else entry.take()


def _default_text(given: Any) -> str:
    text = given.get("Text") or given.get("Value") if isinstance(given, Mapping) else given
    return text if isinstance(text, str) and "${" not in text else ""


def _random(read: Read, entry: Entry, value: Any) -> None:
    type_ = str(keyed(value).get("Type", ""))
    if type_ == "All":
        read.item.settings["random"] = True
        entry.take("random")
    elif type_ in ("", "None"):
        entry.take()
    else:
        read.item.settings["random"] = True
        entry.change("random_all", "random")


def _validation(read: Read, value: Any) -> None:
    item, settings = read.item, keyed(keyed(value).get("Settings"))
    for name, wanted in settings.items():
        if is_empty(wanted):
            continue
        place = f"{read.place}, Validation {name}"
        entry = read.ledger.found("validation", place, f"{name}: {said(wanted)}")
        if name == "ForceResponse":
            item.required = wanted == "ON"
            entry.change("soft_mandatory") if wanted == "RequestResponse" else entry.take()
        elif (name, str(wanted)) in VALIDATION_NEUTRAL or name in ("ForceResponseType", "Type"):
            entry.take()
        elif name in ("MinChoices", "MaxChoices") and str(wanted).isdigit():
            item.settings[name[:3].lower()] = int(wanted)
            entry.take()
        elif name in ("ChoiceTotal", "EnforceTotal", "ChoiceTotalValue") and str(wanted).isdigit():
            item.settings["total"] = int(wanted)
            entry.take()
        elif name in ("MaxChars", "TotalChar") and str(wanted).isdigit():
            item.settings["max_length"] = int(wanted)
            entry.take()
        elif name == "ContentType":
            _content_type(item, entry, str(wanted))
        elif name in ("ValidNumber", "ValidDateType") and isinstance(wanted, Mapping):
            _bounds(item, entry, wanted)
        else:
            entry.refuse("validation")


_CONTENT = {
    "ValidEmail": "email", "ValidPhone": "phone", "ValidUSPhone": "phone",
    "ValidNumber": "number", "ValidDate": "date", "ValidUSDate": "date",
}  # fmt: skip


def _content_type(item: Item, entry: Entry, wanted: str) -> None:
    kind = _CONTENT.get(wanted)
    if kind and item.kind == "short_text":
        item.kind = kind
        if kind == "number":
            item.settings["decimals"] = 2
        entry.take(kind)
    else:
        entry.refuse("validation")


def _bounds(item: Item, entry: Entry, wanted: Json) -> None:
    for name, limit in (("min", "Min"), ("max", "Max")):
        try:
            item.settings[name] = int(float(wanted.get(limit, "")))
        except (TypeError, ValueError):
            continue
    entry.take()


def _translations(read: Read) -> None:
    item = read.item
    for name, words in keyed(read.payload.get("Language")).items():
        entry = read.ledger.found("translations", f"{read.place}, Language {name}", name)
        language = language_code(name)
        if not language or not isinstance(words, Mapping):
            entry.refuse("unknown_language")
            continue
        _put(item.text, language, words.get("QuestionText"), entry)
        for options, given in (
            (item.rows or item.choices, words.get("Choices")),
            (item.choices, words.get("Answers")),
        ):
            known = {option.source: option for option in options}
            for key, option in keyed(given).items():
                if key in known and isinstance(option, Mapping):
                    _put(known[key].text, language, option.get("Display"), entry)
        entry.take(language)  # fmt: skip


def _nps(read: Read) -> None:
    """The eleven choices are the scale; what stands at its ends is kept."""
    item = read.item
    ends = item.settings.pop("labels_found", [])
    for name, (entry, text) in zip(
        ("low", "high"), [ends[0], ends[-1]] if ends else (), strict=False
    ):
        _put(item.settings.setdefault("labels", {}).setdefault(name, {}), read.main, text, entry)
        entry.take(name)
    item.settings["scale_values"] = {
        o.source: next(iter(o.text.values()), "") for o in item.choices
    }
    for option in item.choices:
        option.entry.take("scale")
    item.choices = []


def _texts_table(read: Read) -> None:
    item = read.item
    if item.rows:
        columns, item.choices = item.choices, []
    else:
        item.rows, item.choices = item.choices, []
        columns = [Option("value", {"en": "Answer", "ko": "답변"}, read.entry)]
    kind = "number" if read.payload.get("Selector") == "CS" else "short_text"
    item.parts = [Item(c.source, kind, c.entry, dict(c.text)) for c in columns]


def _best_worst(read: Read) -> None:
    """Rows are the items, the two answers name its ends."""
    item = read.item
    ends = item.choices
    item.choices, item.rows = item.rows, []
    for name, option in zip(("low", "high"), ends, strict=False):
        if option.text:
            item.settings.setdefault("labels", {})[name] = option.text
        option.entry.take(name)
    for option in item.choices:
        option.is_exclusive = False


def _groups(read: Read) -> None:
    """Items put into groups: one answer per item, the groups as columns."""
    item = read.item
    if item.columns:
        item.rows, item.choices, item.columns = item.choices, item.columns, []


def _sliders(read: Read) -> None:
    item, configuration = read.item, keyed(read.payload.get("Configuration"))
    for name, key in (("min", "CSSliderMin"), ("max", "CSSliderMax")):
        try:
            item.settings[name] = int(float(configuration.get(key, "")))
        except (TypeError, ValueError):
            continue
    for entry, _text in item.settings.pop("labels_found", []):
        entry.refuse("label")
    bars, item.choices = item.rows or item.choices, []
    item.rows = []
    for bar in bars:
        bar.entry.change("row_is_question", "slider")
        text = {
            code: f"{item.text[code]} – {words}" if item.text.get(code) else words
            for code, words in bar.text.items()
        }
        single = len(bars) == 1
        source = item.source if single else f"{item.source}_{bar.source}"
        made = Item(source, "slider", bar.entry, text or item.text, required=item.required)
        made.settings = dict(item.settings)
        made.aliases = item.aliases if single else [f"{item.aliases[0]}_{bar.source}"]
        read.extra.append(made)
    if len(bars) > 1:
        read.entry.change("one_each", f"{len(bars)} × slider", count=len(bars))


def _sides(read: Read) -> None:
    """Columns with several answers a row become questions of their own."""
    item, several = read.item, []
    for part in list(item.parts):
        if part.kind == "matrix_multiple":
            item.parts.remove(part)
            several.append(part)
        elif part.kind == "side_by_side":
            part.kind = "short_text"
        else:
            part.kind = "single" if part.choices else "short_text"
    for part in several:
        part.entry.change("side_apart", "matrix_multiple")
        text = {c: f"{item.text[c]} – {w}" if item.text.get(c) else w for c, w in part.text.items()}
        made = Item(f"{item.source}_{part.source}", "matrix_multiple", part.entry, text)
        made.rows = [Option(r.source, r.text, r.entry, preferred=r.preferred) for r in item.rows]
        made.choices, made.required = part.choices, item.required
        made.aliases = [f"{item.aliases[0]}_{part.source}"]
        read.extra.append(made)
    if several and item.parts:
        read.extra.insert(0, item)


_SHAPES = {
    "nps": _nps,
    "side_by_side_texts": _texts_table,
    "best_worst": _best_worst,
    "matrix_groups": _groups,
    "slider": _sliders,
    "side_by_side": _sides,
}
