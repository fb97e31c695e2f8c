"""NPS and money: what the three groups bring, what a point is worth, as a page and a file."""

import io
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from cxportal.core.exports import CONTENT_TYPES, write_rows
from cxportal.core.views.base import PortalView
from journeys.models import Touchpoint
from loyalty.queries.nps_money import (
    PUBLISHED,
    NpsMoney,
    chosen_metric,
    nps_metrics,
    nps_money,
    value_at_stake,
)
from loyalty.views.base import LoyaltyTabs

GROUP_WORDS = {
    "promoter": gettext_lazy("Promoters"),
    "passive": gettext_lazy("Passives"),
    "detractor": gettext_lazy("Detractors"),
}
PUBLISHED_WORDS = {
    "new_accounts": gettext_lazy("Promoters open more new accounts than others"),
    "mortgage": gettext_lazy("Promoters take a mortgage more often"),
    "leaving": gettext_lazy("Detractors leave more often"),
}


class NpsMoneyView(LoyaltyTabs):
    """The three groups side by side."""

    permission = "loyalty.view_value"
    tab = "nps"

    def get(self, request: HttpRequest) -> HttpResponse:
        metrics = nps_metrics(self.actor)
        metric = chosen_metric(metrics, request.GET.get("metric", ""))
        money = nps_money(self.actor, metric) if metric else None
        touchpoints = {t.pk: t for t in Touchpoint.objects.for_actor(self.actor)}
        stakes = value_at_stake(self.actor, {str(pk): [pk] for pk in touchpoints})
        ranked = sorted(stakes.items(), key=lambda item: -item[1][1])
        context = {
            "metrics": metrics, "metric": metric, "money": money,
            "groups": [(GROUP_WORDS[g.code], g) for g in money.groups] if money else [],
            "stakes": [(touchpoints[int(pk)], n, value) for pk, (n, value) in ranked],
            "published": [(PUBLISHED_WORDS[name], factor) for name, factor in PUBLISHED],
        }  # fmt: skip
        return self.render("loyalty/nps_money.html", context)


class NpsMoneyExportView(PortalView):
    """The table for finance, as CSV or XLSX."""

    permission = "loyalty.view_value"

    def get(self, request: HttpRequest, kind: str) -> HttpResponse:
        metric = chosen_metric(nps_metrics(self.actor), request.GET.get("metric", ""))
        rows = export_rows(nps_money(self.actor, metric)) if metric else []
        file = io.BytesIO()
        write_rows(file, EXPORT_COLUMNS, rows, kind=kind)
        answer = HttpResponse(file.getvalue(), content_type=CONTENT_TYPES[kind])
        answer["Content-Disposition"] = f'attachment; filename="nps-money.{kind}"'
        answer["Cache-Control"] = "private, no-store"
        return answer


EXPORT_COLUMNS = (
    "group", "n", "revenue", "revenue_margin", "profit", "profit_margin", "cost", "cost_margin",
    "products", "products_margin", "retained", "retained_low", "retained_high", "retained_n",
    "lifetime", "lifetime_margin",
)  # fmt: skip


def export_rows(money: NpsMoney) -> list[list[Any]]:
    """One row per group; empty where too few."""
    return [
        [
            group.code, group.n, group.revenue.value, group.revenue.margin, group.profit.value,
            group.profit.margin, group.cost.value, group.cost.margin, group.products.value,
            group.products.margin, group.retained, group.retained_low, group.retained_high,
            group.retained_n, group.lifetime.value, group.lifetime.margin,
        ]
        for group in money.groups
    ]  # fmt: skip
