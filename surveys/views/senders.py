"""Pages of sender identities."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.forms.base import ScopedForm
from cxportal.core.policies import may
from cxportal.core.views.base import CommandView, FormPage, PortalView, get_or_404
from surveys.models import SenderIdentity
from surveys.services.senders import sender_create, sender_delete, sender_update


class SenderForm(ScopedForm):
    """Name, addresses and number of a sender."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    email = forms.EmailField(
        label=gettext_lazy("Address"),
        required=False,
        help_text=gettext_lazy(
            "Your mail server must be allowed to send for it. Empty: the program's."
        ),
    )
    reply_to = forms.EmailField(label=gettext_lazy("Answers go to"), required=False)
    phone = forms.CharField(
        label=gettext_lazy("Number for text messages"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Registered with your provider, as Korean law asks."),
    )


class SenderListView(PortalView):
    """All identities of the program."""

    permission = "surveys.view_campaigns"

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {
            "senders": SenderIdentity.objects.for_actor(self.actor),
            "may_change": may(self.actor, "surveys.change_campaigns"),
            "tab": "senders",
        }
        return self.render("surveys/sender_list.html", context)


class SenderCreateView(FormPage):
    permission = "surveys.change_campaigns"
    template = "components/form_page.html"

    def form(self, data: Any = None, files: Any = None) -> Any:
        return SenderForm(data=data, actor=self.actor)

    def extra(self) -> dict[str, Any]:
        return {
            "title": _("New sender"),
            "submit_label": _("Save"),
            "cancel_url": self.actor.url("surveys:sender-list"),
        }

    def save(self, form: Any) -> HttpResponse:
        sender_create(actor=self.actor, **form.cleaned_data)
        self.say(_("Saved."))
        return self.redirect("surveys:sender-list")


class SenderEditView(FormPage):
    permission = "surveys.change_campaigns"
    template = "components/form_page.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.pk = kwargs.pop("pk")
        return super().dispatch(request, *args, **kwargs)

    def form(self, data: Any = None, files: Any = None) -> Any:
        self.sender = get_or_404(SenderIdentity.objects.for_actor(self.actor), pk=self.pk)
        names = ("name", "email", "reply_to", "phone")
        initial = {name: getattr(self.sender, name) for name in names}
        return SenderForm(data=data, actor=self.actor, initial=initial)

    def extra(self) -> dict[str, Any]:
        return {
            "title": _("Edit sender"),
            "submit_label": _("Save"),
            "cancel_url": self.actor.url("surveys:sender-list"),
        }

    def save(self, form: Any) -> HttpResponse:
        sender_update(actor=self.actor, sender=self.sender, **form.cleaned_data)
        self.say(_("Saved."))
        return self.redirect("surveys:sender-list")


class SenderDeleteView(CommandView):
    permission = "surveys.change_campaigns"

    def command(self, *args: Any, **kwargs: Any) -> HttpResponse:
        sender = get_or_404(SenderIdentity.objects.for_actor(self.actor), pk=kwargs["pk"])
        sender_delete(actor=self.actor, sender=sender)
        self.say(_("The sender is removed."))
        return self.redirect("surveys:sender-list")
