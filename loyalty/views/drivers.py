"""Drivers of loyalty, named competitors, outside values."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core import charts
from cxportal.core.models import Membership, Segment
from cxportal.core.policies import may
from cxportal.core.queries.audit import history_of
from cxportal.core.views.base import CommandView, FormPage, get_or_404
from cxportal.core.views.table_imports import TableImportStartView
from loyalty.forms.drivers import BenchmarkForm, CompetitorForm, DriverForm
from loyalty.models import Benchmark, Competitor, Driver
from loyalty.queries.drivers import (
    benchmark_gaps,
    drivers_listed,
    outcomes_offered,
    ranking,
)
from loyalty.queries.propositions import propositions_by_driver
from loyalty.services.drivers import (
    DRIVER,
    benchmark_create,
    benchmark_delete,
    competitor_delete,
    competitor_save,
    driver_create,
    driver_delete,
    driver_update,
)
from loyalty.views.base import LoyaltyTabs

CHANGE = "loyalty.change_propositions"
SCALE = (0.0, 100.0)


class DriverListView(LoyaltyTabs):
    """What explains loyalty, ranked, with fit, n and interval, by segment."""

    permission = "loyalty.view_propositions"
    tab = "drivers"

    def get(self, request: HttpRequest) -> HttpResponse:
        outcomes = outcomes_offered(self.actor)
        outcome = _picked(outcomes, request.GET.get("outcome", "")) or next(iter(outcomes), None)
        segments = list(Segment.objects.for_actor(self.actor))
        segment = _picked(segments, request.GET.get("segment", ""))
        ranked = ranking(self.actor, outcome, segment)
        promises = propositions_by_driver(self.actor)
        context = {
            "ranked": ranked, "outcomes": outcomes, "outcome": outcome,
            "segments": segments, "segment": segment,
            "rows": [
                (row, _bar(row), promises.get(row.driver.pk, [])) for row in ranked.rows
            ],
            "may_change": may(self.actor, CHANGE),
        }  # fmt: skip
        return self.render("loyalty/driver_list.html", context)


def _picked(rows: list[Any], asked: str) -> Any:
    return next((row for row in rows if str(row.pk) == asked), None)


def _bar(row: Any) -> Any:
    if row.satisfaction is None:
        return None
    best = [float(b.value) for b, _ahead in row.rivals if b.is_best_in_class]
    low, high = row.satisfaction - row.margin, row.satisfaction + row.margin
    return charts.bar(
        row.satisfaction, scale=SCALE, low=max(low, 0.0), high=min(high, 100.0),
        target=best[0] if best else None,
    )  # fmt: skip


class DriverCreateView(FormPage, LoyaltyTabs):
    permission = CHANGE
    tab = "drivers"
    form_class = DriverForm
    title = gettext_lazy("New driver")

    def save(self, form: DriverForm) -> HttpResponse:
        values = form.values()
        values.pop("version")
        driver_create(actor=self.actor, **values)
        self.say(_("The driver is saved."))
        return self.redirect("loyalty:driver-list")

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("loyalty:driver-list")}


class DriverImportView(TableImportStartView):
    """Candidates from a file: what interviews or a study left behind."""

    permission = CHANGE
    kind = "drivers"
    title = gettext_lazy("Import drivers")


class DriverEditView(DriverCreateView):
    title = gettext_lazy("Edit driver")
    template = "loyalty/driver_form.html"

    def stored(self) -> Driver:
        found: Driver = get_or_404(drivers_listed(self.actor), pk=self.kwargs["pk"])
        return found

    def form_kwargs(self) -> dict[str, Any]:
        stored = self.stored()
        initial = {name: getattr(stored, name) for name in (*DRIVER, "version")}
        members = Membership.objects.for_actor(self.actor)
        initial["owner"] = members.filter(user=stored.owner_id).first() if stored.owner else None
        return {"actor": self.actor, "initial": initial}

    def save(self, form: DriverForm) -> HttpResponse:
        driver_update(actor=self.actor, driver=self.stored(), **form.values())
        self.say(_("The driver is saved."))
        return self.redirect("loyalty:driver-list")

    def extra(self) -> dict[str, Any]:
        stored = self.stored()
        promises = stored.propositions.filter(program=self.actor.program_id)
        history = history_of(self.actor, stored)
        return {**super().extra(), "driver": stored, "promises": promises, "history": history}


class DriverDeleteView(CommandView):
    permission = CHANGE

    def command(self, pk: int) -> HttpResponse:
        driver = get_or_404(Driver.objects.for_actor(self.actor), pk=pk)
        driver_delete(actor=self.actor, driver=driver)
        self.say(_("The driver is deleted."))
        return self.redirect("loyalty:driver-list")


class CompetitorListView(LoyaltyTabs):
    """Named competitors and outside values beside our own."""

    permission = "loyalty.view_propositions"
    tab = "competitors"

    def get(self, request: HttpRequest) -> HttpResponse:
        outcomes = outcomes_offered(self.actor)
        ranked = ranking(self.actor, outcomes[0] if outcomes else None)
        gaps = benchmark_gaps(self.actor, ranked)
        rows = [
            (gap, charts.bar(gap.ours, scale=SCALE, target=float(gap.benchmark.value))
             if gap.ours is not None else None)
            for gap in gaps if gap.benchmark.driver_id
        ]  # fmt: skip
        context = {
            "competitors": list(Competitor.objects.for_actor(self.actor)),
            "rows": rows,
            "references": [gap.benchmark for gap in gaps if not gap.benchmark.driver_id],
            "may_change": may(self.actor, CHANGE),
        }
        return self.render("loyalty/competitor_list.html", context)


class CompetitorCreateView(FormPage, LoyaltyTabs):
    permission = CHANGE
    tab = "competitors"
    form_class = CompetitorForm
    title = gettext_lazy("New competitor")

    def stored(self) -> Competitor | None:
        return None

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor, "initial": {"is_same_industry": True}}

    def save(self, form: Any) -> HttpResponse:
        competitor_save(actor=self.actor, competitor=self.stored(), **form.cleaned_data)
        self.say(_("The competitor is saved."))
        return self.redirect("loyalty:competitor-list")

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("loyalty:competitor-list")}


class CompetitorEditView(CompetitorCreateView):
    title = gettext_lazy("Edit competitor")

    def stored(self) -> Competitor:
        rows = Competitor.objects.for_actor(self.actor)
        found: Competitor = get_or_404(rows, pk=self.kwargs["pk"])
        return found

    def form_kwargs(self) -> dict[str, Any]:
        stored = self.stored()
        names = ("name", "is_same_industry", "note", "version")
        return {"actor": self.actor, "initial": {name: getattr(stored, name) for name in names}}


class CompetitorDeleteView(CommandView):
    permission = CHANGE

    def command(self, pk: int) -> HttpResponse:
        competitor = get_or_404(Competitor.objects.for_actor(self.actor), pk=pk)
        competitor_delete(actor=self.actor, competitor=competitor)
        self.say(_("The competitor is deleted."))
        return self.redirect("loyalty:competitor-list")


class BenchmarkCreateView(FormPage, LoyaltyTabs):
    permission = CHANGE
    tab = "competitors"
    form_class = BenchmarkForm
    title = gettext_lazy("New outside value")

    def save(self, form: Any) -> HttpResponse:
        benchmark_create(actor=self.actor, **form.cleaned_data)
        self.say(_("The value is saved."))
        return self.redirect("loyalty:competitor-list")

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("loyalty:competitor-list")}


class BenchmarkDeleteView(CommandView):
    permission = CHANGE

    def command(self, pk: int) -> HttpResponse:
        row = get_or_404(Benchmark.objects.for_actor(self.actor), pk=pk)
        benchmark_delete(actor=self.actor, benchmark=row)
        self.say(_("The value is taken away."))
        return self.redirect("loyalty:competitor-list")
