"""The mails of campaigns: written once per campaign and language, then filled per person."""

import re
from collections.abc import Mapping
from email.utils import formataddr, parseaddr
from typing import Any

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from cxportal.core.calc.korean import settle_particles
from cxportal.core.models import text_in
from surveys.calc.answers import SILENT, scale_of
from surveys.calc.merge_tags import Target, header_safe, merge
from surveys.calc.sms import ADVERTISING_MARK
from surveys.models import Campaign
from surveys.scale_words import usual_ends
from surveys.services.letters import (
    LINK_TAG,
    STOP_TAG,
    Letter,
    Recipient,
    document_of,
    filled,
    letter_values,
    letter_words,
)

MOST_CHOICES = 7
QUESTIONS_PER_MINUTE = 4
_BLOCK_ENDS = re.compile(r"(</(?:td|tr|tbody|table|p|h1|div|style|head)>)(?=<)")
_ONE_CLICK = "List-Unsubscribe=One-Click"


def letter_make(campaign: Campaign, language: str, *, reminder: bool = False) -> Letter:
    """Write the campaign's mail in one language; the survey must be published."""
    with override(language):
        context = _context(campaign, document_of(campaign), language)
        context |= letter_words(campaign, language, reminder=reminder)
        context["subject"] = marked(campaign, context["subject"])
        html = render_to_string("surveys/mail/invitation.html", context)
        text = render_to_string("surveys/mail/invitation.txt", context)
    return Letter(
        language=language,
        sender=_sender(campaign),
        reply_to=campaign.sender.reply_to if campaign.sender is not None else "",
        subject=context["subject"],
        text=text,
        html=_in_lines(
            css_inline.inline(html, keep_style_tags=False, load_remote_stylesheets=False)
        ),
        values=letter_values(campaign, language),
    )


def _in_lines(html: str) -> str:
    """Break after elements that end a line anyway: no line grows longer than servers take."""
    return _BLOCK_ENDS.sub(r"\1\n", html)


def marked(campaign: Campaign, subject: str) -> str:
    """The subject; advertising begins with the characters the law asks for."""
    return f"{ADVERTISING_MARK} {subject}" if campaign.is_advertising else subject


def _context(campaign: Campaign, document: Mapping[str, Any], language: str) -> dict[str, Any]:
    fallback = document["default_language"]
    questions = [q for s in document["sections"] for q in s["questions"]]
    asked = [q for q in questions if q["kind"] not in SILENT]
    return {
        "brand_name": campaign.program.name,
        "brand_colour": (document.get("theme") or {}).get("colour", ""),
        "survey_title": text_in(document["title"], language, fallback),
        "postal_address": campaign.program.postal_address,
        "advertising": campaign.is_advertising,
        "phone": campaign.sender.phone if campaign.sender is not None else "",
        "anonymous": document.get("anonymous", False),
        "question": _first_question(document, language),
        "minutes": max(1, round(len(asked) / QUESTIONS_PER_MINUTE)),
        "link": LINK_TAG,
        "stop_link": STOP_TAG,
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
        usual = zip(("low", "high"), usual_ends(question["kind"]), strict=True)
        ends = {end: text_in(labels.get(end), language, fallback) or word for end, word in usual}
        return {**shown, **ends, "points": range(scale[0], scale[1] + 1)}
    choices = question.get("choices") or []
    if question["kind"] != "single" or len(choices) > MOST_CHOICES:
        return None
    named = [(c["code"], text_in(c["text"], language, fallback)) for c in choices]
    return {**shown, "choices": named}


def _sender(campaign: Campaign) -> str:
    program = campaign.program
    own = campaign.sender
    names = (campaign.sender_name, own.name if own else "", program.sender_name, program.name)
    name = header_safe(next(name for name in names if name))
    address = own.email if own is not None and own.email else program.sender_email
    address = address or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
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
        subject=filled(letter, letter.subject, values, Target.HEADER),
        body=filled(letter, letter.text, values, Target.TEXT),
        from_email=letter.sender,
        to=[recipient.address],
        reply_to=[letter.reply_to] if letter.reply_to else None,
        headers=_headers(letter, recipient),
    )
    # A provider's webhook names the message by it (services/returns.py); other servers ignore it.
    message.metadata = {"message_id": recipient.message_id}  # type: ignore[attr-defined]
    message.attach_alternative(filled(letter, letter.html, values, Target.HTML), "text/html")
    return message


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
    subject = marked(campaign, letter_words(campaign, language, reminder=reminder)["subject"])
    values = {**letter_values(campaign, language), "name": sample_recipient().name}
    subject = merge(subject, values, Target.HEADER)
    return settle_particles(subject) if language == "ko" else subject
