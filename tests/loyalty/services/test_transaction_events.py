"""A purchase brought as a transaction asks its customer, once, where a campaign waits for it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.models import CustomerEvent, Program
from cxportal.core.services.outbox import outbox_drain_all
from loyalty.services.transactions import transactions_bulk_upsert
from surveys.models import Delivery
from surveys.services.campaigns import campaign_start
from tests.conftest import make_customers
from tests.surveys.campaign_cast import make_campaign

pytestmark = pytest.mark.django_db
WAIT = timedelta(days=3)
SLACK = timedelta(minutes=5)


def rows() -> list[dict[str, object]]:
    now = timezone.now()
    bought = {"customer": "C0", "amount": 60_000, "store": "Gangnam"}
    return [
        {**bought, "external_id": "new", "occurred_at": now.isoformat()},
        {**bought, "external_id": "small", "amount": 10, "occurred_at": now.isoformat()},
        {**bought, "external_id": "old", "occurred_at": (now - timedelta(days=30)).isoformat()},
        {**bought, "external_id": "back", "amount": -5, "kind": "refund",
         "occurred_at": now.isoformat()},
    ]  # fmt: skip


def test_new_purchases_invite_once_and_old_ones_never(program: Program, system: Actor) -> None:
    make_customers(program, 1)
    transactions_bulk_upsert(actor=system, rows=[{**rows()[0], "external_id": "before"}])
    assert not CustomerEvent.unscoped.exists()
    campaign = make_campaign(
        system, timing="event", event_kind="transaction", delay_minutes=3 * 24 * 60,
        event_conditions=[{"field": "data.amount", "operator": "at_least", "value": "50000"}],
    )  # fmt: skip
    campaign_start(actor=system, campaign=campaign)
    batch = rows()
    for _n in range(2):
        transactions_bulk_upsert(actor=system, rows=batch)
        outbox_drain_all()
    assert CustomerEvent.unscoped.count() == 2
    [message] = Delivery.unscoped.filter(campaign=campaign)
    assert message.due_at - WAIT >= timezone.now() - SLACK
