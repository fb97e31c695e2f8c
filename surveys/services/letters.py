"""What a campaign writes, whatever the channel: words per language, and what differs by person."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from cxportal.core.calc.korean import settle_particles
from cxportal.core.models import Customer, text_in
from surveys.calc.merge_tags import Target, merge
from surveys.models import Campaign, Delivery, Invitation
from surveys.services.links import invitation_url, unsubscribe_url

# What people may write into subject and text; the portal's own tags are filled beside them.
AUTHOR_TAGS = frozenset({"name", "company", "survey"})
LINK_TAG, STOP_TAG = "{{link}}", "{{stop_link}}"


@dataclass(frozen=True)
class Letter:
    """A message with the personal parts still open as merge tags."""

    language: str
    sender: str
    subject: str
    text: str
    html: str
    values: Mapping[str, str]
    reply_to: str = ""


@dataclass(frozen=True)
class Recipient:
    """What differs from person to person. `stop_link` "" leaves the unsubscribing headers out."""

    address: str
    name: str
    link: str
    stop_link: str = ""
    message_id: str = ""


def default_subject(language: str) -> str:
    """What a campaign says above its mail when nobody wrote anything else."""
    with override(language):
        return _("{{company}} would like your opinion")


def default_body(language: str) -> str:
    """The text of a mail nobody wrote yet."""
    with override(language):
        return _(
            "Hello {{name|there}},\n\nthank you for being with {{company}}. How was it for you? "
            "Your answer helps us to do better."
        )


def default_reminder_subject(language: str) -> str:
    """What stands above a reminder when nobody wrote anything else."""
    with override(language):
        return _("A reminder: {{company}} would like your opinion")


def default_reminder_body(language: str) -> str:
    """The text of a reminder nobody wrote yet."""
    with override(language):
        return _(
            "Hello {{name|there}},\n\nwe asked you a few days ago and would still like to know "
            "how it was for you. If you have no time for it, simply leave it; we will not mind."
        )


def mail_language(campaign: Campaign, customer: Customer) -> str:
    """The person's language where the survey speaks it, else the program's, else the survey's."""
    document = document_of(campaign)
    spoken = document.get("languages") or []
    for language in (customer.language, campaign.program.default_language):
        if language in spoken:
            return str(language)
    return str(document.get("default_language") or campaign.program.default_language)


def default_sms(language: str) -> str:
    """The text message nobody wrote yet."""
    with override(language):
        return _("{{company}}: how was it for you? Your answer takes a minute.")


def text_words(campaign: Campaign, language: str, *, reminder: bool = False) -> str:
    """What a text message says, else the portal's own words."""
    written = campaign.reminder_body if reminder else campaign.body
    fallback = document_of(campaign)["default_language"]
    return text_in(written, language, fallback) or default_sms(language)


def letter_words(campaign: Campaign, language: str, *, reminder: bool = False) -> dict[str, str]:
    """Subject and body as they were written, with their merge tags, else the portal's own."""
    if reminder:
        subject, body = campaign.reminder_subject, campaign.reminder_body
        spare = default_reminder_subject, default_reminder_body
    else:
        subject, body = campaign.subject, campaign.body
        spare = default_subject, default_body
    fallback = document_of(campaign)["default_language"]
    return {
        "subject": text_in(subject, language, fallback) or spare[0](language),
        "body": text_in(body, language, fallback) or spare[1](language),
    }


def letter_values(campaign: Campaign, language: str) -> dict[str, str]:
    document = document_of(campaign)
    title = text_in(document["title"], language, document["default_language"])
    return {"company": campaign.program.name, "survey": title}


def filled(letter: Letter, text: str, values: Mapping[str, str], target: Target) -> str:
    """Tags filled in; Korean particles that stand open behind a name are chosen by it."""
    merged = merge(text, values, target)
    return settle_particles(merged) if letter.language == "ko" else merged


def document_of(campaign: Campaign) -> dict[str, Any]:
    version = campaign.survey.current_version
    return version.document if version is not None else {}


def recipient_of(delivery: Delivery) -> Recipient:
    """The personal parts of a queued message."""
    invitation: Invitation = delivery.invitation
    customer = invitation.customer
    by_sms = delivery.campaign.channel == Campaign.Channel.SMS
    return Recipient(
        address=customer.phone if by_sms else customer.email,
        name=invitation.customer.name,
        link=invitation_url(invitation),
        stop_link=unsubscribe_url(invitation),
        message_id=message_id(delivery),
    )


def message_id(delivery: Delivery) -> str:
    """The same for every attempt, so that a mail sent twice is shown once."""
    key = settings.SECRET_KEY.encode()
    proof = hmac.new(key, f"delivery:{delivery.pk}".encode(), hashlib.sha256).hexdigest()[:24]
    return f"<d{delivery.pk}.{proof}@{mail_host()}>"


def mail_host() -> str:
    """The name this portal signs its mails with."""
    return urlsplit(settings.SITE_URL).hostname or "localhost"
