"""Home and search."""

from django.http import HttpRequest, HttpResponse

from cxportal.core.policies import may
from cxportal.core.views.base import PortalView
from cxportal.home.queries import home
from cxportal.home.queries.digest import digest_of
from cxportal.home.queries.search import further_search, search_everything
from surveys.models import Survey
from surveys.queries.scores import scores_freshness, today_of


class HomeView(PortalView):
    """What changed, what needs me, what is at risk, what worked, what is running."""

    permission = "core.view_program"

    def get(self, request: HttpRequest) -> HttpResponse:
        actor = self.actor
        reviews = home.every_metric(actor)
        may_set_up = may(actor, "core.change_program")
        context = {
            "headlines": reviews[: home.HEADLINES],
            "digest": digest_of(actor, reviews),
            "hands_first": actor.role == "staff",
            "reads_only": actor.role == "viewer",
            "today": today_of(actor),
            "counts": home.action_counts(actor),
            "running": home.running(actor),
            "complaints": home.newest_complaints(actor),
            "freshness": scores_freshness(actor),
            "is_new": not Survey.objects.for_actor(actor).exists(),
            "is_unanswered": may_set_up and home.is_unanswered(actor, reviews),
            "may_set_up": may_set_up,
            "may_design": may(actor, "surveys.change_surveys"),
            "may_log": may(actor, "journeys.create_actions"),
        }
        return self.render("home/home.html", context)


class SearchView(PortalView):
    """Everything that matches a few words, by kind."""

    permission = "core.view_program"

    def get(self, request: HttpRequest) -> HttpResponse:
        text = request.GET.get("q", "").strip()
        groups = search_everything(self.actor, text)
        context = {
            "text": text,
            "groups": groups,
            "count": sum(len(group.hits) for group in groups),
            "further": further_search(self.actor, text) if text else [],
        }
        return self.render("home/search.html", context)
