"""The words of the notices about consent to advertising, by mail and by text message."""

import hashlib
import hmac
from datetime import date, timedelta
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from cxportal.core.calc.korean import settle_particles
from cxportal.core.models import Channel
from surveys.calc.merge_tags import header_safe
from surveys.models import ConsentNotice, NoticeRules
from surveys.services.consent_notices import AHEAD
from surveys.services.letters import mail_host
from surveys.services.preference_links import notice_preferences_url
from surveys.services.texters import Sms


def notice_message_id(notice: ConsentNotice) -> str:
    """The same for every attempt, so that a mail sent twice is shown once."""
    key = settings.SECRET_KEY.encode()
    proof = hmac.new(key, f"notice:{notice.pk}".encode(), hashlib.sha256).hexdigest()[:24]
    return f"<n{notice.pk}.{proof}@{mail_host()}>"


def notice_mail(notice: ConsentNotice, rules: NoticeRules) -> EmailMessage:
    """One person's mail, in their language."""
    own, program = rules.sender, notice.program
    with override(_language(notice)):
        name = header_safe(sender_name(rules))
        address = own.email if own is not None and own.email else program.sender_email
        lines = [*notice_lines(notice, rules), _foot(notice)]
        message = EmailMessage(
            subject=header_safe(_settled(_subject(notice) % {"company": program.name})),
            body="\n\n".join(line for line in lines if line) + "\n",
            from_email=formataddr(
                (name, address or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]), "utf-8"
            ),
            to=[notice.consent.customer.email],
            reply_to=[own.reply_to] if own is not None and own.reply_to else None,
            headers={
                "Message-ID": notice_message_id(notice),
                "Auto-Submitted": "auto-generated",
            },
        )
    # A provider's webhook names the message by it, as a campaign's mail.
    message.metadata = {"message_id": notice_message_id(notice)}  # type: ignore[attr-defined]
    return message


def notice_sms(notice: ConsentNotice, rules: NoticeRules) -> Sms:
    """One person's text message."""
    own = rules.sender.phone if rules.sender is not None else ""
    with override(_language(notice)):
        text = "\n".join(notice_lines(notice, rules))
    reference = notice_message_id(notice).strip("<>")
    return Sms(notice.consent.customer.phone, own or str(settings.SMS_SENDER), text, reference)


def sender_name(rules: NoticeRules) -> str:
    """Who writes: the chosen sender, else the program."""
    own, program = rules.sender, rules.program
    return own.name if own is not None else program.sender_name or program.name


def notice_lines(notice: ConsentNotice, rules: NoticeRules) -> list[str]:
    """What the law asks for: who writes, what was decided and when, how to change it."""
    consent, zone = notice.consent, notice.program.zone
    by_mail = consent.channel == Channel.EMAIL
    told = {
        "sender": sender_name(rules),
        "date": date_format(consent.at.astimezone(zone).date(), "DATE_FORMAT"),
        "channel": _("by e-mail") if by_mail else _("by text message"),
        "link": notice_preferences_url(notice),
    }
    if notice.kind == ConsentNotice.Kind.RECONFIRM:
        sentences = [
            _("On %(date)s you agreed to get offers and news of %(sender)s %(channel)s."),
            _("Every two years we ask you whether this still holds."),
            _end_sentence(notice, rules),
            _("Keep or take back your consent here: %(link)s"),
        ]
    else:
        sentences = [_result_sentence(granted=consent.granted)]
        sentences.append(_("You can change it here at any time, free of charge: %(link)s"))
    return [_settled(sentence % told) for sentence in sentences]


def _result_sentence(*, granted: bool) -> str:
    if granted:
        return _(
            "On %(date)s you agreed to get offers and news of %(sender)s %(channel)s."
            " Your consent is recorded."
        )
    return _(
        "On %(date)s you refused to get offers and news of %(sender)s %(channel)s."
        " Your refusal is recorded and holds from now on."
    )


def _end_sentence(notice: ConsentNotice, rules: NoticeRules) -> str:
    if not rules.lapses:
        return _("If you wish to keep it, you need not do anything.")
    day = max(notice.due_on, _today(notice) + AHEAD) + timedelta(days=1)
    shown = date_format(day, "DATE_FORMAT")
    return _("If you do not confirm it, it ends on %(day)s.") % {"day": shown}


def _today(notice: ConsentNotice) -> date:
    return timezone.now().astimezone(notice.program.zone).date()


def _subject(notice: ConsentNotice) -> str:
    if notice.kind == ConsentNotice.Kind.RECONFIRM:
        return _("%(company)s: does your consent to offers and news still hold?")
    if notice.consent.granted:
        return _("%(company)s: your consent to offers and news is recorded")
    return _("%(company)s: your refusal of offers and news is recorded")


def _foot(notice: ConsentNotice) -> str:
    program = notice.program
    return ", ".join(part for part in (program.name, program.postal_address) if part)


def _language(notice: ConsentNotice) -> str:
    known = {code for code, _name in settings.LANGUAGES}
    wished = (notice.consent.customer.language, notice.program.default_language)
    return next((code for code in wished if code in known), settings.LANGUAGE_CODE)


def _settled(text: str) -> str:
    """Korean particles chosen by the word before them; other texts hold no open ones."""
    return settle_particles(text)
