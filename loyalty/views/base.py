"""The tabs that every page about loyalty carries."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from cxportal.core.policies import may
from cxportal.core.views.base import PortalView

VALUE, PROMISES = "loyalty.view_value", "loyalty.view_propositions"
TABS = (
    ("overview", _("Overview"), "loyalty:overview", PROMISES),
    ("portfolio", _("Portfolio"), "loyalty:portfolio", "core.view_customers"),
    ("value", _("Customer value"), "loyalty:value", VALUE),
    ("equity", _("Equity"), "loyalty:equity", VALUE),
    ("retention", _("Retention"), "loyalty:retention", VALUE),
    ("index", _("Loyalty index"), "loyalty:loyalty-index", VALUE),
    ("nps", _("NPS and money"), "loyalty:nps-money", VALUE),
    ("drivers", _("Drivers"), "loyalty:driver-list", PROMISES),
    ("competitors", _("Competitors"), "loyalty:competitor-list", PROMISES),
    ("propositions", _("Value propositions"), "loyalty:proposition-list", PROMISES),
    ("points", _("Points"), "loyalty:points", "loyalty.view_points"),
    ("transactions", _("Transactions"), "loyalty:transaction-list", "loyalty.view_transactions"),
)


class LoyaltyTabs(PortalView):
    """A page below Loyalty: `tab` names the one it belongs to."""

    tab = ""

    @property
    def tabs(self) -> list[dict[str, Any]]:
        """The tabs this reader may open."""
        return [
            {"label": label, "url": self.actor.url(name), "is_current": key == self.tab}
            for key, label, name, permission in TABS
            if may(self.actor, permission)
        ]
