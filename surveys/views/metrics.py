"""Pages of metrics."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.errors import DomainError
from cxportal.core.policies import may
from cxportal.core.queries.audit import history_of
from cxportal.core.views.base import (
    CommandView,
    FormPage,
    ListPage,
    PortalView,
    add_domain_error,
    get_or_404,
)
from cxportal.core.views.saved_views import saved_context
from surveys.forms.metrics import MetricForm, MetricSourceForm, metric_initial
from surveys.models import Metric
from surveys.queries.metric_reports import (
    group_numbers,
    metric_chart,
    metric_comparison,
    metric_review,
)
from surveys.queries.metrics import formula, metrics_listed, target_text
from surveys.queries.periods import period_from
from surveys.queries.reports import group_parts, value_columns
from surveys.queries.scores import last_days, metric_reviews, scores_freshness
from surveys.queries.selections import ReportFilter
from surveys.services.metrics import metric_create, metric_source_remove, metric_update
from surveys.views.report_filters import filter_bar
from surveys.views.reports import page_query, share_menu, span_links


class MetricListView(ListPage):
    """All metrics with their score over the last 30 days and its change."""

    permission = "surveys.view_metrics"
    template = "surveys/metric_list.html"
    default_ordering = "id"

    def queryset(self) -> QuerySet[Metric]:
        return metrics_listed(self.actor)

    def render(
        self, template: str, context: dict[str, Any] | None = None, *, status: int = 200
    ) -> HttpResponse:
        metrics = (context or {})["page"].rows
        reviews = metric_reviews(actor=self.actor, metrics=metrics, period=last_days(self.actor))
        more = {
            "rows": [
                {"review": review, "target": target_text(review.metric)} for review in reviews
            ],
            "freshness": scores_freshness(self.actor),
            "may_change": may(self.actor, "surveys.change_metrics"),
        }
        return super().render(template, {**(context or {}), **more}, status=status)


class MetricPage(PortalView):
    """A page about one metric of the actor's program."""

    permission = "surveys.view_metrics"

    def metric(self, pk: int) -> Metric:
        return get_or_404(metrics_listed(self.actor), pk=pk)


class MetricDetailView(MetricPage):
    """One metric: score, change, trend, distribution, formula and sources."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show(self.metric(pk), MetricSourceForm(actor=self.actor))

    def show(self, metric: Metric, form: MetricSourceForm, status: int = 200) -> HttpResponse:
        chosen = period_from(self.actor, self.request.GET, default=90)
        wanted = ReportFilter.read(self.request.GET)
        groups = group_numbers(self.actor, wanted)
        bar = filter_bar(self.actor, self.request.GET, ReportFilter(wanted.groups))
        review = metric_review(self.actor, metric, chosen.period, groups)
        comparison = None
        if bar.compare:
            comparison = metric_comparison(self.actor, metric, chosen.period, bar.compare)
        context = {
            "bar": bar,
            "comparison": comparison,
            "saved": saved_context(self.actor, f"metric:{metric.pk}", page_query(self.request)),
            "menu": share_menu(self.actor, "metric", metric.pk, str(metric), self.request),
            "metric": metric,
            "review": review,
            "chosen": chosen,
            "spans": span_links(self.request, chosen.days),
            "groups": group_parts(review.score),
            "columns": value_columns(metric, review.score.distribution),
            "trend": metric_chart(self.actor, metric, chosen.period, groups),
            "formula": formula(metric),
            "target": target_text(metric),
            "freshness": scores_freshness(self.actor),
            "source_form": form,
            "history": history_of(self.actor, metric),
            "may_change": may(self.actor, "surveys.change_metrics", metric),
        }
        return self.render("surveys/metric_detail.html", context, status=status)


class MetricCreateView(FormPage):
    """A metric of one's own."""

    permission = "surveys.change_metrics"
    form_class = MetricForm
    title = gettext_lazy("New metric")
    submit_label = gettext_lazy("Create metric")

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("surveys:metric-list")}

    def save(self, form: MetricForm) -> HttpResponse:
        metric = metric_create(actor=self.actor, **form.values())
        self.say(_("The metric was made. Now choose the questions that feed it."))
        return self.redirect("surveys:metric-detail", metric.pk)


class MetricEditView(FormPage, MetricPage):
    """Change a metric."""

    permission = "surveys.change_metrics"
    form_class = MetricForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.pk = kwargs.pop("pk")
        return super().dispatch(request, *args, **kwargs)

    def form(self, data: Any = None, files: Any = None) -> MetricForm:
        self.editing = metric = self.metric(self.pk)
        self.title = str(metric)
        return MetricForm(
            data=data, actor=self.actor, metric=metric, initial=metric_initial(metric)
        )

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("surveys:metric-detail", self.pk)}

    def save(self, form: MetricForm) -> HttpResponse:
        values = form.values()
        for name in ("minimum", "maximum"):
            if values[name] is None:
                del values[name]
        version = form.cleaned_data["version"]
        metric_update(actor=self.actor, metric=self.editing, version=version, **values)
        self.say(_("Saved."))
        return self.redirect("surveys:metric-detail", self.pk)


class MetricSourceAddView(CommandView, MetricDetailView):
    """Let one more question feed the metric."""

    permission = "surveys.change_metrics"

    def command(self, pk: int) -> HttpResponse:
        metric = self.metric(pk)
        form = MetricSourceForm(self.request.POST, actor=self.actor)
        if not form.is_valid():
            return self.show(metric, form, status=422)
        try:
            form.add_to(metric)
        except DomainError as error:
            add_domain_error(form, error)
            return self.show(metric, form, status=error.status)
        self.say(_("The question feeds the metric now, with all its earlier answers."))
        return self.redirect("surveys:metric-detail", pk)


class MetricSourceRemoveView(CommandView, MetricPage):
    """Stop a question from feeding the metric."""

    permission = "surveys.change_metrics"

    def command(self, pk: int, source: int) -> HttpResponse:
        metric = self.metric(pk)
        metric_source_remove(actor=self.actor, source=get_or_404(metric.sources.all(), pk=source))
        self.say(_("The question feeds the metric no more."))
        return self.redirect("surveys:metric-detail", pk)
