"""Retention: cohorts, survival, and the customers to win back."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _

from cxportal.core import charts
from cxportal.core.models import Segment
from cxportal.core.policies import may
from cxportal.core.queries.customers import shown_name
from cxportal.core.services.segments import segment_create
from cxportal.core.views.base import CommandView, ListPage
from loyalty.queries.retention import QUARTERS, SLIPPING, cohorts, slipping_away, survivals
from loyalty.views.base import LoyaltyTabs

CURVE_DAYS = range(0, 731, 73)
WIN_BACK = "win-back"


class RetentionView(ListPage, LoyaltyTabs):
    """Who stays, how long, and who is slipping away."""

    permission = "loyalty.view_value"
    tab = "retention"
    template = "loyalty/retention.html"
    part = "loyalty/_win_back.html"
    default_ordering = "-past_value"
    orderings = {"past": "past_value", "alive": "alive", "last": "last_on"}
    page_size = 20

    def queryset(self) -> QuerySet[Any]:
        return slipping_away(self.actor)

    def render(self, template: str, context: Any = None, *, status: int = 200) -> HttpResponse:
        page = (context or {}).get("page")
        if page is not None:
            for row in page.rows:
                row.shown = shown_name(self.actor, row.customer)
        return super().render(template, context, status=status)

    def extra(self) -> dict[str, Any]:
        if self.request.htmx and not self.request.htmx.boosted:
            return {}
        found = survivals(self.actor)
        return {
            "cohorts": cohorts(self.actor),
            "quarters": range(QUARTERS + 1),
            "survivals": found,
            "curves": [(group, _curve(group)) for group in found.groups],
            "may_segment": may(self.actor, "core.change_segments"),
        }


def _curve(group: Any) -> charts.Trend:
    points = []
    for day in CURVE_DAYS:
        at = group.share_after(day)
        share = (at.share, at.low, at.high) if at else (1.0, 1.0, 1.0)
        points.append(
            charts.TrendPoint(
                label=str(day), value=100 * share[0], low=100 * share[1], high=100 * share[2],
                n=at.at_risk if at else group.customers,
            )
        )  # fmt: skip
    return charts.trend(points, scale=(0, 100), height=160)


class WinBackSegmentView(CommandView):
    """Make the list a segment that campaigns and actions can use; it keeps itself current."""

    permission = "core.change_segments"

    def command(self) -> HttpResponse:
        segments = Segment.objects.for_actor(self.actor)
        segment = segments.filter(code=WIN_BACK).first() or segment_create(
            actor=self.actor, code=WIN_BACK, name=str(_("Win back")), kind=Segment.Kind.RULE,
            rule={"match": "all", "conditions": [
                {"field": "alive", "operator": "lt", "value": SLIPPING},
                {"field": "past_value", "operator": "gt", "value": 0},
            ]},
        )  # fmt: skip
        return self.redirect("core:segment-detail", segment.pk)
