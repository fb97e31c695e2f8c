"""Pages of campaigns."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cxportal.core.forms.base import LANGUAGE_NAMES
from cxportal.core.policies import may
from cxportal.core.views.base import FormPage, ListPage, PortalView, get_or_404
from cxportal.core.views.mail_frame import as_mail, framed
from surveys.calc.sms import is_long, sms_bytes
from surveys.filters.campaigns import CampaignFilter
from surveys.forms.campaigns import (
    form_for,
    form_of,
    initial_texts,
)
from surveys.models import Campaign, Delivery, SkipReason
from surveys.queries.audience import audience_preview
from surveys.queries.campaigns import (
    campaign_progress,
    campaigns_listed,
    deliveries_failed,
    invitations_left_out,
    mail_server_problem,
    occurrences_shown,
    program_warnings,
    shown_state,
)
from surveys.queries.retries import GAVE_UP, retries_open
from surveys.services.campaigns import (
    campaign_create,
    campaign_update,
)
from surveys.services.couriers import BAD_MESSAGE, LOST_REPLY, NO_CONNECTION
from surveys.services.links import open_link_url
from surveys.services.mails import letter_make, message_for, sample_recipient, sample_subject
from surveys.services.sms_letters import sample_sms
from surveys.views.campaign_words import channel_words, start_words

Channel, State, Timing = Campaign.Channel, Campaign.State, Campaign.Timing


class CampaignListView(ListPage):
    """All campaigns, newest first, with what was sent and answered."""

    permission = "surveys.view_campaigns"
    template = "surveys/campaign_list.html"
    filterset_class = CampaignFilter
    orderings = {"name": "name", "started": "started_at"}

    def queryset(self) -> QuerySet[Campaign]:
        return campaigns_listed(self.actor)

    def extra(self) -> dict[str, Any]:
        return {"may_change": may(self.actor, "surveys.change_campaigns")}

    def render(
        self, template: str, context: dict[str, Any] | None = None, *, status: int = 200
    ) -> HttpResponse:
        page = (context or {})["page"]
        rows = [{"campaign": row, "state": shown_state(row)} for row in page.rows]
        return super().render(template, {**(context or {}), "rows": rows}, status=status)


class CampaignPage(PortalView):
    """A page about one campaign of the actor's program."""

    permission = "surveys.view_campaigns"

    def campaign(self, pk: int) -> Campaign:
        found = Campaign.objects.for_actor(self.actor).select_related(
            "survey__current_version",
            "segment__program",
            "excluded_segment__program",
            "program",
            "sender",
            "started_by",
        )
        return get_or_404(found, pk=pk)

    def answers_url(self, campaign: Campaign) -> str:
        """The answers this campaign brought, for those who may see answers; else nothing."""
        if not may(self.actor, "surveys.view_responses"):
            return ""
        return f"{self.actor.url('surveys:response-list')}?campaign={campaign.pk}"


