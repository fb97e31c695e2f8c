"""From a LimeSurvey question to the items it becomes here: one, or several where it must."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from surveys.exchange.draft import Item, Option, Texts
from surveys.exchange.lss.kinds import (
    CHOICES_BELOW,
    COMMENTED,
    IMPLICIT,
    KINDS,
    OTHER_CODE,
    ROWS_BELOW,
)
from surveys.exchange.lss.texts import Languages
from surveys.exchange.texts import plain_text

if TYPE_CHECKING:
    from surveys.exchange.lss.questions import Asked

_OTHER: Texts = {"en": "Other", "ko": "기타"}
_COMMENT: Texts = {"en": "Your comment on it", "ko": "덧붙이고 싶은 말씀이 있으면 적어 주세요."}
_FILES = {
    "image": {"jpg", "jpeg", "png", "gif", "webp", "heic", "bmp", "svg"},
    "pdf": {"pdf"},
    "document": {"doc", "docx", "xls", "xlsx", "odt", "ods", "txt", "csv", "ppt", "pptx", "hwp"},
    "media": {"mp3", "mp4", "mov", "wav", "m4a", "avi", "webm"},
}


def items_of(asked: Asked, languages: Languages) -> list[Item]:
    """What a question becomes, in order; nothing for one of an unknown type or an equation."""
    kind = KINDS.get(asked.type)
    if kind is None:
        return []
    if kind == "equation":
        asked.entry.refuse("equation")
        _refuse_below(asked)
        return []
    item = Item(asked.title, kind, asked.entry, asked.text, asked.help)
    item.required = asked.row.get("mandatory", "N") in ("Y", "S")
    _fill(item, asked, languages)
    if asked.attributes.peek("hidden") == "1":
        asked.attributes.change("hidden", "hidden_question")
        item.kind, item.settings = "hidden", {"origin": "link", "name": asked.title}
        asked.entry.change("hidden_question")
    items = _MANY[item.kind](item, asked) if item.kind in _MANY else [item]
    if asked.type in COMMENTED and item.kind != "hidden":
        items.append(_comment(asked, languages))
        asked.entry.change("comment_apart")
    return items


def _refuse_below(asked: Asked) -> None:
    for below in [*asked.subquestions, *asked.answers]:
        below.option.entry.refuse("equation")


def _fill(item: Item, asked: Asked, languages: Languages) -> None:
    type_, attributes = asked.type, asked.attributes
    answers, rows = asked.scale(asked.answers, "0"), asked.scale(asked.subquestions, "0")
    if type_ in CHOICES_BELOW or (type_ == "R" and not answers):
        item.choices = rows
    elif type_ in ROWS_BELOW:
        item.rows, item.choices = rows, answers
    else:
        item.choices = answers
        item.rows = rows
    if type_ in IMPLICIT and not item.choices:
        item.choices = _implicit(asked, languages)
    if type_ == "I":
        item.choices = [Option(c, {languages.main: c}, asked.entry) for c in languages.ours]
    if asked.row.get("other") == "Y" and type_ in "LM!OP":
        text = attributes.texts("other_replace_text", languages.ours, languages.main)
        item.choices.append(Option(OTHER_CODE, _in(languages, text or _OTHER), asked.entry, True))
    if attributes.peek("random_order") == "1":
        attributes.get("random_order")
        item.settings["random"] = True
    fill = _SETTINGS.get(type_)
    if fill:
        fill(item, asked, languages)


def _in(languages: Languages, texts: Texts) -> Texts:
    """Our words in the survey's languages; English stands in for the main one."""
    found = {code: text for code, text in texts.items() if code in languages.codes}
    return found or {languages.main: texts.get("en") or next(iter(texts.values()))}


def _implicit(asked: Asked, languages: Languages) -> list[Option]:
    return [Option(code, _in(languages, text), asked.entry) for code, text in IMPLICIT[asked.type]]


def _comment(asked: Asked, languages: Languages) -> Item:
    text = {
        code: f"{asked.text[code]} – {words}" if code in asked.text else words
        for code, words in _in(languages, _COMMENT).items()
    }
    return Item(f"{asked.title}_comment", "long_text", asked.entry, text)


def _rating(item: Item, asked: Asked, languages: Languages) -> None:
    item.settings |= {"min": 1, "max": 5}


def _several(item: Item, asked: Asked, languages: Languages) -> None:
    for name, limit in (("min", "min_answers"), ("max", "max_answers")):
        number = asked.attributes.number(limit)
        if number:
            item.settings[name] = number
    codes = asked.attributes.peek("exclude_all_others").split(";")
    for option in item.choices:
        option.is_exclusive = option.source in codes
    if any(option.is_exclusive for option in item.choices):
        item.settings["exclusive_attribute"] = True


