"""Journeys: list with scores, and the form."""

from typing import Any
from urllib.parse import quote

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.errors import DomainError
from cxportal.core.policies import may
from cxportal.core.views.base import CommandView, FormPage, ListPage, PortalView, get_or_404
from journeys.forms.journeys import JourneyCreateForm, JourneyForm
from journeys.models import Journey
from journeys.queries.journeys import journeys_listed
from journeys.queries.stage_scores import journeys_scores
from journeys.services.journeys import EDITABLE, journey_create, journey_delete, journey_update
from surveys.queries.scores import last_days


class JourneyListView(ListPage):
    """The overview: every journey with its score of the last 30 days and its worst stage."""

    permission = "journeys.view_journeys"
    template = "journeys/journey_list.html"
    default_ordering = "created_at"

    def queryset(self) -> QuerySet[Any]:
        return journeys_listed(self.actor)

    def render(
        self, template: str, context: dict[str, Any] | None = None, *, status: int = 200
    ) -> HttpResponse:
        shown = context or {}
        rows = shown["page"].rows
        scores = journeys_scores(actor=self.actor, journeys=rows, period=last_days(self.actor))
        pairs = list(zip(rows, scores, strict=True))
        return super().render(template, {**shown, "journeys": pairs}, status=status)

    def extra(self) -> dict[str, Any]:
        return {"may_change": may(self.actor, "journeys.change_journeys")}


#: What a journey's pages say beside it.
AROUND = ("program", "persona", "owner", "parent", "counterpart")


def journey_found(view: PortalView, pk: int) -> Journey:
    """A journey of the program, else 404."""
    rows: Any = Journey.objects.for_actor(view.actor)
    found: Journey = get_or_404(rows.select_related(*AROUND), pk=pk)
    return found


class PanelFormPage(FormPage):
    """A form that opens in the side panel of the map, and as a page of its own without script."""

    panel = "journeys/journey_panel_form.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        htmx = getattr(request, "htmx", None)
        if htmx and not htmx.boosted:
            self.template = self.panel
        return super().get(request, *args, **kwargs)

    def show(self, form: Any, *, status: int = 200, **more: Any) -> HttpResponse:
        return super().show(form, status=status, action=self.request.path, **more)


class JourneyCreateView(FormPage):
    """A new journey, empty or from a template."""

    permission = "journeys.change_journeys"
    form_class: Any = JourneyCreateForm
    title = gettext_lazy("New journey")
    submit_label = gettext_lazy("Create the journey")

    def form_kwargs(self) -> dict[str, Any]:
        initial = {"template": "retail", "kind": Journey.Kind.AS_IS, "owner": self.actor.user}
        return {**super().form_kwargs(), "initial": initial}

    def save(self, form: Any) -> HttpResponse:
        journey = journey_create(actor=self.actor, **form.cleaned_data)
        self.say(_("The journey is there."))
        return self.redirect("journeys:journey-detail", journey.pk)

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("journeys:journey-list")}


class JourneyEditView(PanelFormPage):
    """Name, kind, state, persona and owner of a journey."""

    permission = "journeys.change_journeys"
    form_class = JourneyForm
    title = gettext_lazy("Edit journey")

    def form_kwargs(self) -> dict[str, Any]:
        journey = journey_found(self, self.kwargs["pk"])
        initial = {name: getattr(journey, name) for name in (*EDITABLE, "version")}
        initial["personas"] = journey.personas.all()
        return {**super().form_kwargs(), "initial": initial}

    def save(self, form: Any) -> HttpResponse:
        journey = journey_found(self, self.kwargs["pk"])
        journey_update(actor=self.actor, journey=journey, **form.cleaned_data)
        self.say(_("The journey is saved."))
        return self.redirect("journeys:journey-detail", journey.pk)

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("journeys:journey-detail", self.kwargs["pk"])}


class JourneyDeleteView(CommandView):
    """Delete a journey with its stages, after it was asked for."""

    permission = "journeys.change_journeys"

    def command(self, pk: int) -> HttpResponse:
        journey = journey_found(self, pk)
        name = str(journey)
        journey_delete(actor=self.actor, journey=journey)
        self.say(_("“%(name)s” is deleted.") % {"name": name})
        return self.redirect("journeys:journey-list")


def refused_in_place(view: PortalView, error: DomainError) -> HttpResponse | None:
    """For HTMX: no part, so that the page stays and says the sentence; None for a whole page."""
    htmx = getattr(view.request, "htmx", None)
    if not htmx:
        return None
    answer = HttpResponse(status=error.status)
    answer.headers["X-Portal-Message"] = quote(error.message)
    return answer
