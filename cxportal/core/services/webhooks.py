"""Events out to the client's own addresses, by the Standard Webhooks rules.

An event waits in the outbox until it is fanned out to one WebhookDelivery per subscribed address.
A worker claims single deliveries with a lease, sends, and writes down what came back; the id stays
the same over all tries.
"""

import base64
import hashlib
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from standardwebhooks.webhooks import Webhook as Signer

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, changed_fields, lock
from cxportal.core.errors import DomainError
from cxportal.core.http import RequestFailed, address_check, safe_request
from cxportal.core.models import Membership, OutboxEvent, Program, Role, Webhook, WebhookDelivery
from cxportal.core.policies import authorise
from cxportal.core.registry import webhook_events
from cxportal.core.services.chat_messages import chat_body
from cxportal.core.services.notifications import notify_many

MAX_PAYLOAD = 20_000  # bytes
LEASE = timedelta(seconds=90)  # longer than the request may take
TIMEOUT = 20.0
TEST_TIMEOUT = 8.0
BATCH = 50
GONE = 410
ERASED = "customer.erased"
EVERYTHING = "*"
_SECOND, _MINUTE, _HOUR = 1, 60, 3600
# Waits between the tries, in seconds: 0, 5 s, 5 min, 30 min, 2, 5, 10, 14, 20 and 24 hours.
RETRIES = (
    5 * _SECOND,
    5 * _MINUTE,
    30 * _MINUTE,
    *(hours * _HOUR for hours in (2, 5, 10, 14, 20, 24)),
)


@transaction.atomic
def webhook_create(
    *,
    actor: Actor,
    url: str,
    events: Iterable[str],
    format: str = Webhook.Format.STANDARD,
    name: str = "",
) -> tuple[Webhook, str]:
    """Subscribe an address; returns it with the secret its receiver checks signatures by.

    Raises DomainError: "unsafe_address", "unknown_event", "invalid".
    """
    authorise(actor, "core.manage_webhooks")
    address_check(url)
    if format not in Webhook.Format.values:
        message = _("Choose one of the formats.")
        raise DomainError("invalid", message, details={"format": message})
    webhook = Webhook.unscoped.create(  # unscoped: written for the actor's own program
        program=actor.program,
        url=url,
        events=_events(events),
        format=format,
        name=name[:120],
        secret=_new_secret(),
    )
    audit(actor=actor, action="webhook.create", obj=webhook)
    return webhook, webhook.secret


def _new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def _events(events: Iterable[str]) -> list[str]:
    wanted = sorted(set(events))
    if not wanted or not set(wanted) <= {EVERYTHING, *webhook_events}:
        message = _("Choose one or more of the events.")
        raise DomainError("unknown_event", message, details={"events": message})
    return wanted


@transaction.atomic
def webhook_update(
    *,
    actor: Actor,
    webhook: Webhook,
    url: str | None = None,
    events: Iterable[str] | None = None,
    is_active: bool | None = None,
    name: str | None = None,
) -> Webhook:
    """Change name, address, events or whether it is used; what waits goes to the new address."""
    authorise(actor, "core.manage_webhooks", webhook)
    stored = lock(webhook)
    values: dict[str, Any] = {}
    if url is not None and url != stored.url:
        address_check(url)
        values["url"] = url
    if name is not None:
        values["name"] = name[:120]
    if events is not None:
        values["events"] = _events(events)
    if is_active is not None:
        values |= {"is_active": is_active, "disabled_reason": ""}
    changes = changed_fields(stored, values)
    for field, value in values.items():
        setattr(stored, field, value)
    if changes:
        stored.save(update_fields=list(changes))
        audit(actor=actor, action="webhook.update", obj=stored, changes=changes)
    return stored


