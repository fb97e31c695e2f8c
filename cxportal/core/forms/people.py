"""Forms about members, invitations and teams."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cxportal.core.forms.base import ScopedForm
from cxportal.core.models import Role, Team

ROLE_HELP = _(
    "Owner: everything. Designer: surveys, journeys, campaigns. Manager: reviews, approves, "
    "assigns. Staff: logs actions. Viewer: reads."
)


class JoinForm(forms.Form):
    """Name and password of somebody new."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least ten characters; a few words are easy to remember."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class InviteForm(ScopedForm):
    """Who is invited, and as what."""

    email = forms.EmailField(
        label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    role = forms.ChoiceField(
        label=_("Role"), choices=Role.choices, initial=Role.STAFF, help_text=ROLE_HELP
    )


class MemberForm(ScopedForm):
    """Role, rights and teams of a member."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, help_text=ROLE_HELP)
    teams = forms.ModelMultipleChoiceField(
        label=_("Teams"),
        queryset=Team.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    sees_personal_data = forms.BooleanField(
        label=_("Sees names, addresses and answers beside a name"),
        required=False,
        help_text=_("Each look is written to the audit trail."),
    )
    exports_personal_data = forms.BooleanField(
        label=_("Exports, merges and erases personal data"), required=False
    )
    starts_campaigns = forms.BooleanField(label=_("Starts campaigns"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = self.fields["teams"]
        assert isinstance(teams, forms.ModelMultipleChoiceField)
        if teams.queryset is None or not teams.queryset.exists():
            del self.fields["teams"]


class TeamForm(ScopedForm):
    """A team's name."""

    name = forms.CharField(label=_("Name"), max_length=120)
