"""The idea box."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.policies import may
from cxportal.core.views.base import CommandView, FormPage, ListPage, PortalView, get_or_404
from journeys.filters import IdeaFilter
from journeys.forms.ideas import IdeaForm
from journeys.models import Idea, IdeaVote
from journeys.services.ideas import idea_decline, idea_propose, idea_take, idea_vote


def ideas_of(view: PortalView) -> QuerySet[Any]:
    """Ideas with whether the reader voted for them."""
    rows: QuerySet[Any] = Idea.objects.for_actor(view.actor)
    votes: Any = IdeaVote.objects.for_actor(view.actor)
    mine = votes.filter(idea=OuterRef("pk"), membership=view.actor.membership)
    shown: QuerySet[Any] = rows.select_related("author__user", "touchpoint", "action")
    voted: QuerySet[Any] = shown.annotate(voted=Exists(mine))
    return voted


class IdeaListView(ListPage):
    """Ideas, those with most votes first."""

    permission = "journeys.view_boards"
    template = "journeys/idea_list.html"
    filterset_class: Any = IdeaFilter
    default_ordering = "-votes"
    orderings = {"votes": "votes", "created": "created_at"}

    def queryset(self) -> QuerySet[Any]:
        return ideas_of(self)

    def extra(self) -> dict[str, Any]:
        return {
            "may_propose": may(self.actor, "journeys.propose_ideas"),
            "may_decide": may(self.actor, "journeys.decide_ideas"),
        }


class IdeaCreateView(FormPage):
    """Propose something."""

    permission = "journeys.propose_ideas"
    form_class = IdeaForm
    title = gettext_lazy("New idea")
    submit_label = gettext_lazy("Propose it")

    def save(self, form: Any) -> HttpResponse:
        idea_propose(actor=self.actor, **form.cleaned_data)
        self.say(_("Thank you. Others can vote for it now."))
        return self.redirect("journeys:idea-list")

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("journeys:idea-list")}


class IdeaVoteView(CommandView):
    """Vote, or take the vote back."""

    permission = "journeys.propose_ideas"

    def command(self, pk: int) -> HttpResponse:
        idea = get_or_404(Idea.objects.for_actor(self.actor), pk=pk)
        idea_vote(actor=self.actor, idea=idea, on=self.request.POST.get("on") == "1")
        return self.redirect("journeys:idea-list")


class IdeaDecideView(CommandView):
    """Take it up, or decline it with an answer."""

    permission = "journeys.decide_ideas"

    def command(self, pk: int) -> HttpResponse:
        idea = get_or_404(Idea.objects.for_actor(self.actor).select_related("touchpoint"), pk=pk)
        if self.request.POST.get("act") == "take":
            action = idea_take(actor=self.actor, idea=idea)
            self.say(_("The idea is an action now."))
            return self.redirect("journeys:action-detail", action.pk)
        idea_decline(actor=self.actor, idea=idea, answer=self.request.POST.get("answer", ""))
        self.say(_("The answer is given."))
        return self.redirect("journeys:idea-list")