@transaction.atomic
def webhook_renew_secret(*, actor: Actor, webhook: Webhook) -> str:
    """A new secret at once; signatures by the old one end. Returns it."""
    authorise(actor, "core.manage_webhooks", webhook)
    stored = lock(webhook)
    stored.secret = _new_secret()
    stored.save(update_fields=["secret"])
    audit(actor=actor, action="webhook.renew_secret", obj=stored)
    return stored.secret


@transaction.atomic
def webhook_delete(*, actor: Actor, webhook: Webhook) -> None:
    """Forget an address and what waits for it."""
    authorise(actor, "core.manage_webhooks", webhook)
    audit(actor=actor, action="webhook.delete", obj=webhook)
    webhook.delete()


def webhook_test(*, actor: Actor, webhook: Webhook) -> WebhookDelivery:
    """Send a ping now, once; the delivery says what came back."""
    authorise(actor, "core.manage_webhooks", webhook)
    now = timezone.now()
    delivery = WebhookDelivery.unscoped.create(  # unscoped: written for the actor's own program
        program=actor.program,
        webhook=webhook,
        event_id=f"ping_{secrets.token_hex(12)}",
        event="ping",
        payload=_payload("ping", now.isoformat(), {"program": actor.program.slug}),
        attempt=len(RETRIES) + 1,
        due_at=now + LEASE,
    )
    audit(actor=actor, action="webhook.test", obj=webhook)
    _record(delivery, *_send(delivery, TEST_TIMEOUT))
    delivery.refresh_from_db()
    return delivery


def _payload(event: str, at: str, data: Any) -> dict[str, Any]:
    return {"type": event, "timestamp": at, "data": data}


def webhook_tell(
    *, actor: Actor, webhook: Webhook, key: str, event: str, data: Mapping[str, Any]
) -> None:
    """Tell one address something, whatever it listens to; once for the key."""
    now = timezone.now()
    WebhookDelivery.unscoped.bulk_create(  # unscoped: written for the actor's own program
        [
            WebhookDelivery(
                program=actor.program,
                webhook=webhook,
                event_id=f"msg_{hashlib.sha256(key.encode()).hexdigest()[:40]}",
                event=event,
                payload=_payload(event, now.isoformat(), dict(data)),
                due_at=now,
            )
        ],
        ignore_conflicts=True,
    )


def events_fan_out(program_id: int, rows: list[OutboxEvent]) -> None:
    """Outbox consumer of topic “events”: one delivery per event and subscribed address."""
    hooks = list(
        Webhook.unscoped.filter(  # unscoped: the program of the claimed rows
            program_id=program_id, is_active=True
        )
    )
    now = timezone.now()
    deliveries = [
        _delivery(hook, row, now)
        for row in rows
        for hook in hooks
        if EVERYTHING in hook.events or row.payload["event"] in hook.events
    ]
    WebhookDelivery.unscoped.bulk_create(  # unscoped: the program of the claimed rows
        deliveries, batch_size=1000, ignore_conflicts=True
    )


def _delivery(hook: Webhook, row: OutboxEvent, now: datetime) -> WebhookDelivery:
    told = row.payload
    payload = _payload(told["event"], told["at"], told["data"])
    if len(orjson.dumps(payload)) > MAX_PAYLOAD:
        payload["data"] = {"too_large": True}
    return WebhookDelivery(
        program_id=hook.program_id,
        webhook=hook,
        event_id=f"evt_{row.pk}",
        event=told["event"],
        payload=payload,
        due_at=now,
    )


def webhooks_deliver_due(*, limit: int = BATCH) -> int:
    """Send due deliveries; returns how many were tried.

    An address that did not answer is left alone for the rest of the round, so that one hanging
    receiver does not hold up the others.
    """
    tried, silent = 0, set[int]()
    while tried < limit and (delivery := _claim(silent)) is not None:
        status, note = _send(delivery, TIMEOUT)
        _record(delivery, status, note)
        if status is None:
            silent.add(delivery.webhook_id)
        tried += 1
    return tried


