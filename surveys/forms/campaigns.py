"""Forms of campaigns."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cxportal.core.actors import Actor
from cxportal.core.forms.base import LANGUAGE_NAMES, I18nTextFormField, ScopedForm
from cxportal.core.models import Segment
from surveys.forms.campaign_fields import ConditionsField, DaysField, DelayField
from surveys.forms.campaign_links import (
    CampaignEmbedForm,
    CampaignForm,
    CampaignLinkForm,
    EmbedRulesForm,
    NameForm,
    offer_surveys,
)
from surveys.models import Campaign, SenderIdentity, Survey
from surveys.services.campaign_values import MAX_BODY, MAX_GAP_DAYS, MAX_SUBJECT
from surveys.services.letters import default_body, default_sms, default_subject

# What a channel has no use for.
_NOT_IN: dict[str, tuple[str, ...]] = {
    Campaign.Channel.SMS: ("subject", "sender_name", "reminder_subject"),
    Campaign.Channel.LIST: (
        "sender",
        "sender_name",
        "subject",
        "body",
        "is_advertising",
        "reminder_days",
        "reminder_subject",
        "reminder_body",
    ),
}
# What fields stand for that are left empty, or are not shown for the chosen timing.
_WHEN_EMPTY = {
    "timing": "now",
    "every": 1,
    "unit": "month",
    "parts": 1,
    "holdout_percent": 0,
    "priority": 5,
}
_TEXT_HELP = _(
    "Tags are filled for each person: {{name|there}}, {{company}}, {{survey}}. The word behind "
    "the bar stands where a name is missing."
)


class CampaignTextsForm(CampaignForm):
    """Name, words and reminders; what may still be changed while a campaign is paused."""

    groups = (
        ("what", "", ("name", "survey")),
        (
            "whom",
            _("Whom"),
            (
                "segment",
                "excluded_segment",
                "sample_size",
                "holdout_percent",
                "contact_gap_days",
                "priority",
            ),
        ),
        (
            "when",
            pgettext_lazy("campaign", "When"),
            (
                "timing",
                "send_on",
                "send_time",
                "in_recipient_zone",
                "every",
                "unit",
                "parts",
                "event_kind",
                "delay_minutes",
                "event_conditions",
                "ends_on",
            ),
        ),
        (
            "mail",
            _("The message"),
            ("sender", "sender_name", "subject", "body", "is_advertising"),
        ),
        ("reminders", _("Reminders"), ("reminder_days", "reminder_subject", "reminder_body")),
    )

    name = forms.CharField(
        label=_("Name"), max_length=200, help_text=_("Only your program sees it.")
    )
    sender_name = forms.CharField(
        label=_("Sender's name"),
        max_length=120,
        required=False,
        help_text=_("Empty: the program's."),
    )
    contact_gap_days = forms.IntegerField(
        label=_("Leave out whoever was asked in the last … days"),
        min_value=0,
        max_value=MAX_GAP_DAYS,
        required=False,
    )
    sample_size = forms.IntegerField(
        label=_("Sample"),
        min_value=1,
        required=False,
        help_text=_("So many people, drawn by lot among those who may be asked. Empty: all."),
    )
    priority = forms.TypedChoiceField(
        label=_("Priority"),
        choices=Campaign.Priority.choices,
        initial=Campaign.Priority.NORMAL,
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("Who asks when two campaigns want the same person and only one may."),
    )
    send_time = forms.TimeField(
        label=_("Time of day"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    in_recipient_zone = forms.BooleanField(
        label=_("In each recipient's own time zone"),
        required=False,
        help_text=_(
            "By the customer's attribute “timezone”, for example Europe/London; else the program's."
        ),
    )
    every = forms.IntegerField(
        label=_("Every"), min_value=1, max_value=365, initial=1, required=False
    )
    unit = forms.ChoiceField(
        label=_("Days, weeks or months"),
        choices=Campaign.Unit.choices,
        initial=Campaign.Unit.MONTH,
        required=False,
    )
    sender = forms.ModelChoiceField(
        label=_("Sender"),
        queryset=SenderIdentity.unscoped.none(),  # unscoped: filled for the actor below
        required=False,
        empty_label=_("The program's own"),
    )
    delay_minutes = DelayField(
        label=_("How long after it"), help_text=_("Counted from the moment of the event.")
    )
    ends_on = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Nobody is asked after it. Empty: until somebody stops the campaign."),
    )
    reminder_days = DaysField(
        label=_("Days after the first message"),
        required=False,
        help_text=_(
            "For example “3, 7”. Only those who have not answered are reminded; empty: nobody."
        ),
    )

    def __init__(
        self, *args: Any, actor: Actor, channel: str = Campaign.Channel.EMAIL, **kwargs: Any
    ) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        self.channel = channel
        sender = self.fields["sender"]
        assert isinstance(sender, forms.ModelChoiceField)
        sender.queryset = SenderIdentity.objects.for_actor(actor)
        self.fields["contact_gap_days"].help_text = _(
            "Empty: as the program says, %(days)d days. 0: no such rule."
        ) % {"days": actor.program.contact_gap_days}
        languages = list(actor.program.languages)
        for prefix in ("", "reminder_"):
            self.fields[f"{prefix}subject"] = I18nTextFormField(
                label=_("Subject"), languages=languages, max_length=MAX_SUBJECT, required=False
            )
            self.fields[f"{prefix}body"] = I18nTextFormField(
                label=_("Text"),
                languages=languages,
                rows=3 if prefix else 7,
                max_length=MAX_BODY,
                required=False,
                help_text=_("Empty: the portal's own words.") if prefix else _TEXT_HELP,
            )
        for field in _NOT_IN.get(channel, ()):
            self.fields.pop(field, None)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name, value in _WHEN_EMPTY.items():
            if name in cleaned and cleaned[name] in (None, ""):
                cleaned[name] = value
        return cleaned


class CampaignMailForm(CampaignTextsForm):
    """A campaign by e-mail to a segment."""

    survey = forms.ModelChoiceField(
        label=_("Survey"),
        queryset=Survey.unscoped.none(),  # unscoped: filled for the actor below
        help_text=_("Published surveys only."),
    )
    segment = forms.ModelChoiceField(
        label=_("To whom"),
        queryset=Segment.unscoped.none(),  # unscoped: filled for the actor below
        required=False,
        empty_label=_("All customers"),
    )
    excluded_segment = forms.ModelChoiceField(
        label=_("But not"),
        queryset=Segment.unscoped.none(),  # unscoped: filled for the actor below
        required=False,
        empty_label=_("Nobody is left out"),
    )
    holdout_percent = forms.IntegerField(
        label=_("Control group (%)"),
        min_value=0,
        max_value=50,
        initial=0,
        required=False,
        help_text=_("Never asked by this campaign, always the same people, to compare with."),
    )
    send_on = forms.DateField(
        label=_("Day, or the first of them"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    parts = forms.IntegerField(
        label=_("In how many parts"),
        min_value=1,
        max_value=52,
        initial=1,
        required=False,
        help_text=_("3: each time another third of the people is asked, in turn. 1: everybody."),
    )
    timing = forms.ChoiceField(
        label=pgettext_lazy("campaign", "When"),
        choices=Campaign.Timing.choices,
        initial=Campaign.Timing.NOW,
        required=False,
        widget=forms.RadioSelect(),
    )
    event_kind = forms.CharField(
        label=_("After which event"),
        max_length=60,
        required=False,
        help_text=_("As your systems name it, for example “delivery” or “purchase”."),
    )
    is_advertising = forms.BooleanField(
        label=_("This is advertising"),
        required=False,
        help_text=_(
            "It names goods or offers. Only those who agreed to advertising get it, marked (광고), "
            "with who sends it and how to refuse it."
        ),
    )
    event_conditions = ConditionsField(
        label=_("Only when"),
        required=False,
        help_text=_(
            "One condition a line: “place is Gangnam”, “data.amount at_least 50000”. Empty: always."
        ),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        offer_surveys(self, actor)
        own = Segment.objects.for_actor(actor).select_related("program").order_by("pk")
        for name in ("segment", "excluded_segment"):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = own


class TestMailForm(ScopedForm):
    """A mail to oneself, or a text message to a number, in a language of the survey."""

    language = forms.ChoiceField(label=_("Language"))
    number = forms.CharField(label=_("Phone number"), max_length=40, required=False)

    def __init__(self, *args: Any, actor: Actor, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        language = self.fields["language"]
        assert isinstance(language, forms.ChoiceField)
        language.choices = [(c, LANGUAGE_NAMES.get(c, c)) for c in campaign.survey.languages]


def form_of(channel: str) -> type[CampaignForm]:
    """The form of a draft."""
    if channel == Campaign.Channel.EMBED:
        return CampaignEmbedForm
    if channel in (Campaign.Channel.LINK, Campaign.Channel.KIOSK):
        return CampaignLinkForm
    return CampaignMailForm


def form_for(campaign: Campaign) -> type[CampaignForm]:
    """The form of what may be changed in the campaign's state."""
    if campaign.state == Campaign.State.DRAFT:
        return form_of(campaign.channel)
    if campaign.state == Campaign.State.PAUSED and campaign.invites:
        return CampaignTextsForm
    if campaign.channel == Campaign.Channel.EMBED and campaign.state != Campaign.State.STOPPED:
        return EmbedRulesForm
    return NameForm


def initial_texts(actor: Actor, channel: str) -> dict[str, dict[str, str]]:
    """The portal's own words, ready to be changed."""
    languages = actor.program.languages
    if channel == Campaign.Channel.SMS:
        return {"body": {code: default_sms(code) for code in languages}}
    if channel != Campaign.Channel.EMAIL:
        return {}
    return {
        "subject": {code: default_subject(code) for code in languages},
        "body": {code: default_body(code) for code in languages},
    }
