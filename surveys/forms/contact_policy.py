"""The form of the contact policy: rules as rows, and quiet hours."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.forms.base import ScopedForm
from surveys.models import Campaign
from surveys.services.contact_policy import MAX_DAYS, MAX_MOST, MOST_RULES

CHANNELS = [
    ("", _("All channels together")),
    *((c.value, c.label) for c in Campaign.Channel if c != Campaign.Channel.LINK),
]


# Rows shown beyond those that are written.
_EMPTY_ROWS = 2


def _number(label: Any, most: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=1,
        max_value=most,
        required=False,
        widget=forms.NumberInput(attrs={"class": "form-control", "inputmode": "numeric"}),
    )


class ContactPolicyForm(ScopedForm):
    """`rule<n>_most`, `rule<n>_days`, `rule<n>_channel`; an empty row is no rule."""

    quiet_from = forms.TimeField(
        label=_("Quiet from"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    quiet_until = forms.TimeField(
        label=_("Quiet until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("In each recipient's own time zone. A message waits until it is over."),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        for number in range(MOST_RULES):
            self.fields[f"rule{number}_most"] = _number(_("At most"), MAX_MOST)
            self.fields[f"rule{number}_days"] = _number(_("in days"), MAX_DAYS)
            self.fields[f"rule{number}_channel"] = forms.ChoiceField(
                label=_("Channel"),
                choices=CHANNELS,
                required=False,
                widget=forms.Select(attrs={"class": "form-select"}),
            )

    def rows(self) -> list[list[forms.BoundField]]:
        """The fields of each rule, and of two more."""
        parts = ("most", "days", "channel")
        rows = [[self[f"rule{n}_{part}"] for part in parts] for n in range(MOST_RULES)]
        written = [n for n, row in enumerate(rows) if row[0].value() or row[1].value()]
        return rows[: max(written, default=-1) + 1 + _EMPTY_ROWS]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for number in range(MOST_RULES):
            most, days = (cleaned.get(f"rule{number}_{part}") for part in ("most", "days"))
            if (most is None) != (days is None) and not self.errors:
                empty = "most" if most is None else "days"
                self.add_error(f"rule{number}_{empty}", _("Give both numbers, or neither."))
        return cleaned

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        cleaned = self.cleaned_data
        rules = [
            {
                "most": cleaned[f"rule{n}_most"],
                "days": cleaned[f"rule{n}_days"],
                "channel": cleaned[f"rule{n}_channel"],
            }
            for n in range(MOST_RULES)
            if cleaned[f"rule{n}_most"] is not None
        ]
        times = {name: cleaned[name] for name in ("quiet_from", "quiet_until")}
        return {"rules": rules, **times}


def initial_policy(policy: Any) -> dict[str, Any]:
    """The stored policy as the form shows it."""
    rows = {
        f"rule{n}_{part}": rule[part]
        for n, rule in enumerate(policy.rules)
        for part in ("most", "days", "channel")
    }
    return {"quiet_from": policy.quiet_from, "quiet_until": policy.quiet_until, **rows}
