"""Invite people: one invitation per person, one waiting message per person not left out.

A whole audience is filled in chunks by customer id, each in its own transaction, so that a killed
worker's work is taken up where it stopped and nobody is written twice.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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

# A person who is invited already (a chunk taken up again) is in no second row, and so not queued.
_INVITE = """
    WITH asked AS (
      SELECT * FROM unnest(%(customers)s::bigint[], %(nonces)s::text[], %(hashes)s::text[],
                           %(reasons)s::text[], %(events)s::bigint[], %(due)s::timestamptz[])
               AS row (customer, nonce, hash, reason, event, due)
    ), made AS (
      INSERT INTO surveys_invitation (program_id, campaign_id, occurrence_id, customer_id,
                                      event_id, nonce, token_hash, skip_reason, created_at)
      SELECT %(program)s, %(campaign)s, %(occurrence)s, customer, event, nonce, hash, reason,
             %(now)s
      FROM asked
      ON CONFLICT DO NOTHING
      RETURNING id, token_hash, skip_reason
    )
    INSERT INTO surveys_delivery (program_id, invitation_id, campaign_id, step, state, attempt,
                                  due_at, message_id, reason)
    SELECT %(program)s, made.id, %(campaign)s, 0, 'queued', 0, asked.due, '', ''
    FROM made JOIN asked ON asked.hash = made.token_hash
    WHERE made.skip_reason = '' ORDER BY made.id
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """One person of an audience: left out for a reason, or asked at `due_at`."""

    customer_id: int
    reason: str
    due_at: datetime
    event_id: int | None = None


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
    invitations_lock(occurrence.program_id)
    actor = Actor.system(occurrence.program)
    after = occurrence.invitations.aggregate(last=Max("customer_id"))["last"] or 0
    people = audience_chunk(actor=actor, campaign=occurrence.campaign, after=after, size=size)
    now = timezone.now()
    invitations_write(occurrence, [Asked(pk, reason, now) for pk, reason in people])
    if len(people) < size:
        occurrence.filled_at = now
        occurrence.save(update_fields=["filled_at"])
    return len(people), len(people) == size


def invitations_lock(program_id: int) -> None:
    """Two campaigns inviting at once must see each other's invitations, or both ask a person."""
    Program.objects.select_for_update(no_key=True).get(pk=program_id)


def _take(occurrence_id: int) -> Occurrence | None:
    return (
        Occurrence.unscoped.select_for_update(  # unscoped: the id came from the worker's own list
            skip_locked=True, of=("self",)
        )
        .filter(pk=occurrence_id, filled_at=None, campaign__state=Campaign.State.RUNNING)
        .select_related("campaign__segment", "campaign__program", "program")
        .first()
    )


def invitations_write(occurrence: Occurrence, people: Sequence[Asked]) -> None:
    """Write invitations and first messages; whoever is invited already stays as they are."""
    if not people:
        return
    pairs = [derived_pair(INVITATION) for _ in people]
    values: dict[str, Any] = {
        "program": occurrence.program_id,
        "campaign": occurrence.campaign_id,
        "occurrence": occurrence.pk,
        "now": timezone.now(),
        "customers": [person.customer_id for person in people],
        "nonces": [nonce for nonce, _hash in pairs],
        "hashes": [token_hash for _nonce, token_hash in pairs],
        "reasons": [person.reason for person in people],
        "events": [person.event_id for person in people],
        "due": [person.due_at for person in people],
    }
    with connection.cursor() as cursor:
        cursor.execute(_INVITE, values)
