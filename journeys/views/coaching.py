"""The coaching view: customer relationships step by step, person by person."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from cxportal.core.models import Team
from cxportal.core.policies import may
from cxportal.core.views.base import PortalView
from journeys.models import Board
from journeys.queries.coaching import coaching_of, relationship_boards


class CoachingView(PortalView):
    """For who leads: where relationships stand, and where somebody needs help."""

    permission = "journeys.assign_accounts"

    def get(self, request: HttpRequest) -> HttpResponse:
        boards = relationship_boards(self.actor)
        asked = request.GET.get("board", "")
        board: Board | None = next((b for b in boards if str(b.pk) == asked), None)
        teams: Any = Team.objects.for_actor(self.actor)
        team = self._team(list(teams))
        if asked and board is None:
            raise Http404
        board = board or (boards[0] if boards else None)
        context = {
            "boards": boards,
            "board": board,
            "teams": teams,
            "team": team,
            "coaching": coaching_of(self.actor, board, team),
            "may_change": may(self.actor, "journeys.change_boards"),
            "may_rule": may(self.actor, "journeys.change_case_rules"),
        }
        return self.render("journeys/coaching.html", context)

    def _team(self, teams: list[Team]) -> Team | None:
        asked = self.request.GET.get("team", "")
        found = next((team for team in teams if str(team.pk) == asked), None)
        if asked and found is None:
            raise Http404
        return found
