"""The page of the contact policy."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from cxportal.core.policies import may
from cxportal.core.views.base import FormPage
from surveys.forms.contact_policy import ContactPolicyForm, initial_policy
from surveys.services.contact_policy import contact_policy, contact_policy_update


class ContactPolicyView(FormPage):
    """Rules over all campaigns; whoever may not change them reads them."""

    permission = "surveys.view_campaigns"
    template = "surveys/contact_policy.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.method == "POST":
            self.permission = "surveys.change_campaigns"
        return super().dispatch(request, *args, **kwargs)

    def form(self, data: Any = None, files: Any = None) -> Any:
        self.policy = contact_policy(self.actor)
        return ContactPolicyForm(data=data, actor=self.actor, initial=initial_policy(self.policy))

    def extra(self) -> dict[str, Any]:
        return {
            "policy": self.policy,
            "version": self.request.POST.get("version") or self.policy.version,
            "may_change": may(self.actor, "surveys.change_campaigns"),
            "gap": self.actor.program.contact_gap_days,
            "tab": "policy",
        }

    def save(self, form: Any) -> HttpResponse:
        version = self.request.POST.get("version", "")
        contact_policy_update(
            actor=self.actor,
            version=int(version) if version.isascii() and version.isdigit() else None,
            **form.values(),
        )
        self.say(_("Saved. It holds for everything that has not gone out yet."))
        return self.redirect("surveys:contact-policy")
