"""The customers in one's care, those who need somebody first on top."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cxportal.core.policies import may
from loyalty.calc.portfolio_risk import SILENT_DAYS
from loyalty.queries.portfolio import MOST, managers_seen, portfolio_of
from loyalty.views.base import LoyaltyTabs

#: Reason → word, tone, icon.
REASON_LOOKS = {
    "case_late": (_("case overdue"), "bad", "alarm"),
    "case_open": (_("open case"), "attention", "life-preserver"),
    "low_score": (_("low score"), "bad", "emoji-frown"),
    "leaving": (pgettext_lazy("customer", "likely leaving"), "bad", "box-arrow-right"),
    "activity_late": (_("activity overdue"), "attention", "alarm"),
    "silent": (_("no contact for long"), "neutral", "telephone-x"),
}


class PortfolioView(LoyaltyTabs):
    """One's own customers; for who leads, the team's, together or one account manager's."""

    permission = "core.view_customers"
    tab = "portfolio"

    def get(self, request: HttpRequest) -> HttpResponse:
        managers = managers_seen(self.actor)
        asked = request.GET.get("manager", "")
        own = [m for m in managers if self.actor.membership and m.pk == self.actor.membership.pk]
        picked = [m for m in managers if str(m.pk) == asked]
        shown = picked or (managers if asked == "all" or not own else own)
        portfolio = portfolio_of(self.actor, shown)
        context: dict[str, Any] = {
            "portfolio": portfolio,
            "rows": [
                (row, [REASON_LOOKS[reason] for reason in row.reasons]) for row in portfolio.rows
            ],
            "managers": managers if len(managers) > 1 else [],
            "shown": shown,
            "picked": shown[0].pk if len(shown) == 1 else None,
            "sees_money": may(self.actor, "loyalty.view_value"),
            "leads": may(self.actor, "journeys.assign_accounts"),
            "most": MOST,
            "silent_days": SILENT_DAYS,
        }
        return self.render("loyalty/portfolio.html", context)
