"""What answers add to the ground floor's registries, once, at start-up."""

from cxportal.core.actors import Actor
from cxportal.core.models import Customer
from cxportal.core.registry import erasers, outbox_consumers
from surveys.services.responses import responses_forget_customer
from surveys.services.tallies import scores_consume

outbox_consumers["scores"] = scores_consume


def _forget(actor: Actor, customer: Customer) -> None:
    responses_forget_customer(actor=actor, customer_id=customer.pk)


erasers.append(_forget)
