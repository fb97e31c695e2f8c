"""Campaigns that ask after an event: whoever it happened to is invited for the right moment."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.models import CustomerEvent
from surveys.calc.triggers import conditions_hold
from surveys.models import Campaign, Occurrence, SkipReason
from surveys.queries.audience import audience_reasons
from surveys.services.invitations import Asked, invitations_lock, invitations_write

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
        .select_related("program", "segment")
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
    reasons = audience_reasons(
        actor=Actor.system(campaign.program), campaign=campaign, customer_ids=list(first)
    )
    occurrence = Occurrence.unscoped.get(  # unscoped: the occurrence of this campaign
        campaign=campaign, key="events"
    )
    now = timezone.now()
    people = [_asked(campaign, first[pk], reason, now) for pk, reason in sorted(reasons.items())]
    invitations_write(occurrence, people)
    return [event for event in events if first[event.customer_id] is not event]


def _asked(campaign: Campaign, event: CustomerEvent, reason: str, now: datetime) -> Asked:
    due = event.occurred_at + timedelta(minutes=campaign.delay_minutes)
    if not reason and due < now - LATEST:
        reason = SkipReason.TOO_LATE.value
    return Asked(event.customer_id, reason, max(due, now), event.pk)
