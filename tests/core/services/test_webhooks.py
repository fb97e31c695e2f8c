"""Webhooks: signed, retried on schedule, with one id, and never into our own network."""

from collections.abc import Callable
from datetime import timedelta

import orjson
import pytest
from django.utils import timezone
from standardwebhooks.webhooks import Webhook as Verifier

from cxportal.core.actors import Actor
from cxportal.core.calc.chat_formats import ChatMessage, slack, teams
from cxportal.core.commands import emit
from cxportal.core.errors import Denied, DomainError
from cxportal.core.models import (
    Membership,
    Notification,
    OutboxEvent,
    Program,
    Webhook,
    WebhookDelivery,
)
from cxportal.core.services.outbox import outbox_drain_all
from cxportal.core.services.webhooks import (
    RETRIES,
    delivery_retry,
    webhook_create,
    webhook_delete,
    webhook_renew_secret,
    webhook_test,
    webhook_update,
    webhooks_deliver_due,
)
from tests.core.conftest import Sink


def subscribed(actor: Actor, sink: Sink, *events: str) -> Webhook:
    return webhook_create(actor=actor, url=sink.url, events=events or ["*"])[0]


def tell(actor: Actor, event: str = "customer.created") -> None:
    emit(actor=actor, event=event, payload={"id": 7})
    outbox_drain_all()


def the_delivery(actor: Actor) -> WebhookDelivery:
    return WebhookDelivery.objects.for_actor(actor).get()


def make_due(actor: Actor) -> None:
    WebhookDelivery.objects.for_actor(actor).update(due_at=timezone.now())


def test_an_event_arrives_signed(system: Actor, sink: Sink) -> None:
    hook = subscribed(system, sink)
    tell(system)
    assert not OutboxEvent.objects.for_actor(system).exists()
    assert webhooks_deliver_due() == 1
    _path, headers, body = sink.received[0]
    told = Verifier(hook.secret).verify(body, headers)
    assert (told["type"], told["data"]) == ("customer.created", {"id": 7})
    assert the_delivery(system).delivered_at is not None
    assert webhooks_deliver_due() == 0


def test_only_what_was_subscribed_to_and_only_ones_own(
    system: Actor, other_program: Program, sink: Sink
) -> None:
    subscribed(system, sink, "customer.erased")
    tell(system)
    tell(Actor.system(other_program), "customer.erased")
    assert not WebhookDelivery.objects.for_actor(system).exists()
    tell(system, "customer.erased")
    assert the_delivery(system).event == "customer.erased"


def test_tries_follow_the_schedule_with_one_id(system: Actor, sink: Sink) -> None:
    subscribed(system, sink)
    sink.script = [500, 302, 404, *[503] * 10]
    tell(system)
    for wait in RETRIES:
        before = timezone.now()
        assert webhooks_deliver_due() == 1
        late = (the_delivery(system).due_at - before).total_seconds()
        assert wait <= late < wait + 5
        assert webhooks_deliver_due() == 0
        make_due(system)
    assert webhooks_deliver_due() == 1
    assert the_delivery(system).failed_at is not None
    make_due(system)
    assert webhooks_deliver_due() == 0
    assert len(sink.received) == len(RETRIES) + 1 == 10
    assert len({headers["webhook-id"] for _path, headers, _body in sink.received}) == 1


def test_gone_switches_off_and_tells_the_owners(
    system: Actor, sink: Sink, people: dict[str, Membership]
) -> None:
    hook = subscribed(system, sink)
    sink.script = [410]
    tell(system)
    webhooks_deliver_due()
    hook.refresh_from_db()
    assert hook.is_active is False and "410" in hook.disabled_reason
    assert the_delivery(system).failed_at is not None
    notice = Notification.objects.for_actor(system).get()
    assert (notice.kind, notice.membership) == ("webhook_disabled", people["owner"])
    tell(system)
    assert WebhookDelivery.objects.for_actor(system).count() == 1


def test_a_dead_worker_costs_one_lease(system: Actor, sink: Sink) -> None:
    from cxportal.core.services.webhooks import LEASE, _claim, _record

    subscribed(system, sink)
    tell(system)
    first = _claim(set())
    assert first is not None and _claim(set()) is None
    later = the_delivery(system).due_at
    assert timedelta() < later - timezone.now() <= LEASE
    make_due(system)
    second = _claim(set())
    assert second is not None
    _record(first, 200, "too late")
    assert the_delivery(system).delivered_at is None
    _record(second, 200, "mine")
    assert the_delivery(system).delivered_at is not None


