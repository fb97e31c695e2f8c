"""Planned against actual, and what drives the outcome: two readings of one journey."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from cxportal.core.views.base import PortalView
from journeys.queries.drivers import drivers_of, outcomes_of
from journeys.queries.paths import actual_journey
from journeys.views.journeys import journey_found
from journeys.views.review import review_context


class JourneyPathsView(PortalView):
    """Where customers really go and where they drop out, against the map."""

    permission = "journeys.view_journeys"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        journey = journey_found(self, pk)
        choice = review_context(self)
        actual = actual_journey(self.actor, journey, choice["period"])
        most = max((row.flow.reached for row in actual.rows), default=0)
        rows = [
            (row, f"{100 * row.flow.reached / most:.1f}%" if most else "0%") for row in actual.rows
        ]
        context = {
            **choice,
            "groups": [],
            "journeys": [],
            "journey": journey,
            "actual": actual,
            "rows": rows,
        }
        return self.render("journeys/paths.html", context)


class JourneyDriversView(PortalView):
    """Derived importance: what each touchpoint explains of the outcome, with fit and n."""

    permission = "journeys.view_journeys"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        journey = journey_found(self, pk)
        outcomes = outcomes_of(self.actor, journey)
        asked = request.GET.get("outcome", "")
        outcome: Any = outcomes[0] if outcomes else None
        if asked:
            outcome = next((row for row in outcomes if str(row.pk) == asked), None)
            if outcome is None:
                raise Http404
        context = {
            "journey": journey,
            "outcomes": outcomes,
            "drivers": drivers_of(self.actor, journey, outcome),
        }
        return self.render("journeys/drivers.html", context)
