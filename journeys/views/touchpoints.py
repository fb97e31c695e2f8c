"""Touchpoints: the library, one touchpoint with its metrics, and its places in stages."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.errors import DomainError
from cxportal.core.policies import may
from cxportal.core.queries.audit import history_of
from cxportal.core.views.base import CommandView, ListPage, PortalView, get_or_404
from journeys.filters import TouchpointLibraryFilter
from journeys.forms.journeys import (
    TouchpointForm,
    TouchpointMetricForm,
)
from journeys.models import Touchpoint, TouchpointMetric
from journeys.queries.journeys import steps_listed
from journeys.queries.playbook import audited, behaviours_at
from journeys.queries.touchpoints import (
    metrics_free,
    touchpoint_actions,
    touchpoint_links,
    touchpoints_listed,
)
from journeys.services.touchpoints import (
    touchpoint_create,
    touchpoint_delete,
    touchpoint_metric_attach,
    touchpoint_metric_detach,
    touchpoint_update,
)
from journeys.views.journeys import PanelFormPage
from journeys.views.voice_map import voice_here
from surveys.calc.metrics import normalise
from surveys.queries.scores import (
    definition_of,
    last_days,
    metric_histograms,
    score_of_histogram,
    shown,
)

FIELDS = (
    "name",
    "description",
    "area",
    "channel",
    "importance",
    "is_active_contact",
    "is_moment_of_truth",
    "is_manageable",
    "is_perceived",
    "expectation",
    "event_kinds",
    "owner",
    "version",
)
ACTIONS = 10


class TouchpointListView(ListPage):
    """The library: every touchpoint once, wherever it stands."""

    permission = "journeys.view_journeys"
    template = "journeys/touchpoint_list.html"
    filterset_class = TouchpointLibraryFilter
    orderings = {"importance": "importance", "created": "created_at"}
    default_ordering = "-importance"

    def queryset(self) -> QuerySet[Any]:
        return touchpoints_listed(self.actor)

    def extra(self) -> dict[str, Any]:
        return {"may_change": may(self.actor, "journeys.change_journeys")}


def touchpoint_found(view: PortalView, pk: int) -> Touchpoint:
    """A touchpoint of the program, else 404."""
    rows: Any = Touchpoint.objects.for_actor(view.actor)
    found: Touchpoint = get_or_404(rows.select_related("program", "owner"), pk=pk)
    return found


class TouchpointDetailView(PortalView):
    """One touchpoint: attributes, metrics, stages, actions."""

    permission = "journeys.view_journeys"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        touchpoint = touchpoint_found(self, pk)
        return show_touchpoint(self, touchpoint, metric_form(self, touchpoint))


def metric_form(view: PortalView, touchpoint: Touchpoint, data: Any = None) -> Any:
    """The form that attaches a metric; it offers those not yet attached."""
    form = TouchpointMetricForm(data, actor=view.actor)
    field: Any = form.fields["metric"]
    field.queryset = metrics_free(view.actor, touchpoint)
    field.choices = list(field.choices)  # read once, for the page and the list
    return form


def show_touchpoint(
    view: PortalView, touchpoint: Touchpoint, form: Any, *, status: int = 200
) -> HttpResponse:
    """The touchpoint's page."""
    steps = steps_listed(view.actor).filter(touchpoint=touchpoint)
    context = {
        "touchpoint": touchpoint,
        "links": _scored(view, touchpoint_links(view.actor, touchpoint)),
        "aspects": TouchpointMetric.Aspect.choices,
        "form": form,
        "steps": steps,
        "actions": touchpoint_actions(view.actor, touchpoint, ACTIONS),
        "behaviours": audited(view.actor, behaviours_at(view.actor, touchpoint)),
        "history": history_of(view.actor, touchpoint, limit=ACTIONS),
        "may_change": may(view.actor, "journeys.change_journeys", touchpoint),
        "may_create": may(view.actor, "journeys.create_actions"),
        "voice": voice_here(view.actor, [touchpoint.pk])
        if may(view.actor, "surveys.view_comments")
        else None,
    }
    return view.render("journeys/touchpoint_detail.html", context, status=status)


def _scored(view: PortalView, links: Any) -> list[dict[str, Any]]:
    """Each attached metric with its own score of the last 30 days and its value on 0–100."""
    period = last_days(view.actor)
    sums = metric_histograms(
        actor=view.actor,
        metrics=[link.metric for link in links],
        first_day=period.first,
        last_day=period.last,
    )
    rows = []
    for link in links:
        score = score_of_histogram(link.metric, sums[link.metric_id])
        common = normalise(definition_of(link.metric), score)
        rows.append({"link": link, "score": shown(link.metric, score), "common": common})
    return rows