class CampaignDetailView(CampaignPage):
    """The draft with its audience, or how far the campaign has come."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        campaign = self.campaign(pk)
        problem = mail_server_problem(campaign.channel)
        context = {"campaign": campaign, **self._rights(campaign), "problem": problem}
        context["answers_url"] = self.answers_url(campaign)
        if not campaign.invites:
            return self.render("surveys/campaign_link.html", {**context, **self._link(campaign)})
        context |= self._languages(campaign)
        if campaign.state == State.DRAFT:
            draft = {**context, **self._draft(campaign)}
            return self.render("surveys/campaign_draft.html", draft)
        shown: dict[str, Any] = {
            "progress": campaign_progress(campaign),
            "retries": retries_open(campaign) if context["may_start"] else {},
        }
        if campaign.timing in (Timing.AT, Timing.RECURRING):
            shown["occurrences"] = occurrences_shown(campaign)
        return self.render("surveys/campaign_detail.html", {**context, **shown})

    def _rights(self, campaign: Campaign) -> dict[str, Any]:
        change = may(self.actor, "surveys.change_campaigns", campaign)
        start = may(self.actor, "surveys.start_campaigns", campaign)
        return {"may_change": change, "may_start": start, "menu": _menu(self, campaign)}

    def _draft(self, campaign: Campaign) -> dict[str, Any]:
        audience = audience_preview(actor=self.actor, campaign=campaign)
        return {
            "audience": audience,
            "start": start_words(campaign, audience),
            "warnings": program_warnings(campaign.program),
            "open": campaign.survey.state == "open",
        }

    def _languages(self, campaign: Campaign) -> dict[str, Any]:
        spoken = [(c, LANGUAGE_NAMES.get(c, c)) for c in campaign.survey.languages]
        asked = self.request.GET.get("language", "")
        known = {code for code, _name in spoken}
        shown = next((c for c in (asked, get_language()) if c in known), spoken[0][0])
        reminder = bool(campaign.reminder_days) and "reminder" in self.request.GET
        words = {"spoken": spoken, "language": shown, "reminder": reminder}
        if campaign.channel == Channel.SMS:
            text = sample_sms(campaign, shown, reminder=reminder)
            return {**words, "sms": text, "sms_bytes": sms_bytes(text), "sms_long": is_long(text)}
        return {**words, "subject": sample_subject(campaign, shown, reminder=reminder)}

    def _link(self, campaign: Campaign) -> dict[str, Any]:
        link = open_link_url(campaign)
        return {
            "link": link,
            "token": link.rstrip("/").rpartition("/")[2],
            "site_url": settings.SITE_URL,
            "progress": campaign_progress(campaign),
        }


def _menu(view: PortalView, campaign: Campaign) -> list[dict[str, Any] | None]:
    """What may be done with the campaign besides the one main thing."""
    actor = view.actor
    items: list[dict[str, Any] | None] = []
    if may(actor, "surveys.change_campaigns", campaign):
        url = actor.url("surveys:campaign-edit", campaign.pk)
        items.append({"label": _("Edit"), "url": url, "icon": "pencil"})
    if campaign.state == State.DRAFT and items:
        items += [None, _opens("delete-campaign", _("Delete"), "trash")]
    if campaign.state in (State.RUNNING, State.PAUSED) and may(
        actor, "surveys.start_campaigns", campaign
    ):
        items += [None, _opens("stop-campaign", _("Stop for good"), "stop-fill")]
    return items


def _opens(dialog: str, label: str, icon: str) -> dict[str, Any]:
    return {"dialog": dialog, "label": label, "icon": icon, "danger": True}


class CampaignProgressView(CampaignPage):
    """The part of the page that looks again every few seconds."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        campaign = self.campaign(pk)
        context = {
            "campaign": campaign,
            "progress": campaign_progress(campaign),
            "problem": mail_server_problem(campaign.channel),
            "answers_url": self.answers_url(campaign),
        }
        return self.render("surveys/_campaign_progress.html", context)


class CampaignPeopleView(ListPage, CampaignPage):
    """People the campaign did not reach, each with the reason."""

    template = "surveys/campaign_people.html"
    which = "left-out"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.shown = self.campaign(kwargs["pk"])
        return super().get(request, *args, **kwargs)

    def queryset(self) -> QuerySet[Any]:
        reason = self.request.GET.get("reason", "")
        known = reason if reason in SkipReason.values else ""
        return invitations_left_out(actor=self.actor, campaign=self.shown, reason=known)

    def extra(self) -> dict[str, Any]:
        progress = campaign_progress(self.shown)
        reason = self.request.GET.get("reason", "")
        return {
            "campaign": self.shown,
            "which": self.which,
            "progress": progress,
            "reason": reason if reason in SkipReason.values else "",
            "failed": progress.hard + progress.soft + progress.unknown,
        }

    def render(
        self, template: str, context: dict[str, Any] | None = None, *, status: int = 200
    ) -> HttpResponse:
        context = context or {}
        rows = [self.row(item) for item in context["page"].rows]
        return super().render(template, {**context, "rows": rows}, status=status)

    def row(self, invitation: Any) -> dict[str, Any]:
        reason = invitation.why
        words = SkipReason(reason).label if reason in SkipReason.values else reason
        return {"customer": invitation.customer, "words": words, "at": invitation.created_at}


