"""The way through a survey: which pages and questions a person is asked, in which order.

`walk()` follows the published document with what is known of a person. The page shown next, the
preview, the check of a whole answer and the report all ask it, so they cannot disagree.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from surveys.calc.kinds import CHOICE_KINDS, ROW_KINDS, SILENT, SOURCES, UNSEEN, Question, takes_one
from surveys.calc.logic import Facts, comparisons, holds
from surveys.calc.logic_document import (
    Document,
    asks_score,
    needs_of,
    rules_of,
    section_key,
    targets_of,
)

#: Between the code of a question and the item its loop is at: "rate@app".
LOOP_MARK = "@"
#: How a way ends: all was asked, a rule ended it early, the person is not asked further.
COMPLETE, END, DISQUALIFY, QUOTA = "complete", "end", "disqualify", "quota"
MAX_LOOPS = 20


@dataclass(frozen=True)
class Page:
    """One page of one person's way: `key` names it in addresses, `step` its place of `steps`.

    `questions` carry resolved choices and rows; in a loop their codes end in "@<item>" and
    `item_text` says the item in each language.
    """

    key: str
    step: int
    section: Mapping[str, Any]
    questions: tuple[Question, ...]
    item: str = ""
    item_text: Mapping[str, str] = field(default_factory=dict)
    is_first: bool = False

    @property
    def codes(self) -> list[str]:
        """Codes of the questions that a person can fill in here."""
        return [q["code"] for q in self.questions if q["kind"] not in SILENT | UNSEEN]


@dataclass(frozen=True)
class Walk:
    """A way through the survey as far as the answers given decide it.

    `questions` are all it asks (hidden values too) by code in their order, `answers` those of
    the answers given that belong to it.
    """

    pages: tuple[Page, ...]
    questions: Mapping[str, Question]
    steps: int
    ending: str = COMPLETE
    quota: Mapping[str, Any] | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)
    score: float = 0

    def page(self, key: str) -> int | None:
        """Place of a page on the way, None when the way does not come by it."""
        return next((i for i, page in enumerate(self.pages) if page.key == key), None)


def shuffled(items: Sequence[Any], seed: str, key: str) -> list[Any]:
    """The items in an order that the seed alone decides; the same on every machine, forever."""
    return sorted(items, key=lambda item: _rank(seed, key, str(_name(item))))


def _rank(seed: str, *parts: str) -> bytes:
    return hashlib.sha256("\x00".join((seed, *parts)).encode()).digest()


def _name(item: Any) -> Any:
    return item.get("code") or item.get("id") if isinstance(item, Mapping) else item


def _exchanged(items: Sequence[Any], seed: str, key: str, group_of: Any) -> list[Any]:
    """Items of one group change places among themselves; those of none stay where they are."""
    result = list(items)
    for group in dict.fromkeys(group_of(item) for item in items):
        places = [i for i, item in enumerate(items) if group and group_of(item) == group]
        mixed = shuffled([items[i] for i in places], seed, f"{key}:{group}")
        for place, item in zip(places, mixed, strict=True):
            result[place] = item
    return result


def _group(item: Mapping[str, Any]) -> str:
    return str((item.get("logic") or {}).get("random") or "")


@dataclass(frozen=True)
class _Step:
    """Questions that can stand on one page: none decides over another. Numbers begin at 1."""

    number: int
    section: Mapping[str, Any]
    questions: tuple[Question, ...]


def _steps(document: Document, seed: str) -> list[_Step]:
    sections = [s for s in document.get("sections") or () if s.get("questions")]
    one = bool((document.get("settings") or {}).get("one_per_page"))
    targets = targets_of(document)
    steps: list[_Step] = []
    for section in _exchanged(sections, seed, "sections", _group):
        ordered = _exchanged(section["questions"], seed, section_key(section), _group)
        parts = [[q] for q in ordered] if one else list(_split(ordered, targets))
        for questions in parts:
            steps.append(_Step(len(steps) + 1, section, tuple(questions)))
    return steps


def _split(questions: Sequence[Question], targets: set[str]) -> Iterator[list[Question]]:
    """Break a section where a rule needs an answer that is given on the same page.

    So nothing depends on a script: what is asked next is known when its page is drawn.
    """
    page: list[Question] = []
    here: set[str] = set()
    ends = False
    for question in questions:
        decided = ends or here & needs_of(question) or asks_score(question)
        if page and (decided or f"question:{question['code']}" in targets):
            yield page
            page, here = [], set()
        page.append(question)
        here.add(question["code"])
        ends = bool(rules_of(question))
    if page:
        yield page


class _Way:
    """One walk under way: what is known so far, where it stands, what it passed."""

    def __init__(
        self, document: Document, steps: Sequence[_Step], facts: Facts, full: frozenset[str]
    ) -> None:
        self.document, self.steps, self.full = document, steps, full
        self.given = facts.answers
        self.facts = facts.knowing(answers={}, score=0)
        self.asked: dict[str, Question] = {}
        self.pages: list[Page] = []
        self.jump = ""
        self.ending = COMPLETE
        self.quota: Mapping[str, Any] | None = None

    def go(self) -> None:
        at = 0
        while at < len(self.steps) and self.ending == COMPLETE:
            size = _run(self.steps, at)
            self._section(self.steps[at : at + size])
            at += size

    def _section(self, steps: Sequence[_Step]) -> None:
        section = steps[0].section
        if self.jump and not _leads_into(self.jump, steps):
            return
        if self.jump.startswith("section:"):
            self.jump = ""
        logic = section.get("logic") or {}
        if not holds(logic.get("show_if"), self.facts):
            self.jump = ""
            return
        loop = logic.get("loop")
        items = self._items(loop) if loop else [("", {})]
        for item, text in items:
            for step in steps:
                if self.ending == COMPLETE:
                    self._step(step, item, text)
        if items and not self.jump and self.ending == COMPLETE:
            self._follow(rules_of(section), steps[-1], self.facts)

    def _items(self, loop: Mapping[str, Any]) -> list[tuple[str, Mapping[str, str]]]:
        chosen = carried(loop, self.asked, self.facts.answers)
        most = min(int(loop.get("most") or MAX_LOOPS), MAX_LOOPS)
        return [(choice["code"], choice.get("text") or {}) for choice in chosen[:most]]

    def _step(self, step: _Step, item: str, text: Mapping[str, str]) -> None:
        if self.jump:
            if not _leads_into(self.jump, [step]):
                return
            self.jump = ""
        facts = self._within(item)
        asked = [self._resolved(question, facts, item) for question in step.questions]
        shown = [question for question in asked if question is not None]
        if any(question["kind"] not in UNSEEN for question in shown):
            key = f"{step.number}{LOOP_MARK}{item}" if item else str(step.number)
            first = not self.pages
            page = Page(key, step.number, step.section, tuple(shown), item, text, first)
            self.pages.append(page)
        self._learn(shown)
        self._quotas()
        codes = {question["code"].partition(LOOP_MARK)[0] for question in shown}
        for question in step.questions:
            if question["code"] in codes and not self.jump and self.ending == COMPLETE:
                self._follow(rules_of(question), step, self._within(item))

    def _learn(self, shown: Sequence[Question]) -> None:
        known, score = dict(self.facts.answers), self.facts.score
        for question in shown:
            code = question["code"]
            self.asked[code] = question
            mine = {
                name: value
                for name, value in self.given.items()
                if name == code or name.startswith(f"{code}.")
            }
            known |= mine
            score += points_of(question, mine.get(code))
        self.facts = self.facts.knowing(answers=known, score=score)

    def _within(self, item: str) -> Facts:
        """In a loop its own questions are meant by their plain codes."""
        if not item:
            return self.facts
        mine = {}
        for name, value in self.facts.answers.items():
            code, _mark, rest = name.partition(LOOP_MARK)
            if rest.partition(".")[0] == item:
                mine[code + rest[len(item) :]] = value
        return self.facts.knowing(answers={**self.facts.answers, **mine}, item=item)

    def _resolved(self, question: Question, facts: Facts, item: str) -> Question | None:
        if not holds((question.get("logic") or {}).get("show_if"), facts):
            return None
        code = f"{question['code']}{LOOP_MARK}{item}" if item else question["code"]
        resolved = {**question, "code": code, **self._offered(question, facts)}
        return resolved if _can_be_asked(resolved) else None

    def _offered(self, question: Question, facts: Facts) -> dict[str, Any]:
        settings, offered = question.get("settings") or {}, {}
        for name, carry in (("choices", "choices_from"), ("rows", "rows_from")):
            own = [c for c in question.get(name) or () if holds(c.get("show_if"), facts)]
            if settings.get(carry):
                taken = carried(settings[carry], self.asked, facts.answers)
                own = [*taken, *(c for c in own if c["code"] not in {t["code"] for t in taken})]
            if own:
                # Matrices mix their rows, everything else what it offers.
                mixes = name == ("rows" if question["kind"] in ROW_KINDS else "choices")
                order = settings.get("order") if mixes else ""
                offered[name] = _ordered(own, order, self._seed, question["code"])
            elif question.get(name) or settings.get(carry):
                offered[name] = []
        return offered

    @property
    def _seed(self) -> str:
        return str(self.facts.more.get("seed", ""))

    def _quotas(self) -> None:
        for quota in self.document.get("quotas") or ():
            full = quota["code"] in self.full
            if full and self.ending == COMPLETE and quota_applies(quota, self.facts):
                self.ending, self.quota = QUOTA, quota

    def _follow(self, rules: Iterable[Mapping[str, Any]], step: _Step, facts: Facts) -> None:
        """Obey the first rule that is met; a rule that leads back leads nowhere."""
        for rule in rules:
            target = str(rule.get("to"))
            if not holds(rule.get("if"), facts):
                continue
            if target in (END, DISQUALIFY):
                self.ending = target
                return
            if _leads_into(target, self.steps[step.number :], besides=step.section):
                self.jump = target
                return


def _leads_into(
    target: str, steps: Sequence[_Step], besides: Mapping[str, Any] | None = None
) -> bool:
    """True when a target lies in these steps; a section is no target of itself."""
    kind, _colon, name = target.partition(":")
    if kind == "section":
        return any(section_key(s.section) == name and s.section is not besides for s in steps)
    return any(question["code"] == name for step in steps for question in step.questions)


def _run(steps: Sequence[_Step], at: int) -> int:
    """How many steps from `at` on belong to the same section."""
    size = 0
    for step in steps[at:]:
        if step.section is not steps[at].section:
            break
        size += 1
    return size


def _ordered(items: Sequence[Any], order: str | None, seed: str, key: str) -> list[Any]:
    if order == "random":
        return _exchanged(items, seed, key, lambda item: "" if _stays(item) else "mixed")
    if order == "reversed_half" and _rank(seed, key)[0] % 2:
        return _reversed(items)
    return list(items)


def _stays(item: Mapping[str, Any]) -> bool:
    return bool(item.get("fixed") or item.get("other") or item.get("exclusive"))


def _reversed(items: Sequence[Any]) -> list[Any]:
    """Turned round, with what stays at its place."""
    turned = iter([item for item in reversed(items) if not _stays(item)])
    return [item if _stays(item) else next(turned) for item in items]


def _can_be_asked(question: Question) -> bool:
    """A question whose choices or rows all fell away asks nothing."""
    kind = question["kind"]
    offered = kind not in CHOICE_KINDS or bool(question.get("choices"))
    return offered and (kind not in ROW_KINDS or bool(question.get("rows")))


def carried(
    source: Mapping[str, Any], asked: Mapping[str, Question], answers: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Choices of an earlier question that were taken, or were not, or were offered.

    Nothing when that question was not asked. The text somebody wrote beside a choice becomes
    the text of what is carried on.
    """
    code = str(source.get("question"))
    question, which = asked.get(code), source.get("which", "chosen")
    if question is None:
        return []
    answer = answers.get(code)
    taken = [str(part) for part in answer] if isinstance(answer, list) else [str(answer)]
    offered = {choice["code"]: choice for choice in question.get("choices") or ()}
    if which == "chosen":
        order = [part for part in taken if part in offered]
    else:
        order = [c for c in offered if which == "offered" or c not in taken]
    return [_carry(offered[c], answers.get(f"{code}.{c}")) for c in order]


