"""Shape of a goal as people type it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.forms.base import I18nTextFormField, ScopedForm, narrow_owner, owner_field
from journeys.forms.actions import NamedChoiceField
from loyalty.models import Goal


class GoalForm(ScopedForm):
    """A goal: what is wanted, under which goal, with which weight, and whose it is."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    parent = NamedChoiceField(
        Goal.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        label=_("Under which goal"),
        empty_label=_("None: it stands at the top"),
    )
    weight = forms.DecimalField(
        min_value=0,
        max_value=100,
        decimal_places=2,
        label=_("Weight"),
        initial=1,
        help_text=_("How much it counts in the goal above, beside its siblings."),
    )
    owner = owner_field()

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        languages = list(actor.program.languages)
        texts = {
            "name": I18nTextFormField(languages=languages, label=_("Name"), max_length=200),
            "about": I18nTextFormField(
                languages=languages,
                rows=2,
                required=False,
                label=_("Why it matters"),
                help_text=_("In a sentence."),
            ),
        }
        self.fields = {**texts, **self.fields}
        narrow_owner(self, actor)
