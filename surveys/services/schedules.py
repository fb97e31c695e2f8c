"""Occurrences: the times a campaign goes out, as rows, each made once however many schedulers run.

A row is keyed by the wall-clock moment it is for and carries the instant it is due, so that a
change of the clocks neither doubles nor drops one. A recurring campaign always has its next
occurrence written; one whose time passed while nothing ran is passed over, not sent late.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from surveys.calc.schedules import Recurrence, earliest_instant, instant
from surveys.models import Campaign, Occurrence

ONCE_KEY, EVENTS_KEY = "once", "events"
#: How late an occurrence of a recurring campaign is still filled.
GRACE = timedelta(hours=24)
_MOST_AT_ONCE = 1000


def occurrence_first(campaign: Campaign, now: datetime) -> None:
    """Write what a campaign that is being started begins with."""
    timing = Campaign.Timing(campaign.timing)
    if timing is Campaign.Timing.RECURRING:
        occurrences_plan(campaign, now)
    elif timing is Campaign.Timing.AT:
        assert campaign.send_on is not None and campaign.send_time is not None
        local = datetime.combine(campaign.send_on, campaign.send_time)
        _write(campaign, local, number=0)
    else:
        by_event = timing is Campaign.Timing.EVENT
        Occurrence.unscoped.get_or_create(  # unscoped: the campaign the service was given
            program_id=campaign.program_id,
            campaign=campaign,
            key=EVENTS_KEY if by_event else ONCE_KEY,
            defaults={"due_at": now, "filled_at": now if by_event else None},
        )


def schedules_plan() -> int:
    """Write the next occurrence of every running campaign that has none; returns how many."""
    waits = Occurrence.unscoped.filter(  # unscoped: bound to the outer row's campaign
        campaign_id=OuterRef("pk"), filled_at=None
    )
    bare = Campaign.unscoped.filter(  # unscoped: the worker serves all programs
        ~Exists(waits), timing=Campaign.Timing.RECURRING, state=Campaign.State.RUNNING
    ).select_related("program")
    return sum(occurrences_plan(campaign, timezone.now()) for campaign in bare)


def occurrences_plan(campaign: Campaign, now: datetime) -> int:
    """Write what a recurring campaign has not written up to its next occurrence in the future.

    Those whose time passed longer than GRACE ago are on record as passed over.
    """
    made = 0
    for number, local in _from(campaign):
        due = due_of(campaign, local)
        late = due < now - GRACE
        made += _write(campaign, local, number=number, passed_over=late)
        if not late or made >= _MOST_AT_ONCE:
            break
    return made


def _from(campaign: Campaign) -> Iterator[tuple[int, datetime]]:
    """Occurrences behind the last one written, up to the campaign's last day."""
    rule = recurrence_of(campaign)
    last = campaign.occurrences.aggregate(last=Max("number"))["last"]
    number = 0 if last is None else last + 1
    while True:
        local = rule.local(number)
        if campaign.ends_on is not None and local.date() > campaign.ends_on:
            return
        yield number, local
        number += 1


def recurrence_of(campaign: Campaign) -> Recurrence:
    """The rule of a recurring campaign."""
    assert campaign.send_on is not None and campaign.send_time is not None
    return Recurrence(campaign.send_on, campaign.send_time, campaign.every, campaign.unit)


def due_of(campaign: Campaign, local: datetime) -> datetime:
    """When an occurrence is filled; where each has their own zone, when its time first comes."""
    if campaign.in_recipient_zone:
        return earliest_instant(local)
    return instant(local, campaign.program.zone)


def _write(campaign: Campaign, local: datetime, *, number: int, passed_over: bool = False) -> int:
    due = due_of(campaign, local)
    _row, is_new = Occurrence.unscoped.get_or_create(  # unscoped: the campaign's own occurrence
        campaign=campaign,
        key=local.isoformat(timespec="minutes"),
        defaults={
            "program_id": campaign.program_id,
            "number": number,
            "due_at": due,
            "passed_over": passed_over,
            "filled_at": due if passed_over else None,
        },
    )
    return int(is_new)


def occurrences_forget(campaign: Campaign) -> None:
    """Take back what is planned and not begun; the next sweep plans by the campaign as it is."""
    campaign.occurrences.filter(filled_at=None, invitations=None).delete()