def _carry(choice: Mapping[str, Any], said: Any) -> dict[str, Any]:
    kept = {name: value for name, value in choice.items() if name not in _OWN_MARKS}
    text = choice.get("text") or {}
    return {**kept, "text": {**dict.fromkeys(text, str(said))} if said else text}


_OWN_MARKS = ("other", "exclusive", "show_if")


def quota_applies(quota: Mapping[str, Any], facts: Facts) -> bool:
    """True when the person belongs to the group a quota counts."""
    condition = quota.get("if")
    known = all(
        test["operator"] in ("not_answered",) or _is_known(str(test["source"]), facts)
        for test in comparisons(condition)
    )
    return known and holds(condition, facts)


def _is_known(source: str, facts: Facts) -> bool:
    head, _dot, name = source.partition(".")
    return head not in ("answer", "hidden") or name.split(".")[0] in facts.answers


def points_of(question: Question, answer: Any) -> float:
    """What an answer adds to the score: points of its choices, or the number of a scored scale."""
    if answer is None:
        return 0
    if (question.get("settings") or {}).get("scored") and isinstance(answer, int | float):
        return float(answer)
    points = {c["code"]: c.get("score") or 0 for c in question.get("choices") or ()}
    if not any(points.values()):
        return 0
    if question["kind"] in SOURCES or takes_one(question):
        given = answer if isinstance(answer, list) else [answer]
    elif question["kind"].startswith("matrix") and isinstance(answer, Mapping):
        given = [
            c for part in answer.values() for c in (part if isinstance(part, list) else [part])
        ]
    else:
        given = []
    return float(sum(points.get(code, 0) for code in given))


def walk(document: Document, facts: Facts, *, seed: str = "", full: Iterable[str] = ()) -> Walk:
    """The way of one person: `facts.answers` are all answers so far, `full` the codes of quotas
    that take nobody more, `seed` decides what is mixed.

    Answers to questions that the way does not come by count for nothing and are left out.
    """
    steps = _steps(document, seed)
    known = facts.knowing(more={**facts.more, "seed": seed})
    way = _Way(document, steps, known, frozenset(full))
    way.go()
    return Walk(
        pages=tuple(way.pages),
        questions=way.asked,
        steps=len(steps),
        ending=way.ending,
        quota=way.quota,
        answers=way.facts.answers,
        score=way.facts.score,
    )


def ending_of(document: Document, facts: Facts) -> Mapping[str, Any] | None:
    """The page of thanks meant for this person, None for the usual one."""
    return next((e for e in document.get("endings") or () if holds(e.get("if"), facts)), None)
