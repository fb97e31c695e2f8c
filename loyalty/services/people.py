"""What becomes of money when a person is erased, merged, or asks for their data."""

from datetime import datetime
from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat

from cxportal.core.actors import Actor
from cxportal.core.models import Customer, OutboxEvent, WebhookDelivery
from cxportal.core.services.marks import GONE
from loyalty.models import CustomerValue, PointsEntry, Transaction
from loyalty.services.transactions import TOPIC


def transactions_forget_customer(actor: Actor, customer: Customer) -> None:
    """An order's number may lead to the person: it goes, the amounts stay."""
    Transaction.objects.for_actor(actor).filter(customer=customer).update(
        external_id=Concat(Value("erased-"), Cast(F("pk"), CharField()))
    )


def points_forget_customer(actor: Actor, customer: Customer) -> None:
    """A till's key and note may name the person: they go, what was moved stays as it was.

    Keys of the portal's own (a transaction's, a lot's) name nobody and keep it from repeating.
    """
    entries = PointsEntry.objects.for_actor(actor).filter(account__customer=customer)
    keys = list(entries.values_list("key", flat=True))
    for model in (WebhookDelivery, OutboxEvent):
        for told in model.objects.for_actor(actor).filter(payload__data__key__in=keys):
            told.payload["data"]["key"] = GONE
            told.save(update_fields=["payload"])
    entries.exclude(key__regex="^(tx|lot):[0-9]").update(
        key=Concat(Value("erased-"), Cast(F("pk"), CharField())), note=""
    )


def value_follows_merge(actor: Actor, kept: Customer, merged: Customer, undone: bool) -> None:
    """Both records' values are computed anew from the transactions they now have."""
    OutboxEvent.unscoped.create(  # unscoped: the actor's own program
        program=actor.program, topic=TOPIC, payload={"customers": sorted([kept.pk, merged.pk])}
    )


def transactions_of_person(actor: Actor, customer: Customer) -> list[dict[str, Any]]:
    """Everything bought, for the person to take along."""
    rows = Transaction.objects.for_actor(actor).filter(customer=customer).order_by("occurred_at")
    names = ("external_id", "kind", "occurred_at", "amount", "channel", "store", "product")
    return list(rows.values(*names))


def points_of_person(actor: Actor, customer: Customer) -> list[dict[str, Any]]:
    """Every entry of the person's points."""
    rows = PointsEntry.objects.for_actor(actor).filter(account__customer=customer)
    names = ("at", "kind", "points", "note")
    return list(rows.order_by("pk").values(*names))


def value_of_person(actor: Actor, customer: Customer) -> list[dict[str, Any]]:
    """What the program computed about the person."""
    rows = CustomerValue.objects.for_actor(actor).filter(customer=customer)
    names = ("segment", "revenue", "past_value", "future_value", "as_of")
    return list(rows.values(*names))


def bought_since(since: datetime) -> Q:
    """Customers who bought or moved points since then: a sign of life."""
    bought = Transaction.unscoped.filter(  # unscoped: inside a query of the actor's customers
        customer=OuterRef("pk"), occurred_at__gte=since
    )
    points = PointsEntry.unscoped.filter(  # unscoped: the same
        account__customer=OuterRef("pk"), at__gte=since
    ).filter(kind__in=[PointsEntry.Kind.EARN, PointsEntry.Kind.SPEND])
    return Q(Exists(bought)) | Q(Exists(points))
