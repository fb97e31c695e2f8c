"""Reading a survey's document: its rules, their targets, and what decides over what."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from surveys.calc.kinds import UNSEEN, Question
from surveys.calc.logic import SOURCES, comparisons, questions_in
from surveys.calc.merge_tags import tags_in

Document: TypeAlias = Mapping[str, Any]


def has_flow(document: Document) -> bool:
    """True when not every person sees the same pages: only then is a way computed."""
    settings = document.get("settings") or {}
    if document.get("quotas") or document.get("endings") or settings.get("one_per_page"):
        return True
    return any(_section_decides(section) for section in document.get("sections") or ())


def _section_decides(section: Mapping[str, Any]) -> bool:
    return bool(section.get("logic")) or any(
        question.get("logic")
        or question["kind"] in UNSEEN
        or (question.get("settings") or {}).keys() & {"choices_from", "rows_from", "order"}
        or any(choice.get("show_if") for choice in question.get("choices") or ())
        or pipes_in(question)
        for question in section.get("questions") or ()
    )


def texts_in(question: Question) -> Iterator[str]:
    """All texts of a question in all languages."""
    parts: list[Any] = [question, *(question.get("choices") or ()), *(question.get("rows") or ())]
    for part in parts:
        for name in ("text", "help"):
            yield from (part.get(name) or {}).values()


def pipes_in(question: Question) -> set[str]:
    """Names of the tags in the texts of a question."""
    return {tag for text in texts_in(question) for tag in tags_in(text)}


def conditions_of(document: Document) -> Iterator[Mapping[str, Any] | None]:
    """Every condition of a survey, wherever it stands."""
    for part in (*(document.get("quotas") or ()), *(document.get("endings") or ())):
        yield part.get("if")
    for section in document.get("sections") or ():
        for part in (section, *(section.get("questions") or ())):
            yield (part.get("logic") or {}).get("show_if")
            yield from (rule.get("if") for rule in rules_of(part))
        for question in section.get("questions") or ():
            for choice in (*(question.get("choices") or ()), *(question.get("rows") or ())):
                yield choice.get("show_if")


def tags_of(document: Document) -> frozenset[str]:
    """Names of all tags in the texts of a survey that stand for what a rule can look at."""
    texts: list[str] = []
    for name in ("title", "welcome", "thanks"):
        texts += (document.get(name) or {}).values()
    for ending in document.get("endings") or ():
        texts += [*(ending.get("text") or {}).values(), *(ending.get("link") or {}).values()]
    for section in document.get("sections") or ():
        texts += (section.get("title") or {}).values()
        for question in section.get("questions") or ():
            texts += texts_in(question)
    found = {tag for text in texts for tag in tags_in(text)}
    return frozenset(tag for tag in found if tag.partition(".")[0] in SOURCES)


def sources_of(document: Document) -> frozenset[str]:
    """The first words of all sources and tags: "answer", "customer", "segment" …"""
    words = {
        str(test["source"]).partition(".")[0]
        for condition in conditions_of(document)
        for test in comparisons(condition)
    }
    words |= {tag.partition(".")[0] for tag in tags_of(document)}
    for question in codes_asked(document).values():
        if question["kind"] in UNSEEN:
            words.add(str((question.get("settings") or {}).get("origin", "link")))
    return frozenset(words)


def section_key(section: Mapping[str, Any]) -> str:
    """How rules name a section: its code, else its number in the database."""
    return str(section.get("code") or f"p{section.get('id', '')}")


def targets_of(document: Document) -> set[str]:
    """Everything some rule leads to."""
    found = set()
    for section in document.get("sections") or ():
        for part in (section, *(section.get("questions") or ())):
            found |= {str(rule.get("to")) for rule in rules_of(part)}
    return found


def rules_of(part: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The skip rules of a question or section, in the order they are asked."""
    return list((part.get("logic") or {}).get("skip") or ())


def asks_score(question: Question) -> bool:
    """True when the score so far decides how (or whether) a question is asked."""
    offered = (*(question.get("choices") or ()), *(question.get("rows") or ()))
    parts = [(question.get("logic") or {}).get("show_if"), *(c.get("show_if") for c in offered)]
    compared = any(test["source"] == "score" for part in parts for test in comparisons(part))
    return compared or "score" in pipes_in(question)


def needs_of(question: Question) -> set[str]:
    """Codes of the questions whose answers decide how (or whether) this one is asked."""
    settings = question.get("settings") or {}
    needed = questions_in((question.get("logic") or {}).get("show_if"))
    for choice in (*(question.get("choices") or ()), *(question.get("rows") or ())):
        needed |= questions_in(choice.get("show_if"))
    for name in ("choices_from", "rows_from"):
        if settings.get(name):
            needed.add(str(settings[name].get("question")))
    piped = {tag.split(".")[1] for tag in pipes_in(question) if tag.startswith("answer.")}
    return needed | piped


def codes_asked(document: Document) -> dict[str, Question]:
    """Every question of a document by its plain code, whoever is asked."""
    return {q["code"]: q for s in document.get("sections") or () for q in s.get("questions") or ()}
