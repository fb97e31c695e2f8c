"""The rules of a question or page as lines of a form, and back.

Each group of comparisons posts `<group>_mode` and, once per line, `<group>_source`,
`<group>_operator`, `<group>_value`; lines without a source are left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from surveys.calc.logic import UNARY, Condition
from surveys.models import Question, Section
from surveys.queries.logic_words import RuleWords

BLANK_LINES = 1
_LISTS = frozenset({"any_of", "none_of", "between"})


@dataclass(frozen=True)
class ComparisonLine:
    """One line: what is looked at, how, with what."""

    source: str = ""
    operator: str = "is"
    value: str = ""


@dataclass(frozen=True)
class GroupLines:
    """A group of comparisons under one name. `kept` is a rule too deep for lines, in words."""

    name: str
    mode: str = "all"
    lines: list[ComparisonLine] = field(default_factory=list)
    kept: str = ""
    to: str = ""


class GroupsForm:
    """Groups of comparisons: stored conditions into lines, posted lines into conditions."""

    def __init__(self, words: RuleWords, data: QueryDict | None = None) -> None:
        self.words, self.data = words, data

    def group(self, name: str, condition: Condition | None, to: str = "") -> GroupLines:
        mode, parts = _flat(condition)
        if parts is None:
            return GroupLines(name, kept=self.words.sentence(condition), to=to)
        lines = [self._line(part) for part in parts]
        return GroupLines(name, mode, [*lines, *[ComparisonLine()] * BLANK_LINES], to=to)

    def _line(self, test: Condition) -> ComparisonLine:
        source = str(test["source"])
        value = self.words.value(source, test.get("value"))
        return ComparisonLine(source, str(test["operator"]), value)

    def posted(self, name: str, before: Condition | None) -> dict[str, Any] | None:
        data = self.data
        assert data is not None
        if f"{name}_source" not in data:
            return dict(before or {}) if not data.get(f"{name}_drop") else None
        columns = [data.getlist(f"{name}_{part}") for part in ("source", "operator", "value")]
        lines = zip(*columns, strict=False)
        parts = [self._comparison(*line) for line in lines if line[0]]
        if not parts:
            return None
        mode = "any" if data.get(f"{name}_mode") == "any" else "all"
        return parts[0] if len(parts) == 1 else {mode: parts}

    def _comparison(self, source: str, operator: str, text: str) -> dict[str, Any]:
        if operator in UNARY:
            return {"source": source, "operator": operator}
        if operator in _LISTS:
            values = [self._value(source, part) for part in text.split(",") if part.strip()]
            return {"source": source, "operator": operator, "value": values}
        return {"source": source, "operator": operator, "value": self._value(source, text)}

    def _value(self, source: str, text: str) -> Any:
        code = self.words.code(source, text)
        if code != text.strip() or source in self.words.values:
            return code
        try:
            number = float(code)
        except ValueError:
            return code
        return int(number) if number.is_integer() else number


class RulesForm(GroupsForm):
    """The rules of one question or page."""

    def __init__(
        self, part: Question | Section, words: RuleWords, data: QueryDict | None = None
    ) -> None:
        super().__init__(words, data)
        self.part = part
        self.logic: Mapping[str, Any] = part.logic

    @property
    def show(self) -> GroupLines:
        """When the part is shown."""
        return self.group("show", self.logic.get("show_if"))

    @property
    def skips(self) -> list[GroupLines]:
        """Where to go on after it, with a blank rule at the end."""
        rules = self.logic.get("skip") or []
        shown = [
            self.group(f"skip{number}", rule.get("if"), str(rule.get("to")))
            for number, rule in enumerate(rules)
        ]
        return [*shown, self.group(f"skip{len(rules)}", None)]

    @property
    def loop(self) -> Mapping[str, Any]:
        """What a page is repeated over."""
        loop: Mapping[str, Any] = self.logic.get("loop") or {}
        return loop

    @property
    def random(self) -> str:
        """The group within which it changes places."""
        return str(self.logic.get("random") or "")

    def values(self) -> dict[str, Any]:
        """The rules as the service takes them; what has no lines here stays."""
        assert self.data is not None
        logic: dict[str, Any] = {
            "show_if": self.posted("show", self.logic.get("show_if")),
            "skip": self._posted_skips(),
            "random": self.data.get("random", "").strip(),
        }
        if isinstance(self.part, Section):
            logic["loop"] = self._posted_loop()
        return {name: value for name, value in logic.items() if value}

    def _posted_skips(self) -> list[dict[str, Any]]:
        assert self.data is not None
        stored: Sequence[Mapping[str, Any]] = self.logic.get("skip") or []
        rules = []
        for number in range(len(stored) + 1):
            target = self.data.get(f"skip{number}_to", "")
            before = stored[number].get("if") if number < len(stored) else None
            if target:
                condition = self.posted(f"skip{number}", before)
                rules.append({**({"if": condition} if condition else {}), "to": target})
        return rules

    def _posted_loop(self) -> dict[str, Any] | None:
        assert self.data is not None
        question = self.data.get("loop_question", "")
        if not question:
            return None
        most = self.data.get("loop_most", "")
        loop: dict[str, Any] = {
            "question": question,
            "which": self.data.get("loop_which") or "chosen",
        }
        return {**loop, "most": int(most)} if most.isdigit() else loop


def _flat(condition: Condition | None) -> tuple[str, list[Condition] | None]:
    """Mode and comparisons of a condition that is one level deep; None for a deeper one."""
    if not condition:
        return "all", []
    if "source" in condition:
        return "all", [condition]
    for mode in ("all", "any"):
        if mode in condition:
            parts = list(condition[mode])
            return mode, parts if all("source" in part for part in parts) else None
    return "all", None
