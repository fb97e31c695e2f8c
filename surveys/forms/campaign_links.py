"""Forms of campaigns that ask whoever comes by: open link, kiosk, website."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.forms.base import ScopedForm
from surveys.calc.embedding import DEFAULTS
from surveys.models import Survey

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    StrOrPromise = str | _StrPromise
else:
    StrOrPromise = str
Groups = tuple[tuple[str, StrOrPromise, tuple[str, ...]], ...]


class CampaignForm(ScopedForm):
    """A form whose fields stand in groups under headings."""

    groups: Groups = ()

    def grouped(self) -> list[tuple[str, StrOrPromise, list[forms.BoundField]]]:
        """(key, heading, fields) of each group that has any."""
        found = [
            (key, heading, [self[name] for name in names if name in self.fields])
            for key, heading, names in self.groups
        ]
        return [group for group in found if group[2]]


def offer_surveys(form: forms.BaseForm, actor: Actor) -> None:
    """Only what can be sent: published and open."""
    field = form.fields["survey"]
    assert isinstance(field, forms.ModelChoiceField)
    field.empty_label = _("Choose a survey")
    field.queryset = (
        Survey.objects.for_actor(actor)
        .filter(state=Survey.State.OPEN, current_version__isnull=False)
        .order_by("-updated_at")
    )


class CampaignLinkForm(CampaignForm):
    """A campaign by an open link."""

    groups: Groups = (("what", "", ("name", "survey", "ends_on")),)

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
    ends_on = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("The link closes after it. Empty: until somebody closes it."),
    )

    def __init__(self, *args: Any, actor: Actor, channel: str = "", **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        offer_surveys(self, actor)


class NameForm(CampaignForm):
    """Only the name, of a campaign that is under way."""

    groups: Groups = (("what", "", ("name",)),)

    name = forms.CharField(label=_("Name"), max_length=200)

    def __init__(self, *args: Any, actor: Actor, channel: str = "", **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)


class LinesField(forms.CharField):
    """Texts, one a line."""

    widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in str(value or "").splitlines() if line.strip()]

    def validate(self, value: Any) -> None:
        return

    def run_validators(self, value: Any) -> None:
        return


class EmbedRulesForm(NameForm):
    """Where and when the survey appears on a website; may be changed while it is open."""

    groups: Groups = (
        ("what", "", ("name", "survey", "ends_on")),
        ("how", _("How it appears"), ("mode", "position", "origins")),
        ("rules", _("When and to whom"), ("pages", "delay", "scroll", "share", "again_days")),
    )

    mode = forms.ChoiceField(
        label=_("Way"),
        choices=[("popup", _("Pops up in a corner")), ("inline", _("Stands in the page"))],
        widget=forms.RadioSelect(),
    )
    position = forms.ChoiceField(
        label=_("Where it pops up"),
        choices=[("right", _("Right")), ("left", _("Left")), ("centre", _("Centre"))],
    )
    origins = LinesField(
        label=_("Sites that may show it"),
        required=False,
        help_text=_("One a line, for example https://shop.example.com. Empty: every site."),
    )
    pages = LinesField(
        label=_("Pages"),
        required=False,
        help_text=_("Paths, one a line, * stands for anything: /order/*/thanks. Empty: all."),
    )
    delay = forms.IntegerField(label=_("After so many seconds"), min_value=0, max_value=3600)
    scroll = forms.IntegerField(
        label=_("After so much of the page was read (%)"), min_value=0, max_value=100
    )
    share = forms.IntegerField(label=_("Share of visitors (%)"), min_value=1, max_value=100)
    again_days = forms.IntegerField(
        label=_("Again to the same person after … days"),
        min_value=0,
        max_value=3650,
        help_text=_("0: once at most. Whoever has answered is not asked again in that time."),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        stored = (self.initial or {}).get("embed") or {}
        for name, value in {**DEFAULTS, **stored}.items():
            self.fields[name].initial = value

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["embed"] = {name: cleaned.pop(name) for name in DEFAULTS if name in cleaned}
        return cleaned


class CampaignEmbedForm(EmbedRulesForm, CampaignLinkForm):
    """A draft for a website."""

    groups = EmbedRulesForm.groups