def test_a_hanging_receiver_does_not_hold_up_the_round(
    system: Actor, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cxportal.core.services.webhooks.TIMEOUT", 0.2)
    subscribed(system, sink)
    for _ in range(3):
        tell(system)
    sink.delay = 1.0
    assert webhooks_deliver_due() == 1
    assert WebhookDelivery.objects.for_actor(system).filter(attempt=0).count() == 2


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://[::ffff:10.0.0.1]/", "ftp://x/"])
def test_saving_testing_and_sending_all_check_the_address(system: Actor, url: str) -> None:
    with pytest.raises(DomainError):
        webhook_create(actor=system, url=url, events=["*"])
    assert not Webhook.objects.for_actor(system).exists()
    hook = Webhook.unscoped.create(
        program=system.program, url=url, events=["*"], secret="whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2Vj"
    )
    with pytest.raises(DomainError):
        webhook_update(actor=system, webhook=hook, url=url + "b")
    assert webhook_test(actor=system, webhook=hook).delivered_at is None
    tell(system)
    assert webhooks_deliver_due() == 1
    assert WebhookDelivery.objects.for_actor(system).filter(delivered_at=None).count() == 2


def test_a_ping_says_what_came_back(system: Actor, sink: Sink) -> None:
    hook = subscribed(system, sink)
    sink.script = [200, 500]
    assert webhook_test(actor=system, webhook=hook).last_status == "HTTP 200"
    failed = webhook_test(actor=system, webhook=hook)
    assert (failed.last_status, failed.delivered_at) == ("HTTP 500", None)
    assert failed.failed_at is not None


def test_a_failed_delivery_can_be_sent_again(system: Actor, sink: Sink) -> None:
    subscribed(system, sink)
    tell(system)
    WebhookDelivery.objects.for_actor(system).update(failed_at=timezone.now(), attempt=10)
    assert webhooks_deliver_due() == 0
    delivery_retry(actor=system, delivery=the_delivery(system))
    assert webhooks_deliver_due() == 1
    assert the_delivery(system).delivered_at is not None


def test_a_new_secret_ends_the_old(system: Actor, sink: Sink) -> None:
    hook = subscribed(system, sink)
    assert webhook_renew_secret(actor=system, webhook=hook) != hook.secret
    tell(system)
    webhooks_deliver_due()
    hook.refresh_from_db()
    _path, headers, body = sink.received[0]
    assert Verifier(hook.secret).verify(body, headers)


def test_unknown_events_are_refused(system: Actor, sink: Sink) -> None:
    for events in ([], ["no.such"]):
        with pytest.raises(DomainError) as refused:
            webhook_create(actor=system, url=sink.url, events=events)
        assert refused.value.code == "unknown_event"
    assert not Webhook.objects.for_actor(system).exists()


def test_only_owners(actor_for: Callable[[str], Actor], system: Actor, sink: Sink) -> None:
    hook = subscribed(system, sink)
    for role in ("designer", "manager", "staff", "viewer"):
        with pytest.raises(Denied):
            webhook_delete(actor=actor_for(role), webhook=hook)
    assert Webhook.objects.for_actor(system).count() == 1
    webhook_delete(actor=actor_for("owner"), webhook=hook)
    assert Webhook.objects.for_actor(system).count() == 0


CHATS = {
    "slack": {
        "text": "Acme: A customer was added",
        "blocks": [
            {"type": "section", "text": {"type": "mrkdwn", "text": "*Acme: A customer was added*"}}
        ],
    },
    "teams": {
        "type": "message",
        "attachments": [
            {
                "contentType": "application/vnd.microsoft.card.adaptive",
                "contentUrl": None,
                "content": {
                    "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                    "type": "AdaptiveCard",
                    "version": "1.2",
                    "body": [
                        {
                            "type": "TextBlock",
                            "text": "Acme: A customer was added",
                            "wrap": True,
                            "weight": "Bolder",
                        }
                    ],
                },
            }
        ],
    },
}


@pytest.mark.parametrize("format", CHATS)
def test_a_chat_channel_gets_its_own_format_unsigned(
    system: Actor, sink: Sink, format: str
) -> None:
    webhook_create(actor=system, url=sink.url, events=["customer.created"], format=format)
    tell(system)
    assert webhooks_deliver_due() == 1
    ((_path, headers, body),) = sink.received
    assert orjson.loads(body) == CHATS[format]
    assert "webhook-signature" not in headers
    assert the_delivery(system).delivered_at is not None


def test_nothing_of_a_text_is_markup_in_a_chat() -> None:
    message = ChatMessage("<!channel> & *all*", ("[x](http://y)",), "https://p/1", "Open")
    said = slack(message)["blocks"][0]["text"]["text"]
    assert said == "*&lt;!channel&gt; &amp; ∗all∗*\n[x](http://y)"
    assert slack(message)["blocks"][1]["elements"][0]["text"] == "<https://p/1|Open>"
    card = teams(message)["attachments"][0]["content"]
    assert [block["text"] for block in card["body"]] == [
        r"<\!channel\> & \*all\*",
        r"\[x\]\(http://y\)",
    ]
    assert card["actions"] == [{"type": "Action.OpenUrl", "title": "Open", "url": "https://p/1"}]
