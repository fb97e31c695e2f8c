"""Settings: what there is to set, the program, its keys."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cxportal.core.forms.settings import ApiKeyForm, ProgramForm, scope_words
from cxportal.core.models import ApiKey
from cxportal.core.policies import may
from cxportal.core.queries.api_keys import api_keys_listed
from cxportal.core.queries.audit import history_of
from cxportal.core.services.api_keys import api_key_create, api_key_revoke
from cxportal.core.services.programs import EDITABLE, program_update
from cxportal.core.views.base import CommandView, FormPage, PortalView, get_or_404

# (permission, URL name, icon, title, what one finds there)
CARDS = (
    (
        "core.change_program",
        "home:start",
        "rocket-takeoff",
        gettext_lazy("Set-up"),
        gettext_lazy("From nothing to the first answer, step by step"),
    ),
    (
        "core.change_program",
        "core:program-settings",
        "sliders",
        gettext_lazy("Program"),
        gettext_lazy("Name, languages, time zone, thresholds, sender of mails"),
    ),
    (
        "core.manage_members",
        "core:member-list",
        "people",
        gettext_lazy("Members and teams"),
        gettext_lazy("Who works here, in which role and with which rights"),
    ),
    (
        "core.view_segments",
        "core:segment-list",
        "diagram-3",
        gettext_lazy("Segments"),
        gettext_lazy("Groups of customers by rule or by hand"),
    ),
    (
        "core.change_suppressions",
        "core:suppression-list",
        "envelope-slash",
        gettext_lazy("Suppression list"),
        gettext_lazy("Addresses nobody writes to any more"),
    ),
    (
        "core.manage_api_keys",
        "core:key-list",
        "key",
        gettext_lazy("API keys"),
        gettext_lazy("Systems that read and write through the API"),
    ),
    (
        "core.manage_webhooks",
        "core:webhook-list",
        "broadcast-pin",
        gettext_lazy("Webhooks"),
        gettext_lazy("Addresses that hear of what happens here"),
    ),
    (
        "core.view_shares",
        "core:share-list",
        "share",
        gettext_lazy("Shared"),
        gettext_lazy("Links anybody can open, and reports sent by mail"),
    ),
    (
        "core.view_jobs",
        "core:job-list",
        "hourglass-split",
        gettext_lazy("Jobs"),
        gettext_lazy("Long work and how far it is"),
    ),
    (
        "core.change_program",
        "core:retention",
        "calendar-x",
        pgettext_lazy("data", "Retention"),
        gettext_lazy("What is kept for how long, then erased or made anonymous"),
    ),
    (
        "core.change_program",
        "home:whole-program",
        "box-seam",
        gettext_lazy("The whole program"),
        gettext_lazy("Take everything along in one file, or erase it"),
    ),
    (
        "core.change_program",
        "core:operation",
        "heart-pulse",
        gettext_lazy("Health"),
        gettext_lazy("Worker, queues, mail, disk, versions, and what to do"),
    ),
    (
        "core.view_audit",
        "core:audit-list",
        "clock-history",
        gettext_lazy("Audit trail"),
        gettext_lazy("Who did what and when"),
    ),
)


class SettingsView(PortalView):
    permission = "core.view_program"

    def get(self, request: Any) -> HttpResponse:
        cards = [
            {"url": self.actor.url(name), "icon": icon, "title": title, "text": text}
            for permission, name, icon, title, text in CARDS
            if may(self.actor, permission)
        ]
        return self.render("core/settings.html", {"cards": cards})


class ProgramSettingsView(FormPage):
    permission = "core.change_program"
    template = "core/program_form.html"
    form_class = ProgramForm
    title = gettext_lazy("Program")

    def form_kwargs(self) -> dict[str, Any]:
        program = self.actor.program
        initial = {name: getattr(program, name) for name in EDITABLE}
        return {"actor": self.actor, "initial": initial}

    def extra(self) -> dict[str, Any]:
        history = history_of(self.actor, self.actor.program)
        return {"cancel_url": self.actor.url("core:settings"), "history": history}

    def save(self, form: ProgramForm) -> HttpResponse:
        program_update(actor=self.actor, program=self.actor.program, **form.cleaned_data)
        self.say(_("Saved."))
        return self.redirect("core:program-settings")


class KeyListView(PortalView):
    permission = "core.manage_api_keys"

    def get(self, request: Any) -> HttpResponse:
        keys = [
            {"key": key, "scopes": [scope_words(s) for s in key.scopes], "state": _state(key)}
            for key in api_keys_listed(self.actor)
        ]
        return self.render("core/key_list.html", {"keys": keys})


def _state(key: ApiKey) -> str:
    if key.revoked_at is not None:
        return "revoked"
    if key.expires_at is not None and key.expires_at <= timezone.now():
        return "expired"
    return "active"


class SettingsForm(FormPage):
    """A form below a page of the settings: `parent` is that page's URL name and title."""

    template = "core/settings_form.html"
    parent: tuple[str, Any]

    def extra(self) -> dict[str, Any]:
        name, label = self.parent
        url = self.actor.url(name)
        return {"cancel_url": url, "parent_url": url, "parent_label": label}


class KeyCreateView(SettingsForm):
    permission = "core.manage_api_keys"
    parent = ("core:key-list", gettext_lazy("API keys"))
    form_class = ApiKeyForm
    title = gettext_lazy("New API key")
    submit_label = gettext_lazy("Make the key")

    def extra(self) -> dict[str, Any]:
        return {**super().extra(), "css": "form-wide choice-columns"}

    def save(self, form: ApiKeyForm) -> HttpResponse:
        key, secret = api_key_create(
            actor=self.actor,
            name=form.cleaned_data["name"],
            scopes=form.cleaned_data["scopes"],
            expires_at=form.expires_at(),
        )
        context = {
            "title": _("Key “%(name)s” is ready") % {"name": key.name},
            "secret": secret,
            "text": _("Copy it now and keep it safe. It is not stored and cannot be shown again."),
            "back": self.actor.url("core:key-list"),
        }
        return show_secret(self, context)


def show_secret(view: PortalView, context: dict[str, Any]) -> HttpResponse:
    """The one page that holds a secret; no cache keeps it."""
    response = view.render("core/secret.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


class KeyRevokeView(CommandView):
    permission = "core.manage_api_keys"

    def command(self, pk: int) -> HttpResponse:
        key = get_or_404(ApiKey.objects.for_actor(self.actor), pk=pk)
        api_key_revoke(actor=self.actor, api_key=key)
        self.say(_("The key was revoked; it opens nothing any more."))
        return self.redirect("core:key-list")