class TouchpointCreateView(PanelFormPage):
    """A new touchpoint in the library; ?stage= places it there as well."""

    permission = "journeys.change_journeys"
    form_class: Any = TouchpointForm
    title = gettext_lazy("New touchpoint")

    def form_kwargs(self) -> dict[str, Any]:
        blank = Touchpoint()
        return {**super().form_kwargs(), "initial": {name: getattr(blank, name) for name in FIELDS}}

    def save(self, form: Any) -> HttpResponse:
        values = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        touchpoint = touchpoint_create(actor=self.actor, **values)
        self.say(_("The touchpoint is in the library."))
        return self.redirect("journeys:touchpoint-detail", touchpoint.pk)

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("journeys:touchpoint-list")}


class TouchpointEditView(TouchpointCreateView):
    """Change a touchpoint; its scores follow at once, everywhere it stands."""

    title = gettext_lazy("Edit touchpoint")

    def form_kwargs(self) -> dict[str, Any]:
        touchpoint = touchpoint_found(self, self.kwargs["pk"])
        initial = {name: getattr(touchpoint, name) for name in FIELDS}
        return {"actor": self.actor, "initial": initial}

    def save(self, form: Any) -> HttpResponse:
        touchpoint = touchpoint_found(self, self.kwargs["pk"])
        touchpoint_update(actor=self.actor, touchpoint=touchpoint, **form.cleaned_data)
        self.say(_("The touchpoint is saved."))
        return self.redirect("journeys:touchpoint-detail", touchpoint.pk)

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("journeys:touchpoint-detail", self.kwargs["pk"])}


class TouchpointDeleteView(CommandView):
    """Delete a touchpoint everywhere, after it was asked for."""

    permission = "journeys.change_journeys"

    def command(self, pk: int) -> HttpResponse:
        touchpoint = touchpoint_found(self, pk)
        name = str(touchpoint)
        touchpoint_delete(actor=self.actor, touchpoint=touchpoint)
        self.say(_("“%(name)s” is deleted.") % {"name": name})
        return self.redirect("journeys:touchpoint-list")


class TouchpointMetricAddView(CommandView):
    """Measure a touchpoint by one more metric."""

    permission = "journeys.change_journeys"

    def command(self, pk: int) -> HttpResponse:
        touchpoint = touchpoint_found(self, pk)
        form = metric_form(self, touchpoint, self.request.POST)
        if not form.is_valid():
            return show_touchpoint(self, touchpoint, form, status=422)
        touchpoint_metric_attach(actor=self.actor, touchpoint=touchpoint, **form.cleaned_data)
        self.say(_("The metric is attached; scores count it at once."))
        return self.redirect("journeys:touchpoint-detail", pk)


def link_found(view: PortalView, pk: int) -> TouchpointMetric:
    """An attached metric of the program, else 404."""
    rows: Any = TouchpointMetric.objects.for_actor(view.actor)
    found: TouchpointMetric = get_or_404(rows.select_related("touchpoint", "metric"), pk=pk)
    return found


class TouchpointMetricEditView(CommandView):
    """Change weight and aspect of an attached metric."""

    permission = "journeys.change_journeys"

    def command(self, pk: int) -> HttpResponse:
        link = link_found(self, pk)
        data = {**self.request.POST.dict(), "metric": link.metric_id}
        is_rival = data.get("aspect") == TouchpointMetric.Aspect.COMPETITOR
        data.setdefault("competitor", link.competitor)
        data["competitor"] = data["competitor"] if is_rival else ""
        form = TouchpointMetricForm(data, actor=self.actor)
        if not form.is_valid():
            raise DomainError("invalid", _("A weight lies between 0 and 100."))
        touchpoint_metric_attach(actor=self.actor, touchpoint=link.touchpoint, **form.cleaned_data)
        self.say(_("The weight is saved; scores follow at once."))
        return self.redirect("journeys:touchpoint-detail", link.touchpoint_id)


class TouchpointMetricRemoveView(CommandView):
    """Stop measuring a touchpoint by a metric."""

    permission = "journeys.change_journeys"

    def command(self, pk: int) -> HttpResponse:
        link = link_found(self, pk)
        touchpoint_metric_detach(actor=self.actor, link=link)
        self.say(_("The metric is no longer attached; its answers stay."))
        return self.redirect("journeys:touchpoint-detail", link.touchpoint_id)
