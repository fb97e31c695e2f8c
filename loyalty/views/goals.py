"""The goal tree: drawn, as an outline, and moved by menu or keys."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.policies import may
from cxportal.core.queries.audit import history_of
from cxportal.core.views.base import CommandView, FormPage, PortalView, get_or_404
from loyalty.calc.months import month_of, month_shift
from loyalty.forms.goals import GoalForm
from loyalty.forms.scorecard import month_from
from loyalty.models import Goal, Kpi
from loyalty.queries.goal_tree import goal_tree
from loyalty.queries.scorecard import scorecard_of
from loyalty.services.goals import goal_create, goal_delete, goal_step, goal_update
from loyalty.services.goals_template import goals_from_template
from loyalty.services.scorecard import kpi_update
from surveys.queries.scores import today_of

FIELDS = ("name", "about", "parent", "weight", "owner", "version")


class GoalTreeView(PortalView):
    """What the program wants to reach, and how far each goal is, by the KPIs under it."""

    permission = "loyalty.view_scorecard"

    def get(self, request: HttpRequest) -> HttpResponse:
        this_month = month_of(today_of(self.actor))
        month = min(month_from(request.GET.get("month"), month_shift(this_month, -1)), this_month)
        card = scorecard_of(self.actor, month, links=False)
        context = {
            "card": card,
            "tree": goal_tree(card),
            "goals": card.goals,
            "later": card.later if card.later <= this_month else None,
            "may_change": may(self.actor, "loyalty.change_scorecard"),
        }
        return self.render("steering/goals.html", context)


class GoalCreateView(FormPage):
    """Add a goal."""

    permission = "loyalty.change_scorecard"
    form_class = GoalForm
    title = gettext_lazy("New goal")

    def form_kwargs(self) -> dict[str, Any]:
        return {**super().form_kwargs(), "initial": {"parent": self.request.GET.get("parent")}}

    def save(self, form: Any) -> HttpResponse:
        values = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        return self.back_to(goal_create(actor=self.actor, **values))

    def back_to(self, goal: Goal) -> HttpResponse:
        self.say(_("“%(name)s” is in the goal tree.") % {"name": str(goal)})
        return HttpResponseRedirect(f"{self.actor.url('steering:goal-tree')}#goal-{goal.pk}")

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("steering:goal-tree")}


class GoalEditView(GoalCreateView):
    """Change a goal; a stale edit shows what is stored now."""

    title = gettext_lazy("Edit goal")
    template = "steering/goal_form.html"

    def stored(self) -> Goal:
        found: Goal = get_or_404(Goal.objects.for_actor(self.actor), pk=self.kwargs["pk"])
        return found

    def form_kwargs(self) -> dict[str, Any]:
        stored = self.stored()
        return {"actor": self.actor, "initial": {name: getattr(stored, name) for name in FIELDS}}

    def save(self, form: Any) -> HttpResponse:
        return self.back_to(goal_update(actor=self.actor, goal=self.stored(), **form.cleaned_data))

    def extra(self) -> dict[str, Any]:
        stored = self.stored()
        return {**super().extra(), "goal": stored, "history": history_of(self.actor, stored)}


class GoalDeleteView(CommandView):
    """Remove a goal; what stands under it moves up."""

    permission = "loyalty.change_scorecard"

    def command(self, pk: int) -> HttpResponse:
        goal_delete(actor=self.actor, goal=get_or_404(Goal.objects.for_actor(self.actor), pk=pk))
        self.say(_("The goal is removed. What stood under it moved up."))
        return self.redirect("steering:goal-tree")


class GoalMoveView(CommandView):
    """Move a goal: a step (up, down, in, out), or under another goal by its number, 0 = top."""

    permission = "loyalty.change_scorecard"

    def command(self, pk: int) -> HttpResponse:
        goal = get_or_404(Goal.objects.for_actor(self.actor), pk=pk)
        to = self.request.POST.get("to", "")
        if to.isdecimal():
            parent = get_or_404(Goal.objects.for_actor(self.actor), pk=int(to)) if int(to) else None
            goal_update(actor=self.actor, goal=goal, parent=parent)
        else:
            goal_step(actor=self.actor, goal=goal, to=to)
        return HttpResponseRedirect(f"{self.actor.url('steering:goal-tree')}#goal-{pk}")


class KpiGoalView(CommandView):
    """Put a KPI under a goal; 0 = under none."""

    permission = "loyalty.change_scorecard"

    def command(self, pk: int) -> HttpResponse:
        kpi = get_or_404(Kpi.objects.for_actor(self.actor), pk=pk)
        number = self.request.POST.get("to", "0")
        goal = None
        if number != "0":
            goal = get_or_404(Goal.objects.for_actor(self.actor), pk=number)
        kpi_update(actor=self.actor, kpi=kpi, part_of=goal)
        return HttpResponseRedirect(f"{self.actor.url('steering:goal-tree')}#kpi-{pk}")


class GoalsBeginView(CommandView):
    """Begin with one goal over the three views."""

    permission = "loyalty.change_scorecard"

    def command(self) -> HttpResponse:
        goals_from_template(actor=self.actor)
        self.say(_("A first tree is drawn. Name the goals as your company says them."))
        return self.redirect("steering:goal-tree")
