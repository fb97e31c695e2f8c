"""Forms about customer value."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cxportal.core.forms.base import I18nTextFormField, ScopedForm
from loyalty.models import ValueRules, ValueSegment

PERCENT = ("yearly_rate", "present_cut", "future_cut", "winnable_share")


def _percent(label: Any, help_text: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, help_text=help_text, min_value=0, max_value=99, max_digits=4, decimal_places=1
    )


class ValueRulesForm(ScopedForm):
    """Shares are typed in per cent."""

    present_cut = _percent(
        _("High now begins above this share of customers (%)"),
        _("70 means: the best 30 in 100 by the profit of the last 365 days count as high now."),
    )
    future_cut = _percent(
        _("High in future begins above this share of customers (%)"),
        _("By predicted profit and what can be won from competitors."),
    )
    horizon_years = forms.IntegerField(label=_("Years looked ahead"), min_value=1, max_value=10)
    yearly_rate = _percent(
        _("Interest and discount a year (%)"),
        _("Past profit grows by it to today; coming profit is discounted by it."),
    )
    wallet_attribute = forms.CharField(
        label=_("Attribute with our share of the customer's spending (0 to 100)"),
        max_length=60,
        required=False,
        help_text=_("From a survey or an estimate. Without it nothing is said of competitors."),
    )
    winnable_share = _percent(
        _("How much of what competitors hold can be won (%)"), _("An estimate of yours.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, rules: ValueRules, **kwargs: Any) -> None:
        initial = {name: getattr(rules, name) for name in ("horizon_years", "wallet_attribute")}
        initial |= {name: Decimal(getattr(rules, name)) * 100 for name in PERCENT}
        initial["version"] = rules.version
        for code in ValueSegment.values:
            initial[f"name_{code}"] = rules.segment_names.get(code)
            initial[f"strategy_{code}"] = rules.segment_strategies.get(code)
        super().__init__(*args, initial=initial, **kwargs)
        for code, label in ValueSegment.choices:
            self.fields[f"name_{code}"] = I18nTextFormField(
                label=_("Your name for “%(segment)s”") % {"segment": label},
                required=False, max_length=60,
            )  # fmt: skip
            self.fields[f"strategy_{code}"] = I18nTextFormField(
                label=_("What we do for “%(segment)s”") % {"segment": label},
                required=False, rows=2, max_length=500,
            )  # fmt: skip

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        clean = self.cleaned_data
        values: dict[str, Any] = {name: clean[name] / 100 for name in PERCENT}
        values |= {n: clean[n] for n in ("horizon_years", "wallet_attribute", "version")}
        for name, part in (("segment_names", "name"), ("segment_strategies", "strategy")):
            texts = {code: clean[f"{part}_{code}"] for code in ValueSegment.values}
            values[name] = {code: text for code, text in texts.items() if text}
        return values


class ModelUntilForm(ScopedForm):
    """The last day a fit may look at."""

    until = forms.DateField(
        label=_("Use transactions up to"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("What happened afterwards is compared with what the models expected."),
    )
