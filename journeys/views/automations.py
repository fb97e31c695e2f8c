"""Automations: list, catalogue, page with trial and log, made, changed, switched on and off."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core import charts
from cxportal.core.policies import authorise, may
from cxportal.core.queries.customers import shown_name
from cxportal.core.views.base import CommandView, FormPage, ListPage, PortalView, get_or_404
from journeys.forms.automations import (
    AutomationForm,
    condition_posted,
    condition_rows,
    initial_of,
    is_simple,
    operator_choices,
)
from journeys.models import Automation, AutomationRun
from journeys.queries.automations import (
    Trial,
    automation_runs,
    automation_trial,
    automations_listed,
    catalogue_left,
    condition_words,
    effects_words,
    trigger_words,
)
from journeys.services.automations import (
    automation_create,
    automation_delete,
    automation_from_catalogue,
    automation_switch,
    automation_update,
)

#: What the condition's editor suggests.
SUGGESTED = (
    "answer.nps",
    "customer.value_segment",
    "customer.language",
    "segment",
    "channel",
    "event.place",
    "event.amount",
    "comment.topic",
    "comment.sentiment",
    "comment.kind",
    "comment.text",
    "pattern.amount",
)


class AutomationListView(PortalView):
    """What runs by itself, and what the catalogue offers."""

    permission = "journeys.view_automations"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = [self._row(a) for a in automations_listed(self.actor).order_by("-is_active", "pk")]
        asked = request.GET.get("industry", "")
        left = catalogue_left(self.actor)
        context = {
            "rows": rows,
            "entries": [e for e in left if not asked or e.industry == asked],
            "industries": Automation.Industry.choices,
            "industry": asked,
            "active": sum(row["automation"].is_active for row in rows),
            "may_change": may(self.actor, "journeys.change_automations"),
            "may_rule": True,
        }
        return self.render("journeys/automation_list.html", context)

    def _row(self, automation: Automation) -> dict[str, Any]:
        return {
            "automation": automation,
            "when": trigger_words(self.actor, automation),
            "does": effects_words(automation),
        }


def find_automation(view: PortalView, pk: int) -> Automation:
    """The automation, else 404."""
    found: Automation = get_or_404(automations_listed(view.actor), pk=pk)
    return found


def _weeks(trial: Trial) -> list[charts.Column]:
    return charts.columns([(f"{day:%m-%d}", count, "accent") for day, count in trial.weeks])


class AutomationDetailView(ListPage):
    """One automation with its log; ?try=1 reads the last 90 days."""

    permission = "journeys.view_automations"
    template = "journeys/automation_detail.html"

    def queryset(self) -> QuerySet[Any]:
        return automation_runs(self.actor, find_automation(self, self.kwargs["pk"]))

    def extra(self) -> dict[str, Any]:
        automation = find_automation(self, self.kwargs["pk"])
        trial = automation_trial(self.actor, automation) if self.request.GET.get("try") else None
        return {
            "automation": automation,
            "when": trigger_words(self.actor, automation),
            "holds": condition_words(automation.condition),
            "does": effects_words(automation),
            "trial": trial,
            "weeks": _weeks(trial) if trial else None,
            "may_change": may(self.actor, "journeys.change_automations"),
        }

    def of_rows(self, rows: list[Any]) -> dict[str, Any]:
        return {"runs": [self._run(run) for run in rows]}

    def _run(self, run: AutomationRun) -> dict[str, Any]:
        return {
            "run": run,
            "who": shown_name(self.actor, run.customer) if run.customer else "",
            "results": [self._result(result) for result in run.results],
        }

    def _result(self, result: dict[str, Any]) -> dict[str, str]:
        pages = {"case": "journeys:case-detail", "action": "journeys:action-detail"}
        kind = str(result.get("kind"))
        url = self.actor.url(pages[kind], result["id"]) if kind in pages else ""
        return {"word": _RESULTS.get(kind, kind), "url": url}


_RESULTS: dict[str, Any] = {
    "case": gettext_lazy("case"),
    "action": gettext_lazy("activity"),
    "notify": gettext_lazy("notice"),
    "survey": gettext_lazy("invitation"),
    "event": gettext_lazy("event"),
    "tag": gettext_lazy("attribute"),
    "webhook": gettext_lazy("webhook"),
    "chat": gettext_lazy("chat message"),
}


class AutomationCreateView(FormPage):
    """A new automation, switched off until it was tried."""

    permission = "journeys.change_automations"
    template = "journeys/automation_form.html"
    form_class: Any = AutomationForm
    title = gettext_lazy("New automation")

    def save(self, form: Any) -> HttpResponse:
        automation = automation_create(actor=self.actor, **self.values(form))
        self.say(_("The automation is saved, switched off. Try it on the last 90 days."))
        return self.redirect("journeys:automation-detail", automation.pk)

    def values(self, form: Any) -> dict[str, Any]:
        """What the service takes."""
        names = ("name", "activity", "industry", "trigger", "once_days", "hourly_limit")
        values = {name: form.cleaned_data[name] for name in names}
        return {
            **values,
            "settings": form.settings(),
            "effects": form.effects(),
            "condition": condition_posted(self.request.POST),
        }

    def stored_condition(self) -> dict[str, Any]:
        """The condition to edit."""
        return {}

    def extra(self) -> dict[str, Any]:
        posted = self.request.method == "POST"
        stored = condition_posted(self.request.POST) if posted else self.stored_condition()
        match, rows = condition_rows(stored)
        return {
            "match": match,
            "condition_rows": rows,
            "operators": operator_choices(),
            "suggested": SUGGESTED,
            "cancel_url": self.actor.url("journeys:automation-list"),
        }


class AutomationEditView(AutomationCreateView):
    """Change an automation; a stale edit keeps what was typed."""

    title = gettext_lazy("Edit automation")

    def form_kwargs(self) -> dict[str, Any]:
        automation = find_automation(self, self.kwargs["pk"])
        authorise(self.actor, self.permission, automation)
        return {**super().form_kwargs(), "initial": initial_of(automation)}

    def stored_condition(self) -> dict[str, Any]:
        return dict(find_automation(self, self.kwargs["pk"]).condition)

    def save(self, form: Any) -> HttpResponse:
        automation = find_automation(self, self.kwargs["pk"])
        values = self.values(form)
        if not is_simple(automation.condition):
            del values["condition"]
        version = form.cleaned_data["version"]
        automation_update(actor=self.actor, automation=automation, version=version, **values)
        self.say(_("The automation is saved."))
        return self.redirect("journeys:automation-detail", automation.pk)

    def extra(self) -> dict[str, Any]:
        automation = find_automation(self, self.kwargs["pk"])
        simple = is_simple(automation.condition)
        words = "" if simple else condition_words(automation.condition)
        back = self.actor.url("journeys:automation-detail", automation.pk)
        return {**super().extra(), "kept_condition": words, "cancel_url": back}


class AutomationTakeView(CommandView):
    """Take an entry of the catalogue over, switched off."""

    permission = "journeys.change_automations"

    def command(self) -> HttpResponse:
        code = self.request.POST.get("code", "")
        automation = automation_from_catalogue(actor=self.actor, code=code)
        self.say(_("It is yours now, switched off. Edit it, try it, switch it on."))
        return self.redirect("journeys:automation-detail", automation.pk)


class AutomationSwitchView(CommandView):
    """Switch an automation on or off."""

    permission = "journeys.change_automations"

    def command(self, pk: int) -> HttpResponse:
        on = self.request.POST.get("on") == "1"
        automation_switch(actor=self.actor, automation=find_automation(self, pk), on=on)
        self.say(_("The automation is on.") if on else _("The automation is off."))
        return self.redirect("journeys:automation-detail", pk)


class AutomationDeleteView(CommandView):
    """Forget an automation and its log."""

    permission = "journeys.change_automations"

    def command(self, pk: int) -> HttpResponse:
        automation_delete(actor=self.actor, automation=find_automation(self, pk))
        self.say(_("The automation is deleted."))
        return self.redirect("journeys:automation-list")
