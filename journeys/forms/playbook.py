"""Shape of a behaviour, and of a team's training in it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cxportal.core.actors import Actor
from cxportal.core.forms.base import I18nTextFormField, ScopedForm
from cxportal.core.models import Team
from journeys.forms.actions import OPEN, NamedChoiceField
from journeys.models import Behaviour, BehaviourTraining, Touchpoint
from journeys.services.playbook import NOT_TRAINED

NAME_LENGTH, EXAMPLE_LENGTH = 300, 2_000
TRAINING = [
    (NOT_TRAINED, pgettext_lazy("training", "Not trained")),
    *BehaviourTraining.State.choices,
]


class BehaviourForm(ScopedForm):
    """How we behave at a touchpoint."""

    touchpoint = NamedChoiceField(
        Touchpoint.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        empty_label=OPEN,
        label=_("Touchpoint"),
    )
    kind = forms.ChoiceField(choices=Behaviour.Kind.choices, label=_("Kind"))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, is_new: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        if not is_new:
            del self.fields["touchpoint"]
        languages = list(actor.program.languages)
        self.fields["name"] = I18nTextFormField(
            languages=languages,
            label=_("What customers can count on"),
            rows=2,
            max_length=NAME_LENGTH,
        )
        self.fields["example"] = I18nTextFormField(
            languages=languages,
            required=False,
            label=_("An example, or the words for it"),
            rows=3,
            max_length=EXAMPLE_LENGTH,
        )


class TrainingForm(ScopedForm):
    """How far one team is."""

    team = forms.ModelChoiceField(
        Team.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        empty_label=OPEN,
        label=_("Team"),
    )
    state = forms.ChoiceField(choices=TRAINING, initial="planned", label=_("Training"))
    day = forms.DateField(
        required=False, label=_("Day"), widget=forms.DateInput(attrs={"type": "date"})
    )
