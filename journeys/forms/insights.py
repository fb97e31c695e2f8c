"""Shape of what people type about insights and opportunities."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.forms.base import (
    I18nTextFormField,
    ScopedForm,
    narrow_owner,
    owner_field,
)
from cxportal.core.models import Membership
from journeys.forms.actions import NamedChoiceField, StageChoiceField
from journeys.models import Insight, Opportunity, Persona, Stage, Touchpoint
from surveys.models import Survey

FIVE = [(n, str(n)) for n in range(1, 6)]
IMPACTS = [("", "–"), *((v, v) for v in ("3", "2", "1", "0.5", "0.25"))]
CONFIDENCES = [("", "–"), *((v, f"{v} %") for v in ("100", "80", "50"))]


class TitledForm(ScopedForm):
    """A title and a text per language, a place on the journey, and the version edited."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    stage = StageChoiceField(
        Stage.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        label=_("Stage"),
        empty_label=_("None"),
    )
    touchpoint = NamedChoiceField(
        Touchpoint.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        label=_("Touchpoint"),
        empty_label=_("None"),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        stage: Any = self.fields["stage"]
        stage.queryset = stage.queryset.select_related("journey").order_by("journey_id", "position")
        languages = list(actor.program.languages)
        texts = {
            "title": I18nTextFormField(languages=languages, label=_("Title"), max_length=300),
            "text": I18nTextFormField(
                languages=languages, rows=2, required=False, label=_("Text"), max_length=4000
            ),
        }
        self.fields = {**texts, **self.fields}


class InsightForm(TitledForm):
    """What we know about customers."""

    kind = forms.ChoiceField(choices=Insight.Kind.choices, label=_("Kind"))
    persona = NamedChoiceField(
        Persona.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        label=_("Persona"),
        empty_label=_("Every customer"),
    )


def five(label: Any) -> forms.TypedChoiceField:
    """A choice from 1 to 5."""
    return forms.TypedChoiceField(choices=FIVE, coerce=int, initial=3, label=label)


def ten(label: Any, help_text: Any = "") -> forms.DecimalField:
    """A value from 0 to 10."""
    return forms.DecimalField(
        required=False,
        min_value=0,
        max_value=10,
        max_digits=4,
        decimal_places=2,
        label=label,
        help_text=help_text,
    )


class OpportunityForm(TitledForm):
    """What could be done, with its scores."""

    state = forms.ChoiceField(choices=Opportunity.State.choices, label=_("State"))
    owner = owner_field()
    value = five(_("Value for customers"))
    ease = five(_("Ease"))
    urgency = five(_("Urgency"))
    importance = ten(_("Importance"), _("0 to 10: how important the need is to customers."))
    satisfaction = ten(_("Satisfaction"), _("0 to 10: how well it is met today."))
    reach = forms.IntegerField(
        required=False, min_value=0, max_value=10**9, label=_("Reach (customers a quarter)")
    )
    impact = forms.TypedChoiceField(
        required=False, choices=IMPACTS, coerce=float, empty_value=None, label=_("Impact (RICE)")
    )
    confidence = forms.TypedChoiceField(
        required=False, choices=CONFIDENCES, coerce=int, empty_value=None, label=_("Confidence")
    )
    effort = forms.DecimalField(
        required=False,
        min_value=0.1,
        max_digits=5,
        decimal_places=1,
        label=_("Effort (person-months)"),
    )
    insights = forms.ModelMultipleChoiceField(
        Insight.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        label=_("Insights behind it"),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        narrow_owner(self, actor)


class ActForm(ScopedForm):
    """Who does it, and by when."""

    owner = forms.ModelChoiceField(
        Membership.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        label=_("Owner"),
        empty_label=_("Nobody yet"),
    )
    due = forms.DateField(
        required=False, label=_("Due"), widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        owner: Any = self.fields["owner"]
        owner.queryset = owner.queryset.select_related("user")


class KanoForm(ScopedForm):
    """A feature and the two questions that ask about it."""

    survey = forms.ModelChoiceField(
        Survey.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        label=_("Survey"),
        empty_label=None,
    )
    functional_code = forms.CharField(max_length=60, label=_("Question: with it"))
    dysfunctional_code = forms.CharField(max_length=60, label=_("Question: without it"))
    touchpoint = NamedChoiceField(
        Touchpoint.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        label=_("Touchpoint"),
        empty_label=_("None"),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        name = I18nTextFormField(
            languages=list(actor.program.languages), label=_("Feature"), max_length=200
        )
        self.fields = {"name": name, **self.fields}
