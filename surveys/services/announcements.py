"""What the program's own systems hear of new answers."""

from collections.abc import Sequence
from typing import Any

from cxportal.core.actors import Actor
from cxportal.core.models import Customer, OutboxEvent, Webhook
from surveys.models import Response

EVENT = "response.completed"


def responses_announce(actor: Actor, responses: Sequence[Response]) -> int:
    """Put one event per response into the outbox, if any webhook of the program listens.

    Tests are not announced. An anonymous answer carries its day only and nobody's name.
    """
    real = [r for r in responses if not r.is_test]
    if not real or not Webhook.objects.for_actor(actor).filter(is_active=True).exists():
        return 0
    people = _external_ids(actor, real)
    OutboxEvent.unscoped.bulk_create(  # unscoped: written for the actor's own program
        OutboxEvent(program=actor.program, topic="events", payload=_payload(r, people))
        for r in real
    )
    return len(real)


def _external_ids(actor: Actor, responses: Sequence[Response]) -> dict[int, str]:
    ids = {r.customer_id for r in responses if r.customer_id}
    customers = Customer.objects.for_actor(actor).filter(pk__in=ids)
    return dict(customers.values_list("pk", "external_id"))


def _payload(response: Response, people: dict[int, str]) -> dict[str, Any]:
    at = (response.completed_at or response.started_at).isoformat()
    data = {
        "id": response.pk,
        "survey": response.survey_id,
        "campaign": response.campaign_id,
        "customer": people.get(response.customer_id or 0),
        "channel": response.channel,
        "language": response.language,
        "completed_at": at,
        "answers": response.answers,
    }
    return {"event": EVENT, "at": at, "data": data}
