"""The text messages of campaigns: written once per language, then filled per person."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from surveys.calc.merge_tags import Target
from surveys.calc.sms import ADVERTISING_MARK
from surveys.models import Campaign
from surveys.services.letters import (
    LINK_TAG,
    STOP_TAG,
    Letter,
    Recipient,
    filled,
    letter_values,
    text_words,
)
from surveys.services.texters import Sms


def sms_letter_make(campaign: Campaign, language: str, *, reminder: bool = False) -> Letter:
    """Write the campaign's text message: what it says, the link, and how it ends."""
    with override(language):
        lines = [text_words(campaign, language, reminder=reminder), LINK_TAG]
        if campaign.is_advertising:
            lines[0] = f"{ADVERTISING_MARK}{{{{company}}}} {lines[0]}"
            lines.append(_("Free opt-out:") + f" {STOP_TAG}")
        else:
            lines.append(_("No more questions:") + f" {STOP_TAG}")
    return Letter(
        language=language,
        sender=sms_sender(campaign),
        subject="",
        text="\n".join(lines),
        html="",
        values=letter_values(campaign, language),
    )


def sms_sender(campaign: Campaign) -> str:
    """The number the message comes from: the sender identity's, else the portal's."""
    own = campaign.sender.phone if campaign.sender is not None else ""
    return own or str(settings.SMS_SENDER)


def sms_for(letter: Letter, recipient: Recipient) -> Sms:
    """One person's text message."""
    values = {
        **letter.values,
        "name": recipient.name,
        "link": recipient.link,
        "stop_link": recipient.stop_link,
    }
    text = filled(letter, letter.text, values, Target.TEXT)
    return Sms(recipient.address, letter.sender, text, recipient.message_id.strip("<>"))


def sample_sms(campaign: Campaign, language: str, *, reminder: bool = False) -> str:
    """The text message as a sample person reads it."""
    letter = sms_letter_make(campaign, language, reminder=reminder)
    shown = Recipient(address="", name=_("Sample Name"), link="https://…", stop_link="https://…")
    return sms_for(letter, shown).text
