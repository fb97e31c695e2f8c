"""The playbook: behaviours by touchpoint, and the training of teams."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.errors import DomainError
from cxportal.core.policies import may
from cxportal.core.queries.audit import history_of
from cxportal.core.views.base import (
    CommandView,
    FormPage,
    ListPage,
    PortalView,
    add_domain_error,
    get_or_404,
)
from journeys.filters import BehaviourFilter
from journeys.forms.playbook import BehaviourForm, TrainingForm
from journeys.models import Behaviour, Touchpoint
from journeys.queries.playbook import audited, behaviours_listed
from journeys.services.playbook import (
    behaviour_create,
    behaviour_delete,
    behaviour_train,
    behaviour_update,
)

HISTORY = 10


class PlaybookView(ListPage):
    """Every behaviour, touchpoint by touchpoint."""

    permission = "journeys.view_journeys"
    template = "journeys/playbook.html"
    filterset_class: Any = BehaviourFilter
    orderings = {"touchpoint": "touchpoint_id", "created": "created_at"}
    default_ordering = "touchpoint"

    def queryset(self) -> QuerySet[Any]:
        return behaviours_listed(self.actor)

    def of_rows(self, rows: list[Any]) -> dict[str, Any]:
        return {"behaviours": audited(self.actor, rows)}

    def extra(self) -> dict[str, Any]:
        return {"may_change": may(self.actor, "journeys.change_journeys")}


def find_behaviour(view: PortalView) -> Behaviour:
    """The behaviour of the address, else 404."""
    found: Behaviour = get_or_404(behaviours_listed(view.actor), pk=view.kwargs["pk"])
    return found


def show_behaviour(
    view: PortalView, behaviour: Behaviour, form: Any = None, *, status: int = 200
) -> HttpResponse:
    """The page of a behaviour, with a training that was filled in wrongly."""
    context = {
        "behaviour": audited(view.actor, [behaviour])[0],
        "form": form or TrainingForm(actor=view.actor),
        "history": history_of(view.actor, behaviour, limit=HISTORY),
        "may_change": may(view.actor, "journeys.change_journeys", behaviour),
        "may_train": may(view.actor, "journeys.train_behaviours", behaviour),
    }
    return view.render("journeys/behaviour_detail.html", context, status=status)


class BehaviourDetailView(PortalView):
    """One behaviour with the training of teams."""

    permission = "journeys.view_journeys"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return show_behaviour(self, find_behaviour(self))


class BehaviourCreateView(FormPage):
    """Say how we behave; ?touchpoint= fills in where."""

    permission = "journeys.change_journeys"
    form_class: Any = BehaviourForm
    title = gettext_lazy("New behaviour")

    def form_kwargs(self) -> dict[str, Any]:
        asked = self.request.GET.get("touchpoint", "")
        known: dict[str, Any] = {}
        if asked:
            known["touchpoint"] = get_or_404(Touchpoint.objects.for_actor(self.actor), pk=asked)
        return {**super().form_kwargs(), "initial": known}

    def save(self, form: Any) -> HttpResponse:
        values = {k: v for k, v in form.cleaned_data.items() if k != "version"}
        made = behaviour_create(actor=self.actor, **values)
        self.say(_("It stands in the playbook."))
        return self.redirect("journeys:behaviour-detail", made.pk)

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("journeys:playbook")}


class BehaviourEditView(BehaviourCreateView):
    """Change the words of a behaviour."""

    title = gettext_lazy("Edit behaviour")

    def form_kwargs(self) -> dict[str, Any]:
        behaviour = find_behaviour(self)
        initial = {n: getattr(behaviour, n) for n in ("kind", "name", "example", "version")}
        return {"actor": self.actor, "is_new": False, "initial": initial}

    def save(self, form: Any) -> HttpResponse:
        behaviour = find_behaviour(self)
        behaviour_update(actor=self.actor, behaviour=behaviour, **form.cleaned_data)
        self.say(_("The behaviour is saved."))
        return self.redirect("journeys:behaviour-detail", behaviour.pk)

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("journeys:behaviour-detail", self.kwargs["pk"])}


class BehaviourTrainView(CommandView):
    """Say how far a team is."""

    permission = "journeys.train_behaviours"

    def command(self, pk: int) -> HttpResponse:
        behaviour = find_behaviour(self)
        form = TrainingForm(self.request.POST, actor=self.actor)
        if not form.is_valid():
            return show_behaviour(self, behaviour, form, status=422)
        try:
            behaviour_train(actor=self.actor, behaviour=behaviour, **form.cleaned_data)
        except DomainError as error:
            add_domain_error(form, error)
            return show_behaviour(self, behaviour, form, status=error.status)
        self.say(_("The training is noted."))
        return self.redirect("journeys:behaviour-detail", pk)


class BehaviourDeleteView(CommandView):
    """Take it out of the playbook."""

    permission = "journeys.change_journeys"

    def command(self, pk: int) -> HttpResponse:
        behaviour_delete(actor=self.actor, behaviour=find_behaviour(self))
        self.say(_("It is out of the playbook."))
        return self.redirect("journeys:playbook")
