"""What is wrong with the rules of a survey: gone targets, ways back, what can never be met."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surveys.calc.kinds import CHOICE_KINDS, SPECS, Question, scale_of, takes_one
from surveys.calc.logic import Condition, comparisons
from surveys.calc.logic_document import Document, pipes_in, rules_of, section_key

#: What respondents would run into; the rest is advice.
ERRORS = frozenset(
    {"gone_question", "asked_later", "itself", "gone_choice", "gone_target", "leads_back"}
)
_EQUAL = frozenset({"is", "includes", "any_of"})


@dataclass(frozen=True)
class Fault:
    """One fault. `question` or `section` says whose rule it is, both "" for the survey's own.

    Codes: gone_question, asked_later, itself, gone_choice, gone_target, leads_back, never_met,
    unreachable, gone_tag. `about` names what the rule speaks of.
    """

    code: str
    about: str = ""
    question: str = ""
    section: str = ""

    @property
    def blocks(self) -> bool:
        return self.code in ERRORS


def rule_faults(document: Document) -> list[Fault]:
    """Every fault of the rules, in the order of the survey."""
    return list(dict.fromkeys(_Reader(document).faults()))


class _Reader:
    """A document with the place of each question: later rules may look at earlier answers."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.sections = list(document.get("sections") or ())
        self.questions: dict[str, Question] = {}
        self.place: dict[str, int] = {}
        self.section_of: dict[str, int] = {}
        for number, section in enumerate(self.sections):
            for question in section.get("questions") or ():
                self.place[question["code"]] = len(self.place)
                self.section_of[question["code"]] = number
                self.questions[question["code"]] = question
        self.section_place = {section_key(s): n for n, s in enumerate(self.sections)}

    def faults(self) -> Iterator[Fault]:
        end = len(self.place)
        for part in (*(self.document.get("quotas") or ()), *(self.document.get("endings") or ())):
            yield from self._condition(part.get("if"), end)
        for number, section in enumerate(self.sections):
            yield from self._section(section, number)
        yield from self._passed_over()

    def _section(self, section: Mapping[str, Any], number: int) -> Iterator[Fault]:
        key, questions = section_key(section), section.get("questions") or ()
        first = self.place[questions[0]["code"]] if questions else 0
        after = first + len(questions)
        logic = section.get("logic") or {}
        yield from self._condition(logic.get("show_if"), first, section=key)
        if logic.get("loop"):
            yield from self._earlier(str(logic["loop"].get("question")), first, section=key)
        for rule in rules_of(section):
            yield from self._condition(rule.get("if"), after, section=key)
            yield from self._target(str(rule.get("to")), after - 1, number, section=key)
        for question in questions:
            yield from self._question(question)

    def _question(self, question: Question) -> Iterator[Fault]:
        code = question["code"]
        place, settings = self.place[code], question.get("settings") or {}
        show = (question.get("logic") or {}).get("show_if")
        yield from self._condition(show, place, question=code)
        for choice in (*(question.get("choices") or ()), *(question.get("rows") or ())):
            yield from self._condition(choice.get("show_if"), place, question=code)
        for name in ("choices_from", "rows_from"):
            if settings.get(name):
                yield from self._earlier(str(settings[name].get("question")), place, question=code)
        for rule in rules_of(question):
            yield from self._condition(rule.get("if"), place + 1, question=code)
            yield from self._target(
                str(rule.get("to")), place, self.section_of[code], question=code
            )
        for tag in pipes_in(question):
            head, _dot, name = tag.partition(".")
            if head in ("answer", "hidden") and name.split(".")[0] not in self.questions:
                yield Fault("gone_tag", tag, question=code)

    def _earlier(self, code: str, place: int, **whose: str) -> Iterator[Fault]:
        if code not in self.questions:
            yield Fault("gone_question", code, **whose)
        elif self.place[code] >= place:
            itself = code == whose.get("question")
            yield Fault("itself" if itself else "asked_later", code, **whose)

    def _condition(self, condition: Condition | None, place: int, **whose: str) -> Iterator[Fault]:
        for test in comparisons(condition):
            head, _dot, name = str(test["source"]).partition(".")
            if head in ("answer", "hidden"):
                yield from self._earlier(name.split(".")[0], place, **whose)
                yield from self._value(test, name, **whose)
        if condition and never_met(condition, self.questions):
            yield Fault("never_met", **whose)

    def _value(self, test: Condition, name: str, **whose: str) -> Iterator[Fault]:
        code, _dot, part = name.partition(".")
        question = self.questions.get(code)
        if question is None or question["kind"] not in CHOICE_KINDS:
            return
        settings = question.get("settings") or {}
        open_text = part and not SPECS[question["kind"]].rows
        if settings.get("choices_from") or open_text or test["operator"] not in _EQUAL:
            return
        wanted = test.get("value")
        offered = {str(c["code"]) for c in question.get("choices") or ()}
        for value in wanted if isinstance(wanted, list) else [wanted]:
            if str(value) not in offered and question["kind"] != "constant_sum":
                yield Fault("gone_choice", f"{code}: {value}", **whose)

    def _target(self, target: str, place: int, page: int, **whose: str) -> Iterator[Fault]:
        kind, _colon, name = target.partition(":")
        if kind == "question":
            if name not in self.place:
                yield Fault("gone_target", name, **whose)
            elif self.place[name] <= place:
                yield Fault("leads_back", name, **whose)
        elif kind == "section":
            if name not in self.section_place:
                yield Fault("gone_target", name, **whose)
            elif self.section_place[name] <= page:
                yield Fault("leads_back", name, **whose)

    def _passed_over(self) -> Iterator[Fault]:
        """Questions that a rule without a condition always passes over."""
        order = list(self.place)
        targets = self._jump_targets()
        for code, question in self.questions.items():
            for rule in rules_of(question):
                if rule.get("if"):
                    continue
                start, stop = self.place[code] + 1, self._place_of(str(rule.get("to")))
                for passed in order[start : len(order) if stop is None else stop]:
                    if f"question:{passed}" in targets:
                        break
                    yield Fault("unreachable", code, question=passed)
                break

    def _place_of(self, target: str) -> int | None:
        kind, _colon, name = target.partition(":")
        if kind == "question":
            return self.place.get(name)
        if kind == "section" and name in self.section_place:
            questions = self.sections[self.section_place[name]].get("questions") or ()
            return self.place[questions[0]["code"]] if questions else None
        return None

    def _jump_targets(self) -> set[str]:
        parts: list[Mapping[str, Any]] = [*self.sections, *self.questions.values()]
        return {str(rule.get("to")) for part in parts for rule in rules_of(part)}


