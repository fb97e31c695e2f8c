"""Shape of what one types on the way to the first answer."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.forms.base import ScopedForm
from cxportal.core.forms.people import ROLE_HELP
from cxportal.core.forms.settings import zones
from cxportal.core.models import Role, text_in
from journeys.models import Touchpoint
from journeys.templates_library import TEMPLATES as JOURNEYS
from surveys.templates_library import TEMPLATES as SURVEYS


class BeginForm(forms.Form):
    """The very first account and its company."""

    company = forms.CharField(max_length=200, label=_("Company"))
    name = forms.CharField(max_length=120, label=_("Your name"))
    email = forms.EmailField(label=_("E-mail address"))
    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least ten characters."),
    )


class ProgramBeginForm(forms.Form):
    """Another program."""

    company = forms.CharField(max_length=200, label=_("Company"))
    language = forms.ChoiceField(choices=settings.LANGUAGES, label=_("First language"))
    time_zone = forms.ChoiceField(choices=zones, label=_("Time zone"))
    currency = forms.CharField(
        max_length=3, label=_("Currency"), help_text=_("Three letters, for example KRW.")
    )


class TakeOverForm(forms.Form):
    """The file of a program that was exported elsewhere."""

    file = forms.FileField(
        label=_("Exported file"),
        help_text=_("The .zip that “Export the whole program” made, at most 4 GB."),
        widget=forms.FileInput(attrs={"accept": ".zip,application/zip"}),
    )


class CompanyForm(ScopedForm):
    """What holds for the whole program, as far as the first hour needs it."""

    name = forms.CharField(max_length=200, label=_("Company"))
    languages = forms.MultipleChoiceField(
        choices=settings.LANGUAGES, label=_("Languages"), widget=forms.CheckboxSelectMultiple
    )
    default_language = forms.ChoiceField(choices=settings.LANGUAGES, label=_("First language"))
    timezone = forms.ChoiceField(choices=zones, label=_("Time zone"))
    currency = forms.CharField(max_length=3, label=_("Currency"))


class PeopleForm(ScopedForm):
    """Who works here with one, and how safely they sign in."""

    email = forms.EmailField(
        required=False,
        label=_("Invite a colleague"),
        help_text=_("Gets a link by mail that works once. Leave it empty to invite later."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label=_("As"), choices=Role.choices, initial=Role.DESIGNER, help_text=ROLE_HELP
    )
    two_factor_roles = forms.MultipleChoiceField(
        label=_("Roles that need two-factor sign-in"),
        choices=Role.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "A code of an app beside the password. With owners among them you set yours up next."
        ),
    )


class SenderForm(ScopedForm):
    """In whose name mails go out."""

    sender_name = forms.CharField(max_length=120, label=_("Sender's name"))
    sender_email = forms.EmailField(
        required=False,
        label=_("Sender's address"),
        help_text=_("Empty: the portal's own address."),
    )
    postal_address = forms.CharField(
        max_length=300,
        required=False,
        label=_("Postal address"),
        help_text=_("Stands at the foot of each mail, as the law asks."),
    )


class SurveyTemplateForm(ScopedForm):
    """Which survey to begin with."""

    template = forms.ChoiceField(label=_("Survey"), widget=forms.RadioSelect, initial="nps")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        choices = [
            (code, text_in(spec["name"])) for code, spec in SURVEYS.items() if code != "empty"
        ]
        self.fields["template"].choices = choices  # type: ignore[attr-defined]


class JourneyTemplateForm(ScopedForm):
    """Which journey to begin with."""

    template = forms.ChoiceField(label=_("Journey"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        known = [(code, spec) for code, spec in JOURNEYS.items() if code != "empty"]
        choices = [(code, text_in(spec["name"])) for code, spec in known]
        self.fields["template"].choices = choices  # type: ignore[attr-defined]
        self.fields["template"].initial = choices[0][0]


class MeasureForm(ScopedForm):
    """What the survey asks about."""

    touchpoint = forms.ModelChoiceField(
        Touchpoint.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        label=_("Touchpoint"),
        empty_label=None,
        help_text=_("The answers become the score of this touchpoint and of its stage."),
    )
