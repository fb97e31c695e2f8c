"""Tell customers and people of the house what an action changed."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.policies import authorise
from cxportal.core.views.base import FormPage
from journeys.forms.telling import TellForm
from journeys.models import Action
from journeys.queries.telling import told_audience
from journeys.services.telling import action_tell
from journeys.standard_cases import TELLING
from journeys.views.actions import find_action


class ActionTellView(FormPage):
    """What changed, in the program's languages; says first how many it would reach."""

    permission = "journeys.change_actions"
    template = "journeys/action_tell.html"
    form_class: Any = TellForm
    title = gettext_lazy("Tell what changed")
    submit_label = gettext_lazy("Tell them")

    def form_kwargs(self) -> dict[str, Any]:
        return {**super().form_kwargs(), "initial": TELLING}

    def _action(self) -> Action:
        action = find_action(self, self.kwargs["pk"])
        authorise(self.actor, self.permission, action)
        return action

    def save(self, form: Any) -> HttpResponse:
        told = action_tell(actor=self.actor, action=self._action(), **form.cleaned_data)
        words = {"customers": told.customers, "members": told.members}
        self.say(_("Told: %(customers)d customers by mail, %(members)d people by notice.") % words)
        return self.redirect("journeys:action-detail", self.kwargs["pk"])

    def extra(self) -> dict[str, Any]:
        action = self._action()
        return {
            "action": action,
            "audience": told_audience(self.actor, action),
            "cancel_url": self.actor.url("journeys:action-detail", action.pk),
        }
