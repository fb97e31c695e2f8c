"""Fields of campaigns that are written as one writes them: a while, days, conditions."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys.calc.triggers import OPERATORS, ConditionError, condition_checked
from surveys.services.campaign_values import condition_words

_UNITS = {"days": 24 * 60, "hours": 60, "minutes": 1}


class DelayWidget(forms.MultiWidget):
    """A number and its unit, side by side."""

    template_name = "components/delay_widget.html"

    def __init__(self) -> None:
        units = [
            ("days", gettext_lazy("days")),
            ("hours", gettext_lazy("hours")),
            ("minutes", gettext_lazy("minutes")),
        ]
        number = forms.NumberInput(attrs={"min": 0, "class": "form-control numberinput"})
        unit = forms.Select(
            choices=units, attrs={"aria-label": gettext_lazy("Unit"), "class": "form-select"}
        )
        super().__init__({"number": number, "unit": unit})

    def decompress(self, value: Any) -> list[Any]:
        minutes = int(value or 0)
        for unit, size in _UNITS.items():
            if minutes % size == 0:
                return [minutes // size, unit]
        return [minutes, "minutes"]


class DelayField(forms.MultiValueField):
    """How long to wait, in minutes; POST names are `<field>_number` and `<field>_unit`."""

    def __init__(self, **kwargs: Any) -> None:
        fields = [
            forms.IntegerField(min_value=0, max_value=10**6),
            forms.ChoiceField(choices=[(unit, unit) for unit in _UNITS]),
        ]
        kwargs.setdefault("required", False)
        super().__init__(fields, widget=DelayWidget(), require_all_fields=False, **kwargs)

    def compress(self, data_list: list[Any]) -> int:
        if not data_list or data_list[0] is None:
            return 0
        return int(data_list[0]) * _UNITS[data_list[1] or "days"]


class DaysField(forms.CharField):
    """Days as one writes them, “3, 7”; a list of whole numbers."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(str(day) for day in value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        parts = [part.strip() for part in str(value or "").replace(";", ",").split(",")]
        try:
            return [int(part) for part in parts if part]
        except ValueError:
            raise ValidationError(_("Write days as numbers, for example “3, 7”.")) from None

    def validate(self, value: Any) -> None:
        return

    def run_validators(self, value: Any) -> None:
        return


class ConditionsField(forms.CharField):
    """Conditions on an event, one a line: “data.amount at_least 50000”."""

    widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return "\n".join(f"{one['field']} {one['operator']} {one['value']}" for one in value)

    def to_python(self, value: Any) -> Any:
        lines = [line.strip() for line in str(value or "").splitlines()]
        return [self._condition(line) for line in lines if line]

    def _condition(self, line: str) -> dict[str, str]:
        parts = line.split(None, 2)
        if len(parts) < 3 or parts[1] not in OPERATORS:
            known = ", ".join(OPERATORS)
            sentence = _("“%(line)s” is no condition. Write field, one of %(known)s, and a value.")
            raise ValidationError(sentence % {"line": line[:60], "known": known})
        try:
            return condition_checked(dict(zip(("field", "operator", "value"), parts, strict=True)))
        except ConditionError as error:
            raise ValidationError(condition_words(str(error))) from None

    def validate(self, value: Any) -> None:
        return

    def run_validators(self, value: Any) -> None:
        return
