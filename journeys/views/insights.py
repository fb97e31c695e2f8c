"""Insights and opportunities: what we know, what could be done, and the step to an action."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.errors import DomainError
from cxportal.core.policies import may
from cxportal.core.queries.audit import history_of
from cxportal.core.views.base import CommandView, ListPage, PortalView, get_or_404
from journeys.forms.insights import ActForm, InsightForm, OpportunityForm
from journeys.models import Card, Insight, Opportunity, Stage, Touchpoint
from journeys.queries.insights import (
    axes,
    insights_listed,
    matrix_of,
    opportunities_listed,
    opportunity_score,
    rice_score,
    scored,
)
from journeys.services.insights import (
    INSIGHT_FIELDS,
    OPPORTUNITY_FIELDS,
    insight_create,
    insight_delete,
    insight_update,
    opportunity_act,
    opportunity_create,
    opportunity_delete,
    opportunity_update,
)
from journeys.views.evidence import evidence_context
from journeys.views.journeys import PanelFormPage

MOST = 200


class InsightListView(ListPage):
    """What we know about customers, and what shows it."""

    permission = "journeys.view_journeys"
    template = "journeys/insight_list.html"
    default_ordering = "-updated_at"

    def queryset(self) -> QuerySet[Any]:
        return insights_listed(self.actor)

    def extra(self) -> dict[str, Any]:
        return {"may_change": may(self.actor, "journeys.change_insights")}


def known_place(view: PortalView) -> dict[str, Any]:
    """?card=, ?stage= and ?touchpoint= of the address, as initial values."""
    asked, found = view.request.GET, {}
    for name, model in (("card", Card), ("stage", Stage), ("touchpoint", Touchpoint)):
        if asked.get(name, "").isdigit():
            rows: Any = model.objects.for_actor(view.actor)
            found[name] = get_or_404(rows, pk=asked[name])
    card = found.pop("card", None)
    if card is not None:
        found |= {
            "title": card.title,
            "text": card.text,
            "stage": card.step.stage,
            "touchpoint": card.step.touchpoint,
            "card": card,
        }
    return found


def ten_asked(view: PortalView, name: str) -> Decimal | None:
    """?importance= or ?satisfaction= of the address, from 0 to 10; None for anything else."""
    try:
        value = Decimal(view.request.GET.get(name, ""))
    except InvalidOperation:
        return None
    return value if value.is_finite() and 0 <= value <= 10 else None


class InsightCreateView(PanelFormPage):
    """Write an insight; ?card= makes one of a card of a map."""

    permission = "journeys.change_insights"
    form_class: Any = InsightForm
    title = gettext_lazy("New insight")

    def form_kwargs(self) -> dict[str, Any]:
        initial = {"kind": Insight.Kind.OBSERVATION, **known_place(self)}
        return {**super().form_kwargs(), "initial": initial}

    def save(self, form: Any) -> HttpResponse:
        values = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        card = known_place(self).get("card")
        made = insight_create(actor=self.actor, cards=[card] if card else [], **values)
        self.say(_("The insight is written down."))
        return self.redirect("journeys:insight-detail", made.pk)

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("journeys:insight-list")}


def insight_found(view: PortalView, pk: int) -> Insight:
    """An insight of the program, else 404."""
    found: Insight = get_or_404(insights_listed(view.actor), pk=pk)
    return found


class InsightDetailView(PortalView):
    """One insight with what shows it and what could be done about it."""

    permission = "journeys.view_journeys"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        insight = insight_found(self, pk)
        context = {
            "insight": insight,
            "cards": insight.cards.select_related("lane__journey", "step__stage"),
            "opportunities": insight.opportunities.all(),
            "history": history_of(self.actor, insight),
            "may_change": may(self.actor, "journeys.change_insights", insight),
            **evidence_context(self, "insight", insight),
        }
        return self.render("journeys/insight_detail.html", context)


class InsightEditView(InsightCreateView):
    """Change an insight."""

    title = gettext_lazy("Edit insight")

    def form_kwargs(self) -> dict[str, Any]:
        insight = insight_found(self, self.kwargs["pk"])
        initial = {name: getattr(insight, name) for name in (*INSIGHT_FIELDS, "version")}
        return {"actor": self.actor, "initial": initial}

    def save(self, form: Any) -> HttpResponse:
        insight = insight_found(self, self.kwargs["pk"])
        insight_update(actor=self.actor, insight=insight, **form.cleaned_data)
        self.say(_("The insight is saved."))
        return self.redirect("journeys:insight-detail", insight.pk)


class InsightDeleteView(CommandView):
    """Delete an insight; what it links to stays."""

    permission = "journeys.change_insights"

    def command(self, pk: int) -> HttpResponse:
        insight_delete(actor=self.actor, insight=insight_found(self, pk))
        self.say(_("The insight is deleted."))
        return self.redirect("journeys:insight-list")


class OpportunityListView(PortalView):
    """Opportunities on a matrix of two axes one picks, and as a table, the best first."""

    permission = "journeys.view_journeys"

    def get(self, request: HttpRequest) -> HttpResponse:
        x, y = request.GET.get("x", "ease"), request.GET.get("y", "value")
        known = axes()
        if x not in known or y not in known:
            raise Http404
        rows = opportunities_listed(self.actor)
        state = request.GET.get("state", "")
        if state:
            rows = rows.filter(state=state)
        else:
            rows = rows.filter(state__in=(Opportunity.State.OPEN, Opportunity.State.CHOSEN))
        context = {
            "matrix": matrix_of(scored(rows.order_by("-pk")[:MOST]), x, y),
            "axes": [(key, name) for key, (name, _low, _high) in known.items()],
            "x": x,
            "y": y,
            "state": state,
            "states": Opportunity.State.choices,
            "may_change": may(self.actor, "journeys.change_insights"),
        }
        return self.render("journeys/opportunity_list.html", context)


class OpportunityCreateView(PanelFormPage):
    """Write an opportunity; ?card=, ?stage= and ?touchpoint= fill in what is known."""

    permission = "journeys.change_insights"
    form_class: Any = OpportunityForm
    title = gettext_lazy("New opportunity")

    def form_kwargs(self) -> dict[str, Any]:
        known = {name: ten_asked(self, name) for name in ("importance", "satisfaction")}
        initial = {"state": Opportunity.State.OPEN, **known, **known_place(self)}
        return {**super().form_kwargs(), "initial": initial}

    def save(self, form: Any) -> HttpResponse:
        values = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        card = known_place(self).get("card")
        made = opportunity_create(actor=self.actor, cards=[card] if card else [], **values)
        self.say(_("The opportunity is written down."))
        return self.redirect("journeys:opportunity-detail", made.pk)

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("journeys:opportunity-list")}


def opportunity_found(view: PortalView, pk: int) -> Opportunity:
    """An opportunity of the program, else 404."""
    found: Opportunity = get_or_404(opportunities_listed(view.actor), pk=pk)
    return found


class OpportunityDetailView(PortalView):
    """One opportunity: scores, insights behind it, actions from it, and the step to one more."""

    permission = "journeys.view_journeys"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show(opportunity_found(self, pk), ActForm(actor=self.actor))

    def show(self, opportunity: Opportunity, form: Any, status: int = 200) -> HttpResponse:
        """The page."""
        context = {
            "opportunity": opportunity,
            "score": opportunity_score(opportunity),
            "rice": rice_score(opportunity),
            "insights": opportunity.insights.all(),
            "actions": opportunity.actions.select_related("column", "owner__user"),
            "form": form,
            "history": history_of(self.actor, opportunity),
            "may_change": may(self.actor, "journeys.change_insights", opportunity),
            "may_create": may(self.actor, "journeys.create_actions"),
            **evidence_context(self, "opportunity", opportunity),
        }
        return self.render("journeys/opportunity_detail.html", context, status=status)


class OpportunityEditView(OpportunityCreateView):
    """Change an opportunity and its scores."""

    title = gettext_lazy("Edit opportunity")

    def form_kwargs(self) -> dict[str, Any]:
        row = opportunity_found(self, self.kwargs["pk"])
        initial = {name: getattr(row, name) for name in (*OPPORTUNITY_FIELDS, "version")}
        initial["insights"] = row.insights.all()
        return {"actor": self.actor, "initial": initial}

    def save(self, form: Any) -> HttpResponse:
        row = opportunity_found(self, self.kwargs["pk"])
        opportunity_update(actor=self.actor, opportunity=row, **form.cleaned_data)
        self.say(_("The opportunity is saved."))
        return self.redirect("journeys:opportunity-detail", row.pk)


class OpportunityActView(CommandView):
    """Into an action in one step."""

    permission = "journeys.create_actions"

    def command(self, pk: int) -> HttpResponse:
        row = opportunity_found(self, pk)
        form = ActForm(self.request.POST, actor=self.actor)
        if not form.is_valid():
            raise DomainError("invalid", _("Choose the owner from the list, and a day."))
        action = opportunity_act(actor=self.actor, opportunity=row, **form.cleaned_data)
        self.say(_("The action “%(title)s” is logged.") % {"title": action.title})
        return self.redirect("journeys:action-detail", action.pk)


class OpportunityDeleteView(CommandView):
    """Delete an opportunity; its insights and actions stay."""

    permission = "journeys.change_insights"

    def command(self, pk: int) -> HttpResponse:
        opportunity_delete(actor=self.actor, opportunity=opportunity_found(self, pk))
        self.say(_("The opportunity is deleted."))
        return self.redirect("journeys:opportunity-list")
