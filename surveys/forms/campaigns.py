"""Forms of campaigns."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.forms.base import LANGUAGE_NAMES, I18nTextFormField, ScopedForm
from cxportal.core.models import Segment
from surveys.models import Campaign, Survey
from surveys.services.campaigns import MAX_BODY, MAX_GAP_DAYS, MAX_SUBJECT
from surveys.services.mails import default_body, default_subject

_TEXT_HELP = _(
    "Tags are filled for each person: {{name|there}}, {{company}}, {{survey}}. The word behind "
    "the bar stands where a name is missing."
)


class CampaignTextsForm(ScopedForm):
    """Name and words; all that may still be changed while a campaign is paused."""

    name = forms.CharField(
        label=_("Name"), max_length=200, help_text=_("Only your program sees it.")
    )
    sender_name = forms.CharField(
        label=_("Sender's name"),
        max_length=120,
        required=False,
        help_text=_("Empty: the program's."),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        languages = list(actor.program.languages)
        self.fields["subject"] = I18nTextFormField(
            label=_("Subject"), languages=languages, max_length=MAX_SUBJECT, required=False
        )
        self.fields["body"] = I18nTextFormField(
            label=_("Text"),
            languages=languages,
            rows=7,
            max_length=MAX_BODY,
            required=False,
            help_text=_TEXT_HELP,
        )
        self.order_fields(["name", "survey", "segment", "contact_gap_days", "subject", "body"])


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
    contact_gap_days = forms.IntegerField(
        label=_("Leave out whoever was asked in the last … days"),
        min_value=0,
        max_value=MAX_GAP_DAYS,
        required=False,
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        _offer_surveys(self, actor)
        segment = self.fields["segment"]
        assert isinstance(segment, forms.ModelChoiceField)
        segment.queryset = Segment.objects.for_actor(actor).select_related("program").order_by("pk")
        self.fields["contact_gap_days"].help_text = _(
            "Empty: as the program says, %(days)d days. 0: no such rule."
        ) % {"days": actor.program.contact_gap_days}


class CampaignLinkForm(ScopedForm):
    """A campaign by an open link."""

    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        help_text=_("Only your program sees it, for example “Receipt, autumn”."),
    )
    survey = forms.ModelChoiceField(
        label=_("Survey"),
        queryset=Survey.unscoped.none(),  # unscoped: filled for the actor below
        help_text=_("Published surveys only."),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        _offer_surveys(self, actor)


def _offer_surveys(form: forms.BaseForm, actor: Actor) -> None:
    """Only what can be sent: published and open."""
    field = form.fields["survey"]
    assert isinstance(field, forms.ModelChoiceField)
    field.empty_label = _("Choose a survey")
    field.queryset = (
        Survey.objects.for_actor(actor)
        .filter(state=Survey.State.OPEN, current_version__isnull=False)
        .order_by("-updated_at")
    )


class NameForm(ScopedForm):
    """Only the name, of a campaign that is under way."""

    name = forms.CharField(label=_("Name"), max_length=200)


class TestMailForm(ScopedForm):
    """A mail to oneself, in a language of the survey."""

    language = forms.ChoiceField(label=_("Language"))

    def __init__(self, *args: Any, actor: Actor, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        language = self.fields["language"]
        assert isinstance(language, forms.ChoiceField)
        language.choices = [(c, LANGUAGE_NAMES.get(c, c)) for c in campaign.survey.languages]


def form_for(campaign: Campaign) -> type[ScopedForm]:
    """The form of what may be changed in the campaign's state."""
    mailed = campaign.channel == Campaign.Channel.EMAIL
    if campaign.state == Campaign.State.DRAFT:
        return CampaignMailForm if mailed else CampaignLinkForm
    if campaign.state == Campaign.State.PAUSED and mailed:
        return CampaignTextsForm
    return NameForm


def initial_texts(actor: Actor) -> dict[str, dict[str, str]]:
    """The portal's own words, ready to be changed."""
    languages = actor.program.languages
    return {
        "subject": {code: default_subject(code) for code in languages},
        "body": {code: default_body(code) for code in languages},
    }
