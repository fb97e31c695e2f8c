"""What follows an answer once it is in the scores: its comments, and word to the upper floors.

An outbox topic of its own: however long automations take, scores do not wait for them.
"""

from collections.abc import Sequence

from cxportal.core.actors import Actor
from cxportal.core.models import OutboxEvent, Program
from cxportal.core.registry import response_listeners
from cxportal.core.signals import response_completed
from surveys.models import Response
from surveys.services.announcements import responses_announce
from surveys.services.comments import comments_write
from surveys.services.scores import lock_program

TOPIC = "arrivals"
#: Answers in a row, and rows in a batch: a batch is done in a blink, and scores go in between.
ROW, BATCH = 100, 2


def arrivals_put_down(program_id: int, response_ids: Sequence[int]) -> None:
    """Leave these complete responses to `arrivals_consume`, in the caller's transaction."""
    ids = list(response_ids)
    parts = [ids[start : start + ROW] for start in range(0, len(ids), ROW)]
    OutboxEvent.unscoped.bulk_create(  # unscoped: the program the worker works for
        OutboxEvent(program_id=program_id, topic=TOPIC, payload={"completed": part})
        for part in parts
    )


def arrivals_consume(program_id: int, events: list[OutboxEvent]) -> None:
    """Consumer of the topic "arrivals"; runs inside the claiming transaction."""
    # Whoever changes or erases an answer holds this too: no comment is written of a lost answer.
    lock_program(program_id)
    completed = sorted({pk for event in events for pk in event.payload["completed"]})
    comments_write(program_id, completed)
    _tell(Program.objects.get(pk=program_id), completed)


def _tell(program: Program, response_ids: list[int]) -> None:
    """Signal each new response to upper floors, and to the program's webhooks."""
    actor = Actor.system(program)
    responses = list(
        Response.objects.for_actor(actor)
        .filter(pk__in=response_ids, status=Response.Status.COMPLETE)
        .order_by("pk")
    )
    responses_announce(actor, responses)
    for listener in response_listeners:
        listener(actor, responses)
    if response_completed.has_listeners():
        for response in responses:
            response_completed.send(sender=Response, actor=actor, response=response)
