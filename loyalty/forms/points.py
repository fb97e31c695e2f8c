"""Forms about points."""

from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from cxportal.core.forms.base import I18nTextFormField, ScopedForm
from loyalty.models.points import PointsScheme, PointsTier

TIER_ROWS = 5


class SchemeForm(ScopedForm):
    """The scheme and up to five tiers, one line each."""

    name = I18nTextFormField(label=_("Name"), max_length=80)
    is_active = forms.BooleanField(label=_("Points are given"), required=False)
    earn_rate = forms.DecimalField(
        label=_("Points for one unit of the currency"), min_value=0, max_digits=9, decimal_places=4,
        help_text=_("0.01 gives one point for 100 paid."),
    )  # fmt: skip
    pending_days = forms.IntegerField(
        label=_("Days until points can be spent"), min_value=0, max_value=365
    )
    expiry_days = forms.IntegerField(
        label=_("Days until points expire (0 = never)"), min_value=0, max_value=3650
    )
    point_value = forms.DecimalField(
        label=_("What a point is worth when spent"), min_value=0, max_digits=9, decimal_places=4
    )
    tiers = forms.CharField(
        label=_("Tiers"), required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line: code; points in 365 days; multiplier; English name; Korean name"),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_tiers(self) -> list[dict[str, Any]]:
        rows = []
        for line in self.cleaned_data["tiers"].splitlines():
            if line.strip():
                rows.append(_tier(line))
        return rows


def _tier(line: str) -> dict[str, Any]:
    parts = [part.strip() for part in line.split(";")]
    try:
        code, threshold, multiplier, english, korean = parts
        return {
            "code": code[:40], "threshold": int(threshold),
            "multiplier": forms.DecimalField(min_value=0, max_digits=5, decimal_places=2).clean(
                multiplier
            ),
            "name": {"en": english[:60], "ko": korean[:60]},
        }  # fmt: skip
    except (ValueError, forms.ValidationError):
        message = gettext("This line does not read as a tier: %s")
        raise forms.ValidationError(message % line[:60]) from None


def scheme_initial(scheme: PointsScheme | None, tiers: list[PointsTier]) -> dict[str, Any]:
    """What the form begins with."""
    shown = scheme or PointsScheme()
    names = ("name", "is_active", "earn_rate", "pending_days", "expiry_days", "point_value")
    lines = [
        f"{t.code}; {t.threshold}; {t.multiplier}; {t.name.get('en', '')}; {t.name.get('ko', '')}"
        for t in tiers
    ]
    version = scheme.version if scheme else None
    values = {name: getattr(shown, name) for name in names}
    return {**values, "tiers": "\n".join(lines), "version": version}


class PointsMoveForm(ScopedForm):
    """Give or spend points by hand."""

    direction = forms.ChoiceField(
        label=_("What"), choices=[("earn", _("Give")), ("spend", _("Spend"))]
    )
    points = forms.IntegerField(label=_("Points"), min_value=1, max_value=10**12)
    note = forms.CharField(label=_("Why"), max_length=200)
    key = forms.CharField(widget=forms.HiddenInput, max_length=120)


class PointsCampaignForm(ScopedForm):
    """More points for a time."""

    name = I18nTextFormField(label=_("Name"), max_length=80)
    starts_on = forms.DateField(
        label=pgettext_lazy("day", "From"), widget=forms.DateInput(attrs={"type": "date"})
    )
    ends_on = forms.DateField(label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}))
    multiplier = forms.DecimalField(
        label=_("Times the usual points"), min_value=0, max_digits=5, decimal_places=2, initial=2
    )
    channel = forms.CharField(label=_("Only in this channel"), max_length=60, required=False)
    store = forms.CharField(label=_("Only in this store"), max_length=120, required=False)
    product = forms.CharField(label=_("Only for this product"), max_length=120, required=False)
