"""The scorecard: three views, their links, months closed for good."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.policies import may
from cxportal.core.queries.audit import history_of
from cxportal.core.views.base import CommandView, FormPage, PortalView, get_or_404
from loyalty.calc.months import month_of, month_shift
from loyalty.forms.scorecard import KpiForm, KpiLinkForm, KpiMonthForm, month_from
from loyalty.models import Kpi, KpiLink, KpiValue, ScorecardSnapshot
from loyalty.queries.scorecard import scorecard_of
from loyalty.queries.strategy_map import strategy_map
from loyalty.services.scorecard import (
    kpi_create,
    kpi_delete,
    kpi_link_add,
    kpi_link_remove,
    kpi_update,
    kpi_value_set,
    scorecard_close,
    scorecard_refresh,
)
from loyalty.services.scorecard_template import scorecard_from_template
from loyalty.views.scorecard_document import KIND
from surveys.queries.scores import today_of
from surveys.views.reports import share_menu

FIELDS = (
    "name", "goal", "view", "source", "metric", "counted", "computed", "unit", "high_is_good",
    "target", "weight", "part_of", "owner", "version",
)  # fmt: skip


class ScorecardView(PortalView):
    """Capability, experience, equity: values, targets, and whether one follows the other."""

    permission = "loyalty.view_scorecard"

    def get(self, request: HttpRequest) -> HttpResponse:
        this_month = month_of(today_of(self.actor))
        month = min(month_from(request.GET.get("month"), month_shift(this_month, -1)), this_month)
        card = scorecard_of(self.actor, month)
        context = {
            "card": card,
            "map": strategy_map(card),
            "is_running": month == this_month,
            "later": card.later if card.later <= this_month else None,
            "link_form": KpiLinkForm(actor=self.actor),
            "menu": share_menu(self.actor, KIND, None, _("Scorecard"), request),
            "may_change": may(self.actor, "loyalty.change_scorecard"),
            "may_comment": may(self.actor, "loyalty.comment_scorecard"),
        }
        return self.render("steering/scorecard.html", context)


class KpiDetailView(PortalView):
    """One KPI through the months, with what was said about it."""

    permission = "loyalty.view_scorecard"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        kpis = Kpi.objects.for_actor(self.actor).select_related(
            "owner", "metric", "counted", "part_of"
        )
        kpi = get_or_404(kpis, pk=pk)
        context = {
            "kpi": kpi,
            "values": kpi.values.order_by("-month")[:36],
            "history": history_of(self.actor, kpi),
            "may_change": may(self.actor, "loyalty.change_scorecard"),
            "may_comment": may(self.actor, "loyalty.comment_scorecard"),
        }
        return self.render("steering/kpi_detail.html", context)


class KpiCreateView(FormPage):
    """Put a KPI on the scorecard."""

    permission = "loyalty.change_scorecard"
    form_class = KpiForm
    title = gettext_lazy("New KPI")

    def form_kwargs(self) -> dict[str, Any]:
        view = self.request.GET.get("view", Kpi.View.EXPERIENCE)
        return {**super().form_kwargs(), "initial": {"view": view, "high_is_good": True}}

    def save(self, form: Any) -> HttpResponse:
        values = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        made = kpi_create(actor=self.actor, **values)
        self.say(_("“%(name)s” is on the scorecard.") % {"name": str(made)})
        return self.redirect("steering:scorecard")

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("steering:scorecard")}


class KpiEditView(KpiCreateView):
    """Change a KPI; a stale edit shows what is stored now."""

    title = gettext_lazy("Edit KPI")

    def stored(self) -> Kpi:
        found: Kpi = get_or_404(Kpi.objects.for_actor(self.actor), pk=self.kwargs["pk"])
        return found

    def form_kwargs(self) -> dict[str, Any]:
        stored = self.stored()
        return {"actor": self.actor, "initial": {name: getattr(stored, name) for name in FIELDS}}

    def save(self, form: Any) -> HttpResponse:
        kpi = kpi_update(actor=self.actor, kpi=self.stored(), **form.cleaned_data)
        self.say(_("The KPI is saved."))
        return self.redirect("steering:kpi-detail", kpi.pk)

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("steering:kpi-detail", self.kwargs["pk"])}


class KpiDeleteView(CommandView):
    """Take a KPI off the scorecard."""

    permission = "loyalty.change_scorecard"

    def command(self, pk: int) -> HttpResponse:
        kpi_delete(actor=self.actor, kpi=get_or_404(Kpi.objects.for_actor(self.actor), pk=pk))
        self.say(_("The KPI is off the scorecard. Closed months keep it."))
        return self.redirect("steering:scorecard")


class KpiMonthView(FormPage):
    """A month's comment, and its value where it is entered by hand."""

    permission = "loyalty.comment_scorecard"
    form_class = KpiMonthForm

    @property
    def kpi(self) -> Kpi:
        found: Kpi = get_or_404(Kpi.objects.for_actor(self.actor), pk=self.kwargs["pk"])
        return found

    @property
    def month(self) -> date:
        last = month_shift(month_of(today_of(self.actor)), -1)
        return month_from(self.request.GET.get("month"), last)

    def form_kwargs(self) -> dict[str, Any]:
        kpi = self.kpi
        rows: Any = KpiValue.objects.for_actor(self.actor).filter(kpi=kpi, month=self.month)
        stored = rows.first()
        initial = (
            {"value": stored.value, "n": stored.n, "comment": stored.comment} if stored else {}
        )
        manual = kpi.source == Kpi.Source.MANUAL
        return {"actor": self.actor, "manual": manual, "initial": initial}

    def save(self, form: Any) -> HttpResponse:
        kpi_value_set(actor=self.actor, kpi=self.kpi, month=self.month, **form.cleaned_data)
        self.say(_("The month is saved."))
        return self.redirect("steering:kpi-detail", self.kpi.pk)

    def extra(self) -> dict[str, Any]:
        kpi = self.kpi
        title = f"{kpi} · {self.month:%Y-%m}"
        return {"title": title, "cancel_url": self.actor.url("steering:kpi-detail", kpi.pk)}


