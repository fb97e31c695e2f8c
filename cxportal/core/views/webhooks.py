"""Webhooks: addresses, their deliveries, a test at the press of a button."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.forms.settings import WebhookForm
from cxportal.core.models import Webhook, WebhookDelivery
from cxportal.core.services.webhooks import (
    delivery_retry,
    webhook_create,
    webhook_delete,
    webhook_renew_secret,
    webhook_test,
    webhook_update,
)
from cxportal.core.views.base import CommandView, ListPage, PortalView, get_or_404
from cxportal.core.views.settings import SettingsForm, show_secret


class WebhookListView(PortalView):
    permission = "core.manage_webhooks"

    def get(self, request: Any) -> HttpResponse:
        webhooks = Webhook.objects.for_actor(self.actor).order_by("-is_active", "-pk")
        return self.render("core/webhook_list.html", {"webhooks": webhooks})


class WebhookView(PortalView):
    """Base of pages about one webhook."""

    permission = "core.manage_webhooks"

    def webhook(self, pk: int) -> Webhook:
        return get_or_404(Webhook.objects.for_actor(self.actor), pk=pk)


class WebhookDetailView(ListPage, WebhookView):
    """Its deliveries, newest first."""

    template = "core/webhook_detail.html"

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        self.shown = self.webhook(kwargs.pop("pk"))
        return super().get(request, *args, **kwargs)

    def queryset(self) -> QuerySet[WebhookDelivery]:
        return WebhookDelivery.objects.for_actor(self.actor).filter(webhook=self.shown)

    def extra(self) -> dict[str, Any]:
        secret = _item(self, _("New secret"), "webhook-secret", "arrow-repeat")
        menu = [
            *([] if self.shown.is_chat else [secret]),
            _item(
                self,
                _("Switch off") if self.shown.is_active else _("Switch on"),
                "webhook-switch",
                "power",
            ),
            {"label": _("Delete…"), "icon": "trash", "dialog": "delete", "danger": True},
        ]
        return {"webhook": self.shown, "menu": menu}


def _item(view: WebhookDetailView, label: str, name: str, icon: str) -> dict[str, Any]:
    url = view.actor.url(f"core:{name}", view.shown.pk)
    return {"label": label, "url": url, "icon": icon, "method": "post"}


class WebhookCreateView(SettingsForm):
    permission = "core.manage_webhooks"
    parent = ("core:webhook-list", gettext_lazy("Webhooks"))
    form_class = WebhookForm
    title = gettext_lazy("New webhook")

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor, "initial": {"events": ["*"]}}

    def extra(self) -> dict[str, Any]:
        return {**super().extra(), "css": "form-wide"}

    def save(self, form: WebhookForm) -> HttpResponse:
        values = form.cleaned_data
        values["format"] = values["format"] or Webhook.Format.STANDARD
        webhook, secret = webhook_create(actor=self.actor, **values)
        if webhook.is_chat:
            self.say(_("The channel is connected. Send a test to see it there."))
            return self.redirect("core:webhook-detail", webhook.pk)
        return show_secret(self, _secret_context(self, webhook, secret))


def _secret_context(view: PortalView, webhook: Webhook, secret: str) -> dict[str, Any]:
    return {
        "title": _("The webhook's secret"),
        "secret": secret,
        "text": _("The receiver checks our signatures with it. It is shown only now."),
        "back": view.actor.url("core:webhook-detail", webhook.pk),
    }


class WebhookEditView(SettingsForm, WebhookView):
    parent = ("core:webhook-list", gettext_lazy("Webhooks"))
    form_class = WebhookForm

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        self.pk = kwargs.pop("pk")
        return super().dispatch(request, *args, **kwargs)

    def form(self, data: Any = None, files: Any = None) -> WebhookForm:
        self.editing = hook = self.webhook(self.pk)
        self.title = str(hook)
        initial = {"name": hook.name, "url": hook.url, "events": hook.events}
        form = WebhookForm(data=data, actor=self.actor, initial=initial)
        # The format stays: a signed receiver and a chat read different bodies.
        del form.fields["format"]
        return form

    def extra(self) -> dict[str, Any]:
        cancel = self.actor.url("core:webhook-detail", self.pk)
        return {**super().extra(), "cancel_url": cancel, "css": "form-wide"}

    def save(self, form: WebhookForm) -> HttpResponse:
        webhook_update(actor=self.actor, webhook=self.editing, **form.cleaned_data)
        self.say(_("Saved."))
        return self.redirect("core:webhook-detail", self.pk)


class WebhookTestView(CommandView, WebhookView):
    def command(self, pk: int) -> HttpResponse:
        delivery = webhook_test(actor=self.actor, webhook=self.webhook(pk))
        if delivery.delivered_at is not None:
            self.say(_("The receiver took the test: %(status)s") % {"status": delivery.last_status})
        else:
            sentence = _("The test did not arrive: %(status)s") % {"status": delivery.last_status}
            messages.error(self.request, sentence)
        return self.redirect("core:webhook-detail", pk)


class WebhookSwitchView(CommandView, WebhookView):
    def command(self, pk: int) -> HttpResponse:
        hook = self.webhook(pk)
        webhook_update(actor=self.actor, webhook=hook, is_active=not hook.is_active)
        self.say(_("Switched off.") if hook.is_active else _("Switched on."))
        return self.redirect("core:webhook-detail", pk)


class WebhookSecretView(CommandView, WebhookView):
    def command(self, pk: int) -> HttpResponse:
        hook = self.webhook(pk)
        secret = webhook_renew_secret(actor=self.actor, webhook=hook)
        return show_secret(self, _secret_context(self, hook, secret))


class WebhookDeleteView(CommandView, WebhookView):
    def command(self, pk: int) -> HttpResponse:
        webhook_delete(actor=self.actor, webhook=self.webhook(pk))
        self.say(_("The webhook was deleted."))
        return self.redirect("core:webhook-list")


class DeliveryRetryView(CommandView):
    permission = "core.manage_webhooks"

    def command(self, pk: int) -> HttpResponse:
        delivery = get_or_404(WebhookDelivery.objects.for_actor(self.actor), pk=pk)
        delivery_retry(actor=self.actor, delivery=delivery)
        self.say(_("It is sent again within seconds."))
        return self.redirect("core:webhook-detail", delivery.webhook_id)
