"""Rules in sentences: what a condition looks at, how it compares, where it leads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cxportal.core.models import Segment, text_in
from surveys.calc.kinds import CHOICE_KINDS, ROW_KINDS, SILENT
from surveys.calc.logic import UNARY, Condition
from surveys.models import Question, Section, Survey
from surveys.queries.problems import language_name, question_name

OPERATORS = {
    "is": pgettext_lazy("rule", "is"),
    "is_not": pgettext_lazy("rule", "is not"),
    "includes": gettext_lazy("includes"),
    "excludes": gettext_lazy("does not include"),
    "any_of": pgettext_lazy("rule", "is one of"),
    "none_of": gettext_lazy("is none of"),
    "gt": gettext_lazy("is more than"),
    "gte": gettext_lazy("is at least"),
    "lt": gettext_lazy("is less than"),
    "lte": gettext_lazy("is at most"),
    "between": gettext_lazy("lies between"),
    "contains": gettext_lazy("holds the words"),
    "not_contains": gettext_lazy("does not hold the words"),
    "answered": gettext_lazy("is answered"),
    "not_answered": gettext_lazy("is not answered"),
}
CUSTOMER_WORDS = {
    "name": gettext_lazy("Customer: name"),
    "language": gettext_lazy("Customer: language"),
    "kind": gettext_lazy("Customer: kind"),
    "value_segment": gettext_lazy("Customer: value segment"),
    "lifetime_value": gettext_lazy("Customer: lifetime value"),
}
_ALONE = {
    "segment": gettext_lazy("Segment"),
    "language": gettext_lazy("Language of the answer"),
    "channel": gettext_lazy("Channel"),
    "score": gettext_lazy("Score so far"),
    "item": gettext_lazy("Item of the loop"),
}


@dataclass(frozen=True)
class RuleWords:
    """Names of everything the rules of a survey can speak of.

    `sources` by their value, `values` texts of codes by source, `targets` by their value.
    """

    sources: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    targets: Mapping[str, str] = field(default_factory=dict)

    def value(self, source: str, value: Any) -> str:
        """A value as a person reads it: the text of a choice, else itself."""
        if isinstance(value, list):
            return ", ".join(self.value(source, one) for one in value)
        text = self.values.get(source, {}).get(str(value))
        return text or ("" if value is None else str(value))

    def code(self, source: str, text: str) -> str:
        """The code somebody means who wrote a choice's text; any other text is itself."""
        words = {v.casefold(): k for k, v in self.values.get(source, {}).items()}
        return words.get(text.strip().casefold(), text.strip())

    def sentence(self, condition: Condition | None) -> str:
        """A condition in one line; "" for none."""
        if not condition:
            return ""
        if "not" in condition:
            return _("not (%(rule)s)") % {"rule": self.sentence(condition["not"])}
        for word, joint in (("all", _(" and ")), ("any", _(" or "))):
            if word in condition:
                return joint.join(self._inner(part) for part in condition[word])
        return self._compared(condition)

    def _inner(self, part: Condition) -> str:
        said = self.sentence(part)
        nested = len(part.get("all") or part.get("any") or ()) > 1
        return f"({said})" if nested else said

    def _compared(self, test: Condition) -> str:
        source, operator = str(test.get("source")), str(test.get("operator"))
        name = self.sources.get(source, source)
        words = str(OPERATORS.get(operator, operator))
        if operator in UNARY:
            return _("“%(name)s” %(operator)s") % {"name": name, "operator": words}
        values = {"name": name, "operator": words, "value": self.value(source, test.get("value"))}
        return _("“%(name)s” %(operator)s “%(value)s”") % values

    def rule(self, rule: Mapping[str, Any]) -> str:
        """A skip rule in one line."""
        target = str(self.targets.get(str(rule.get("to")), rule.get("to")))
        condition = self.sentence(rule.get("if"))
        if not condition:
            return _("Always go to: %(target)s") % {"target": target}
        return _("If %(rule)s, go to: %(target)s") % {"rule": condition, "target": target}


def rule_words(survey: Survey, sections: Sequence[Section]) -> RuleWords:
    """Names for the rules of a draft, whose sections carry their questions: one query."""
    sources: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    targets = {"end": _("the end, as complete"), "disqualify": _("out, counted in no score")}
    for number, section in enumerate(sections, 1):
        name = text_in(section.title) or _("Page %(number)s") % {"number": number}
        targets[f"section:{section.key}"] = name
        for question in section.questions.all():
            targets[f"question:{question.code}"] = question_name(question)
            _add_question(survey, question, sources, values)
    sources |= {f"customer.{name}": str(words) for name, words in CUSTOMER_WORDS.items()}
    sources |= {name: str(words) for name, words in _ALONE.items()}
    rows = Segment.unscoped.filter(program_id=survey.program_id)  # unscoped: of this survey's
    values["segment"] = {segment.code: text_in(segment.name) or segment.code for segment in rows}
    values["language"] = {code: language_name(code) for code in survey.languages}
    return RuleWords(sources, values, targets)


def _add_question(
    survey: Survey, question: Question, sources: dict[str, str], values: dict[str, dict[str, str]]
) -> None:
    if question.kind in SILENT:
        return
    source, name = f"answer.{question.code}", question_name(question)
    sources[source] = name
    main = survey.default_language
    if question.kind in CHOICE_KINDS:
        choices = {c.code: text_in(c.text, fallback=main) for c in question.choices.all()}
        values[source] = choices
        for choice in question.choices.all():
            if choice.settings.get("other"):
                sources[f"{source}.{choice.code}"] = f"{name}: {choices[choice.code]}"
    if question.kind in ROW_KINDS:
        for row in question.rows:
            part = f"{source}.{row['code']}"
            sources[part] = f"{name}: {text_in(row['text'], fallback=main)}"
            values[part] = values.get(source, {})
