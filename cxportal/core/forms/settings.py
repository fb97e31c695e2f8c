"""Forms of a program's settings, keys and webhooks."""

from datetime import datetime, time
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.timezone import make_aware
from django.utils.translation import gettext_lazy as _

from cxportal.core.forms.base import ScopedForm
from cxportal.core.models import Role, Webhook
from cxportal.core.registry import webhook_events
from cxportal.core.scopes import SCOPES, SUBJECTS
from cxportal.core.services.webhooks import EVERYTHING

EVERY_EVENT = (EVERYTHING, _("All events"))


def zones() -> list[tuple[str, str]]:
    """Time zones by name, the common ones of continents only."""
    names = (n for n in available_timezones() if "/" in n and not n.startswith(("Etc/", "posix")))
    return [(name, name.replace("_", " ")) for name in sorted(names)] + [("UTC", "UTC")]


class ProgramForm(ScopedForm):
    """What holds for the whole program."""

    name = forms.CharField(label=_("Name"), max_length=200)
    timezone = forms.ChoiceField(
        label=_("Time zone"), choices=zones, help_text=_("Its midnight ends a day of scores.")
    )
    currency = forms.CharField(
        label=_("Currency"), max_length=3, help_text=_("Three letters, for example KRW.")
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages"), choices=settings.LANGUAGES, widget=forms.CheckboxSelectMultiple
    )
    default_language = forms.ChoiceField(label=_("First language"), choices=settings.LANGUAGES)
    min_n = forms.IntegerField(
        label=_("Fewest answers to show a score"),
        min_value=1,
        max_value=1000,
        help_text=_("Scores from fewer answers are hidden."),
    )
    anonymity_n = forms.IntegerField(
        label=_("Fewest answers in anonymous surveys"), min_value=1, max_value=1000
    )
    contact_gap_days = forms.IntegerField(
        label=_("Days between two surveys to one person"),
        min_value=0,
        max_value=3650,
        help_text=_("Over all campaigns; 0 = no limit."),
    )
    active_weight = forms.DecimalField(
        label=_("Weight of active touchpoints"),
        min_value=0,
        max_value=99,
        max_digits=4,
        decimal_places=2,
        help_text=_("How much more an inbound contact weighs than a passive one."),
    )
    sender_name = forms.CharField(label=_("Sender name of mails"), max_length=120, required=False)
    sender_email = forms.EmailField(label=_("Reply address of mails"), required=False)
    postal_address = forms.CharField(
        label=_("Postal address in mails"),
        max_length=300,
        required=False,
        help_text=_("Law asks for it at the foot of advertising mails."),
    )

    two_factor_roles = forms.MultipleChoiceField(
        label=_("Roles that need two-factor sign-in"),
        choices=Role.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Members of these roles are led to set it up before they see anything."),
    )

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()


class ApiKeyForm(ScopedForm):
    """A key's name, scopes and end."""

    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("Which system uses it, for example “Shop”.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("May"), choices=[], widget=forms.CheckboxSelectMultiple
    )
    expires_on = forms.DateField(
        label=_("Ends on"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scopes = self.fields["scopes"]
        assert isinstance(scopes, forms.MultipleChoiceField)
        scopes.choices = [(scope, scope_words(scope)) for scope in SCOPES]

    def expires_at(self) -> datetime | None:
        """The end of the chosen day in the program's time."""
        day = self.cleaned_data.get("expires_on")
        return make_aware(datetime.combine(day, time.max)) if day else None


def scope_words(scope: str) -> str:
    """“Customers and consents: read”."""
    subject, _colon, verb = scope.partition(":")
    verbs = {"read": _("read"), "write": _("change"), "export": _("export")}
    return f"{SUBJECTS[subject]}: {verbs[verb]}"


class WebhookForm(ScopedForm):
    """Where events go, how, and which."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        required=False,
        help_text=_("For example the channel: #service"),
    )
    format = forms.ChoiceField(
        choices=Webhook.Format.choices,
        initial=Webhook.Format.STANDARD,
        required=False,
        label=_("Who reads it"),
    )
    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        help_text=_(
            "A public https address that answers within 20 seconds. For Slack the address of an "
            "incoming webhook, for Teams that of a workflow “When a Teams webhook request is "
            "received”."
        ),
    )
    events = forms.MultipleChoiceField(
        label=_("Events"), choices=[], widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        events = self.fields["events"]
        assert isinstance(events, forms.MultipleChoiceField)
        events.choices = [
            EVERY_EVENT,
            *((n, f"{label} ({n})") for n, label in webhook_events.items()),
        ]
