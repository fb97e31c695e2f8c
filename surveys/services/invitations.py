"""Fill an occurrence: one invitation per person, one waiting message per person not left out.

Filled in chunks by customer id, each in its own transaction, so that a killed worker's work is
taken up where it stopped and nobody is written twice.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.models import Program
from cxportal.core.tokens import derived_pair
from surveys.models import Campaign, Occurrence
from surveys.queries.audience import audience_chunk
from surveys.services.links import INVITATION

CHUNK = 5000

_INVITE = """
    INSERT INTO surveys_invitation (program_id, campaign_id, occurrence_id, customer_id,
                                    nonce, token_hash, skip_reason, created_at)
    SELECT %s, %s, %s, row.customer, row.nonce, row.hash, row.reason, %s
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[])
         AS row (customer, nonce, hash, reason)
    ON CONFLICT DO NOTHING
"""
_QUEUE = """
    INSERT INTO surveys_delivery (program_id, invitation_id, campaign_id, step, state, attempt,
                                  due_at, message_id, reason)
    SELECT program_id, id, campaign_id, 0, 'queued', 0, %s, '', ''
    FROM surveys_invitation
    WHERE occurrence_id = %s AND customer_id = ANY(%s) AND skip_reason = ''
    ORDER BY id
    ON CONFLICT DO NOTHING
"""


def occurrences_due() -> list[int]:
    """Ids of occurrences of running campaigns that are due and not filled to the end."""
    due = Occurrence.unscoped.filter(  # unscoped: the worker serves all programs
        filled_at=None, due_at__lte=timezone.now(), campaign__state=Campaign.State.RUNNING
    )
    return list(due.order_by("due_at", "pk").values_list("pk", flat=True))


def occurrence_fill(occurrence_id: int) -> int:
    """Fill one occurrence to its end; returns how many people were considered."""
    return sum(_chunks(occurrence_id))


def _chunks(occurrence_id: int) -> Iterator[int]:
    more = True
    while more:
        considered, more = occurrence_fill_chunk(occurrence_id=occurrence_id)
        yield considered


@transaction.atomic
def occurrence_fill_chunk(*, occurrence_id: int, size: int = CHUNK) -> tuple[int, bool]:
    """Invite the next `size` people; returns (how many, whether there are more).

    An occurrence another worker holds, or one that is paused or full, is left alone.
    """
    occurrence = _take(occurrence_id)
    if occurrence is None:
        return 0, False
    # Two campaigns filling at once must see each other's invitations, or both ask a person.
    Program.objects.select_for_update(no_key=True).get(pk=occurrence.program_id)
    actor = Actor.system(occurrence.program)
    after = occurrence.invitations.aggregate(last=Max("customer_id"))["last"] or 0
    people = audience_chunk(actor=actor, campaign=occurrence.campaign, after=after, size=size)
    if people:
        _write(occurrence, people, timezone.now())
    if len(people) < size:
        occurrence.filled_at = timezone.now()
        occurrence.save(update_fields=["filled_at"])
    return len(people), len(people) == size


def _take(occurrence_id: int) -> Occurrence | None:
    return (
        Occurrence.unscoped.select_for_update(  # unscoped: the id came from the worker's own list
            skip_locked=True, of=("self",)
        )
        .filter(pk=occurrence_id, filled_at=None, campaign__state=Campaign.State.RUNNING)
        .select_related("campaign__segment", "campaign__program", "program")
        .first()
    )


def _write(occurrence: Occurrence, people: Sequence[tuple[int, str]], now: datetime) -> None:
    ids = [customer_id for customer_id, _reason in people]
    reasons = [reason for _customer_id, reason in people]
    pairs = [derived_pair(INVITATION) for _ in people]
    nonces, hashes = [nonce for nonce, _ in pairs], [hash_ for _, hash_ in pairs]
    owner = (occurrence.program_id, occurrence.campaign_id, occurrence.pk)
    with connection.cursor() as cursor:
        cursor.execute(_INVITE, [*owner, now, ids, nonces, hashes, reasons])
        cursor.execute(_QUEUE, [now, occurrence.pk, ids])
