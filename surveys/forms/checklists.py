"""The checklist of a mystery-shopping survey as a form."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.forms.base import ScopedForm
from cxportal.core.models import text_in
from surveys.models import Survey
from surveys.queries.checklists import checklist_shown


class ChecklistForm(ScopedForm):
    """Weight and touchpoint of each item, owner of each store, and lines of new items."""

    lines = forms.CharField(
        label=_("Add items"),
        required=False,
        max_length=20_000,
        help_text=_("One a line: touchpoint | what is checked | weight."),
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 4}),
    )

    def __init__(self, *args: Any, actor: Actor, survey: Survey, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        self.shown = checklist_shown(survey)
        for item in self.shown["items"]:
            self._add(f"weight_{item['code']}", _number(item["weight"]), _("Weight"))
            place = _text(item["touchpoint"])
            place.widget.attrs["list"] = "touchpoints"
            self._add(f"touchpoint_{item['code']}", place, _("Touchpoint"))
        for store in self.shown["stores"]:
            self._add(f"competitor_{store['code']}", _text(store["competitor"]), _("Competitor"))

    def _add(self, name: str, field: forms.Field, label: Any) -> None:
        field.label = label
        self.fields[name] = field

    @property
    def item_rows(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        """(words, touchpoint, weight) of each item."""
        return [
            (
                text_in(item["text"]) or item["code"],
                self[f"touchpoint_{item['code']}"],
                self[f"weight_{item['code']}"],
            )
            for item in self.shown["items"]
        ]

    @property
    def store_rows(self) -> list[tuple[str, forms.BoundField]]:
        """(name, competitor) of each store."""
        return [
            (text_in(store["text"]) or store["code"], self[f"competitor_{store['code']}"])
            for store in self.shown["stores"]
        ]

    @property
    def values(self) -> dict[str, list[dict[str, Any]]]:
        """What `checklist_set` takes."""
        clean = self.cleaned_data
        return {
            "items": [
                {
                    "code": item["code"],
                    "touchpoint": clean[f"touchpoint_{item['code']}"],
                    "weight": clean[f"weight_{item['code']}"] or 0,
                }
                for item in self.shown["items"]
            ],
            "stores": [
                {"code": store["code"], "competitor": clean[f"competitor_{store['code']}"]}
                for store in self.shown["stores"]
            ],
        }


def _number(value: float) -> forms.DecimalField:
    field = forms.DecimalField(
        min_value=0, max_value=1000, decimal_places=2, required=False, initial=f"{value:g}"
    )
    field.widget.attrs |= {"class": "form-control num", "inputmode": "decimal"}
    return field


def _text(value: str) -> forms.CharField:
    field = forms.CharField(max_length=120, required=False, initial=value)
    field.widget.attrs |= {"class": "form-control"}
    return field
