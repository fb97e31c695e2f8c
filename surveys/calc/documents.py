"""What differs between two published documents of a survey, without knowing who asks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Document = Mapping[str, Any]
#: Fields of the survey itself that respondents notice.
OWN_FIELDS = (
    "title", "welcome", "thanks", "languages", "default_language", "anonymous", "theme",
    "settings", "quotas", "endings",
)  # fmt: skip
#: Fields of a question that respondents notice; its place is told apart from them.
QUESTION_FIELDS = ("kind", "text", "help", "required", "settings", "rows", "logic", "choices")
#: What makes answers before and after not the same thing.
Break = Literal["kind", "scale", "choice_gone", "choice_reworded", "text"]
#: A rewording leaves at least this share of the letters' pairs.
_ALIKE = 0.5
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
    shown = ("title", "logic")
    titles = [
        [[page.get(name) for name in shown] for page in side["sections"]] for side in (old, new)
    ]
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


@dataclass(frozen=True)
class ComparisonBreak:
    """A change after which the answers to a question cannot be compared with those before.

    `about` are the choices meant: codes that are gone or whose words now mean something else.
    """

    kind: Break
    code: str
    text: Mapping[str, str] | None = None
    about: tuple[str, ...] = ()


def comparison_breaks(old: Document, new: Document) -> list[ComparisonBreak]:
    """What breaks the comparison of answers by question and choice code, in the new order."""
    before, after = _questions(old), _questions(new)
    main = str(new.get("default_language") or "en")
    found: list[ComparisonBreak] = []
    for code, question in after.items():
        if code in before:
            found += _breaks(before[code], question, main)
    return found


def _breaks(old: Mapping[str, Any], new: Mapping[str, Any], main: str) -> Iterator[ComparisonBreak]:
    code, text = new["code"], new["text"]
    if old["kind"] != new["kind"]:
        yield ComparisonBreak("kind", code, text)
        return
    if _bounds(old) != _bounds(new):
        yield ComparisonBreak("scale", code, text)
    if not _alike(old["text"].get(main, ""), text.get(main, "")):
        yield ComparisonBreak("text", code, text)
    for name in ("choices", "rows"):
        was = {c["code"]: c["text"].get(main, "") for c in old.get(name) or ()}
        now = {c["code"]: c["text"].get(main, "") for c in new.get(name) or ()}
        gone = tuple(words or c for c, words in was.items() if c not in now)
        if gone:
            yield ComparisonBreak("choice_gone", code, text, gone)
        other = tuple(now[c] for c in was if c in now and not _alike(was[c], now[c]))
        if other:
            yield ComparisonBreak("choice_reworded", code, text, other)


def _bounds(question: Mapping[str, Any]) -> tuple[Any, ...]:
    settings = question.get("settings") or {}
    names = ("min", "max", "total", "decimals", "multiple", "step")
    counted = question["kind"] in ("multiple", "ranking")
    return tuple(settings.get(name) for name in names if not (counted and name in ("min", "max")))


def _alike(one: str, other: str) -> bool:
    """True for a text and its rewording: they share half of their pairs of letters (Dice)."""
    left, right = _pairs(one), _pairs(other)
    if not left or not right:
        return one.strip().casefold() == other.strip().casefold() or not one.strip()
    return 2 * len(left & right) / (len(left) + len(right)) >= _ALIKE


def _pairs(text: str) -> set[str]:
    word = "".join(text.casefold().split())
    return {word[i : i + 2] for i in range(len(word) - 1)}
