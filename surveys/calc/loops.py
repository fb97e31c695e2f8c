"""Questions of a loop as so many questions: one for each item, by the code its answers have."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from surveys.calc.logic_document import Document, codes_asked
from surveys.calc.logic_flow import LOOP_MARK
from surveys.calc.merge_tags import tags_replaced


def questions_by_answer(document: Document) -> dict[str, dict[str, Any]]:
    """Every question by the code under which its answers are kept: "rate", in loops "rate@app"."""
    asked = codes_asked(document)
    return {
        question["code"]: question
        for section in document.get("sections") or ()
        for question in _of_section(section, asked)
    }


def _of_section(
    section: Mapping[str, Any], asked: Mapping[str, Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    loop = (section.get("logic") or {}).get("loop")
    items = asked.get(str(loop.get("question")), {}).get("choices") or () if loop else ()
    for question in section.get("questions") or ():
        if not loop:
            yield dict(question)
        for item in items:
            code = f"{question['code']}{LOOP_MARK}{item['code']}"
            yield {**question, "code": code, "text": _named(question.get("text") or {}, item)}


def _named(texts: Mapping[str, str], item: Mapping[str, Any]) -> dict[str, str]:
    """The question's words with the item's name where they speak of it, else behind them."""
    found = {}
    for language, text in texts.items():
        name = (item.get("text") or {}).get(language) or str(item["code"])
        said = tags_replaced(text, partial(_item_named, name))
        found[language] = said if said != text else f"{text} · {name}"
    return found


def _item_named(name: str, tag: str, _fallback: str | None) -> str | None:
    return name if tag == "item" else None
