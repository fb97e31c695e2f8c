"""Forms about drivers, competitors and outside values."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cxportal.core.forms.base import I18nTextFormField, ScopedForm
from cxportal.core.models import Membership
from journeys.models import Stage, Touchpoint
from loyalty.models import Competitor, Driver
from surveys.models import Metric


class DriverForm(ScopedForm):
    """A candidate reason for loyalty."""

    name = I18nTextFormField(label=_("Name"), max_length=120)
    source = forms.ChoiceField(label=_("How do we know of it?"), choices=Driver.Source.choices)
    metric = forms.ModelChoiceField(
        Metric.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        label=_("Metric of satisfaction with it"),
        required=False, help_text=_("With a metric its importance is derived from the answers."),
    )  # fmt: skip
    stated_importance = forms.DecimalField(
        label=_("Stated importance (0 to 10)"), required=False, min_value=0, max_value=10,
        max_digits=4, decimal_places=2,
    )  # fmt: skip
    stage = forms.ModelChoiceField(
        Stage.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        label=_("Stage"),
        required=False,
    )
    touchpoint = forms.ModelChoiceField(
        Touchpoint.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        label=_("Touchpoint"),
        required=False,
    )
    is_critical = forms.BooleanField(label=_("One of the few critical ones"), required=False)
    owner = forms.ModelChoiceField(
        Membership.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        label=_("Owner"),
        required=False,
    )
    evidence = forms.CharField(
        label=_("What speaks for it"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def values(self) -> dict[str, Any]:
        """What the services take."""
        values = dict(self.cleaned_data)
        member = values["owner"]
        values["owner"] = member.user if member else None
        return values


class CompetitorForm(ScopedForm):
    """A named competitor."""

    name = forms.CharField(label=_("Name"), max_length=120)
    is_same_industry = forms.BooleanField(label=_("In our own industry"), required=False)
    note = forms.CharField(
        label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class BenchmarkForm(ScopedForm):
    """An outside value with its source and day."""

    competitor = forms.ModelChoiceField(
        Competitor.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        label=_("Whose"), required=False,
        empty_label=_("A whole market (a published study)"),
    )  # fmt: skip
    driver = forms.ModelChoiceField(
        Driver.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        label=_("Driver"),
        required=False,
    )
    metric = forms.ModelChoiceField(
        Metric.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        label=_("Metric"),
        required=False,
    )
    label = forms.CharField(label=_("Or in words"), max_length=200, required=False)
    value = forms.DecimalField(label=_("Value"), max_digits=7, decimal_places=2)
    n = forms.IntegerField(label=_("n"), required=False, min_value=0)
    source = forms.CharField(label=_("Source"), max_length=300)
    measured_on = forms.DateField(
        label=_("Measured on"), widget=forms.DateInput(attrs={"type": "date"})
    )
    is_best_in_class = forms.BooleanField(label=_("Best in class: our target"), required=False)


class DifferenceForm(ScopedForm):
    """How a promise differs from a named competitor's on one driver."""

    driver = forms.ModelChoiceField(
        Driver.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        label=_("Driver"),
    )
    competitor = forms.ModelChoiceField(
        Competitor.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        label=_("Competitor"),
    )
    text = I18nTextFormField(label=_("What is different"), rows=2, required=False)


class AllocationForm(ScopedForm):
    """One cell of the worksheet."""

    segment = forms.CharField(widget=forms.HiddenInput)
    activity = forms.CharField(widget=forms.HiddenInput)
    people = forms.DecimalField(label=_("People"), min_value=0, max_digits=7, decimal_places=2)
    money = forms.DecimalField(label=_("Money"), min_value=0, max_digits=18, decimal_places=2)
    hours = forms.DecimalField(label=_("Hours"), min_value=0, max_digits=9, decimal_places=1)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)


class DayForm(ScopedForm):
    """A day whose values are kept."""

    on = forms.DateField(
        label=_("Keep the values as of"), widget=forms.DateInput(attrs={"type": "date"})
    )
