"""Mails to the customer of a case: sent, and noted as an attempt to reach them."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.calc.korean import settle_particles
from cxportal.core.commands import lock
from cxportal.core.errors import Denied, DomainError
from cxportal.core.models import Customer, text_in
from cxportal.core.policies import authorise
from cxportal.core.queries.consent import suppressed
from cxportal.core.services.personal_data import personal_data_looked
from journeys.models import CannedReply, Case, CaseContact
from journeys.queries.cases import sees_case_words
from journeys.services.canned_replies import BODY_LENGTH, SUBJECT_LENGTH
from journeys.services.cases import case_contact
from journeys.services.plain_mails import mail_put
from surveys.calc.merge_tags import Target, header_safe, merge

#: The same words to the same customer within this time are a second press of the button.
TWICE = timedelta(minutes=10)


def reply_language(actor: Actor, customer: Customer | None, asked: str = "") -> str:
    """The language asked for, else the customer's, else the program's own."""
    spoken = actor.program.languages
    theirs = customer.language if customer is not None else ""
    return next(
        (code for code in (asked, theirs) if code in spoken), actor.program.default_language
    )


def reply_words(actor: Actor, case: Case, reply: CannedReply, language: str) -> dict[str, str]:
    """Subject and body of a reply to this customer, ready to be edited.

    Raises Denied for who may not see the customer.
    """
    if not sees_case_words(actor, case):
        raise Denied("core.view_personal_data")
    fallback = actor.program.default_language
    values = {
        "name": case.customer.name if case.customer is not None else "",
        "company": actor.program.name,
        "sender": actor.label,
    }
    subject = merge(text_in(reply.subject, language, fallback), values, Target.HEADER)
    body = merge(text_in(reply.body, language, fallback), values, Target.TEXT)
    if language == "ko":
        subject, body = settle_particles(subject), settle_particles(body)
    return {"subject": subject, "body": body}


@transaction.atomic
def case_reply(*, actor: Actor, case: Case, subject: str, body: str) -> CaseContact:
    """Write to the customer of a case and note it as an attempt.

    The mail goes out after the commit and is tried again for a while; the case says when it could
    not be sent, and its owner is told. Raises Denied for who may not see the customer;
    DomainError: "invalid", "no_address", "suppressed", "sent_already" (409), "closed" (409).
    """
    authorise(actor, "journeys.change_cases", case)
    if not sees_case_words(actor, case):
        raise Denied("core.view_personal_data")
    stored = lock(case)
    customer = _reachable(actor, stored)
    subject, body = header_safe(subject), body.replace("\x00", "").strip()
    _check_words(subject, body)
    note = f"{subject}\n\n{body}"
    _refuse_twice(actor, stored, note)
    contact = case_contact(actor=actor, case=stored, channel="email", reached=False, note=note)
    personal_data_looked(actor=actor, customer=customer)
    mail_put(
        actor=actor,
        address=customer.email,
        subject=subject,
        body=body,
        # The answer is to reach who follows the case up.
        reply_to=actor.user.email if actor.user is not None else "",
        contact=contact,
        customer=customer,
    )
    return contact


def _reachable(actor: Actor, case: Case) -> Customer:
    customer = case.customer
    if customer is None or not customer.email:
        raise DomainError("no_address", _("This customer has no e-mail address."))
    if suppressed(actor, [customer.email]):
        message = _("This address must not be written to: it is on the suppression list.")
        raise DomainError("suppressed", message, status=409)
    return customer


def _check_words(subject: str, body: str) -> None:
    found = {}
    for name, text, most in (("subject", subject, SUBJECT_LENGTH), ("body", body, BODY_LENGTH)):
        if not text:
            found[name] = _("Write something.")
        elif len(text) > most:
            found[name] = _("At most %(max)s characters.") % {"max": most}
    if found:
        raise DomainError("invalid", next(iter(found.values())), details=found)


def _refuse_twice(actor: Actor, case: Case, note: str) -> None:
    rows: Any = CaseContact.objects.for_actor(actor)
    since = timezone.now() - TWICE
    if rows.filter(case=case, channel="email", note=note, at__gte=since).exists():
        raise DomainError("sent_already", _("Exactly this was sent a moment ago."), status=409)
