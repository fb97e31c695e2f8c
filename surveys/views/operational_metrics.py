"""Pages of metrics that are counted."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.policies import may
from cxportal.core.queries.audit import history_of
from cxportal.core.registry import figure_feeds
from cxportal.core.views.base import CommandView, FormPage, PortalView, get_or_404
from surveys.forms.reports import OperationalMetricForm, ValueForm, ValuesFileForm
from surveys.models import OperationalMetric
from surveys.queries.figure_feeds import feed_code
from surveys.queries.operational_metrics import (
    operational_chart,
    operational_listed,
    operational_reviews,
)
from surveys.queries.periods import period_from
from surveys.services.figure_feeds import feed_defaults, feed_recount
from surveys.services.operational_metrics import (
    metric_values_import,
    metric_values_set,
    operational_metric_create,
    operational_metric_delete,
    operational_metric_update,
)
from surveys.views.reports import span_links

MOST_VALUES = 60


class OperationalPage(PortalView):
    """A page about one counted metric."""

    permission = "surveys.view_metrics"

    def metric(self, pk: int) -> OperationalMetric:
        return get_or_404(operational_listed(self.actor), pk=pk)


class OperationalListView(PortalView):
    """All counted metrics with their newest figures."""

    permission = "surveys.view_metrics"

    def get(self, request: HttpRequest) -> HttpResponse:
        chosen = period_from(self.actor, request.GET, default=90)
        metrics = list(operational_listed(self.actor))
        context = {
            "reviews": operational_reviews(self.actor, metrics, chosen.period),
            "chosen": chosen,
            "spans": span_links(request, chosen.days),
            "may_change": may(self.actor, "surveys.change_metrics"),
        }
        return self.render("surveys/operational_list.html", context)


class OperationalDetailView(OperationalPage):
    """One figure: value, change, its months, its record, and where values come in."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show(self.metric(pk))

    def show(self, metric: OperationalMetric, status: int = 200, **forms: Any) -> HttpResponse:
        chosen = period_from(self.actor, self.request.GET, default=90)
        [review] = operational_reviews(self.actor, [metric], chosen.period)
        context = {
            "metric": metric,
            "review": review,
            "trend": operational_chart(review),
            "values": metric.values.order_by("-day")[:MOST_VALUES],
            "chosen": chosen,
            "spans": span_links(self.request, chosen.days),
            "value_form": forms.get("value_form") or ValueForm(actor=self.actor),
            "file_form": forms.get("file_form") or ValuesFileForm(actor=self.actor),
            "feed": figure_feeds.get(metric.feed),
            "history": history_of(self.actor, metric),
            "may_change": may(self.actor, "surveys.change_metrics", metric),
        }
        return self.render("surveys/operational_detail.html", context, status=status)


class OperationalCreateView(FormPage):
    permission = "surveys.change_metrics"
    form_class = OperationalMetricForm
    title = gettext_lazy("New counted metric")
    submit_label = gettext_lazy("Create metric")

    def form(self, data: Any = None, files: Any = None) -> OperationalMetricForm:
        """?feed=churn:180 or ?subject=brand begins with what is asked for."""
        asked = self.request.GET
        feed = asked.get("feed", "")
        initial = feed_defaults(feed.partition(":")[0])
        if asked.get("subject", "") in OperationalMetric.Subject.values:
            initial["subject"] = asked["subject"]
        return OperationalMetricForm(data=data, actor=self.actor, initial={**initial, "feed": feed})

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("surveys:operational-list")}

    def save(self, form: OperationalMetricForm) -> HttpResponse:
        metric = operational_metric_create(actor=self.actor, **form.values())
        if metric.feed:
            self.say(_("The metric was made and counted."))
        else:
            self.say(_("The metric was made. Now bring its values."))
        return self.redirect("surveys:operational-detail", metric.pk)


class OperationalEditView(FormPage, OperationalPage):
    permission = "surveys.change_metrics"
    form_class = OperationalMetricForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.pk = kwargs.pop("pk")
        return super().dispatch(request, *args, **kwargs)

    def form(self, data: Any = None, files: Any = None) -> OperationalMetricForm:
        self.editing = metric = self.metric(self.pk)
        self.title = str(metric)
        names = OperationalMetricForm.base_fields
        initial = {name: getattr(metric, name) for name in names if name != "owner"}
        initial["feed"] = feed_code(metric.feed, metric.feed_setting)
        if metric.owner is not None:
            memberships = metric.owner.memberships.filter(program=metric.program)
            initial["owner"] = memberships.first()
        return OperationalMetricForm(data=data, actor=self.actor, metric=metric, initial=initial)

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("surveys:operational-detail", self.pk)}

    def save(self, form: OperationalMetricForm) -> HttpResponse:
        version = form.cleaned_data["version"]
        operational_metric_update(
            actor=self.actor, metric=self.editing, version=version, **form.values()
        )
        self.say(_("Saved."))
        return self.redirect("surveys:operational-detail", self.pk)


class OperationalDeleteView(CommandView, OperationalPage):
    permission = "surveys.change_metrics"

    def command(self, pk: int) -> HttpResponse:
        operational_metric_delete(actor=self.actor, metric=self.metric(pk))
        self.say(_("The metric was deleted."))
        return self.redirect("surveys:operational-list")


class RecountView(CommandView, OperationalPage):
    """Count a fed metric anew now."""

    permission = "surveys.change_metrics"

    def command(self, pk: int) -> HttpResponse:
        feed_recount(actor=self.actor, metric=self.metric(pk))
        self.say(_("Counted anew."))
        return self.redirect("surveys:operational-detail", pk)


class ValueAddView(CommandView, OperationalDetailView):
    """One value by hand."""

    permission = "surveys.change_metrics"

    def command(self, pk: int) -> HttpResponse:
        metric = self.metric(pk)
        form = ValueForm(self.request.POST, actor=self.actor)
        if not form.is_valid():
            return self.show(metric, 422, value_form=form)
        metric_values_set(actor=self.actor, metric=metric, rows=[form.cleaned_data])
        self.say(_("The value was kept."))
        return self.redirect("surveys:operational-detail", pk)


class ValuesFileView(CommandView, OperationalDetailView):
    """Many values from a file."""

    permission = "surveys.change_metrics"

    def command(self, pk: int) -> HttpResponse:
        metric = self.metric(pk)
        form = ValuesFileForm(self.request.POST, self.request.FILES, actor=self.actor)
        if not form.is_valid():
            return self.show(metric, 422, file_form=form)
        content = form.cleaned_data["file"].read()
        found = metric_values_import(actor=self.actor, metric=metric, content=content)
        sums = {"new": found.created, "changed": found.updated, "failed": found.failed}
        self.say(_("%(new)d new, %(changed)d changed, %(failed)d refused.") % sums)
        return self.redirect("surveys:operational-detail", pk)
