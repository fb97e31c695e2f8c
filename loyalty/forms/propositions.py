"""Shape of value propositions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.forms.base import I18nTextFormField, ScopedForm
from cxportal.core.models import Segment
from journeys.models import Action, Touchpoint
from journeys.queries.actions import actions_live
from loyalty.models import Driver, ValueProposition
from surveys.models import Metric

PROMISE_HELP = _("One sentence the customer would understand.")

CANVAS = (
    ("jobs", _("What they want to get done")),
    ("pains", _("What hinders them")),
    ("gains", _("What would delight them")),
    ("functional_value", _("What it does for them")),
    ("emotional_value", _("How it makes them feel")),
    ("proof", _("Proof")),
    ("behaviours", _("How we behave to keep it")),
    ("roadmap", _("Steps until it is true")),
)


class PropositionForm(ScopedForm):
    """Name, promise, values, proof, and what makes it true."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    segment = forms.ModelChoiceField(
        Segment.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        label=_("For whom"),
        empty_label=_("Every customer"),
    )
    state = forms.ChoiceField(choices=ValueProposition.State.choices, label=_("State"))
    touchpoints = forms.ModelMultipleChoiceField(
        Touchpoint.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        label=_("Touchpoints that must keep it"),
        widget=forms.CheckboxSelectMultiple,
    )
    drivers = forms.ModelMultipleChoiceField(
        Driver.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        label=_("Drivers it answers"),
        widget=forms.CheckboxSelectMultiple,
    )
    metric = forms.ModelChoiceField(
        Metric.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        label=_("Judged by this metric"),
    )
    actions = forms.ModelMultipleChoiceField(
        Action.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        label=_("Actions that make it true"),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        self.fields["actions"].queryset = actions_live(actor)  # type: ignore[attr-defined]
        languages = list(actor.program.languages)
        texts: dict[str, forms.Field] = {
            "name": I18nTextFormField(languages=languages, label=_("Name"), max_length=200),
            "promise": I18nTextFormField(
                languages=languages, rows=2, label=_("Promise"), help_text=PROMISE_HELP
            ),
        }
        for name, label in CANVAS:
            texts[name] = I18nTextFormField(
                languages=languages, rows=2, required=False, label=label
            )
        self.fields = {**texts, **self.fields}


class PropositionActionForm(ScopedForm):
    """An action that makes a promise true, in three fields."""

    title = forms.CharField(label=_("What is to be done"), max_length=200)
    touchpoint = forms.ModelChoiceField(
        Touchpoint.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        label=_("Touchpoint"),
        required=False,
        help_text=_("Where it is to be felt; its score tells later whether it worked."),
    )
    due = forms.DateField(
        label=_("Due"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
