"""How a program follows up: rules and the catalogue of causes."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.views.base import FormPage, get_or_404
from journeys.forms.cases import CaseRulesForm, RootCauseForm
from journeys.models import CannedReply, CaseRules, RootCause
from journeys.queries.case_rules import case_rules_of
from journeys.services.case_follow_up import follow_up_campaign_for
from journeys.services.case_rules import case_rules_update, root_cause_save

_PLAIN = (
    "opens_on_low_score",
    "assignment",
    "team",
    "escalate_to",
    "working_days",
    "opens_at",
    "closes_at",
    "country",
    "follow_up_days",
    "version",
)


class CaseRulesView(FormPage):
    """Working time, hours by severity, who gets a case."""

    permission = "journeys.change_case_rules"
    template = "journeys/case_rules.html"
    form_class: Any = CaseRulesForm
    title = gettext_lazy("Rules of following up")
    rules: CaseRules

    def form_kwargs(self) -> dict[str, Any]:
        self.rules = case_rules_of(self.actor)
        initial = {name: getattr(self.rules, name) for name in _PLAIN}
        campaign = self.rules.follow_up_campaign
        initial["follow_up_survey"] = campaign.survey if campaign else None
        return {**super().form_kwargs(), "rules": self.rules, "initial": initial}

    def save(self, form: Any) -> HttpResponse:
        values = {name: form.cleaned_data[name] for name in _PLAIN}
        survey = form.cleaned_data["follow_up_survey"]
        campaign = follow_up_campaign_for(self.actor, survey) if survey else None
        case_rules_update(
            actor=self.actor,
            contact_hours=form.hours("contact"),
            close_hours=form.hours("close"),
            follow_up_campaign=campaign,
            **values,
        )
        self.say(_("The rules are saved. They hold for new cases."))
        return self.redirect("journeys:case-rules")

    def extra(self) -> dict[str, Any]:
        causes: Any = RootCause.objects.for_actor(self.actor)
        replies: Any = CannedReply.objects.for_actor(self.actor)
        return {
            "cancel_url": self.actor.url("journeys:case-list"),
            "causes": causes,
            "replies": replies,
            "campaign": self.rules.follow_up_campaign,
        }


class RootCauseCreateView(FormPage):
    """Add a cause to the catalogue."""

    permission = "journeys.change_case_rules"
    form_class: Any = RootCauseForm
    title = gettext_lazy("New root cause")

    def save(self, form: Any) -> HttpResponse:
        root_cause_save(actor=self.actor, **form.cleaned_data)
        self.say(_("The cause is saved."))
        return self.redirect("journeys:case-rules")

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("journeys:case-rules")}


class RootCauseEditView(RootCauseCreateView):
    """Rename or order a cause, or take it out of the choice."""

    title = gettext_lazy("Edit root cause")

    def form_kwargs(self) -> dict[str, Any]:
        cause = self._cause()
        initial = {name: getattr(cause, name) for name in ("name", "is_active", "position")}
        return {**super().form_kwargs(), "code": cause.code, "initial": initial}

    def _cause(self) -> RootCause:
        rows: Any = RootCause.objects.for_actor(self.actor)
        found: RootCause = get_or_404(rows, pk=self.kwargs["pk"])
        return found

    def save(self, form: Any) -> HttpResponse:
        root_cause_save(actor=self.actor, code=self._cause().code, **form.cleaned_data)
        self.say(_("The cause is saved."))
        return self.redirect("journeys:case-rules")
