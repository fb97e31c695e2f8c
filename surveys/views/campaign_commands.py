"""The buttons of a campaign's page: one service call, one sentence, back to the page."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cxportal.core.views.base import CommandView
from surveys.forms.campaigns import TestMailForm
from surveys.models import Campaign
from surveys.services.campaign_tests import campaign_send_test
from surveys.services.campaigns import (
    campaign_delete,
    campaign_pause,
    campaign_resume,
    campaign_start,
    campaign_stop,
)
from surveys.services.retries import campaign_retry
from surveys.views.campaign_words import started_words
from surveys.views.campaigns import CampaignPage


class CampaignCommandView(CommandView, CampaignPage):
    """A button on the campaign's page: one service call, one sentence, back to the page."""

    permission = "surveys.view_campaigns"  # the service asks for the right to do it

    def act(self, campaign: Campaign) -> str:
        raise LookupError("declare act()")

    def command(self, *args: Any, **kwargs: Any) -> HttpResponse:
        campaign = self.campaign(kwargs["pk"])
        self.say(self.act(campaign))
        return self.redirect("surveys:campaign-detail", campaign.pk)


class CampaignStartView(CampaignCommandView):
    permission = "surveys.start_campaigns"

    def act(self, campaign: Campaign) -> str:
        campaign_start(actor=self.actor, campaign=campaign)
        return started_words(campaign)


class CampaignPauseView(CampaignCommandView):
    permission = "surveys.start_campaigns"

    def act(self, campaign: Campaign) -> str:
        campaign_pause(actor=self.actor, campaign=campaign)
        return _("Paused. Nothing more goes out until you resume.")


class CampaignResumeView(CampaignCommandView):
    permission = "surveys.start_campaigns"

    def act(self, campaign: Campaign) -> str:
        campaign_resume(actor=self.actor, campaign=campaign)
        return _("It goes on where it was paused.")


class CampaignStopView(CampaignCommandView):
    permission = "surveys.start_campaigns"

    def act(self, campaign: Campaign) -> str:
        campaign_stop(actor=self.actor, campaign=campaign)
        return _("Stopped. Whoever was asked already can still answer.")


class CampaignRetryView(CampaignCommandView):
    """Once more for those a mail server put off for days; on wish also for those in doubt."""

    permission = "surveys.start_campaigns"

    def act(self, campaign: Campaign) -> str:
        unknown = "unknown" in self.request.POST
        queued = campaign_retry(actor=self.actor, campaign=campaign, unknown=unknown)
        said = ngettext(
            "%(many)s message is tried again.", "%(many)s messages are tried again.", queued
        )
        return said % {"many": queued}


class CampaignDeleteView(CampaignCommandView):
    permission = "surveys.change_campaigns"

    def command(self, *args: Any, **kwargs: Any) -> HttpResponse:
        campaign_delete(actor=self.actor, campaign=self.campaign(kwargs["pk"]))
        self.say(_("The draft is deleted."))
        return self.redirect("surveys:campaign-list")


class CampaignTestView(CampaignCommandView):
    """A mail to oneself, or a text message to a number."""

    def act(self, campaign: Campaign) -> str:
        form = TestMailForm(data=self.request.POST, actor=self.actor, campaign=campaign)
        language = form.cleaned_data["language"] if form.is_valid() else ""
        assert self.actor.user is not None
        by_sms = campaign.channel == Campaign.Channel.SMS
        address = self.request.POST.get("number", "") if by_sms else self.actor.user.email
        campaign_send_test(
            actor=self.actor,
            campaign=campaign,
            address=address,
            language=language,
            reminder="reminder" in self.request.POST,
        )
        if by_sms:
            return _("A test message is on its way to %(number)s.") % {"number": address[:40]}
        return _("A test mail is on its way to %(address)s.") % {"address": address}
