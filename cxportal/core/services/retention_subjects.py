"""What the ground floor keeps for a time: notices, webhooks' traffic, jobs, events, customers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cxportal.core.actors import Actor
from cxportal.core.models import (
    Consent,
    Customer,
    CustomerEvent,
    Job,
    Notification,
    WebhookDelivery,
)
from cxportal.core.queries.customers import customers_listed
from cxportal.core.registry import RetentionSubject, signs_of_life
from cxportal.core.services.erasure import customer_erase


def rows_delete(actor: Actor, rows: Sequence[Any]) -> None:
    """The usual way to erase rows of one table."""
    if rows:
        found = type(rows[0]).objects.for_actor(actor)
        found.filter(pk__in=[row.pk for row in rows]).delete()


def _notices_read(actor: Actor, before: datetime) -> QuerySet[Any]:
    return Notification.objects.for_actor(actor).filter(read_at__lt=before)


def _notices(actor: Actor, before: datetime) -> QuerySet[Any]:
    return Notification.objects.for_actor(actor).filter(created_at__lt=before)


def _delivered(actor: Actor, before: datetime) -> QuerySet[Any]:
    return WebhookDelivery.objects.for_actor(actor).filter(delivered_at__lt=before)


def _undelivered(actor: Actor, before: datetime) -> QuerySet[Any]:
    return WebhookDelivery.objects.for_actor(actor).filter(failed_at__lt=before)


def _jobs(actor: Actor, before: datetime) -> QuerySet[Any]:
    return Job.objects.for_actor(actor).filter(finished_at__lt=before)


def _events(actor: Actor, before: datetime) -> QuerySet[Any]:
    return CustomerEvent.objects.for_actor(actor).filter(occurred_at__lt=before)


def _telling_events(actor: Actor, before: datetime) -> QuerySet[Any]:
    """Events that still say more than what happened and when."""
    bare = Q(data={}, place="", external_id=None)
    return _events(actor, before).exclude(bare)


def _events_bare(actor: Actor, rows: Sequence[Any]) -> None:
    found = CustomerEvent.objects.for_actor(actor).filter(pk__in=[row.pk for row in rows])
    found.update(data={}, place="", external_id=None)


def customers_silent(actor: Actor, before: datetime) -> QuerySet[Any]:
    """Customers without any sign of life since that moment, on whatever floor."""
    rows: QuerySet[Any] = customers_listed(actor).filter(created_at__lt=before)
    rows = rows.exclude(kind=Customer.Kind.EMPLOYEE)
    for sign in signs_of_life:
        rows = rows.exclude(sign(before))
    return rows


def _spoke(since: datetime) -> Q:
    """An event or a consent is a sign of life."""
    mine = {"customer": OuterRef("pk"), "program": OuterRef("program")}
    events = CustomerEvent.unscoped.filter(  # unscoped: inside a query of the actor's customers
        occurred_at__gte=since, **mine
    )
    consents = Consent.unscoped.filter(at__gte=since, **mine)  # unscoped: the same
    return Q(Exists(events)) | Q(Exists(consents))


def _customers_erase(actor: Actor, rows: Sequence[Any]) -> None:
    for customer in rows:
        customer_erase(actor=actor, customer=customer)


signs_of_life.append(_spoke)
SUBJECTS: dict[str, RetentionSubject] = {
    "customers": RetentionSubject(
        _("Inactive customers"),
        _(
            "No answer, purchase, contact, case or consent since then. Erased as on their own "
            "wish; scores and sums stay."
        ),
        customers_silent,
        {"anonymise": _customers_erase},
    ),
    "events": RetentionSubject(
        _("What a customer event says"),
        _("Place, data and number of events; that it happened and when stays."),
        _telling_events,
        {"anonymise": _events_bare},
    ),
    "notices_read": RetentionSubject(
        _("Notices that were read"), "", _notices_read, {"erase": rows_delete}, 90
    ),
    "notices": RetentionSubject(_("All notices"), "", _notices, {"erase": rows_delete}, 365),
    "deliveries_done": RetentionSubject(
        pgettext_lazy("retention", "Webhook deliveries"),
        _("What was sent to other systems and taken."),
        _delivered,
        {"erase": rows_delete},
        30,
    ),
    "deliveries_failed": RetentionSubject(
        _("Failed webhook deliveries"), "", _undelivered, {"erase": rows_delete}, 90
    ),
    "jobs": RetentionSubject(
        _("Finished jobs"), _("Their progress and result."), _jobs, {"erase": rows_delete}, 180
    ),
}
