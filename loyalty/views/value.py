"""Customer value: segments, concentration, the models behind them and the rules."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core import charts
from cxportal.core.policies import may
from cxportal.core.views.base import CommandView, FormPage, ListPage, get_or_404
from loyalty.filters import ValueFilter
from loyalty.forms.value import ModelUntilForm, ValueRulesForm
from loyalty.models import ValueModel
from loyalty.queries.value import (
    moves_since,
    rules_for,
    segment_name,
    value_model_current,
    value_segments,
    values_ranked,
)
from loyalty.services.value import (
    today_of,
    value_model_fit,
    value_rebuild_ask,
    value_rules_update,
)
from loyalty.views.base import LoyaltyTabs

MOVES = timedelta(days=90)
SHOWN_MOVES = 8
SHOWN_MODELS = 12


class ValueView(ListPage, LoyaltyTabs):
    """The four segments, how few customers bring the profit, and who they are."""

    permission = "loyalty.view_value"
    tab = "value"
    template = "loyalty/value.html"
    part = "loyalty/_values.html"
    filterset_class = ValueFilter
    default_ordering = "-lifetime_value"
    orderings = {
        "lifetime": "lifetime_value", "past": "past_value", "future": "future_value",
        "revenue": "revenue", "alive": "alive", "last": "last_on",
    }  # fmt: skip
    page_size = 20

    def queryset(self) -> QuerySet[Any]:
        return values_ranked(self.actor)

    def render(self, template: str, context: Any = None, *, status: int = 200) -> HttpResponse:
        page = (context or {}).get("page")
        if page is not None:
            rules = rules_for(self.actor)
            for row in page.rows:
                row.segment_name = segment_name(rules, row.segment)
        return super().render(template, context, status=status)

    def extra(self) -> dict[str, Any]:
        model = value_model_current(self.actor)
        segments = value_segments(self.actor)
        found = model.concentration if model else {}
        return {
            "model": model,
            "segments": segments,
            "lifetime": sum(row.lifetime for row in segments),
            "future": sum(row.future for row in segments),
            "customers": sum(row.customers for row in segments),
            "concentration": found,
            "curve": _curve(found.get("curve", [])),
            "moves": moves_since(self.actor, today_of(self.actor.program) - MOVES)[:SHOWN_MOVES],
            "may_change": may(self.actor, "loyalty.change_value"),
        }


def _curve(points: list[list[float]]) -> charts.Trend | None:
    """The Lorenz curve: share of profit over share of customers, both in per cent."""
    if not points:
        return None
    low = min(0.0, *(100 * money for _people, money in points))
    rows = [
        charts.TrendPoint(label=f"{100 * people:.0f}%", value=100 * money)
        for people, money in points
    ]
    return charts.trend(rows, scale=(min(low, 0), 100))


class ValueModelView(FormPage, LoyaltyTabs):
    """How values are predicted, how well it fits, and a fit up to any day."""

    permission = "loyalty.view_value"
    tab = "value"
    template = "loyalty/value_model.html"
    form_class = ModelUntilForm
    title = gettext_lazy("How value is predicted")
    submit_label = gettext_lazy("Fit up to this day")

    def shown_model(self) -> ValueModel | None:
        """The fit named in the address, or the current one."""
        asked = self.request.GET.get("fit", "")
        if asked.isdecimal() and len(asked) < 19:
            return get_or_404(ValueModel.objects.for_actor(self.actor), pk=int(asked))
        return value_model_current(self.actor)

    def extra(self) -> dict[str, Any]:
        fits = ValueModel.objects.for_actor(self.actor).order_by("-pk")
        return {
            "model": self.shown_model(),
            "fits": fits[:SHOWN_MODELS],
            "may_change": may(self.actor, "loyalty.change_value"),
        }

    def save(self, form: Any) -> HttpResponse:
        model = value_model_fit(actor=self.actor, until=form.cleaned_data["until"])
        self.say(_("The models are fitted. Customers' values keep following the current fit."))
        response = self.redirect("loyalty:value-model")
        response["Location"] += f"?fit={model.pk}"
        return response


class ValueRebuildView(CommandView):
    """Fit and recompute everything now, as a job."""

    permission = "loyalty.change_value"

    def command(self) -> HttpResponse:
        job = value_rebuild_ask(self.actor)
        self.say(_("The values are being recomputed. You may leave this page."))
        return self.redirect("core:job-detail", job.pk)


class ValueRulesView(FormPage, LoyaltyTabs):
    """What is high, how far ahead we look, what the segments are called and what is done."""

    permission = "loyalty.change_value"
    tab = "value"
    form_class = ValueRulesForm
    title = gettext_lazy("Rules of customer value")

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor, "rules": rules_for(self.actor)}

    def save(self, form: ValueRulesForm) -> HttpResponse:
        value_rules_update(actor=self.actor, **form.values())
        self.say(_("Saved. Every customer's value follows in the background."))
        return self.redirect("loyalty:value")

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("loyalty:value")}
