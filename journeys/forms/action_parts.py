"""Shape of what people type about the parts of an action."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.forms.base import I18nTextFormField, ScopedForm
from cxportal.core.models import Membership
from journeys.forms.actions import OPEN, TEXT_LENGTH, TITLE_LENGTH, NamedChoiceField
from journeys.models import Action, ActionRole, ActionTemplate, Board, State
from journeys.queries.baselines import pilot_groups

KEEP = _("Leave as it is")


class BulkForm(ScopedForm):
    """What to change of several actions; what is left open stays."""

    owner = forms.ModelChoiceField(
        Membership.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        empty_label=KEEP,
        label=_("Owner"),
    )
    due = forms.DateField(
        required=False, label=_("Due"), widget=forms.DateInput(attrs={"type": "date"})
    )
    horizon = forms.ChoiceField(
        choices=[("", KEEP), *Action.Horizon.choices], required=False, label=_("Horizon")
    )
    state = forms.ChoiceField(
        choices=[("", KEEP), *State.choices], required=False, label=_("State")
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        owners: Any = self.fields["owner"]
        owners.queryset = owners.queryset.filter(is_active=True).select_related("user")

    def changes(self) -> dict[str, Any]:
        """Only what was chosen."""
        return {name: value for name, value in self.cleaned_data.items() if value}


class ChecklistForm(ScopedForm):
    """A step."""

    text = forms.CharField(max_length=300, label=_("New step"))


class RolesForm(ScopedForm):
    """Who has which role; the same person may have several."""

    def __init__(self, *args: Any, actor: Actor, action: Action, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        members: Any = Membership.objects.for_actor(actor).filter(is_active=True)
        rows = list(action.roles.all())
        for role, label in ActionRole.Role.choices:
            chosen = [row.membership_id for row in rows if row.role == role]
            self.fields[role] = forms.ModelMultipleChoiceField(
                members.select_related("user"),
                required=False,
                label=label,
                initial=chosen,
                widget=forms.CheckboxSelectMultiple,
            )


class PilotForm(ScopedForm):
    """Where an action is tried, and with whom that is compared."""

    pilot = forms.TypedMultipleChoiceField(
        coerce=int,
        required=False,
        label=_("Tried in"),
        widget=forms.CheckboxSelectMultiple,
    )
    comparison = forms.TypedMultipleChoiceField(
        coerce=int,
        required=False,
        label=_("Compared with"),
        help_text=_("Nobody chosen: everybody outside the pilot"),
        widget=forms.CheckboxSelectMultiple,
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        groups = pilot_groups(actor)
        for name in ("pilot", "comparison"):
            field: Any = self.fields[name]
            field.choices = groups


class TemplateForm(ScopedForm):
    """A template of an action, perhaps made again by the calendar."""

    board = NamedChoiceField(
        Board.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        empty_label=_("The program's board"),
        label=_("Board"),
    )
    title = forms.CharField(max_length=TITLE_LENGTH, label=_("What is to be done"))
    description = forms.CharField(
        max_length=TEXT_LENGTH,
        required=False,
        label=_("Description"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    checklist = forms.CharField(
        required=False,
        max_length=10_000,
        label=_("Checklist"),
        help_text=_("One step a line"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    owner = forms.ModelChoiceField(
        Membership.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        empty_label=OPEN,
        label=_("Owner"),
    )
    due_days = forms.IntegerField(min_value=0, max_value=365, initial=14, label=_("Due after days"))
    horizon = forms.ChoiceField(choices=Action.Horizon.choices, label=_("Horizon"))
    every = forms.ChoiceField(
        choices=ActionTemplate.Every.choices, required=False, label=_("Made again")
    )
    next_on = forms.DateField(
        required=False,
        label=_("First on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    field_order = ("name", "title", "description", "checklist")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        self.fields["name"] = I18nTextFormField(
            languages=list(actor.program.languages), label=_("Name"), max_length=TITLE_LENGTH
        )
        owners: Any = self.fields["owner"]
        owners.queryset = owners.queryset.filter(is_active=True).select_related("user")
        self.order_fields(self.field_order)

    def clean_checklist(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["checklist"].splitlines()]
