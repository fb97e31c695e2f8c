"""Overview for the head of service, and patterns that become actions."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from cxportal.core.policies import authorise, may
from cxportal.core.views.base import CommandView, PortalView, get_or_404
from journeys.models import RootCause, Touchpoint
from journeys.queries.case_overview import case_overview
from journeys.queries.outer_loop import topic_signals
from journeys.services.case_patterns import pattern_to_action
from journeys.services.outer_loop import topic_to_action
from surveys.models import Topic

_READS = "surveys.view_comments"


class CaseOverviewView(PortalView):
    """How cases go, who has how many, and what keeps coming back."""

    permission = "journeys.view_cases"

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {
            "overview": case_overview(self.actor),
            "topics": topic_signals(self.actor) if may(self.actor, _READS) else None,
            "may_log": may(self.actor, "journeys.create_actions"),
            "may_rule": may(self.actor, "journeys.change_case_rules"),
        }
        return self.render("journeys/case_overview.html", context)


class TopicActionView(CommandView):
    """Make an action of a topic that grows or hurts."""

    permission = "journeys.create_actions"

    def command(self) -> HttpResponse:
        authorise(self.actor, _READS)
        topics: Any = Topic.objects.for_actor(self.actor)
        topic = get_or_404(topics, pk=self.request.POST.get("topic", ""))
        action = topic_to_action(actor=self.actor, topic=topic)
        self.say(_("The action is logged, and the complaints are tied to it."))
        return self.redirect("journeys:action-detail", action.pk)


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
