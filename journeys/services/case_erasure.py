"""What an erased customer's cases keep: times and causes, no words and no name."""

from typing import Any

from cxportal.core.actors import Actor
from cxportal.core.models import AuditEntry, Customer
from cxportal.core.services.notes import notes_forget
from journeys.models import Case, CaseContact


def cases_forget(actor: Actor, customer: Customer) -> None:
    """Eraser: take the person out of the cases; counts of causes and recovery stay true."""
    rows: Any = Case.objects.for_actor(actor).filter(customer=customer)
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
    rows.update(customer=None, response=None, comment=None, event=None, description="", outcome="")
