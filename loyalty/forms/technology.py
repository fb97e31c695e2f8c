"""Shape of technologies and processes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.forms.base import I18nTextFormField, ScopedForm, narrow_owner, owner_field
from journeys.forms.actions import NamedChoiceField
from loyalty.models import Process, Technology, ValueProposition
from loyalty.technology_catalogue import KINDS
from surveys.models import Metric

NOBODY = _("None")
FITS = [("", _("not judged")), *((str(n), str(n)) for n in range(1, 6))]


def _metric(help_text: Any) -> NamedChoiceField:
    return NamedChoiceField(
        Metric.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        label=_("Metric"),
        empty_label=NOBODY,
        help_text=help_text,
    )


class TechnologyForm(ScopedForm):
    """One system: what it is, who uses it, what it costs, what it should move."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(max_length=200, label=_("Name"))
    kind = forms.ChoiceField(choices=[(k.code, k.label) for k in KINDS], label=_("Kind"))
    state = forms.ChoiceField(choices=Technology.State.choices, label=_("State"))
    layer = forms.ChoiceField(
        choices=Technology.Layer.choices,
        label=_("Layer"),
        help_text=_("Built from execution up to strategy."),
    )
    used_by = forms.CharField(max_length=300, required=False, label=_("Used by"))
    project = forms.CharField(max_length=300, required=False, label=_("Project and its lead"))
    yearly_cost = forms.DecimalField(
        required=False, min_value=0, max_digits=16, decimal_places=2, label=_("Cost a year")
    )
    metric = _metric(_("The metric it should move."))
    since = forms.DateField(
        required=False,
        label=_("In use since"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("The metric is compared before and after this day."),
    )
    owner = owner_field()

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        narrow_owner(self, actor)


class ProcessForm(ScopedForm):
    """A process across departments."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    departments = forms.CharField(max_length=300, required=False, label=_("Departments"))
    proposition = NamedChoiceField(
        ValueProposition.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        label=_("Value proposition it serves"),
        empty_label=NOBODY,
    )
    state = forms.ChoiceField(choices=Process.State.choices, label=_("State"))
    customer_fit = forms.TypedChoiceField(
        choices=FITS, coerce=int, empty_value=None, required=False, label=_("Fit for customers")
    )
    organisation_fit = forms.TypedChoiceField(
        choices=FITS,
        coerce=int,
        empty_value=None,
        required=False,
        label=_("Fit for the organisation"),
    )
    metric = _metric(_("What it is judged by."))
    owner = owner_field()

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        languages = list(actor.program.languages)
        name = I18nTextFormField(languages=languages, label=_("Name"), max_length=200)
        self.fields = {"name": name, **self.fields}
        narrow_owner(self, actor)