@transaction.atomic
def _claim(silent: set[int]) -> WebhookDelivery | None:
    """Take one due delivery: its attempt grows, and it is not due again before the lease ends."""
    delivery = (
        WebhookDelivery.unscoped.select_for_update(  # unscoped: works for all programs
            skip_locked=True, of=("self",)
        )
        .filter(due_at__lte=timezone.now(), delivered_at=None, failed_at=None)
        .filter(webhook__is_active=True)
        .exclude(webhook_id__in=silent)
        .select_related("webhook")
        .order_by("due_at", "pk")
        .first()
    )
    if delivery is not None:
        delivery.attempt += 1
        delivery.due_at = timezone.now() + LEASE
        delivery.save(update_fields=["attempt", "due_at"])
    return delivery


def _send(delivery: WebhookDelivery, timeout: float) -> tuple[int | None, str]:
    """(status, note); no status when nobody answered or the address is not allowed."""
    hook = delivery.webhook
    body = orjson.dumps(chat_body(delivery) if hook.is_chat else delivery.payload)
    headers = {"Content-Type": "application/json", "User-Agent": "CX-Portal-Webhooks/1"}
    if not hook.is_chat:
        headers |= _signature(delivery, body)
    try:
        answer = safe_request("POST", hook.url, body=body, headers=headers, timeout=timeout)
    except DomainError as error:
        return None, error.message
    except RequestFailed as error:
        return None, str(error)
    return answer.status, f"HTTP {answer.status}"


def _signature(delivery: WebhookDelivery, body: bytes) -> dict[str, str]:
    now = timezone.now()
    signer = Signer(delivery.webhook.secret)
    return {
        "webhook-id": delivery.event_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signer.sign(delivery.event_id, now, body.decode()),
    }


@transaction.atomic
def _record(delivery: WebhookDelivery, status: int | None, note: str) -> None:
    """Write down what came of my attempt; a later claim of the same row makes this void."""
    now = timezone.now()
    values: dict[str, Any] = {"last_status": note[:100]}
    if status is not None and 200 <= status < 300:
        values["delivered_at"] = now
    elif status == GONE or delivery.attempt > len(RETRIES):
        values["failed_at"] = now
    else:
        values["due_at"] = now + timedelta(seconds=RETRIES[delivery.attempt - 1])
    if "delivered_at" in values and delivery.event == ERASED:
        # It had to say who is to be erased elsewhere too; nothing keeps it afterwards.
        values["payload"] = {**delivery.payload, "data": {"id": delivery.payload["data"].get("id")}}
    mine = WebhookDelivery.unscoped.filter(  # unscoped: the row claimed above
        pk=delivery.pk, attempt=delivery.attempt, delivered_at=None
    )
    if mine.update(**values) and status == GONE:
        _disable(delivery.webhook, _("The receiver answered “410 Gone”."))


def _disable(hook: Webhook, reason: str) -> None:
    program = Program.objects.get(pk=hook.program_id)
    actor = Actor.system(program)
    stored = lock(hook)
    stored.is_active, stored.disabled_reason = False, reason[:200]
    stored.save(update_fields=["is_active", "disabled_reason"])
    audit(actor=actor, action="webhook.disable", obj=stored)
    owners = Membership.objects.for_actor(actor).filter(role=Role.OWNER, is_active=True)
    notify_many(
        actor=actor,
        memberships=owners,
        kind="webhook_disabled",
        params={"url": hook.url},
        url=actor.url("core:webhook-list"),
    )


@transaction.atomic
def delivery_retry(*, actor: Actor, delivery: WebhookDelivery) -> WebhookDelivery:
    """Send a delivery again from the first try on, with the same id."""
    authorise(actor, "core.manage_webhooks", delivery)
    WebhookDelivery.objects.for_actor(actor).filter(pk=delivery.pk, delivered_at=None).update(
        attempt=0, due_at=timezone.now(), failed_at=None
    )
    audit(actor=actor, action="webhook.retry", obj=delivery.webhook)
    return delivery
