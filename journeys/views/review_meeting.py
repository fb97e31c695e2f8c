"""Meeting mode: one journey after the other, and each decision logged as an action."""

from datetime import datetime, time
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from cxportal.core.policies import may
from cxportal.core.views.base import PortalView
from journeys.forms.meetings import DecisionForm
from journeys.queries.actions import actions_overdue, today_of
from journeys.queries.decisions import decisions_since
from journeys.queries.journeys import journeys_live
from journeys.queries.review import reviews_of
from journeys.queries.review_signals import reviews_shown
from journeys.services.review import decision_log
from journeys.views.review import MOST_JOURNEYS, review_context

SHOWN = 10


class ReviewMeetingView(PortalView):
    """The live journeys one by one: scores, what is late, what was decided today."""

    permission = "journeys.view_journeys"

    def get(self, request: HttpRequest) -> HttpResponse:
        journeys, place = self._place()
        return self.show(journeys, place, DecisionForm(actor=self.actor, journey=journeys[place]))

    def post(self, request: HttpRequest) -> HttpResponse:
        journeys, place = self._place()
        form = DecisionForm(request.POST, actor=self.actor, journey=journeys[place])
        if not form.is_valid():
            return self.show(journeys, place, form, 422)
        decision = decision_log(actor=self.actor, journey=journeys[place], **form.cleaned_data)
        self.say(_("Decided and logged: “%(title)s”.") % {"title": decision.action.title})
        answer = self.redirect("journeys:review-meeting")
        answer.headers["Location"] += f"?{request.GET.urlencode()}"
        return answer

    def _place(self) -> tuple[list[Any], int]:
        journeys = list(journeys_live(self.actor)[:MOST_JOURNEYS])
        asked = self.request.GET.get("place", "") or "1"
        if not asked.isascii() or not asked.isdigit() or not 1 <= int(asked) <= len(journeys):
            raise Http404
        return journeys, int(asked) - 1

    def show(self, journeys: list[Any], place: int, form: Any, status: int = 200) -> HttpResponse:
        """One journey of the meeting."""
        choice = review_context(self)
        chosen, journey = choice["choice"], journeys[place]
        reviews = reviews_of(
            actor=self.actor,
            journeys=[journey],
            period=chosen.period,
            dimension=chosen.dimension,
        )
        today = datetime.combine(today_of(self.actor), time(), self.actor.program.zone)
        decided = [row.action for row in decisions_since(self.actor, today)[:SHOWN]]
        late = actions_overdue(self.actor).filter(stage__journey=journey)
        context = {
            **choice,
            "shown": reviews_shown(self.actor, reviews, period=chosen.period)[0],
            "journey": journey,
            "place": place + 1,
            "total": len(journeys),
            "form": form,
            "decided": decided,
            "late": late.select_related("owner__user")[:SHOWN],
            "may_create": may(self.actor, "journeys.create_actions"),
        }
        return self.render("journeys/review_meeting.html", context, status=status)
