"""Shape of what people type about meetings and decisions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cxportal.core.actors import Actor
from cxportal.core.forms.base import ScopedForm
from cxportal.core.models import Membership
from journeys.forms.actions import NamedChoiceField
from journeys.models import Board, Stage


class DecisionForm(ScopedForm):
    """What was decided: an action with a person and a day."""

    title = forms.CharField(max_length=200, label=_("What was decided"))
    stage = NamedChoiceField(
        Stage.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        label=_("Stage"),
        empty_label=_("None"),
    )
    owner = forms.ModelChoiceField(
        Membership.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        label=_("Owner"),
        empty_label=_("Nobody yet"),
    )
    due = forms.DateField(
        required=False,
        label=_("Due"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, actor: Actor, journey: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        stage: Any = self.fields["stage"]
        owner: Any = self.fields["owner"]
        owner.queryset = owner.queryset.filter(is_active=True).select_related("user")
        if journey is None:
            del self.fields["stage"]
        else:
            stage.queryset = stage.queryset.filter(journey=journey).order_by("position")


class MeetingForm(ScopedForm):
    """When, where, who, about which board."""

    title = forms.CharField(max_length=200, label=_("Title"))
    held_on = forms.DateField(
        label=pgettext_lazy("meeting", "Day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    place = forms.CharField(max_length=200, required=False, label=pgettext_lazy("meeting", "Place"))
    board = NamedChoiceField(
        Board.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        label=_("Board"),
        empty_label=_("All boards"),
    )
    members = forms.ModelMultipleChoiceField(
        Membership.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        label=_("Who takes part"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They get the minutes by mail."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        members: Any = self.fields["members"]
        members.queryset = members.queryset.filter(is_active=True).select_related("user")


class MeetingNotesForm(ScopedForm):
    """What was said beside the agenda."""

    notes = forms.CharField(
        max_length=20_000,
        required=False,
        label=_("Notes"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