def never_met(condition: Condition, questions: Mapping[str, Question]) -> bool:
    """True when no answer can meet it: contrary comparisons of one single-valued source."""
    if "any" in condition:
        parts = condition["any"]
        return bool(parts) and all(never_met(part, questions) for part in parts)
    tests = condition.get("all") or ([condition] if "source" in condition else [])
    if any(never_met(part, questions) for part in tests if "source" not in part):
        return True
    by_source: dict[str, list[Condition]] = {}
    for test in tests:
        if "source" in test:
            by_source.setdefault(str(test["source"]), []).append(test)
    return any(_contrary(source, ts, questions) for source, ts in by_source.items())


def _contrary(source: str, tests: Sequence[Condition], questions: Mapping[str, Question]) -> bool:
    code = source.partition(".")[2]
    question = questions.get(code) if source.startswith("answer.") else None
    operators = {test["operator"] for test in tests}
    if {"answered", "not_answered"} <= operators:
        return True
    if question is None or not (scale_of(question) or takes_one(question)):
        return source in ("language", "channel") and len(_wanted(tests)) > 1
    if len(_wanted(tests)) > 1:
        return True
    return bool(scale_of(question)) and not _some_step(question, tests)


def _wanted(tests: Sequence[Condition]) -> set[str]:
    return {str(test["value"]) for test in tests if test["operator"] == "is"}


def _some_step(question: Question, tests: Sequence[Condition]) -> bool:
    """True when some step of the scale meets every comparison of numbers."""
    low, high = scale_of(question) or (0, 0)
    return any(all(_meets(step, test) for test in tests) for step in range(low, high + 1))


def _meets(step: int, test: Condition) -> bool:
    value, operator = test.get("value"), test["operator"]
    try:
        if operator == "between":
            return float(value[0]) <= step <= float(value[1])  # type: ignore[index]
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return True
    checks = {
        "is": step == number,
        "gt": step > number,
        "gte": step >= number,
        "lt": step < number,
        "lte": step <= number,
    }
    return checks.get(operator, True)
