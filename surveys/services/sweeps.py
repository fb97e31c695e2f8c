"""One turn of the sending worker: fill what is due, send for some seconds, say whether to go on."""

from django.conf import settings

from cxportal.core.services.turns import Turn, turn_of
from surveys.services.deliveries import deliveries_send
from surveys.services.invitations import occurrence_fill, occurrences_due
from surveys.services.schedules import schedules_plan

# Short enough that other work of the same worker process never waits long.
SLICE_SECONDS = 5.0


def campaigns_sweep_once(*, seconds: float = SLICE_SECONDS) -> bool:
    """True when there is more to do at once. Does nothing while enough others are at it.

    The claim of each row keeps senders apart; the places only keep a worker's other tasks from
    waiting behind ten sweeps.
    """
    with turn_of(Turn.SENDING, places=settings.MAIL_SENDERS) as free:
        if not free:
            return False
        schedules_plan()
        for occurrence_id in occurrences_due():
            occurrence_fill(occurrence_id)
        sent = deliveries_send(seconds=seconds)
    return bool(sent.claimed) and not sent.server_problem
