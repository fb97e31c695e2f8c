"""Personas: list and form."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.policies import may
from cxportal.core.views.base import CommandView, ListPage, PortalView, get_or_404
from journeys.forms.journeys import PersonaForm
from journeys.models import Persona
from journeys.queries.journeys import personas_listed
from journeys.services.personas import persona_create, persona_delete, persona_update
from journeys.views.journeys import PanelFormPage


class PersonaListView(ListPage):
    """Typical customers in a few words."""

    permission = "journeys.view_journeys"
    template = "journeys/persona_list.html"
    default_ordering = "created_at"

    def queryset(self) -> QuerySet[Any]:
        return personas_listed(self.actor)

    def extra(self) -> dict[str, Any]:
        return {"may_change": may(self.actor, "journeys.change_journeys")}


def persona_found(view: PortalView, pk: int) -> Persona:
    """A persona of the program, else 404."""
    rows: Any = Persona.objects.for_actor(view.actor)
    found: Persona = get_or_404(rows.select_related("program", "segment"), pk=pk)
    return found


class PersonaCreateView(PanelFormPage):
    """Describe a typical customer."""

    permission = "journeys.change_journeys"
    form_class = PersonaForm
    title = gettext_lazy("New persona")

    def save(self, form: Any) -> HttpResponse:
        values = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        persona_create(actor=self.actor, **values)
        self.say(_("The persona is saved."))
        return self.redirect("journeys:persona-list")

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("journeys:persona-list")}


class PersonaEditView(PersonaCreateView):
    """Change a persona."""

    title = gettext_lazy("Edit persona")

    def form_kwargs(self) -> dict[str, Any]:
        persona = persona_found(self, self.kwargs["pk"])
        names = ("name", "description", "goals", "segment", "version")
        initial = {name: getattr(persona, name) for name in names}
        return {**super().form_kwargs(), "initial": initial}

    def save(self, form: Any) -> HttpResponse:
        persona = persona_found(self, self.kwargs["pk"])
        persona_update(actor=self.actor, persona=persona, **form.cleaned_data)
        self.say(_("The persona is saved."))
        return self.redirect("journeys:persona-list")


class PersonaDeleteView(CommandView):
    """Delete a persona, after it was asked for; its journeys stay."""

    permission = "journeys.change_journeys"

    def command(self, pk: int) -> HttpResponse:
        persona_delete(actor=self.actor, persona=persona_found(self, pk))
        self.say(_("The persona is deleted."))
        return self.redirect("journeys:persona-list")
