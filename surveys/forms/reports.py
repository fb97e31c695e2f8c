"""Forms of dashboards and counted metrics."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cxportal.core.forms.base import I18nTextFormField, ScopedForm
from cxportal.core.models import Membership
from surveys.calc.widgets import DAYS
from surveys.models import Metric, OperationalMetric
from surveys.queries.crosstables import group_choices
from surveys.queries.figure_feeds import feed_choices


class DashboardForm(ScopedForm):
    """Name, and who sees it."""

    name = forms.CharField(label=_("Name"), max_length=120)
    is_shared = forms.BooleanField(label=_("Everybody of the program sees it"), required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, may_share: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_share:
            del self.fields["is_shared"]


class WidgetForm(ScopedForm):
    """One more widget: what it shows, over how long, how wide."""

    shows = forms.ChoiceField(label=_("Shows"), choices=[])
    days = forms.TypedChoiceField(
        label=_("Over"), coerce=int, initial=90, choices=[(d, _("%(days)d days")) for d in DAYS]
    )
    size = forms.ChoiceField(
        label=_("Width"), choices=[("half", _("Half")), ("full", _("Whole"))], initial="half"
    )
    text = forms.CharField(
        label=_("Text of a note"),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = self.fields["days"]
        assert isinstance(days, forms.TypedChoiceField)
        days.choices = [(d, _("%(days)d days") % {"days": d}) for d in DAYS]
        shows = self.fields["shows"]
        assert isinstance(shows, forms.ChoiceField)
        shows.choices = self._choices()

    def _choices(self) -> list[Any]:
        metrics = list(Metric.objects.for_actor(self.actor).order_by("pk"))
        kinds = list(group_choices(self.actor))
        counted = OperationalMetric.objects.for_actor(self.actor).order_by("pk")
        return [
            ("program", _("All metrics")),
            (_("Score and trend"), [(f"metric.{m.pk}", str(m)) for m in metrics]),
            (
                _("Groups beside each other"),
                [(f"groups.{m.pk}.{kind}", f"{m} · {kind}") for m in metrics for kind in kinds],
            ),
            (_("Counted figure"), [(f"operational.{m.pk}", str(m)) for m in counted]),
            ("note", _("Note")),
        ]

    def widget(self) -> dict[str, Any]:
        """What the service takes."""
        data = self.cleaned_data
        kind, *rest = data["shows"].split(".", 2)
        widget: dict[str, Any] = {"kind": kind, "days": data["days"], "size": data["size"]}
        if rest:
            widget["id"] = int(rest[0])
        if len(rest) > 1:
            widget["by"] = rest[1]
        if kind == "note":
            widget["text"] = data["text"]
        return widget


class OperationalMetricForm(ScopedForm):
    """A counted metric's record."""

    code = forms.CharField(label=_("Code"), max_length=60, help_text=_("For formulas and the API."))
    name = I18nTextFormField(label=_("Name"), max_length=200)
    subject = forms.ChoiceField(label=_("Kind"), choices=OperationalMetric.Subject.choices)
    unit = forms.ChoiceField(
        label=_("Unit"), choices=OperationalMetric.Unit.choices, required=False
    )
    decimals = forms.IntegerField(label=_("Decimals"), min_value=0, max_value=4, initial=1)
    high_is_good = forms.BooleanField(label=_("High is good"), required=False, initial=True)
    target = forms.DecimalField(label=_("Target"), required=False, max_digits=18, decimal_places=4)
    together = forms.ChoiceField(
        label=_("Several values of a period become"), choices=OperationalMetric.Together.choices
    )
    source = forms.CharField(
        label=_("Source"), required=False, max_length=300,
        help_text=_("Where the values come from, in words."),
    )  # fmt: skip
    feed = forms.ChoiceField(
        label=_("Values"), required=False, choices=[],
        help_text=_("The portal counts every night what it has the records of."),
    )  # fmt: skip
    formula = forms.CharField(
        label=_("Formula"), required=False, max_length=500,
        help_text=_("For a computed metric, for example {repeat-orders} / {orders} * 100."),
    )  # fmt: skip
    min_n = forms.IntegerField(
        label=_("Fewest counted to show a value"), required=False, min_value=1, max_value=1_000_000
    )
    owner = forms.ModelChoiceField(
        label=_("Owner"),
        required=False,
        queryset=Membership.unscoped.none(),  # unscoped: replaced
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, metric: OperationalMetric | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)
        members = Membership.objects.for_actor(self.actor).filter(is_active=True)
        owner.queryset = members.select_related("user")
        feed = self.fields["feed"]
        assert isinstance(feed, forms.ChoiceField)
        feed.choices = [("", _("Brought by hand, file or API")), *feed_choices(self.actor)]
        if metric is not None:
            del self.fields["code"]

    def values(self) -> dict[str, Any]:
        """Arguments of the services, the same names."""
        data = dict(self.cleaned_data)
        data["feed"], _colon, data["feed_setting"] = data["feed"].partition(":")
        data.pop("version")
        owner = data.pop("owner")
        return {**data, "owner": owner.user if owner else None}


class ValueForm(ScopedForm):
    """One value of a counted metric."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    value = forms.DecimalField(label=_("Value"), max_digits=18, decimal_places=4)
    n = forms.IntegerField(label=_("n, where known"), required=False, min_value=0)


class ValuesFileForm(ScopedForm):
    """Values from a file."""

    file = forms.FileField(
        label=_("CSV file"), help_text=_("Columns: day (2026-11-01), value and perhaps n.")
    )
