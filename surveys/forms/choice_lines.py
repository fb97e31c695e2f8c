"""A long list of choices as lines of text: `code | words | words in the next language`."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from surveys.forms.texts import merged

#: From so many choices on a list is edited as lines, not field by field.
LONG_LIST = 60
_BAR = re.compile(r"(?<!\\)\|")


def lines_of(parts: Iterable[Mapping[str, Any]], languages: Sequence[str]) -> str:
    """The choices, one a line; a bar inside the words is written \\|."""
    return "\n".join(" | ".join(_cells(part, languages)) for part in parts)


def _cells(part: Mapping[str, Any], languages: Sequence[str]) -> list[str]:
    text = part.get("text") or {}
    words = [" ".join(text.get(code, "").split()).replace("|", "\\|") for code in languages]
    while len(words) > 1 and not words[-1]:
        words.pop()
    return [str(part["code"]), *words]


def parts_of(
    text: str, stored: Mapping[str, Mapping[str, Any]], languages: Sequence[str]
) -> list[dict[str, Any]]:
    """The choices of such lines; what each sets besides its words stays as it was.

    A line that begins with no known code and has no more parts than there are languages is a new
    choice, or a known one with the same words.
    """
    main = languages[0]
    by_words = {(part.get("text") or {}).get(main, ""): code for code, part in stored.items()}
    parts = []
    for line in text.splitlines():
        cells = [cell.replace("\\|", "|").strip() for cell in _BAR.split(line)]
        if not any(cells):
            continue
        named = cells[0] in stored or len(cells) > len(languages)
        code = cells[0] if named else by_words.get(cells[0], "")
        words = cells[1:] if named else cells
        before = stored.get(code, {})
        typed = {name: word for name, word in zip(languages, words, strict=False) if word}
        made = {**before, "text": merged(before.get("text") or {}, typed, list(languages))}
        parts.append({**made, "code": code} if code else made)
    return parts
