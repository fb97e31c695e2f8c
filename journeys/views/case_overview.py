"""Overview for the head of service, and patterns that become actions."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from cxportal.core.policies import may
from cxportal.core.views.base import CommandView, PortalView, get_or_404
from journeys.models import RootCause, Touchpoint
from journeys.queries.case_overview import case_overview
from journeys.services.case_patterns import pattern_to_action


class CaseOverviewView(PortalView):
    """How cases go, who has how many, and what keeps coming back."""

    permission = "journeys.view_cases"

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {
            "overview": case_overview(self.actor),
            "may_log": may(self.actor, "journeys.create_actions"),
            "may_rule": may(self.actor, "journeys.change_case_rules"),
        }
        return self.render("journeys/case_overview.html", context)


class CasePatternView(CommandView):
    """Make an action of a pattern; its cases are tied to it."""

    permission = "journeys.create_actions"

    def command(self) -> HttpResponse:
        cause_pk, _colon, place_pk = self.request.POST.get("pattern", "").partition(":")
        causes: Any = RootCause.objects.for_actor(self.actor)
        places: Any = Touchpoint.objects.for_actor(self.actor)
        cause = get_or_404(causes, pk=cause_pk)
        place = get_or_404(places, pk=place_pk) if place_pk not in ("", "0") else None
        action = pattern_to_action(actor=self.actor, cause=cause, touchpoint=place)
        self.say(_("The action is logged, and the cases are tied to it."))
        return self.redirect("journeys:action-detail", action.pk)
