"""Technology inventory, processes, the roadmap and who answers for what."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.policies import may
from cxportal.core.queries.audit import history_of
from cxportal.core.views.base import CommandView, FormPage, PortalView, get_or_404
from loyalty.forms.technology import ProcessForm, TechnologyForm
from loyalty.models import Process, Technology
from loyalty.queries.roadmap import roadmap_of
from loyalty.queries.technology import WINDOW, evidence_of, inventory_of
from loyalty.services.steering import record_create, record_delete, record_update
from loyalty.technology_catalogue import BY_CODE


class TechnologyListView(PortalView):
    """What is in use where, beside what peers use; gaps and overlaps."""

    permission = "loyalty.view_steering"

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {
            "inventory": inventory_of(self.actor),
            "may_change": may(self.actor, "loyalty.change_steering"),
        }
        return self.render("steering/technology_list.html", context)


class TechnologyDetailView(PortalView):
    """One technology: who uses it, what it costs, and what its metric says."""

    permission = "loyalty.view_steering"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = Technology.objects.for_actor(self.actor).select_related("owner", "metric__program")
        stored = get_or_404(rows, pk=pk)
        context = {
            "technology": stored,
            "kind": BY_CODE.get(stored.kind),
            "evidence": evidence_of(self.actor, stored),
            "window": WINDOW,
            "history": history_of(self.actor, stored),
            "may_change": may(self.actor, "loyalty.change_steering"),
        }
        return self.render("steering/technology_detail.html", context)


class RecordCreateView(FormPage):
    """Base of the form pages of technologies and processes."""

    permission = "loyalty.change_steering"
    template = "steering/record_form.html"
    model: ClassVar[Any]
    list_url: ClassVar[str]
    delete_url: ClassVar[str]

    def form_kwargs(self) -> dict[str, Any]:
        kind = self.request.GET.get("kind", "")
        return {**super().form_kwargs(), "initial": {"kind": kind}}

    def save(self, form: Any) -> HttpResponse:
        values = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        record_create(actor=self.actor, model=self.model, **values)
        self.say(_("It is saved."))
        return self.redirect(self.list_url)

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url(self.list_url)}


class RecordEditView(RecordCreateView):
    """Change a record; a stale edit shows what is stored now."""

    def stored(self) -> Any:
        rows = self.model.objects.for_actor(self.actor)
        return get_or_404(rows, pk=self.kwargs["pk"])

    def form_kwargs(self) -> dict[str, Any]:
        stored = self.stored()
        form: Any = self.form_class
        names = [*form.base_fields, "name"]
        return {"actor": self.actor, "initial": {name: getattr(stored, name) for name in names}}

    def save(self, form: Any) -> HttpResponse:
        record_update(actor=self.actor, record=self.stored(), **form.cleaned_data)
        self.say(_("It is saved."))
        return self.redirect(self.list_url)

    def extra(self) -> dict[str, Any]:
        stored = self.stored()
        return {
            **super().extra(),
            "history": history_of(self.actor, stored),
            "delete_url": self.actor.url(self.delete_url, stored.pk),
        }


class RecordDeleteView(CommandView):
    """Delete a record; what it names stays."""

    permission = "loyalty.change_steering"
    model: ClassVar[Any]
    list_url: ClassVar[str]

    def command(self, pk: int) -> HttpResponse:
        rows = self.model.objects.for_actor(self.actor)
        record_delete(actor=self.actor, record=get_or_404(rows, pk=pk))
        self.say(_("It is deleted."))
        return self.redirect(self.list_url)


class TechnologyCreateView(RecordCreateView):
    """Add a technology."""

    model, form_class = Technology, TechnologyForm
    list_url = "steering:technology-list"
    title = gettext_lazy("New technology")


class TechnologyEditView(RecordEditView):
    """Change a technology."""

    model, form_class = Technology, TechnologyForm
    list_url, delete_url = "steering:technology-list", "steering:technology-delete"
    title = gettext_lazy("Edit technology")

    def extra(self) -> dict[str, Any]:
        page = self.actor.url("steering:technology-detail", self.kwargs["pk"])
        return {**super().extra(), "cancel_url": page}


class TechnologyDeleteView(RecordDeleteView):
    """Delete a technology."""

    model, list_url = Technology, "steering:technology-list"


class ProcessListView(PortalView):
    """Processes customers feel, each with owner, fit and metric."""

    permission = "loyalty.view_steering"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = Process.objects.for_actor(self.actor)
        context = {
            "processes": rows.select_related("owner", "metric", "proposition"),
            "may_change": may(self.actor, "loyalty.change_steering"),
        }
        return self.render("steering/process_list.html", context)


class ProcessCreateView(RecordCreateView):
    """Add a process."""

    model, form_class = Process, ProcessForm
    list_url = "steering:process-list"
    title = gettext_lazy("New process")


class ProcessEditView(RecordEditView):
    """Change a process."""

    model, form_class = Process, ProcessForm
    list_url, delete_url = "steering:process-list", "steering:process-delete"
    title = gettext_lazy("Edit process")


class ProcessDeleteView(RecordDeleteView):
    """Delete a process."""

    model, list_url = Process, "steering:process-list"


class RoadmapView(PortalView):
    """Five steps, their deliverables, and the records that prove them."""

    permission = "loyalty.view_steering"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render("steering/roadmap.html", {"steps": roadmap_of(self.actor)})
