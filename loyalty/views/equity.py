"""Customer equity: flows between two days, gap to potential, where means go."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.policies import may
from cxportal.core.views.base import FormPage
from loyalty.forms.drivers import AllocationForm, DayForm
from loyalty.models import Allocation, ValueSegment
from loyalty.queries.equity import equity_flows, equity_gaps, snapshot_days, worksheet
from loyalty.services.equity import allocation_set, equity_keep
from loyalty.views.base import LoyaltyTabs


class EquityView(FormPage, LoyaltyTabs):
    """What was acquired, grown and lost between two kept days; keep another day."""

    permission = "loyalty.view_value"
    tab = "equity"
    template = "loyalty/equity.html"
    form_class = DayForm
    title = gettext_lazy("Customer equity")
    submit_label = gettext_lazy("Keep this day")

    def extra(self) -> dict[str, Any]:
        days = snapshot_days(self.actor)
        start, end = self._chosen("start", days, -2), self._chosen("end", days, -1)
        context: dict[str, Any] = {
            "days": days, "start": start, "end": end, "gaps": equity_gaps(self.actor),
            "sheet": worksheet(self.actor), "activities": Allocation.Activity.choices,
            "may_change": may(self.actor, "loyalty.change_value"),
        }  # fmt: skip
        if start and end and start < end:
            context["whole"], context["parts"] = equity_flows(self.actor, start, end)
        return context

    def _chosen(self, name: str, days: list[date], default: int) -> date | None:
        try:
            asked = parse_date(self.request.GET.get(name, ""))
        except ValueError:
            asked = None
        if asked in days:
            return asked
        return days[default] if len(days) >= 2 else None

    def save(self, form: Any) -> HttpResponse:
        equity_keep(actor=self.actor, on=form.cleaned_data["on"])
        self.say(_("The values of this day are kept."))
        return self.redirect("loyalty:equity")


class AllocationView(FormPage, LoyaltyTabs):
    """Fill one cell of the worksheet."""

    permission = "loyalty.change_value"
    tab = "equity"
    form_class = AllocationForm
    title = gettext_lazy("Means for one segment and activity")

    def form_kwargs(self) -> dict[str, Any]:
        segment = self.request.GET.get("segment", "")
        activity = self.request.GET.get("activity", "")
        cell = Allocation.objects.for_actor(self.actor).filter(segment=segment, activity=activity)
        stored = cell.first() or Allocation(segment=segment, activity=activity)
        names = ("segment", "activity", "people", "money", "hours", "note")
        return {"actor": self.actor, "initial": {name: getattr(stored, name) for name in names}}

    def extra(self) -> dict[str, Any]:
        labels = dict(ValueSegment.choices)
        shown = labels.get(self.request.GET.get("segment", ""), "")
        return {"cancel_url": self.actor.url("loyalty:equity"), "segment": shown}

    def save(self, form: Any) -> HttpResponse:
        allocation_set(actor=self.actor, **form.cleaned_data)
        self.say(_("Saved."))
        return self.redirect("loyalty:equity")
