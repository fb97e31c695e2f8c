"""The tabs that every page about loyalty carries."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from cxportal.core.policies import may
from cxportal.core.views.base import PortalView

TABS = (
    ("overview", _("Overview"), "loyalty:overview", "loyalty.view_propositions"),
    ("value", _("Customer value"), "loyalty:value", "loyalty.view_value"),
    ("propositions", _("Value propositions"), "loyalty:proposition-list",
     "loyalty.view_propositions"),
    ("transactions", _("Transactions"), "loyalty:transaction-list", "loyalty.view_transactions"),
)  # fmt: skip


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
