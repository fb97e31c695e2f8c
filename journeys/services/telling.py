"""Telling what changed: customers by mail in their language, people of the house by notice."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.calc.korean import settle_particles
from cxportal.core.commands import audit, emit, lock
from cxportal.core.errors import DomainError
from cxportal.core.models import Customer, as_texts, text_in
from cxportal.core.policies import authorise
from cxportal.core.services.notifications import notify_many
from journeys.models import Action, ActionTold, Case
from journeys.queries.telling import told_audience
from journeys.services.actions import event_payload
from journeys.services.canned_replies import text_faults
from journeys.services.plain_mails import mail_put
from surveys.calc.merge_tags import Target, merge


@dataclass(frozen=True)
class Told:
    """How many customers get a mail, and how many people of the house a notice."""

    customers: int
    members: int


@transaction.atomic
def action_tell(
    *,
    actor: Actor,
    action: Action,
    subject: Mapping[str, str] | str,
    body: Mapping[str, str] | str,
    to_customers: bool = True,
    to_members: bool = True,
) -> Told:
    """Tell those whose words led to an action what changed; each customer once.

    Raises DomainError: "invalid" (details name the fields), "not_done" (409) while the work is
    still to be done: what is told must be true.
    """
    authorise(actor, "journeys.change_actions", action)
    stored = lock(action)
    if stored.closed_at is None:
        message = _("The work is not done yet: there is nothing to tell.")
        raise DomainError("not_done", message, status=409)
    language = actor.program.default_language
    texts = {"subject": as_texts(subject, language), "body": as_texts(body, language)}
    if faults := text_faults(texts):
        raise DomainError("invalid", next(iter(faults.values())), details=faults)
    audience = told_audience(actor, stored)
    customers = audience.customers if to_customers else []
    for customer in customers:
        _write(actor, customer, texts)
    ActionTold.unscoped.bulk_create(  # unscoped: written for the actor's own program
        ActionTold(program=actor.program, action=stored, customer=c, by=actor.label[:200])
        for c in customers
    )
    _mark_cases(actor, stored, customers)
    members = notify_many(
        actor=actor,
        memberships=audience.members if to_members else [],
        kind="action_told",
        params={"title": stored.title[:80], "text": text_in(texts["subject"], language)[:200]},
        url=actor.url("journeys:action-detail", stored.pk),
    )
    emit(actor=actor, event="action.told", payload=event_payload(stored))
    counts = {"customers": [None, len(customers)], "members": [None, members]}
    audit(actor=actor, action="action.tell", obj=stored, changes=counts)
    return Told(len(customers), members)


def _mark_cases(actor: Actor, action: Action, customers: list[Customer]) -> None:
    """Closed cases say that their customer was told."""
    rows: Any = Case.objects.for_actor(actor).filter(action=action, customer__in=customers)
    rows.exclude(closed_at=None).update(customer_told=True)


def _write(actor: Actor, customer: Customer, texts: Mapping[str, Mapping[str, str]]) -> None:
    program = actor.program
    spoken = customer.language if customer.language in program.languages else ""
    language = spoken or program.default_language
    values = {"name": customer.name, "company": program.name, "sender": actor.label}
    subject = merge(
        text_in(texts["subject"], language, program.default_language), values, Target.HEADER
    )
    body = merge(text_in(texts["body"], language, program.default_language), values, Target.TEXT)
    if language == "ko":
        subject, body = settle_particles(subject), settle_particles(body)
    mail_put(
        actor=actor,
        address=customer.email,
        customer=customer,
        subject=subject,
        body=body,
        reply_to=actor.user.email if actor.user is not None else "",
    )
