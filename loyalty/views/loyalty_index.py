"""The loyalty index beside what customers did."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from cxportal.core import charts
from loyalty.calc.loyalty_index import Behaviour, LoyaltyIndex, Share
from loyalty.queries.loyalty_index import (
    PARTS,
    PERIODS,
    USUAL_PERIOD,
    IndexRow,
    index_defaults,
    index_metrics,
    loyalty_index,
)
from loyalty.views.base import LoyaltyTabs

PART_WORDS = {
    "satisfaction": _("Satisfaction"),
    "recommend": _("Would recommend"),
    "repeat": _("Would buy again"),
}
LEVELS = (
    ("secure", _("Secure"), _("the best answer to all three questions: the index")),
    ("favourable", _("Favourable"), _("at least the second-best answer to all three")),
    ("others", _("The rest"), _("a lower answer to at least one")),
)
KINDS = (
    ("loyalists", _("Loyalists"), _("satisfied and bought again")),
    ("mercenaries", _("Mercenaries"), _("satisfied, yet did not buy again")),
    ("hostages", _("Hostages"), _("not satisfied, yet bought again")),
    ("defectors", _("Defectors"), _("not satisfied and did not buy again")),
)
SCALE = (0.0, 1.0)


class LoyaltyIndexView(LoyaltyTabs):
    """Secure, favourable, others; satisfaction by behaviour; by value segment."""

    permission = "loyalty.view_value"
    tab = "index"

    def get(self, request: HttpRequest) -> HttpResponse:
        offered = index_metrics(self.actor)
        by_key = {str(metric.pk): metric for metric in offered}
        chosen = index_defaults(self.actor, offered) | {
            part: by_key[request.GET[part]] for part in PARTS if request.GET.get(part, "") in by_key
        }
        asked = request.GET.get("days", "")
        days = int(asked) if asked in map(str, PERIODS) else USUAL_PERIOD
        found = loyalty_index(self.actor, chosen, days) if len(chosen) == len(PARTS) else None
        context = {
            "offered": offered, "days": days, "periods": PERIODS, "found": found,
            "parts": [(part, PART_WORDS[part], chosen.get(part)) for part in PARTS],
            "levels": LEVELS, "kinds": KINDS,
            "index_rows": [_row(row, row.index, LEVELS) for row in found.rows] if found else [],
            "kind_rows": [_row(row, row.behaviour, KINDS) for row in found.rows] if found else [],
        }  # fmt: skip
        return self.render("loyalty/loyalty_index.html", context)


def _row(row: IndexRow, groups: LoyaltyIndex | Behaviour, kinds: Any) -> dict[str, Any]:
    cells = [(label, getattr(groups, code)) for code, label, _meaning in kinds]
    return {"name": row.name, "n": groups.n, "cells": cells, "bar": _bar(cells[0][1])}


def _bar(share: Share) -> Any:
    if share.value is None or share.interval is None:
        return None
    return charts.bar(share.value, scale=SCALE, low=share.interval.low, high=share.interval.high)
