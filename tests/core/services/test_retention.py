"""What has had its time goes; the proof of what was done stays."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.commands import audit
from cxportal.core.models import (
    AuditEntry,
    Job,
    Membership,
    Notification,
    Webhook,
    WebhookDelivery,
)
from cxportal.core.services import retention
from cxportal.core.services.retention import retention_apply


def test_old_traffic_and_notices_go(system: Actor, people: dict[str, Membership]) -> None:
    program, now = system.program, timezone.now()
    hook = Webhook.unscoped.create(program=program, url="https://x.example", secret="s")
    for days in (29, 31):
        WebhookDelivery.unscoped.create(
            program=program, webhook=hook, event_id=str(days), event="x", payload={},
            due_at=now, delivered_at=now - timedelta(days=days),
        )  # fmt: skip
        Job.unscoped.create(
            program=program, kind=str(days), finished_at=now - timedelta(days=days * 6)
        )
    for read in (None, now, now - timedelta(days=91)):
        Notification.unscoped.create(
            program=program, membership=people["staff"], kind="x", read_at=read
        )
    audit(actor=system, action="x.y", obj=None)
    AuditEntry.objects.for_actor(system).update(at=now - timedelta(days=3000))
    retention_apply()
    assert [d.event_id for d in WebhookDelivery.objects.for_actor(system)] == ["29"]
    assert [j.kind for j in Job.objects.for_actor(system)] == ["29"]
    assert Notification.objects.for_actor(system).count() == 2
    assert AuditEntry.objects.for_actor(system).count() == 1


def test_other_floors_add_their_own_rules(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    monkeypatch.setattr(retention, "retention", [lambda: ran.append("surveys")])
    retention_apply()
    assert ran == ["surveys"]
