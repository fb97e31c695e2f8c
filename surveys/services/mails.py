"""The mails of campaigns: written once per campaign and language, then filled per person."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formataddr, parseaddr
from typing import Any
from urllib.parse import urlsplit

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from cxportal.core.calc.korean import settle_particles
from cxportal.core.models import Customer, text_in
from surveys.calc.answers import SILENT, scale_of
from surveys.calc.merge_tags import Target, header_safe, merge
from surveys.models import Campaign, Delivery, Invitation
from surveys.services.links import invitation_url, unsubscribe_url

# What people may write into subject and text; the portal's own tags are filled beside them.
AUTHOR_TAGS = frozenset({"name", "company", "survey"})
LINK_TAG, STOP_TAG = "{{link}}", "{{stop_link}}"
MOST_CHOICES = 7
QUESTIONS_PER_MINUTE = 4
_ONE_CLICK = "List-Unsubscribe=One-Click"


@dataclass(frozen=True)
class Letter:
    """A mail with the personal parts still open as merge tags."""

    language: str
    sender: str
    subject: str
    text: str
    html: str
    values: Mapping[str, str]


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
    document = _document(campaign)
    spoken = document.get("languages") or []
    for language in (customer.language, campaign.program.default_language):
        if language in spoken:
            return str(language)
    return str(document.get("default_language") or campaign.program.default_language)


def letter_make(campaign: Campaign, language: str, *, reminder: bool = False) -> Letter:
    """Write the campaign's mail in one language; the survey must be published."""
    with override(language):
        context = _context(campaign, _document(campaign), language)
        context |= letter_words(campaign, language, reminder=reminder)
        html = render_to_string("surveys/mail/invitation.html", context)
        text = render_to_string("surveys/mail/invitation.txt", context)
    return Letter(
        language=language,
        sender=_sender(campaign),
        subject=context["subject"],
        text=text,
        html=css_inline.inline(html, keep_style_tags=False, load_remote_stylesheets=False),
        values=_values(campaign, language),
    )


def _values(campaign: Campaign, language: str) -> dict[str, str]:
    document = _document(campaign)
    title = text_in(document["title"], language, document["default_language"])
    return {"company": campaign.program.name, "survey": title}


def _context(campaign: Campaign, document: Mapping[str, Any], language: str) -> dict[str, Any]:
    fallback = document["default_language"]
    questions = [q for s in document["sections"] for q in s["questions"]]
    asked = [q for q in questions if q["kind"] not in SILENT]
    return {
        "brand_name": campaign.program.name,
        "brand_colour": (document.get("theme") or {}).get("colour", ""),
        "survey_title": text_in(document["title"], language, fallback),
        "postal_address": campaign.program.postal_address,
        "anonymous": document.get("anonymous", False),
        "question": _first_question(document, language),
        "minutes": max(1, round(len(asked) / QUESTIONS_PER_MINUTE)),
        "link": LINK_TAG,
        "stop_link": STOP_TAG,
    }


def letter_words(campaign: Campaign, language: str, *, reminder: bool = False) -> dict[str, str]:
    """Subject and body as they were written, with their merge tags, else the portal's own."""
    if reminder:
        subject, body = campaign.reminder_subject, campaign.reminder_body
        spare = default_reminder_subject, default_reminder_body
    else:
        subject, body = campaign.subject, campaign.body
        spare = default_subject, default_body
    fallback = _document(campaign)["default_language"]
    return {
        "subject": text_in(subject, language, fallback) or spare[0](language),
        "body": text_in(body, language, fallback) or spare[1](language),
    }


def _first_question(document: Mapping[str, Any], language: str) -> dict[str, Any] | None:
    """The question the mail itself asks: the first one, when one press can answer it."""
    fallback = document["default_language"]
    first = document["sections"][0]["questions"] if document["sections"] else []
    question = next((q for q in first if q["kind"] not in SILENT), None)
    if question is None:
        return None
    shown = {"code": question["code"], "text": text_in(question["text"], language, fallback)}
    scale = scale_of(question)
    if scale is not None:
        labels = (question.get("settings") or {}).get("labels") or {}
        ends = {end: text_in(labels.get(end), language, fallback) for end in ("low", "high")}
        return {**shown, **ends, "points": range(scale[0], scale[1] + 1)}
    choices = question.get("choices") or []
    if question["kind"] != "single" or len(choices) > MOST_CHOICES:
        return None
    named = [(c["code"], text_in(c["text"], language, fallback)) for c in choices]
    return {**shown, "choices": named}


def _document(campaign: Campaign) -> dict[str, Any]:
    version = campaign.survey.current_version
    return version.document if version is not None else {}


def _sender(campaign: Campaign) -> str:
    program = campaign.program
    name = header_safe(campaign.sender_name or program.sender_name or program.name)
    address = program.sender_email or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return formataddr((name, address), "utf-8")


def message_for(letter: Letter, recipient: Recipient) -> EmailMultiAlternatives:
    """One person's mail. Raises nothing: what a header cannot hold shows when it is sent."""
    values = {
        **letter.values,
        "name": recipient.name,
        "link": recipient.link,
        "stop_link": recipient.stop_link,
    }
    message = EmailMultiAlternatives(
        subject=_filled(letter, letter.subject, values, Target.HEADER),
        body=_filled(letter, letter.text, values, Target.TEXT),
        from_email=letter.sender,
        to=[recipient.address],
        headers=_headers(letter, recipient),
    )
    message.attach_alternative(_filled(letter, letter.html, values, Target.HTML), "text/html")
    return message


def _filled(letter: Letter, text: str, values: Mapping[str, str], target: Target) -> str:
    """Tags filled in; Korean particles that stand open behind a name are chosen by it."""
    filled = merge(text, values, target)
    return settle_particles(filled) if letter.language == "ko" else filled


def _headers(letter: Letter, recipient: Recipient) -> dict[str, str]:
    headers = {"Content-Language": letter.language, "Auto-Submitted": "auto-generated"}
    if recipient.message_id:
        headers["Message-ID"] = recipient.message_id
    if recipient.stop_link:
        headers["List-Unsubscribe"] = f"<{recipient.stop_link}>"
        headers["List-Unsubscribe-Post"] = _ONE_CLICK
    return headers


def sample_recipient() -> Recipient:
    """Somebody to show the mail with; its links lead nowhere."""
    return Recipient(address="", name=_("Sample Name"), link="#", stop_link="#")


def sample_subject(campaign: Campaign, language: str, *, reminder: bool = False) -> str:
    """The subject as the sample person reads it."""
    subject = letter_words(campaign, language, reminder=reminder)["subject"]
    values = {**_values(campaign, language), "name": sample_recipient().name}
    subject = merge(subject, values, Target.HEADER)
    return settle_particles(subject) if language == "ko" else subject


def recipient_of(delivery: Delivery) -> Recipient:
    """The personal parts of a queued message."""
    invitation: Invitation = delivery.invitation
    return Recipient(
        address=invitation.customer.email,
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
