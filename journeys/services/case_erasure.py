"""What an erased customer's cases keep: times and causes, no words and no name."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.models import AuditEntry, Customer
from cxportal.core.registry import RetentionSubject
from cxportal.core.services.notes import notes_forget
from journeys.models import Action, Case, CaseContact, CaseState, PlainMail


def cases_forget(actor: Actor, customer: Customer) -> None:
    """Eraser: take the person out of the cases; counts of causes and recovery stay true."""
    waiting: Any = PlainMail.objects.for_actor(actor).filter(customer=customer)
    waiting.delete()
    rows: Any = Case.objects.for_actor(actor).filter(customer=customer)
    _forget(actor, rows)


def _forget(actor: Actor, rows: Any) -> None:
    ids = list(rows.values_list("pk", flat=True))
    if not ids:
        return
    contacts: Any = CaseContact.objects.for_actor(actor)
    contacts.filter(case__in=ids).update(note="")
    notes_forget(actor, "journeys.case", ids)
    trail: Any = AuditEntry.objects.for_actor(actor)
    trail.filter(object_type="journeys.case", object_id__in=ids).update(object_label="")
    for case in rows.only("pk", "title", "reason"):
        case.title = str(case.get_reason_display())
        case.save(update_fields=["title"])
    Case.objects.for_actor(actor).filter(pk__in=ids).update(
        customer=None,
        response=None,
        comment=None,
        event=None,
        follow_up_due_at=None,
        follow_up_event=None,
        follow_up_response=None,
        description="",
        outcome="",
    )


def activities_forget(actor: Actor, customer: Customer) -> None:
    """Eraser: what was to be done for the person stays as work done, without a word of theirs."""
    rows: Any = Action.objects.for_actor(actor).filter(customer=customer)
    ids = list(rows.values_list("pk", flat=True))
    notes_forget(actor, "journeys.action", ids)
    rows.update(customer=None, description="")


def _closed_cases(actor: Actor, before: datetime) -> QuerySet[Any]:
    """Cases closed before then that still say whose and what."""
    rows: QuerySet[Any] = Case.objects.for_actor(actor).filter(closed_at__lt=before)
    bare = Q(customer=None, response=None, comment=None, event=None, description="", outcome="")
    return rows.filter(state=CaseState.CLOSED).exclude(bare)


def _cases_forget(actor: Actor, rows: Sequence[Any]) -> None:
    _forget(actor, Case.objects.for_actor(actor).filter(pk__in=[row.pk for row in rows]))


def followed_up_since(since: datetime) -> Q:
    """Customers with a case opened or closed since then, or open: a sign of life."""
    cases = Case.unscoped.filter(customer=OuterRef("pk"))  # unscoped: of the actor's customers
    recent = Q(opened_at__gte=since) | Q(closed_at__gte=since) | Q(closed_at=None)
    return Q(Exists(cases.filter(recent)))


RETENTION = {
    "cases": RetentionSubject(
        _("Closed cases"),
        _("Whose they were, words, notes and contacts go; times, cause and recovery stay."),
        _closed_cases,
        {"anonymise": _cases_forget},
    )
}
