"""Forms of sharing: a link to hand on, a report by mail."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cxportal.core.forms.base import ScopedForm
from cxportal.core.models import ScheduledReport
from cxportal.core.registry import Shareable

LIFETIMES = (
    ("7", _("7 days")),
    ("30", _("30 days")),
    ("90", _("90 days")),
    ("365", _("1 year")),
    ("", _("Until it is taken back")),
)
WEEKDAYS = (
    _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"),
    _("Sunday"),
)  # fmt: skip


class SharedForm(ScopedForm):
    """What links and scheduled reports have in common."""

    title = forms.CharField(label=_("Title"), max_length=200)
    content = forms.MultipleChoiceField(
        label=_("What it shows besides the scores"),
        choices=[],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, shareable: Shareable | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parts = shareable.content if shareable else ()
        if not parts:
            del self.fields["content"]
            return
        content = self.fields["content"]
        assert isinstance(content, forms.MultipleChoiceField)
        content.choices = list(parts)


class ShareLinkForm(SharedForm):
    """A link: how long it works, and perhaps a password."""

    lifetime = forms.ChoiceField(
        label=_("Works for"), choices=LIFETIMES, required=False, initial="30"
    )
    password = forms.CharField(
        label=_("Password (if you wish)"),
        required=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=True),
        help_text=_("At least 8 characters. Hand it on by another way than the link."),
    )

    def expires_at(self) -> datetime | None:
        """When the link ends; None for never."""
        days = self.cleaned_data.get("lifetime")
        return timezone.now() + timedelta(int(days)) if days else None


class ScheduledReportForm(SharedForm):
    """A report by mail: to whom and when."""

    recipients = forms.CharField(
        label=_("To"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One e-mail address a line. Everybody gets a mail of their own."),
    )
    cadence = forms.ChoiceField(label=_("How often"), choices=ScheduledReport.Cadence.choices)
    weekday = forms.TypedChoiceField(
        label=_("Weekday"), choices=list(enumerate(WEEKDAYS)), coerce=int, required=False
    )
    month_day = forms.IntegerField(
        label=_("Day of the month"), min_value=1, max_value=31, required=False, initial=1
    )
    hour = forms.IntegerField(label=_("Hour (0 to 23)"), min_value=0, max_value=23, initial=8)

    field_order = ["title", "recipients", "cadence", "weekday", "month_day", "hour"]

    @staticmethod
    def initial_of(report: ScheduledReport) -> dict[str, Any]:
        """What the fields hold when a report is changed."""
        weekly = report.cadence == ScheduledReport.Cadence.WEEKLY
        return {
            "title": report.title,
            "recipients": "\n".join(report.recipients),
            "cadence": report.cadence,
            "weekday": report.day if weekly else 0,
            "month_day": 1 if weekly else report.day,
            "hour": report.hour,
            "language": report.language,
        }

    def schedule(self) -> dict[str, Any]:
        """Recipients and time, as the service takes them."""
        data = self.cleaned_data
        weekly = data["cadence"] == ScheduledReport.Cadence.WEEKLY
        day = (data["weekday"] or 0) if weekly else (data["month_day"] or 1)
        recipients = data["recipients"].replace(",", "\n").split("\n")
        return {
            "recipients": recipients,
            "cadence": data["cadence"],
            "day": day,
            "hour": data["hour"],
        }
