"""“Please contact me”, pressed on the page of thanks: an event of the customer, once an answer."""

from cxportal.core.actors import Actor
from cxportal.core.models import Customer, CustomerEvent, Program
from cxportal.core.services.events import event_record
from surveys.queries.links import LinkTarget

#: What upper floors listen for: it opens a case there.
KIND = "contact_requested"


def contact_request(*, target: LinkTarget) -> CustomerEvent | None:
    """Record the wish of the person behind a personal link; None where nobody is known.

    Pressing twice records it once.
    """
    if target.customer_id is None or target.survey_anonymous:
        return None
    program = Program.objects.get(pk=target.program_id)
    actor = Actor.system(program)
    customer = Customer.objects.for_actor(actor).filter(pk=target.customer_id).first()
    if customer is None:
        return None
    return event_record(
        actor=actor,
        customer=customer,
        kind=KIND,
        data={"survey": target.survey_id, "response": target.response_id},
        external_id=f"contact-{target.survey_id}-{target.submission_id}",
    )