def _numbers(item: Item, asked: Asked, languages: Languages) -> None:
    attributes = asked.attributes
    for name, limit in (("min", "min_num_value_n"), ("max", "max_num_value_n")):
        number = attributes.number(limit)
        if number is not None:
            item.settings[name] = number
    if asked.type == "N":
        item.settings["decimals"] = 0 if attributes.get("num_value_int_only") == "1" else 2
    unit = plain_text(attributes.peek("suffix"))[0]
    if unit and len(unit) <= 20:
        attributes.get("suffix")
        item.settings["unit"] = unit
    total = attributes.number("equals_num_value")
    if asked.type == "K" and total and total > 0:
        item.kind, item.settings = "constant_sum", {"total": total}
        item.choices, item.rows = item.rows, []
    elif asked.type == "K" and attributes.peek("slider_layout") == "1":
        attributes.get("slider_layout")
        item.settings |= {"slider": True, **_slider(asked)}


def _slider(asked: Asked) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, limit in (("min", "slider_min"), ("max", "slider_max"), ("step", "slider_accuracy")):
        number = asked.attributes.number(limit)
        if number is not None:
            found[name] = number
    return found


def _text(item: Item, asked: Asked, languages: Languages) -> None:
    most = asked.attributes.number("maximum_chars")
    if most and most > 0:
        item.settings["max_length"] = most


def _file(item: Item, asked: Asked, languages: Languages) -> None:
    attributes = asked.attributes
    for name, limit in (("max_files", "max_num_of_files"), ("kilobytes", "max_filesize")):
        number = attributes.number(limit)
        if number and number > 0:
            item.settings[name] = number
    endings = {e.strip().lower() for e in attributes.peek("allowed_filetypes").split(",")}
    types = [name for name, known in _FILES.items() if endings & known]
    if types:
        attributes.get("allowed_filetypes")
        item.settings["types"] = types


def _two_scales(item: Item, asked: Asked, languages: Languages) -> None:
    for scale, header in (("0", "dualscale_headerA"), ("1", "dualscale_headerB")):
        text = asked.attributes.texts(header, languages.ours, languages.main)
        part = Item(f"{int(scale) + 1}", "single", asked.entry, text)
        part.text = part.text or {languages.main: f"{int(scale) + 1}"}
        part.choices = asked.scale(asked.answers, scale)
        item.parts.append(part)
    item.choices = []


def _numbers_table(item: Item, asked: Asked, languages: Languages) -> None:
    columns = asked.scale(asked.subquestions, "1")
    item.columns = columns
    if asked.attributes.peek("multiflexible_checkbox") == "1":
        asked.attributes.get("multiflexible_checkbox")
        item.kind, item.choices, item.columns = "matrix_multiple", columns, []
        return
    low = asked.attributes.number("multiflexible_min")
    high = asked.attributes.number("multiflexible_max")
    if low is not None:
        item.settings["min"] = low
    if high is not None:
        item.settings["max"] = high


def _texts_table(item: Item, asked: Asked, languages: Languages) -> None:
    item.columns = asked.scale(asked.subquestions, "1")
    _text(item, asked, languages)


_SETTINGS = {
    "5": _rating,
    "M": _several,
    "P": _several,
    "R": _several,
    "N": _numbers,
    "K": _numbers,
    "S": _text,
    "T": _text,
    "U": _text,
    "Q": _text,
    "|": _file,
    "1": _two_scales,
    ":": _numbers_table,
    ";": _texts_table,
}


def part_text(question: Texts, part: Texts) -> Texts:
    """“Question – part” in every language that has the part."""
    return {
        code: f"{question[code]} – {text}" if question.get(code) else text
        for code, text in part.items()
    }


def _table(item: Item, asked: Asked) -> list[Item]:
    """Several numbers or texts as a side-by-side question with one column per field."""
    numbers = item.kind in ("many_numbers", "matrix_numbers")
    if item.settings.pop("slider", False):
        return _sliders(item, asked)
    kind = "number" if numbers else "short_text"
    columns = item.columns or [Option("value", _VALUE_OF[kind], asked.entry)]
    item.parts = [Item(c.source, kind, c.entry, dict(c.text)) for c in columns]
    if "en" not in item.parts[0].text and not item.columns:
        item.parts[0].text = _VALUE_OF[kind]
    item.kind, item.settings, item.columns = "side_by_side", {}, []
    asked.entry.change("as_table", item.kind)
    return [item]


_VALUE_OF: dict[str, Texts] = {
    "number": {"en": "Number", "ko": "숫자"},
    "short_text": {"en": "Answer", "ko": "답변"},
}


def _sliders(item: Item, asked: Asked) -> list[Item]:
    """One slider per row."""
    made = []
    for row in item.rows:
        row.entry.change("row_is_question", "slider")
        made.append(
            Item(
                f"{item.source}_{row.source}",
                "slider",
                row.entry,
                part_text(item.text, row.text),
                item.help,
                item.required,
                settings=dict(item.settings),
            )
        )
    asked.entry.change("one_each", f"{len(made)} × slider", count=len(made))
    return made


_MANY = {
    "many_numbers": _table,
    "many_texts": _table,
    "matrix_numbers": _table,
    "matrix_texts": _table,
}
