"""Shape of what people type on the scorecard."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cxportal.core.actors import Actor
from cxportal.core.forms.base import I18nTextFormField, ScopedForm, narrow_owner, owner_field
from journeys.forms.actions import NamedChoiceField
from loyalty.models import Goal, Kpi
from loyalty.queries.kpi_sources import SOURCES
from surveys.models import Metric, OperationalMetric


class KpiForm(ScopedForm):
    """A KPI: what it is taken from, its view, target, weight and owner."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    view = forms.ChoiceField(choices=Kpi.View.choices, label=_("View"))
    source = forms.ChoiceField(choices=Kpi.Source.choices, label=_("Where it comes from"))
    metric = NamedChoiceField(
        Metric.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        label=_("Metric"),
        empty_label=_("None"),
        help_text=_("For a KPI taken from a metric."),
    )
    counted = NamedChoiceField(
        OperationalMetric.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        label=_("Counted metric"),
        empty_label=_("None"),
        help_text=_("For a KPI taken from a counted metric."),
    )
    computed = forms.ChoiceField(
        required=False,
        label=_("Computed figure"),
        help_text=_("For a KPI the portal computes from transactions, campaigns and actions."),
    )
    unit = forms.ChoiceField(
        choices=Kpi.Unit.choices,
        required=False,
        label=_("Unit"),
        help_text=_("For a KPI entered by hand; the others bring theirs."),
    )
    high_is_good = forms.BooleanField(required=False, label=_("High is good"))
    target = forms.DecimalField(
        required=False, max_digits=18, decimal_places=2, label=_("Target"), localize=False
    )
    weight = forms.DecimalField(
        min_value=0, max_value=100, decimal_places=2, label=_("Weight"), initial=1
    )
    part_of = NamedChoiceField(
        Goal.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        label=_("Shows the goal"),
        empty_label=_("None"),
        help_text=_("Its place in the goal tree."),
    )
    owner = owner_field()

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        languages = list(actor.program.languages)
        texts = {
            "name": I18nTextFormField(languages=languages, label=_("Name"), max_length=200),
            "goal": I18nTextFormField(
                languages=languages,
                rows=2,
                required=False,
                label=_("Goal"),
                help_text=_("What reaching it is good for, in a sentence."),
            ),
        }
        self.fields = {**texts, **self.fields}
        known = [(source.name, source.label) for source in SOURCES.values()]
        self.fields["computed"].choices = [("", _("None")), *known]  # type: ignore[attr-defined]
        narrow_owner(self, actor)


class KpiMonthForm(ScopedForm):
    """One month: a comment, and the value of a KPI that is entered by hand."""

    value = forms.DecimalField(
        required=False, max_digits=18, decimal_places=4, label=_("Value"), localize=False
    )
    n = forms.IntegerField(required=False, min_value=0, label=_("n (how many are behind it)"))
    comment = forms.CharField(
        required=False,
        max_length=2000,
        label=pgettext_lazy("kpi", "Comment"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, actor: Actor, manual: bool, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        if not manual:
            del self.fields["value"], self.fields["n"]


class KpiLinkForm(ScopedForm):
    """A hypothesis between two KPIs."""

    cause = forms.ModelChoiceField(
        Kpi.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        label=_("When this moves"),
    )
    effect = forms.ModelChoiceField(
        Kpi.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        label=_("this should follow"),
    )


def month_from(text: str | None, otherwise: date) -> date:
    """A month written 2026-11; the other one for anything else."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return otherwise
