"""Mails to single people: put into the transaction of what they tell, sent after its commit.

A worker claims one row with a lease, sends, and writes down what came back. Only a machine that
dies between the mail server's answer and our commit makes a mail go out twice, under one id.
"""

import logging
from datetime import timedelta
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.models import Customer
from cxportal.core.queries.consent import suppressed
from cxportal.core.services.notifications import notify
from journeys.models import CaseContact, PlainMail
from surveys.calc.merge_tags import header_safe

logger = logging.getLogger(__name__)
#: Longer than a mail server may take to answer.
LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 6


def mail_put(
    *,
    actor: Actor,
    address: str,
    subject: str,
    body: str,
    reply_to: str = "",
    contact: CaseContact | None = None,
    customer: Customer | None = None,
) -> PlainMail:
    """Have a mail sent once the caller's transaction is committed."""
    mail = PlainMail.unscoped.create(  # unscoped: written for the actor's own program
        program=actor.program,
        address=address,
        subject=header_safe(subject)[:300],
        body=body,
        reply_to=reply_to,
        contact=contact,
        customer=customer,
        due_at=timezone.now(),
    )
    transaction.on_commit(_ring, robust=True)
    return mail


def _ring() -> None:
    """Wake a worker; without a broker the next tick finds the row all the same."""
    from journeys.tasks import plain_mails_send

    plain_mails_send.delay()


def mails_send_due(*, limit: int = 50) -> int:
    """Send what waits; returns how many were sent."""
    sent = 0
    for _turn in range(limit):
        mail = _claim()
        if mail is None:
            break
        sent += _send(mail)
    return sent


@transaction.atomic
def _claim() -> PlainMail | None:
    mail = (
        PlainMail.unscoped.select_for_update(  # unscoped: works for all programs
            skip_locked=True, of=("self",)
        )
        .filter(state=PlainMail.State.QUEUED, due_at__lte=timezone.now())
        .select_related("program", "contact__case__owner__user")
        .order_by("due_at", "pk")
        .first()
    )
    if mail is not None:
        mail.attempts += 1
        mail.due_at = timezone.now() + LEASE * mail.attempts
        mail.save(update_fields=["attempts", "due_at"])
    return mail


def _send(mail: PlainMail) -> bool:
    actor = Actor.system(mail.program)
    if suppressed(actor, [mail.address]):
        _end(actor, mail, PlainMail.State.FAILED, "suppressed")
        return False
    try:
        _message(actor, mail).send()
    except Exception as error:  # whatever went wrong ends only this row
        logger.warning("mail %s was not sent: %s", mail.pk, type(error).__name__)
        if mail.attempts >= MAX_ATTEMPTS:
            _end(actor, mail, PlainMail.State.FAILED, type(error).__name__)
        return False
    _end(actor, mail, PlainMail.State.SENT)
    return True


@transaction.atomic
def _end(actor: Actor, mail: PlainMail, state: str, problem: str = "") -> None:
    """Write down what came of it; the words and the address are kept no longer."""
    mail.state, mail.problem = state, problem[:100]
    mail.sent_at = timezone.now() if state == PlainMail.State.SENT else None
    mail.address, mail.subject, mail.body, mail.reply_to = "", "", "", ""
    mail.save()
    if state == PlainMail.State.FAILED and mail.contact is not None:
        _tell_failed(actor, mail.contact)


def _tell_failed(actor: Actor, contact: CaseContact) -> None:
    case = contact.case
    others = case.contacts.exclude(pk=contact.pk).exists()
    if not others:
        case.contacted_at = None
        case.save(update_fields=["contacted_at"])
    if case.owner is not None:
        notify(
            actor=actor,
            membership=case.owner,
            kind="case_mail_failed",
            params={"title": case.title[:80]},
            url=actor.url("journeys:case-detail", case.pk),
        )


def _message(actor: Actor, mail: PlainMail) -> EmailMessage:
    program = actor.program
    name = header_safe(program.sender_name or program.name)
    sender = program.sender_email or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return EmailMessage(
        mail.subject,
        mail.body,
        from_email=formataddr((name, sender), "utf-8"),
        to=[mail.address],
        reply_to=[mail.reply_to] if mail.reply_to else None,
        headers={"Message-ID": f"<mail-{mail.pk}@cxportal.invalid>"},
    )
