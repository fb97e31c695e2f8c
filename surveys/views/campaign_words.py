"""What the start of a campaign is called, by its channel and timing."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from surveys.models import Campaign
from surveys.queries.audience import Audience

Timing = Campaign.Timing


@dataclass(frozen=True)
class StartWords:
    """The button that starts a campaign, and the question it asks before."""

    verb: str
    icon: str
    title: str
    text: str
    possible: bool = True


def start_words(campaign: Campaign, audience: Audience) -> StartWords:
    """For a draft that asks people by name."""
    if campaign.timing == Timing.EVENT:
        return StartWords(
            verb=_("Wait for events"),
            icon="broadcast",
            title=_("Start to wait for events?"),
            text=_(
                "From now on each person it happens to gets the mail at its moment, as long as the "
                "campaign runs. What happened before is left alone."
            ),
        )
    if campaign.timing in (Timing.AT, Timing.RECURRING):
        return StartWords(
            verb=_("Start the schedule"),
            icon="calendar-check",
            title=_("Start this schedule?"),
            text=_(
                "Who is asked is decided anew each time, by the rules you see here. You can pause "
                "at any moment; what has gone out cannot be called back."
            ),
        )
    many = audience.will_receive
    verb = ngettext("Send to %(people)s person", "Send to %(people)s people", many)
    return StartWords(
        verb=verb % {"people": f"{many:,}"},
        icon="send",
        title=_("Send this campaign?"),
        text=_(
            "The mails begin to go out at once. You can pause at any moment; what has gone out "
            "cannot be called back."
        ),
        possible=many > 0,
    )


def started_words(campaign: Campaign) -> str:
    """What is said when a campaign was started."""
    if not campaign.invites:
        return _("The link is open.")
    if campaign.timing == Timing.EVENT:
        return _("The campaign waits for events from now on.")
    if campaign.timing in (Timing.AT, Timing.RECURRING):
        return _("The schedule runs. The page shows when it goes out next.")
    return _("Sending has begun. You can leave this page.")


def channel_words(channel: str) -> str:
    """What a channel is good for, in a line."""
    sentences = {
        Campaign.Channel.EMAIL: _("By e-mail, with the first question inside the mail"),
        Campaign.Channel.SMS: _("By text message with a link"),
        Campaign.Channel.LIST: _("One link per person, for a mailing of your own"),
        Campaign.Channel.LINK: _("By an open link or QR code: on a receipt, a poster, a web page"),
        Campaign.Channel.EMBED: _("On your website, in a page or popping up"),
        Campaign.Channel.KIOSK: _("On a screen in a store"),
    }
    return sentences[Campaign.Channel(channel)]
