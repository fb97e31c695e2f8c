"""Taking a person out: nothing that points to them stays, counts stay true."""

import secrets

from django.db import transaction
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, emit, lock
from cxportal.core.models import AuditEntry, Consent, Customer, CustomerEvent
from cxportal.core.policies import authorise
from cxportal.core.registry import erasers
from cxportal.core.services.marks import identifying_marks, links_and_merges_drop, marks_scrub


@transaction.atomic
def customer_erase(*, actor: Actor, customer: Customer) -> Customer:
    """Anonymise a customer everywhere; an erased one stays as it is.

    Name, addresses, attributes, events' free data and the id of the client's systems go; every
    floor's eraser runs in the same transaction. Of the consents stays the bare proof: channel,
    purpose, what was decided and when. Raises Denied.
    """
    authorise(actor, "core.erase_customers", customer)
    stored = lock(customer)
    if stored.erased_at is not None:
        return stored
    known_as = stored.external_id
    for record in (*_merged_into(actor, stored), stored):
        marks = identifying_marks(actor, record)
        for eraser in erasers:
            eraser(actor, record)
        _anonymise(record)
        _erase_traces(actor, record)
        marks_scrub(actor, marks)
    audit(actor=actor, action="customer.erase", obj=stored)
    emit(actor=actor, event="customer.erased", payload={"id": stored.pk, "external_id": known_as})
    return stored


def _merged_into(actor: Actor, customer: Customer) -> list[Customer]:
    """Records of the same person that were taken into this one."""
    rows = Customer.objects.for_actor(actor).select_for_update(of=("self",))
    return list(rows.filter(merged_into=customer, erased_at=None).order_by("pk"))


def _anonymise(customer: Customer) -> None:
    customer.external_id = f"erased-{secrets.token_hex(8)}"
    customer.name = customer.email = customer.phone = ""
    customer.attributes = {}
    customer.account_manager = None
    customer.erased_at = timezone.now()
    customer.version += 1
    customer.save()


def _erase_traces(actor: Actor, customer: Customer) -> None:
    CustomerEvent.objects.for_actor(actor).filter(customer=customer).update(
        data={}, place="", external_id=None
    )
    Consent.objects.for_actor(actor).filter(customer=customer).update(source="", text_version="")
    customer.segments.clear()
    links_and_merges_drop(actor, customer)
    # The trail keeps who did what and when, not the person's name.
    AuditEntry.objects.for_actor(actor).filter(
        object_type="core.customer", object_id=customer.pk
    ).update(object_label=customer.external_id, changes={})
