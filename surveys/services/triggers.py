"""Campaigns that ask after an event: whoever it happened to is invited for the right moment."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.models import CustomerEvent
from surveys.calc.triggers import conditions_hold
from surveys.models import Campaign, Occurrence, SkipReason
from surveys.queries.audience import audience_reasons
from surveys.services.invitations import Asked, invitations_lock, invitations_write
from surveys.services.schedules import EVENTS_KEY

#: A message this long after its moment would ask about something half forgotten.
LATEST = timedelta(days=7)


def campaigns_hear(program_id: int, events: Sequence[CustomerEvent]) -> None:
    """Invite those whose event a campaign waits for; a listener of customers' events.

    Called inside a transaction. An event asks at most once per campaign, whatever comes twice.
    """
    waiting = list(_waiting(program_id, {event.kind for event in events}))
    if not waiting:
        return
    invitations_lock(program_id)
    for campaign in waiting:
        wanted = [event for event in events if _asks(campaign, event)]
        while wanted:
            wanted = _invite(campaign, wanted)
    transaction.on_commit(_ring, robust=True)


def campaigns_wait_for(program_id: int, kind: str) -> bool:
    """Whether a campaign of the program waits for events of that kind."""
    return _waiting(program_id, {kind}).exists()


def _ring() -> None:
    from surveys.tasks import campaigns_sweep

    campaigns_sweep.delay()


def _waiting(program_id: int, kinds: set[str]) -> QuerySet[Campaign]:
    """A paused campaign goes on inviting; its messages wait until it is resumed."""
    return (
        Campaign.unscoped.filter(  # unscoped: the worker serves the program the events are of
            program_id=program_id,
            timing=Campaign.Timing.EVENT,
            state__in=(Campaign.State.RUNNING, Campaign.State.PAUSED),
            event_kind__in=kinds,
        )
        .select_related("program", "segment", "excluded_segment")
        .order_by("pk")
    )


def _asks(campaign: Campaign, event: CustomerEvent) -> bool:
    """What happened before the campaign was started is none of its business."""
    began = campaign.started_at
    return (
        event.kind == campaign.event_kind
        and began is not None
        and event.occurred_at >= began
        and conditions_hold(campaign.event_conditions, place=event.place, data=event.data)
    )


def _invite(campaign: Campaign, events: list[CustomerEvent]) -> list[CustomerEvent]:
    """Invite for the first event of each person; returns the events left for another round."""
    first: dict[int, CustomerEvent] = {}
    for event in events:
        first.setdefault(event.customer_id, event)
    now, zone = timezone.now(), campaign.program.zone
    actor = Actor.system(campaign.program)
    occurrence = Occurrence.unscoped.get(  # unscoped: the occurrence of this campaign
        campaign=campaign, key=EVENTS_KEY
    )
    by_day: dict[date, list[int]] = defaultdict(list)
    for pk, event in first.items():
        by_day[_due(campaign, event, now).astimezone(zone).date()].append(pk)
    for day, ids in sorted(by_day.items()):
        reasons = audience_reasons(actor=actor, campaign=campaign, customer_ids=ids, day=day)
        people = [_asked(campaign, first[pk], r, day, now) for pk, r in sorted(reasons.items())]
        invitations_write(occurrence, people)
    return [event for event in events if first[event.customer_id] is not event]


def _due(campaign: Campaign, event: CustomerEvent, now: datetime) -> datetime:
    return max(event.occurred_at + timedelta(minutes=campaign.delay_minutes), now)


def _asked(
    campaign: Campaign, event: CustomerEvent, reason: str, day: date, now: datetime
) -> Asked:
    ideal = event.occurred_at + timedelta(minutes=campaign.delay_minutes)
    if not reason and ideal < now - LATEST:
        reason = SkipReason.TOO_LATE.value
    return Asked(event.customer_id, reason, max(ideal, now), day, event.pk)
