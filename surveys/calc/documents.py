"""What differs between two published documents of a survey, without knowing who asks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Document = Mapping[str, Any]
#: Fields of the survey itself that respondents notice.
OWN_FIELDS = ("title", "welcome", "thanks", "languages", "default_language", "anonymous", "theme")
#: Fields of a question that respondents notice; its place is told apart from them.
QUESTION_FIELDS = ("kind", "text", "help", "required", "settings", "choices")
Kind = Literal["added", "removed", "changed", "moved", "pages", "survey"]


@dataclass(frozen=True)
class DocumentChange:
    """One difference. `code` and `text` name the question (empty for the survey itself),
    `fields` what changed in it.
    """

    kind: Kind
    code: str = ""
    text: Mapping[str, str] | None = None
    fields: tuple[str, ...] = ()


def document_changes(old: Document, new: Document) -> list[DocumentChange]:
    """From `old` to `new`: the survey itself, pages, then questions in the new order."""
    return [*_own_changes(old, new), *_question_changes(old, new)]


def _own_changes(old: Document, new: Document) -> Iterator[DocumentChange]:
    fields = tuple(name for name in OWN_FIELDS if old.get(name) != new.get(name))
    if fields:
        yield DocumentChange("survey", fields=fields)
    titles = [[page.get("title") for page in side["sections"]] for side in (old, new)]
    if titles[0] != titles[1]:
        yield DocumentChange("pages")


def _question_changes(old: Document, new: Document) -> Iterator[DocumentChange]:
    before, after = _questions(old), _questions(new)
    for code, question in after.items():
        if code not in before:
            yield DocumentChange("added", code, question["text"])
            continue
        fields = tuple(n for n in QUESTION_FIELDS if before[code].get(n) != question.get(n))
        if fields:
            yield DocumentChange("changed", code, question["text"], fields)
    kept = [code for code in before if code in after]
    for code in _moved(kept, [code for code in after if code in before]):
        yield DocumentChange("moved", code, after[code]["text"])
    for code in before:
        if code not in after:
            yield DocumentChange("removed", code, before[code]["text"])


def _questions(document: Document) -> dict[str, Mapping[str, Any]]:
    return {q["code"]: q for page in document["sections"] for q in page["questions"]}


def _moved(before: list[str], after: list[str]) -> list[str]:
    """The fewest codes whose move turns one order into the other, in the new order."""
    rank = {code: place for place, code in enumerate(before)}
    best: list[list[str]] = []
    for code in after:
        fitting = [run for run in best if rank[run[-1]] < rank[code]]
        best.append([*_longest(fitting), code])
    stay = set(_longest(best))
    return [code for code in after if code not in stay]


def _longest(runs: list[list[str]]) -> list[str]:
    return max(runs, key=len) if runs else []