class CampaignFailuresView(CampaignPeopleView):
    """Messages the mail server refused or left in doubt."""

    which = "failures"

    def queryset(self) -> QuerySet[Any]:
        return deliveries_failed(actor=self.actor, campaign=self.shown)

    def row(self, delivery: Any) -> dict[str, Any]:
        return {
            "customer": delivery.invitation.customer,
            "state": (delivery.state, delivery.get_state_display()),
            "words": reason_words(delivery),
            "at": delivery.due_at if delivery.state == Delivery.State.SOFT else None,
        }


def reason_words(delivery: Delivery) -> str:
    """Our own codes in words; what a mail server said stays as it was said."""
    words = {
        BAD_MESSAGE: _("The address cannot be written in a mail."),
        LOST_REPLY: _("The connection broke after the mail was handed over; it may have arrived."),
        NO_CONNECTION: _("The connection to the mail server broke."),
        GAVE_UP: _("Refused for now, again and again for three days."),
    }
    return words.get(delivery.reason, delivery.reason)


class CampaignCreateView(FormPage):
    """A new campaign by e-mail, or by link with ?channel=link."""

    permission = "surveys.change_campaigns"
    template = "surveys/campaign_form.html"

    @property
    def channel(self) -> str:
        asked = self.request.GET.get("channel", "")
        return asked if asked in Channel.values else Channel.EMAIL

    def form(self, data: Any = None, files: Any = None) -> Any:
        texts = initial_texts(self.actor, self.channel)
        initial = {**texts, "survey": self.request.GET.get("survey", "")}
        kind = form_of(self.channel)
        return kind(data=data, actor=self.actor, initial=initial, channel=self.channel)

    def extra(self) -> dict[str, Any]:
        return {
            "title": _("New campaign"),
            "submit_label": _("Save and look at it"),
            "channel": self.channel,
            "channels": Channel.choices,
            "channel_words": channel_words(self.channel),
            "cancel_url": self.actor.url("surveys:campaign-list"),
        }

    def save(self, form: Any) -> HttpResponse:
        campaign = campaign_create(actor=self.actor, channel=self.channel, **form.cleaned_data)
        return self.redirect("surveys:campaign-detail", campaign.pk)


class CampaignEditView(FormPage, CampaignPage):
    """Change what the campaign's state still allows."""

    permission = "surveys.change_campaigns"
    template = "surveys/campaign_form.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.pk = kwargs.pop("pk")
        return super().dispatch(request, *args, **kwargs)

    def form(self, data: Any = None, files: Any = None) -> Any:
        self.shown = self.campaign(self.pk)
        kind = form_for(self.shown)
        names = [*kind(actor=self.actor, channel=self.shown.channel).fields, "embed"]
        initial = {name: getattr(self.shown, name) for name in names if hasattr(self.shown, name)}
        return kind(data=data, actor=self.actor, initial=initial, channel=self.shown.channel)

    def extra(self) -> dict[str, Any]:
        return {
            "title": _("Edit campaign"),
            "channel_words": channel_words(self.shown.channel),
            "version": self.request.POST.get("version") or self.shown.version,
            "channel": self.shown.channel,
            "cancel_url": self.actor.url("surveys:campaign-detail", self.pk),
        }

    def save(self, form: Any) -> HttpResponse:
        version = self.request.POST.get("version", "")
        campaign_update(
            actor=self.actor,
            campaign=self.shown,
            version=int(version) if version.isascii() and version.isdigit() else None,
            **form.cleaned_data,
        )
        self.say(_("Saved."))
        return self.redirect("surveys:campaign-detail", self.pk)


class CampaignMailView(CampaignPage):
    """The mail as it would look, for a frame of the campaign's page."""

    @method_decorator(as_mail)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, pk: int, language: str) -> HttpResponse:
        campaign = self.campaign(pk)
        letter = letter_make(campaign, language, reminder="reminder" in request.GET)
        html, _kind = message_for(letter, sample_recipient()).alternatives[0]
        return HttpResponse(framed(str(html)))