class KpiLinkAddView(CommandView):
    """Say that one KPI should follow another."""

    permission = "loyalty.change_scorecard"

    def command(self) -> HttpResponse:
        form = KpiLinkForm(self.request.POST, actor=self.actor)
        if form.is_valid():
            kpi_link_add(actor=self.actor, **form.cleaned_data)
            self.say(_("The link is tested from now on."))
        return self.redirect("steering:scorecard")


class KpiLinkRemoveView(CommandView):
    """Drop a hypothesis."""

    permission = "loyalty.change_scorecard"

    def command(self, pk: int) -> HttpResponse:
        kpi_link_remove(
            actor=self.actor, link=get_or_404(KpiLink.objects.for_actor(self.actor), pk=pk)
        )
        self.say(_("The link is removed."))
        return self.redirect("steering:scorecard")


class ScorecardRefreshView(CommandView):
    """Bring the open months up to date now."""

    permission = "loyalty.comment_scorecard"

    def command(self) -> HttpResponse:
        scorecard_refresh(actor=self.actor)
        self.say(_("The open months are up to date."))
        return self.redirect("steering:scorecard")


class ScorecardTemplateView(CommandView):
    """Begin with the usual KPIs of a CX program."""

    permission = "loyalty.change_scorecard"

    def command(self) -> HttpResponse:
        made = scorecard_from_template(actor=self.actor)
        self.say(_("%(n)s KPIs are on the scorecard. Set their targets next.") % {"n": made})
        return self.redirect("steering:scorecard")


class ScorecardCloseView(CommandView):
    """Keep a month as it stands, for good."""

    permission = "loyalty.change_scorecard"

    def command(self) -> HttpResponse:
        month = month_from(self.request.POST.get("month"), month_of(today_of(self.actor)))
        snapshot = scorecard_close(actor=self.actor, month=month)
        self.say(_("%(month)s is closed.") % {"month": f"{month:%Y-%m}"})
        return self.redirect("steering:snapshot-detail", snapshot.pk)


class SnapshotDetailView(PortalView):
    """A closed month as it stood."""

    permission = "loyalty.view_scorecard"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = ScorecardSnapshot.objects.for_actor(self.actor).select_related("taken_by")
        snapshot = get_or_404(rows, pk=pk)
        return self.render("steering/snapshot.html", {"snapshot": snapshot})
