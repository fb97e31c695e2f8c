"""Invite people: one invitation per person, one waiting message per person not left out.

A whole audience is filled in chunks by customer id, each in its own transaction, so that a killed
worker's work is taken up where it stopped and nobody is written twice.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.models import Program
from cxportal.core.tokens import derived_pair
from surveys.calc.schedules import instant, zone_of
from surveys.models import Campaign, Occurrence
from surveys.queries.audience import audience_chunk, sample_bound
from surveys.queries.skip_rules import contact_rules
from surveys.services.links import INVITATION
from surveys.services.schedules import GRACE

CHUNK = 5000

# A person who is invited already (a chunk taken up again) is in no second row, and so not queued.
_INVITE = """
    WITH asked AS (
      SELECT * FROM unnest(%(customers)s::bigint[], %(nonces)s::text[], %(hashes)s::text[],
                           %(reasons)s::text[], %(events)s::bigint[], %(due)s::timestamptz[],
                           %(days)s::date[])
               AS row (customer, nonce, hash, reason, event, due, day)
    ), made AS (
      INSERT INTO surveys_invitation (program_id, campaign_id, occurrence_id, customer_id,
                                      event_id, nonce, token_hash, skip_reason, contact_on,
                                      created_at)
      SELECT %(program)s, %(campaign)s, %(occurrence)s, customer, event, nonce, hash, reason,
             CASE WHEN reason = '' THEN day END, %(now)s
      FROM asked
      ON CONFLICT DO NOTHING
      RETURNING id, token_hash, skip_reason
    )
    INSERT INTO surveys_delivery (program_id, invitation_id, campaign_id, step, state, attempt,
                                  due_at, message_id, reason)
    SELECT %(program)s, made.id, %(campaign)s, 0, 'queued', 0, asked.due, '', ''
    FROM made JOIN asked ON asked.hash = made.token_hash
    WHERE made.skip_reason = '' AND %(writes)s ORDER BY made.id
"""
# Whom a campaign of lower priority wants within the contact gap and has not written to yet.
_OUTRANK = """
    UPDATE surveys_delivery d SET state = 'skipped', reason = 'outranked'
    FROM surveys_invitation i, surveys_campaign c,
         unnest(%(customers)s::bigint[], %(days)s::date[]) AS mine (customer, day)
    WHERE d.state = 'queued' AND d.step = 0 AND i.id = d.invitation_id AND c.id = d.campaign_id
      AND i.customer_id = mine.customer AND c.priority > %(priority)s
      AND i.contact_on > mine.day - %(gap)s::int AND i.contact_on < mine.day + %(gap)s::int
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """One person of an audience: left out for a reason, or asked at `due_at`, on the day `day`.

    The day is the program's, or the person's own where the campaign goes by each one's zone.
    """

    customer_id: int
    reason: str
    due_at: datetime
    day: date
    event_id: int | None = None


def occurrences_due() -> list[int]:
    """Ids of occurrences of running campaigns that are due and not filled to the end."""
    due = Occurrence.unscoped.filter(  # unscoped: the worker serves all programs
        filled_at=None, due_at__lte=timezone.now(), campaign__state=Campaign.State.RUNNING
    )
    return list(due.order_by("campaign__priority", "due_at", "pk").values_list("pk", flat=True))


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
    if occurrence is None or _too_late(occurrence):
        return 0, False
    invitations_lock(occurrence.program_id)
    actor = Actor.system(occurrence.program)
    last = occurrence.invitations.aggregate(last=Max("customer_id"))["last"]
    now = timezone.now()
    day = _day(occurrence, now)
    if last is None:
        bound = sample_bound(actor=actor, occurrence=occurrence, day=day)
        occurrence.sample_below = bound
        occurrence.save(update_fields=["sample_below"])
    people = audience_chunk(actor=actor, occurrence=occurrence, day=day, after=last or 0, size=size)
    asked = [Asked(p.pk, p.reason, _due(occurrence, p.zone, now), day) for p in people]
    invitations_write(occurrence, asked)
    if len(people) < size:
        occurrence.filled_at = now
        occurrence.save(update_fields=["filled_at"])
    return len(people), len(people) == size


def _too_late(occurrence: Occurrence) -> bool:
    """Pass over what a recurring campaign should have sent while it was paused or nothing ran."""
    recurring = occurrence.campaign.timing == Campaign.Timing.RECURRING
    late = recurring and occurrence.due_at < timezone.now() - _patience(occurrence.campaign)
    if late and not occurrence.invitations.exists():
        occurrence.passed_over, occurrence.filled_at = True, timezone.now()
        occurrence.save(update_fields=["passed_over", "filled_at"])
        return True
    return False


def _patience(campaign: Campaign) -> timedelta:
    """An occurrence in each one's own zone is due until its time has come everywhere."""
    return GRACE + (timedelta(hours=26) if campaign.in_recipient_zone else timedelta())


def _day(occurrence: Occurrence, now: datetime) -> date:
    local = occurrence.local
    if local is not None and occurrence.campaign.in_recipient_zone:
        return local.date()
    return max(occurrence.due_at, now).astimezone(occurrence.program.zone).date()


def _due(occurrence: Occurrence, zone: str | None, now: datetime) -> datetime:
    local = occurrence.local
    if local is None or not occurrence.campaign.in_recipient_zone:
        return now
    return max(instant(local, zone_of(zone, occurrence.program.timezone)), now)


def invitations_lock(program_id: int) -> None:
    """Two campaigns inviting at once must see each other's invitations, or both ask a person."""
    Program.objects.select_for_update(no_key=True).get(pk=program_id)


def _take(occurrence_id: int) -> Occurrence | None:
    return (
        Occurrence.unscoped.select_for_update(  # unscoped: the id came from the worker's own list
            skip_locked=True, of=("self",)
        )
        .filter(pk=occurrence_id, filled_at=None, campaign__state=Campaign.State.RUNNING)
        .select_related(
            "campaign__segment", "campaign__excluded_segment", "campaign__program", "program"
        )
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
        "days": [person.day for person in people],
        "writes": occurrence.campaign.writes,
    }
    with connection.cursor() as cursor:
        cursor.execute(_INVITE, values)
    _outrank(occurrence.campaign, [person for person in people if not person.reason])


def _outrank(campaign: Campaign, people: Sequence[Asked]) -> None:
    """Take people over from campaigns of lower priority that wait to ask them."""
    gap = max((r.days for r in contact_rules(campaign) if r.most == 1 and not r.channel), default=0)
    if not gap or not people or campaign.priority == Campaign.Priority.LOW:
        return
    values: dict[str, Any] = {
        "customers": [person.customer_id for person in people],
        "days": [person.day for person in people],
        "priority": campaign.priority,
        "gap": gap,
    }
    with connection.cursor() as cursor:
        cursor.execute(_OUTRANK, values)
