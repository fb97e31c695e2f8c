"""Value propositions: list, page, form."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.policies import may
from cxportal.core.queries.audit import history_of
from cxportal.core.views.base import CommandView, FormPage, ListPage, PortalView, get_or_404
from loyalty.filters import PropositionFilter
from loyalty.forms.drivers import DifferenceForm
from loyalty.forms.propositions import CANVAS, PropositionActionForm, PropositionForm
from loyalty.models import Driver, ValueProposition
from loyalty.queries.propositions import money_url, proposition_effect, propositions_compared
from loyalty.services.propositions import (
    TEXTS,
    difference_set,
    proposition_act,
    proposition_create,
    proposition_delete,
    proposition_update,
)
from loyalty.views.base import LoyaltyTabs


class PropositionListView(ListPage, LoyaltyTabs):
    """What is promised to whom."""

    permission = "loyalty.view_propositions"
    tab = "propositions"
    template = "loyalty/proposition_list.html"
    part = "loyalty/_propositions.html"
    filterset_class = PropositionFilter
    default_ordering = "-updated_at"

    def queryset(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = ValueProposition.objects.for_actor(self.actor)
        return rows.select_related("segment", "owner").prefetch_related("touchpoints", "actions")

    def extra(self) -> dict[str, Any]:
        return {"may_change": may(self.actor, "loyalty.change_propositions")}


class PropositionDetailView(PortalView):
    """One promise: values, proof, the touchpoints that keep it, the actions that make it true."""

    permission = "loyalty.view_propositions"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = ValueProposition.objects.for_actor(self.actor).select_related(
            "segment", "owner", "metric"
        )
        proposition = get_or_404(rows, pk=pk)
        effect = proposition_effect(self.actor, proposition)
        context = {
            "proposition": proposition,
            "touchpoints": proposition.touchpoints.all(),
            "drivers": proposition.drivers.all(),
            "differences": proposition.differences.select_related("driver", "competitor"),
            "canvas": [(label, getattr(proposition, name)) for name, label in CANVAS],
            "effect": effect,
            "in_money": any(worth for _action, _seen, worth in effect.actions),
            "money_url": money_url(self.actor),
            "sees_money": may(self.actor, "loyalty.view_value"),
            "history": history_of(self.actor, proposition),
            "may_change": may(self.actor, "loyalty.change_propositions", proposition),
        }
        return self.render("loyalty/proposition_detail.html", context)


class PropositionCreateView(FormPage):
    """Write a new promise."""

    permission = "loyalty.change_propositions"
    form_class = PropositionForm
    title = gettext_lazy("New value proposition")

    def form_kwargs(self) -> dict[str, Any]:
        drivers = Driver.objects.for_actor(self.actor)
        asked = self.request.GET.get("driver", "")
        chosen = drivers.filter(pk=asked) if asked.isdecimal() and len(asked) < 19 else []
        initial = {"state": ValueProposition.State.DRAFT, "drivers": chosen}
        return {**super().form_kwargs(), "initial": initial}

    def save(self, form: Any) -> HttpResponse:
        values = {k: v for k, v in form.cleaned_data.items() if k != "version"}
        made = proposition_create(actor=self.actor, owner=self.actor.user, **values)
        self.say(_("The value proposition is saved."))
        return self.redirect("loyalty:proposition-detail", made.pk)

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("loyalty:proposition-list")}


class PropositionEditView(PropositionCreateView):
    """Change a promise; a stale edit shows what is stored now."""

    title = gettext_lazy("Edit value proposition")

    def stored(self) -> ValueProposition:
        rows = ValueProposition.objects.for_actor(self.actor)
        found: ValueProposition = get_or_404(rows, pk=self.kwargs["pk"])
        return found

    def form_kwargs(self) -> dict[str, Any]:
        stored = self.stored()
        initial = {
            name: getattr(stored, name)
            for name in (*TEXTS, "segment", "state", "metric", "version")
        }
        initial["touchpoints"] = stored.touchpoints.all()
        initial["actions"] = stored.actions.all()
        initial["drivers"] = stored.drivers.all()
        return {"actor": self.actor, "initial": initial}

    def save(self, form: Any) -> HttpResponse:
        stored = proposition_update(
            actor=self.actor, proposition=self.stored(), **form.cleaned_data
        )
        self.say(_("The value proposition is saved."))
        return self.redirect("loyalty:proposition-detail", stored.pk)

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("loyalty:proposition-detail", self.kwargs["pk"])}


class PropositionDeleteView(CommandView):
    """Delete a promise; what it links to stays."""

    permission = "loyalty.change_propositions"

    def command(self, pk: int) -> HttpResponse:
        rows = ValueProposition.objects.for_actor(self.actor)
        proposition_delete(actor=self.actor, proposition=get_or_404(rows, pk=pk))
        self.say(_("The value proposition is deleted."))
        return self.redirect("loyalty:proposition-list")


class PropositionDifferenceView(FormPage):
    """Say how the promise differs from a named competitor's; an empty text takes it away."""

    permission = "loyalty.change_propositions"
    form_class: Any = DifferenceForm
    title = gettext_lazy("Different from a competitor")

    def stored(self) -> ValueProposition:
        rows = ValueProposition.objects.for_actor(self.actor)
        found: ValueProposition = get_or_404(rows, pk=self.kwargs["pk"])
        return found

    def save(self, form: Any) -> HttpResponse:
        proposition = self.stored()
        difference_set(actor=self.actor, proposition=proposition, **form.cleaned_data)
        self.say(_("The value proposition is saved."))
        return self.redirect("loyalty:proposition-detail", proposition.pk)

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("loyalty:proposition-detail", self.stored().pk)}


class PropositionActionView(PropositionDifferenceView):
    """Log an action that makes the promise true."""

    form_class = PropositionActionForm
    title = gettext_lazy("New action for the promise")

    def form_kwargs(self) -> dict[str, Any]:
        places = list(self.stored().touchpoints.all()[:2])
        initial = {"touchpoint": places[0]} if len(places) == 1 else {}
        return {**super().form_kwargs(), "initial": initial}

    def save(self, form: Any) -> HttpResponse:
        proposition = self.stored()
        proposition_act(actor=self.actor, proposition=proposition, **form.cleaned_data)
        self.say(_("The action is logged."))
        return self.redirect("loyalty:proposition-detail", proposition.pk)


class PropositionCompareView(LoyaltyTabs):
    """Promises side by side, to read and to print."""

    permission = "loyalty.view_propositions"
    tab = "propositions"

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = [int(n) for n in request.GET.getlist("p") if n.isdecimal() and len(n) < 19]
        compared = propositions_compared(self.actor, asked)
        lines = [
            (label, [getattr(proposition, name) for proposition in compared])
            for name, label in (("promise", _("Promise")), *CANVAS)
        ]
        rows = ValueProposition.objects.for_actor(self.actor)
        context = {"compared": compared, "lines": lines, "all": rows, "asked": asked}
        return self.render("loyalty/proposition_compare.html", context)
