"""Reports of the program: all metrics together, and dashboards of one's own."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.policies import may
from cxportal.core.views.base import CommandView, FormPage, ListPage, PortalView, get_or_404
from cxportal.core.views.saved_views import saved_context
from surveys.forms.reports import DashboardForm, WidgetForm
from surveys.models import Dashboard, Metric
from surveys.queries.dashboards import shown_widgets
from surveys.queries.metric_reports import group_numbers, program_report
from surveys.queries.operational_metrics import operational_listed, operational_reviews
from surveys.queries.periods import period_from
from surveys.queries.scores import scores_freshness
from surveys.queries.selections import ReportFilter
from surveys.services.dashboards import (
    dashboard_create,
    dashboard_delete,
    dashboard_update,
    dashboards_visible,
    may_arrange,
    widget_add,
    widget_move,
    widget_remove,
)
from surveys.views.report_filters import filter_bar
from surveys.views.reports import page_query, share_menu, span_links


class ProgramReportView(PortalView):
    """Every metric over one period, with changes tested as one family."""

    permission = "surveys.view_reports"

    def get(self, request: HttpRequest) -> HttpResponse:
        chosen = period_from(self.actor, request.GET, default=90)
        wanted = ReportFilter(ReportFilter.read(request.GET).groups)
        metrics = list(
            Metric.objects.for_actor(self.actor).select_related("program").order_by("pk")
        )
        groups = group_numbers(self.actor, wanted)
        records = list(operational_listed(self.actor))
        menu = share_menu(self.actor, "program-report", None, _("Report of the program"), request)
        if may(self.actor, "surveys.export_responses"):
            url = f"{self.actor.url('surveys:scores-export')}?{page_query(request)}"
            menu.append({"label": _("Export scores…"), "icon": "download", "url": url})
        context = {
            "report": program_report(self.actor, metrics, chosen.period, groups),
            "counted": operational_reviews(self.actor, records, chosen.period),
            "chosen": chosen,
            "spans": span_links(request, chosen.days),
            "bar": filter_bar(self.actor, request.GET, wanted),
            "saved": saved_context(self.actor, "program-report", page_query(request)),
            "freshness": scores_freshness(self.actor),
            "menu": menu,
        }
        return self.render("surveys/report_program.html", context)


class DashboardListView(ListPage):
    permission = "surveys.view_reports"
    template = "surveys/dashboard_list.html"

    def queryset(self) -> QuerySet[Dashboard]:
        return dashboards_visible(self.actor).select_related("owner")


class DashboardPage(PortalView):
    """A page about one dashboard the actor may see."""

    permission = "surveys.view_reports"

    def dashboard(self, pk: int) -> Dashboard:
        return get_or_404(dashboards_visible(self.actor), pk=pk)


class DashboardView(DashboardPage):
    """Its widgets; whoever may arrange them finds the tools beside each."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show(self.dashboard(pk), WidgetForm(actor=self.actor))

    def show(self, dashboard: Dashboard, form: WidgetForm, status: int = 200) -> HttpResponse:
        arranges = may_arrange(self.actor, dashboard)
        menu = share_menu(self.actor, "dashboard", dashboard.pk, dashboard.name, self.request)
        if arranges:
            edit = self.actor.url("surveys:dashboard-edit", dashboard.pk)
            menu += [
                {"label": _("Name and sharing"), "icon": "pencil", "url": edit},
                {"label": _("Delete…"), "icon": "trash", "dialog": "delete", "danger": True},
            ]
        widgets = shown_widgets(self.actor, dashboard)
        context = {
            "dashboard": dashboard,
            "widgets": widgets,
            "places": [(w.place, w.place + 1) for w in widgets],
            "form": form,
            "arranges": arranges,
            "freshness": scores_freshness(self.actor),
            "menu": menu,
        }
        return self.render("surveys/dashboard.html", context, status=status)


class DashboardCreateView(FormPage):
    permission = "surveys.make_dashboards"
    form_class = DashboardForm
    title = gettext_lazy("New dashboard")
    submit_label = gettext_lazy("Create dashboard")

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor, "may_share": may(self.actor, "core.change_shares")}

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("surveys:dashboard-list")}

    def save(self, form: DashboardForm) -> HttpResponse:
        values = dict(form.cleaned_data)
        values.pop("version")
        dashboard = dashboard_create(actor=self.actor, **values)
        self.say(_("The dashboard was made. Now choose what it shows."))
        return self.redirect("surveys:dashboard", dashboard.pk)


class DashboardEditView(FormPage, DashboardPage):
    permission = "surveys.make_dashboards"
    form_class = DashboardForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.pk = kwargs.pop("pk")
        return super().dispatch(request, *args, **kwargs)

    def form(self, data: Any = None, files: Any = None) -> DashboardForm:
        self.editing = dashboard = self.dashboard(self.pk)
        self.title = dashboard.name
        names = ("name", "is_shared", "version")
        initial = {name: getattr(dashboard, name) for name in names}
        may_share = may(self.actor, "core.change_shares")
        return DashboardForm(data=data, actor=self.actor, may_share=may_share, initial=initial)

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("surveys:dashboard", self.pk)}

    def save(self, form: DashboardForm) -> HttpResponse:
        dashboard_update(actor=self.actor, dashboard=self.editing, **form.cleaned_data)
        self.say(_("Saved."))
        return self.redirect("surveys:dashboard", self.pk)


class DashboardDeleteView(CommandView, DashboardPage):
    permission = "surveys.make_dashboards"

    def command(self, pk: int) -> HttpResponse:
        dashboard_delete(actor=self.actor, dashboard=self.dashboard(pk))
        self.say(_("The dashboard was deleted."))
        return self.redirect("surveys:dashboard-list")


class WidgetAddView(CommandView, DashboardView):
    permission = "surveys.make_dashboards"

    def command(self, pk: int) -> HttpResponse:
        dashboard = self.dashboard(pk)
        form = WidgetForm(self.request.POST, actor=self.actor)
        if not form.is_valid():
            return self.show(dashboard, form, status=422)
        widget_add(actor=self.actor, dashboard=dashboard, widget=form.widget())
        return self.redirect("surveys:dashboard", pk)


class WidgetMoveView(CommandView, DashboardPage):
    """Moved by drag, by the menu or by the arrow keys: all send the new place."""

    permission = "surveys.make_dashboards"

    def command(self, pk: int, position: int) -> HttpResponse:
        to = self.request.POST.get("to", "")
        place = int(to) if to.isdecimal() and len(to) < 4 else position
        widget_move(actor=self.actor, dashboard=self.dashboard(pk), place=position, to=place)
        if getattr(self.request, "htmx", None) or self.request.headers.get("Accept") == "*/*":
            return HttpResponse(status=204)
        return self.redirect("surveys:dashboard", pk)


class WidgetRemoveView(CommandView, DashboardPage):
    permission = "surveys.make_dashboards"

    def command(self, pk: int, position: int) -> HttpResponse:
        widget_remove(actor=self.actor, dashboard=self.dashboard(pk), place=position)
        self.say(_("The widget was taken off."))
        return self.redirect("surveys:dashboard", pk)
