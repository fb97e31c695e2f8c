"""The form of a segment; its rule is edited as rows of field, comparison and value."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.forms.base import I18nTextFormField, ScopedForm, narrow_owner, owner_field
from cxportal.core.models import Segment
from cxportal.core.queries.segment_rules import (
    ATTRIBUTE,
    BARE,
    MAX_CONDITIONS,
    OPERATORS,
    condition_for,
    fields_offered,
)
from cxportal.core.queries.segments import attribute_keys


class SegmentForm(ScopedForm):
    """Name, code and how the segment is filled."""

    name = I18nTextFormField(label=_("Name"), max_length=120)
    code = forms.SlugField(
        label=_("Code"),
        max_length=60,
        help_text=_("Small letters, digits, “-” and “_”; API clients call the segment by it."),
    )
    description = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    kind = forms.ChoiceField(
        label=_("Who is in"),
        choices=[
            (Segment.Kind.RULE, _("By rule: whoever fulfils the conditions")),
            (Segment.Kind.MANUAL, _("By hand: whom we put in")),
        ],
        initial=Segment.Kind.RULE,
        widget=forms.RadioSelect,
    )
    is_reported = forms.BooleanField(label=_("Show scores by this segment"), required=False)
    owner = owner_field()
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, actor: Actor, segment: Segment | None = None, **kw: Any) -> None:
        super().__init__(*args, actor=actor, **kw)
        narrow_owner(self, actor)
        if segment is not None:
            del self.fields["kind"]


class SegmentPeopleForm(ScopedForm):
    """Customers to put in by hand."""

    external_ids = forms.CharField(
        label=_("External ids"),
        max_length=20_000,
        help_text=_("One a line or separated by commas, at most 500."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_external_ids(self) -> list[str]:
        text = self.cleaned_data["external_ids"].replace("\x00", "")
        ids = [part.strip() for line in text.splitlines() for part in line.split(",")]
        return list(dict.fromkeys(i for i in ids if i))[:500]


@dataclasses.dataclass(frozen=True)
class RuleRow:
    """One row of the rule builder with what can be chosen in it."""

    number: int
    field: str = ""
    operator: str = "is"
    value: str = ""
    operators: list[tuple[str, Any]] = dataclasses.field(default_factory=list)
    choices: list[tuple[str, Any]] = dataclasses.field(default_factory=list)
    needs_value: bool = True


def rule_rows(rule: Mapping[str, Any]) -> list[RuleRow]:
    """Rows of a stored or posted rule; an empty rule gets one empty row."""
    conditions = rule.get("conditions") or [{}]
    return [_row(number, condition) for number, condition in enumerate(conditions)]


def _row(number: int, condition: Mapping[str, Any]) -> RuleRow:
    name, operator = condition.get("field", ""), condition.get("operator", "is")
    value = condition.get("value")
    try:
        known = condition_for(name)
        operators, choices = list(known.operators), list(known.choices)
    except ValueError:
        operators, choices = list(OPERATORS), []
    if operator not in operators:
        operator = operators[0]
    text = ", ".join(map(str, value)) if isinstance(value, list) else value
    return RuleRow(
        number=number,
        field=name,
        operator=operator,
        value=_yes_no(text, choices),
        operators=[(code, OPERATORS[code]) for code in operators],
        choices=choices if operator != "in" else [],
        needs_value=operator not in BARE,
    )


def _yes_no(value: Any, choices: list[tuple[str, Any]]) -> str:
    if isinstance(value, bool) and choices:
        return "yes" if value else "no"
    return "" if value is None else str(value)


def rule_posted(data: Mapping[str, Any]) -> dict[str, Any]:
    """The rule as the builder posts it: match, field-N, operator-N, value-N; empty rows drop."""
    conditions = []
    for number in range(MAX_CONDITIONS):
        name = str(data.get(f"field-{number}", ""))
        if not name:
            continue
        row = {
            "field": name,
            "operator": str(data.get(f"operator-{number}", "is")),
            "value": str(data.get(f"value-{number}", "")),
        }
        conditions.append(row)
    return {"match": "any" if data.get("match") == "any" else "all", "conditions": conditions}


def field_choices(actor: Actor, rule: Mapping[str, Any]) -> list[tuple[Any, list[tuple[str, Any]]]]:
    """Groups of the field select: what the portal knows, and the program's own attributes."""
    used = [str(c.get("field", "")) for c in rule.get("conditions", [])]
    keys = {ATTRIBUTE + key for key in attribute_keys(actor)}
    keys |= {name for name in used if name.startswith(ATTRIBUTE)}
    return [
        (_("Customer"), [(c.field, c.label) for c in fields_offered()]),
        (_("Attributes"), [(key, key.removeprefix(ATTRIBUTE)) for key in sorted(keys)]),
    ]
